//! Sums over divisions and months, and the rates that follow from them.

use std::collections::BTreeMap;

use aggregates::ids::DivisionCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Measure, Month, MonthlyFigures, MonthlyRow};
use crate::ports::{Condition, Find, Shelf, StoreError};
use crate::projection::Projection;

/// Rows fetched at a time.
const PAGE: usize = 1_000;
/// Lengths of division codes by level.
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];
/// Length of a prefecture's code.
const PREFECTURE: usize = 4;

/// How the answer is broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// By the divisions one level below the one asked about; what is counted on that division itself is a part too.
    Division,
    /// By month.
    Month,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The division, of any level; the whole ledger when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<DivisionCode>,
    /// First month; from the beginning when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Month>,
    /// Last month; to the end when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Month>,
    /// How the answer is broken down; not at all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// A figure with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// Its name.
    pub measure: Measure,
    /// What it is called in Chinese.
    pub title: String,
    /// What it is called in English.
    pub title_en: String,
    /// The sum.
    pub value: i64,
}

/// A rate of two figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// Short name.
    pub name: String,
    /// What it is called in Chinese.
    pub title: String,
    /// What it is called in English.
    pub title_en: String,
    /// Of so many …
    pub of: i64,
    /// … so many.
    pub share: i64,
    /// Share ÷ of in thousandths, rounded half up; absent where there is nothing to divide by.
    pub permille: Option<i64>,
}

/// A part of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// The division's code, or the month.
    pub key: String,
    /// Its figures; those that are nought are left out.
    pub figures: BTreeMap<Measure, i64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// The question.
    pub question: Question,
    /// Every figure, noughts too, in reading order.
    pub figures: Vec<Figure>,
    /// Rates that follow.
    pub rates: Vec<Rate>,
    /// The parts, when asked for; their figures add up to those above.
    pub parts: Vec<Part>,
}

/// Adds up the rows that the question is about. Others are passed over.
pub fn summarise<'a>(question: &Question, rows: impl IntoIterator<Item = &'a MonthlyRow>) -> Statistics {
    let mut whole = MonthlyRow::default();
    let mut parts: BTreeMap<String, MonthlyRow> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| question.covers(row)) {
        let part = question.part_of(row);
        for (measure, amount) in &row.figures {
            whole.add(*measure, *amount);
            if let Some(part) = &part {
                parts.entry(part.clone()).or_default().add(*measure, *amount);
            }
        }
    }
    Statistics {
        question: question.clone(),
        rates: rates(&whole.figures),
        figures: Measure::ALL
            .iter()
            .map(|measure| Figure {
                measure: *measure,
                title: measure.title().to_owned(),
                title_en: measure.title_en().to_owned(),
                value: whole.figures.get(measure).copied().unwrap_or(0),
            })
            .collect(),
        parts: parts.into_iter().map(|(key, row)| Part { key, figures: row.figures }).collect(),
    }
}

impl Question {
    fn covers(&self, row: &MonthlyRow) -> bool {
        self.division.as_ref().is_none_or(|division| row.division.starts_with(division.as_str()))
            && self.from.as_ref().is_none_or(|from| from.as_str() <= row.month.as_str())
            && self.to.as_ref().is_none_or(|to| row.month.as_str() <= to.as_str())
    }

    fn part_of(&self, row: &MonthlyRow) -> Option<String> {
        Some(match self.by? {
            By::Month => row.month.clone(),
            By::Division => {
                // A ledger is a prefecture: its parts are the counties.
                let own = self.division.as_ref().map_or(PREFECTURE, |division| division.as_str().len());
                let below = LEVELS.into_iter().find(|length| *length > own).unwrap_or(own);
                row.division.get(..below).unwrap_or(&row.division).to_owned()
            }
        })
    }

    fn conditions(&self) -> Vec<Condition> {
        let mut conditions = vec![];
        let division = self.division.as_ref();
        conditions.extend(division.map(|within| Condition::StartsWith("division", within.to_string())));
        conditions.extend(self.from.as_ref().map(|from| Condition::AtLeast("month", from.to_string())));
        // `2026-03~` sorts behind `2026-03` and before `2026-04`.
        conditions.extend(self.to.as_ref().map(|to| Condition::Below("month", format!("{to}~"))));
        conditions
    }
}

/// The statistics of a division and period from the live rows, with the position that they reflect.
pub async fn statistics(shelf: &dyn Shelf, question: &Question) -> Result<(Statistics, u64), StoreError> {
    let mut rows: Vec<MonthlyRow> = vec![];
    let mut find = Find { conditions: question.conditions(), limit: PAGE, ..Find::default() };
    let mut position = None;
    loop {
        let (found, reflects) = shelf.find(&MonthlyFigures::sheet(), &find).await?;
        // Pages of different positions do not add up: the lowest is what can be vouched for.
        position = Some(position.map_or(reflects, |lowest: u64| lowest.min(reflects)));
        for row in &found {
            rows.push(serde_json::from_str(&row.body).map_err(|error| {
                StoreError::Damaged(format!("{} row {}: {error}", MonthlyFigures::NAME, row.key))
            })?);
        }
        match found.last() {
            Some(last) if found.len() == PAGE => find.after = Some((last.order.clone(), last.key.clone())),
            _ => return Ok((summarise(question, &rows), position.unwrap_or(0))),
        }
    }
}

fn rates(figures: &BTreeMap<Measure, i64>) -> Vec<Rate> {
    use Measure as M;
    let sum = |measures: &[M]| measures.iter().filter_map(|measure| figures.get(measure)).sum::<i64>();
    let rate = |name: &str, title: &str, title_en: &str, share: i64, of: i64| Rate {
        name: name.to_owned(),
        title: title.to_owned(),
        title_en: title_en.to_owned(),
        of,
        share,
        permille: (of > 0).then(|| (share * 1_000 + of / 2) / of),
    };
    let issues = sum(&[M::PlacedIssue, M::PlacedPetition]);
    let due = sum(&[M::OnTime, M::Late]);
    vec![
        rate("satisfied", "满意率", "satisfied of rated", sum(&[M::Satisfied]), sum(&[M::Rated])),
        rate("on_time", "按时办结率", "on time of those with a deadline", sum(&[M::OnTime]), due),
        rate("issues_solved", "问题解决率", "solved of issues raised", sum(&[M::IssuesSolved]), issues),
        rate(
            "whistles_answered",
            "吹哨报到率",
            "answered of whistles",
            sum(&[M::WhistlesAnswered]),
            sum(&[M::WhistlesBlown]),
        ),
        rate("stars", "平均星数", "stars of each rating", sum(&[M::Stars]), sum(&[M::Rated])),
    ]
}

#[cfg(test)]
mod tests;
