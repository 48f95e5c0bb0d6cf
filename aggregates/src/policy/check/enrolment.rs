//! Checks of the enrolment rules (A1–A5).

use super::{DAYS_MAX, positive};
use crate::document::Checks;
use crate::policy::EnrolmentPolicy;

pub(super) fn check(section: &EnrolmentPolicy, checks: &mut Checks<'_>) {
    checks.closed_list("enrolment.unit_classes.value", &section.unit_classes.value);
    checks.closed_list("enrolment.reports_due.value", &section.reports_due.value);
    checks.closed_list("enrolment.exclusion_reasons.value", &section.exclusion_reasons.value);
    positive(checks, "enrolment.first_report_days", &section.first_report_days, DAYS_MAX);
    let dwellings: Vec<_> = section.ledgers.iter().map(|rule| rule.dwelling).collect();
    checks.each_once("enrolment.ledgers", &dwellings, |index| format!("enrolment.ledgers[{index}].dwelling"));
}
