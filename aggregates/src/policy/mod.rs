//! Policy is data: every number and rule in which cities differ, each with its source or marked as our assumption.
//!
//! A policy is a TOML file, validated with errors that name the line ([`read`]), and adopted by an event with an
//! effective date. Decisions look numbers up here; events record the result and the policy's version.

pub(crate) mod check;
mod enrolment;
mod grids;
mod presets;
mod read;
mod scoring;
mod service;
mod sourced;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use enrolment::{EnrolmentPolicy, ReportKind};
pub use grids::{DutyRole, GridPolicy, PostHolder, Slot, SlotTemplate};
pub use presets::{PRESETS, preset};
pub use read::{Fault, read, read_json, written};
pub use scoring::{
    AppraisalPolicy, CardHolderKind, CardPolicy, Clause, ClauseKind, DisciplinePolicy, Grade, GradeStep,
    StarRule, percent_of,
};
pub use service::{
    DayOfWeek, Deadline, DemandPolicy, Difficulty, Holiday, PairingPolicy, Sla, Span, SpanUnit, Stage,
};
pub use sourced::Sourced;

use crate::calendar::DayOverride;
use crate::ids::{DivisionCode, Term};

/// A city's policy (办法), complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Short name of the policy: `liupanshui`, `luzhou`.
    pub name: Term,
    /// Version within the name, as the city counts: `2026.1`.
    pub version: Term,
    /// The division it is made for.
    pub division: DivisionCode,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// From this business date on.
    pub effective_from: NaiveDate,
    /// Records later than so many days after the fact need a reason and a second approver.
    pub backfill_days: Sourced<u32>,
    /// Who reports where (A1–A8).
    pub enrolment: EnrolmentPolicy,
    /// Grids and who may stand where (B1–B17).
    pub grids: GridPolicy,
    /// The demand loop (C1–C14, F15).
    pub demand: DemandPolicy,
    /// Pairs and visits (C8, C9).
    pub pairing: PairingPolicy,
    /// The point card (D1, C5).
    pub card: CardPolicy,
    /// Feedback card and merged appraisal (D2, D3, E10).
    pub appraisal: AppraisalPolicy,
    /// Misconduct, disqualification, appeal (E6).
    pub discipline: DisciplinePolicy,
    /// Days that the city declares worked or free beyond the national calendar.
    #[serde(default)]
    pub calendar: Vec<DayOverride>,
}

impl Policy {
    /// `name@version`: what events carry.
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
