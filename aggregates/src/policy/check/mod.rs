//! What a policy must mean to be usable. Each function checks one section and names the line of the key at fault.

mod demand;
mod enrolment;
mod grids;
mod scoring;

use chrono::{Datelike, NaiveDate};

use super::{AppraisalPolicy, CardPolicy, Sourced};
use crate::calendar::DayOverride;
use crate::document::{Checks, Document};

/// Longest span of days that a rule may name: ten years.
const DAYS_MAX: i64 = 3660;

/// Years in which a policy can take effect.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// Checks every section that is well formed.
pub(super) fn policy(document: &Document, checks: &mut Checks<'_>) {
    effective(document, checks);
    if let Some(days) = document.section::<Sourced<u32>>("backfill_days") {
        checks.within("backfill_days.value", days.value.into(), 0, DAYS_MAX);
    }
    if let Some(section) = document.section("enrolment") {
        enrolment::check(&section, checks);
    }
    if let Some(section) = document.section("grids") {
        grids::check(&section, checks);
    }
    if let Some(section) = document.section("demand") {
        demand::check(&section, checks);
    }
    if let Some(section) = document.section("pairing") {
        demand::check_pairing(&section, checks);
    }
    let card = document.section::<CardPolicy>("card");
    let appraisal = document.section::<AppraisalPolicy>("appraisal");
    if let Some(section) = &card {
        scoring::check_card(section, checks);
    }
    if let Some(section) = &appraisal {
        scoring::check_appraisal(section, card.as_ref(), checks);
    }
    if let Some(section) = document.section("discipline") {
        scoring::check_discipline(&section, checks);
    }
    if let Some(days) = document.section::<Vec<DayOverride>>("calendar") {
        checks.no_repeats(days.iter().map(|day| day.date), |index| format!("calendar[{index}].date"));
    }
}

/// The effective date of a policy or catalogue must lie in our time; a slip of the pen there would change which rules
/// govern the past.
pub(crate) fn effective(document: &Document, checks: &mut Checks<'_>) {
    if let Some(date) = document.section::<NaiveDate>("effective_from")
        && !YEARS.contains(&date.year())
    {
        let (first, last) = (YEARS.start(), YEARS.end());
        checks.say(
            "effective_from",
            format!("the year must be {first} to {last} / 年份应在 {first} 至 {last} 之间"),
        );
    }
}

/// The number must be at least one and no more than `most`.
fn positive(checks: &mut Checks<'_>, path: &str, number: &Sourced<u32>, most: i64) {
    checks.within(&format!("{path}.value"), number.value.into(), 1, most);
}
