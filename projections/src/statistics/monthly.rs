//! The rows: figures of a division for a month.

use std::collections::BTreeMap;
use std::fmt;

use aggregates::{Recorded, when};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Measure;
use super::count::counted;
use crate::projection::Projection;

/// A month: `2026-03`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{4}-(0[1-9]|1[0-2])$"))]
pub struct Month(String);

impl Month {
    /// Reads `2026-03`, or tells nothing.
    pub fn new(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits =
            |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        let fits = digits(year, 4)
            && digits(month, 2)
            && month.parse::<u32>().is_ok_and(|month| (1..=12).contains(&month));
        fits.then(|| Self(text.to_owned()))
    }

    /// The month of a fact's business time, in the zone of the field.
    pub fn of(event: &Recorded) -> Self {
        Self(when::month_of(&event.meta.occurred_at))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Month {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text).ok_or_else(|| "expected a month as 2026-03 / 月份应写作 2026-03".to_owned())
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Figures of a division for a month. Figures that are nought are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MonthlyRow {
    /// The community; a division above it where a fact names no community.
    pub division: String,
    /// The month of business time: `2026-03`.
    pub month: String,
    /// The figures.
    pub figures: BTreeMap<Measure, i64>,
}

/// The projection.
pub struct MonthlyFigures;

impl MonthlyRow {
    pub(super) fn add(&mut self, measure: Measure, amount: i64) {
        let figure = self.figures.entry(measure).or_default();
        *figure = figure.saturating_add(amount);
        if *figure == 0 {
            self.figures.remove(&measure);
        }
    }
}

impl Projection for MonthlyFigures {
    const NAME: &'static str = "monthly_figures";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("monthly-figures");
    const COLUMNS: &'static [&'static str] = &["division", "month"];
    type Row = MonthlyRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let mut keys = vec![];
        Self::fold_all(event, |key, _| keys.push(key));
        keys
    }

    fn fold(key: &str, row: &mut MonthlyRow, event: &Recorded) {
        Self::fold_all(event, |_, fold| fold(key, row));
    }

    fn fold_all(event: &Recorded, mut on: impl FnMut(SmolStr, &mut dyn FnMut(&str, &mut MonthlyRow))) {
        let Some((division, amounts)) = counted(&event.event) else { return };
        let month = Month::of(event);
        on([division, "/", month.as_str()].into_iter().collect(), &mut |_, row| {
            division.clone_into(&mut row.division);
            month.0.clone_into(&mut row.month);
            for (measure, amount) in &amounts {
                row.add(*measure, *amount);
            }
        });
    }

    fn columns(_key: &str, row: &MonthlyRow) -> Vec<Option<String>> {
        vec![Some(row.division.clone()), Some(row.month.clone())]
    }
}
