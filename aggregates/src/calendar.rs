//! The Chinese working calendar: national holidays, make-up working days, lunar feasts, local overrides.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day that a city declares worked or free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayOverride {
    /// The day.
    pub date: NaiveDate,
    /// Whether people work on it.
    pub work: bool,
    /// The notice that says so.
    pub source: String,
}

/// The working calendar of a ledger.
#[derive(Debug, Clone)]
pub struct WorkCalendar<'a> {
    overrides: &'a [DayOverride],
}

impl<'a> WorkCalendar<'a> {
    /// The national calendar with a policy's overrides.
    pub fn new(overrides: &'a [DayOverride]) -> Self {
        Self { overrides }
    }

    /// TEMP replaced by the calendar branch.
    pub fn due(&self, from: crate::when::Moment, span: crate::policy::Span) -> crate::when::Moment {
        let _ = self.overrides;
        from + chrono::TimeDelta::days(i64::from(span.amount))
    }
}
