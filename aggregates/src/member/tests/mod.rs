mod card;
mod discipline;
mod praise;

use super::{Member, MemberEvent, MemberRank};
use crate::policy::ReportKind;
use crate::sample::{member, on, phoenix, then, unit};

/// m-1 of u-tax, who has reported to the community that the unit is linked to.
fn reported() -> Vec<MemberEvent> {
    let enrolled = then::<Member>(vec![], |it| {
        let county = phoenix().county();
        it.enrol(&member("m-1"), (&unit("u-tax"), &county), MemberRank::Member, &[], &on("2026-03-02"))
    });
    then::<Member>(enrolled, |it| {
        it.report(&member("m-1"), ReportKind::UnitLinked, &phoenix(), true, None, &on("2026-03-02"))
    })
}
