//! Who must report, where, and who is left out (A1–A8).

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sourced;
use crate::member::{DwellingKind, ExclusionReason, LedgerKind};
use crate::unit::UnitClass;

/// The two ends of the double report (A2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// To the community that the member's unit is linked to.
    UnitLinked,
    /// To the community where the member lives.
    Residence,
}

impl ReportKind {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnitLinked => "unit_linked",
            Self::Residence => "residence",
        }
    }
}

/// Enrolment rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentPolicy {
    /// Which classes of units are in scope (A1).
    pub unit_classes: Sourced<Vec<UnitClass>>,
    /// Which reports every member owes (A2).
    pub reports_due: Sourced<Vec<ReportKind>>,
    /// Days from enrolment to the first report.
    pub first_report_days: Sourced<u32>,
    /// The closed list of exclusions (A5).
    pub exclusion_reasons: Sourced<Vec<ExclusionReason>>,
    /// Into which of the three ledgers a dwelling of each kind goes (A4).
    pub ledgers: Vec<LedgerRule>,
}

/// One line of the residence ledger's granularity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerRule {
    /// The kind of dwelling.
    pub dwelling: DwellingKind,
    /// The ledger that keeps it.
    pub ledger: Sourced<LedgerKind>,
}

impl EnrolmentPolicy {
    /// The reports that are owed, of the kinds wanted, each with its last day when the term begins on `day` (A2).
    pub fn due_after(
        &self,
        day: NaiveDate,
        wanted: impl Fn(ReportKind) -> bool,
    ) -> BTreeMap<ReportKind, NaiveDate> {
        let days = Days::new(u64::from(self.first_report_days.value));
        let last = day.checked_add_days(days).unwrap_or(NaiveDate::MAX);
        self.reports_due.value.iter().filter(|kind| wanted(**kind)).map(|kind| (*kind, last)).collect()
    }

    /// The ledger for a dwelling; the community's own when no line speaks of it.
    pub fn ledger_for(&self, dwelling: DwellingKind) -> LedgerKind {
        self.ledgers
            .iter()
            .find(|rule| rule.dwelling == dwelling)
            .map_or(LedgerKind::Community, |rule| rule.ledger.value)
    }
}
