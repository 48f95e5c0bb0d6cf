//! The Chinese working calendar: national holidays, make-up working days, lunar feasts, local overrides (C9, C11).
//!
//! A date's standing is asked in this order: the override of the policy in force, the notice of the State Council
//! ([`national`]), and for years that no notice covers yet weekends and the holidays that the law itself fixes
//! ([`statutory`]). Such years are [provisional](WorkCalendar::is_provisional): a later notice may move days.

mod due;
mod national;
mod statutory;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use statutory::{STATUTORY_SOURCE, holiday_date};

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

/// The working calendar under one policy. The national tables behind it are shared by the whole process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    overrides: BTreeMap<NaiveDate, bool>,
    /// Years that the overrides announce whole.
    announced: BTreeSet<i32>,
}

impl WorkCalendar {
    /// The national calendar with a policy's overrides; of two for one date the later line counts.
    pub fn new(overrides: &[DayOverride]) -> Self {
        let overrides: BTreeMap<NaiveDate, bool> = overrides.iter().map(|day| (day.date, day.work)).collect();
        let years: BTreeSet<i32> = overrides.keys().map(NaiveDate::year).collect();
        let free = |day| overrides.get(&day) == Some(&false);
        let announced =
            years.into_iter().filter(|year| statutory::main_days(*year).into_iter().all(free)).collect();
        Self { overrides, announced }
    }

    /// Whether people work on the date.
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        if let Some(work) = self.overrides.get(&date) {
            return *work;
        }
        if let Some(work) = national::declared(date) {
            return work;
        }
        !is_weekend(date) && (!self.is_provisional(date.year()) || !statutory::is_day_off(date))
    }

    /// Whether the year's days off rest on the law alone, because neither the national notice that we carry nor the
    /// overrides announce them. Overrides announce a year when they free the main day of each of its seven national
    /// holidays; from then on they are taken as the whole notice of that year.
    pub fn is_provisional(&self, year: i32) -> bool {
        !national::covers(year) && !self.announced.contains(&year)
    }

    /// The `n`-th working day after the date; the date itself, worked or not, for 0. Stays at the last date that
    /// can be written when it would lie beyond.
    pub fn add_workdays(&self, date: NaiveDate, n: u32) -> NaiveDate {
        let mut day = date;
        let mut left = n;
        while left > 0 {
            let Some(next) = day.succ_opt() else { return day };
            day = next;
            if self.is_workday(day) {
                left -= 1;
            }
        }
        day
    }
}

/// Saturday or Sunday.
fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests;
