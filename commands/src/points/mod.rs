//! Lines of point cards: by hand (bonuses, penalties, reversals, D1) and by ratings (C5).

mod award_bonus;
mod record_penalty;
mod reverse_points;

pub use award_bonus::AwardBonus;
pub use record_penalty::RecordPenalty;
pub use reverse_points::ReversePoints;

use aggregates::appraisal::{self, Appraisal};
use aggregates::decider::Decision;
use aggregates::demand::Taker;
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::member::{Member, MemberEvent};
use aggregates::points::Holder;
use aggregates::unit::{Unit, UnitEvent};

use crate::{Sitting, Trouble};

/// The holder that a command names: exactly one of member and unit.
pub(crate) fn holder(member: Option<&MemberId>, unit: Option<&UnitId>) -> Result<Holder, Trouble> {
    Ok(match crate::service::taker(member, unit)? {
        Taker::Member(member) => Holder::Member(member),
        Taker::Unit(unit) => Holder::Unit(unit),
    })
}

/// Asks a member for facts that may move a card; what corrects a filed year outdates its feedback card (D2).
pub(crate) async fn on_member(
    sitting: &mut Sitting<'_>,
    id: &MemberId,
    act: impl FnOnce(&Member) -> Decision<Member> + Send + 'static,
) -> Result<Vec<MemberEvent>, Trouble> {
    let member = sitting.open::<Member>(id.as_str()).await?;
    let facts = sitting.record(member, act).await?;
    for year in facts.iter().filter_map(MemberEvent::moves_card_of) {
        if sitting.see(member).cards().is_filed(year) {
            outdate(sitting, &Holder::Member(id.clone()), year).await?;
        }
    }
    Ok(facts)
}

/// The same for a unit.
pub(crate) async fn on_unit(
    sitting: &mut Sitting<'_>,
    id: &UnitId,
    act: impl FnOnce(&Unit) -> Decision<Unit> + Send + 'static,
) -> Result<Vec<UnitEvent>, Trouble> {
    let unit = sitting.open::<Unit>(id.as_str()).await?;
    let facts = sitting.record(unit, act).await?;
    for year in facts.iter().filter_map(UnitEvent::moves_card_of) {
        if sitting.see(unit).cards().is_filed(year) {
            outdate(sitting, &Holder::Unit(id.clone()), year).await?;
        }
    }
    Ok(facts)
}

async fn outdate(sitting: &mut Sitting<'_>, holder: &Holder, year: i32) -> Result<(), Trouble> {
    let card = sitting.open::<Appraisal>(&appraisal::stream(holder, year)).await?;
    sitting.record(card, Appraisal::outdate).await?;
    Ok(())
}

/// Takes back what the ratings of a demand gave to those who served, and to the units that shared in it, when the
/// demand is opened again. The units are those of the lines, not those that the members belong to by now.
pub(crate) async fn take_back_ratings(
    sitting: &mut Sitting<'_>,
    demand: &DemandId,
    served: &[MemberId],
) -> Result<(), Trouble> {
    let at = sitting.at()?;
    let mut sharers = std::collections::BTreeSet::new();
    for member in served {
        sharers.extend(sitting.look::<Member>(member.as_str()).await?.cards().sharers_of(demand));
        let (id, now) = (demand.clone(), at.clone());
        on_member(sitting, member, move |member| member.reverse_demand(&id, &now)).await?;
    }
    for unit in &sharers {
        let (id, now) = (demand.clone(), at.clone());
        on_unit(sitting, unit, move |unit| unit.reverse_demand(&id, &now)).await?;
    }
    Ok(())
}
