//! What a trial of a policy tells.

use std::collections::BTreeMap;

use aggregates::policy::{Grade, Policy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a line would be another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The draft gives other points for the difficulty or the stars of a rated service.
    Service,
    /// The share of the unit, or the member's line that it is of, is another one.
    Share,
    /// The clause gives other points.
    Clause,
    /// Of the clause's yearly most less is left, or nothing.
    UsedUp,
    /// The draft has no such clause.
    NoClause,
    /// The draft's clause is not for such a holder, or takes where this one gave.
    NotForHolder,
    /// The draft has no such difficulty: the points that it had are kept, only the stars count anew.
    NoDifficulty,
    /// The facts behind the line are not told: it stays as it is.
    Kept,
}

/// A line that would be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedLine {
    /// Its name on the card: `2026-1`; none where there was no line.
    pub line: Option<String>,
    /// The clause.
    pub clause: String,
    /// The demand behind it.
    pub demand: Option<String>,
    /// Points that it gives.
    pub before: i64,
    /// Points that it would give.
    pub after: i64,
    /// Why.
    pub why: Why,
    /// The event behind it.
    pub position: u64,
}

/// A card that would be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedCard {
    /// `member` or `unit`.
    pub holder_kind: String,
    /// The holder's id.
    pub holder: String,
    /// Its total; none where there was no card.
    pub before: Option<i64>,
    /// The total that it would have.
    pub after: i64,
    /// Points that it opened with.
    pub base_before: Option<i64>,
    /// Points that it would open with.
    pub base_after: i64,
    /// Whether floor or cap would cut the total.
    pub is_cut: bool,
    /// The grade that the thresholds in force propose.
    pub grade_before: Option<Grade>,
    /// The grade that the draft's thresholds would propose.
    pub grade_after: Grade,
    /// The lines that would be others.
    pub lines: Vec<ChangedLine>,
}

pub(super) type Told = ChangedCard;

impl ChangedCard {
    fn changes(&self) -> bool {
        self.before != Some(self.after)
            || self.regrades()
            || self.base_before != Some(self.base_after)
            || !self.lines.is_empty()
    }

    fn regrades(&self) -> bool {
        self.grade_before.is_some_and(|before| before != self.grade_after)
    }
}

/// How many, of all cards in the reach of whoever asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrialSummary {
    /// Cards looked at.
    pub cards: u64,
    /// Cards that would be others.
    pub changed: u64,
    /// Totals that would rise.
    pub up: u64,
    /// Totals that would fall.
    pub down: u64,
    /// Cards that would open where there is none.
    pub opened: u64,
    /// Cards for which another grade would be proposed.
    pub regraded: u64,
    /// How many cards have which grade now.
    pub grades_before: BTreeMap<Grade, u64>,
    /// How many would have which.
    pub grades_after: BTreeMap<Grade, u64>,
    /// Lines that would be others, by reason.
    pub lines: BTreeMap<String, u64>,
}

/// What a draft would make of the cards of a year. Nothing is recorded by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyTrial {
    /// `name@version` of the draft.
    pub draft: String,
    /// `name@version` of the policy in force, whose thresholds tell today's grades.
    pub in_force: Option<String>,
    /// The year.
    pub year: i32,
    /// The position up to which facts were read.
    pub position: u64,
    /// How many.
    pub summary: TrialSummary,
    /// The cards that would be others, by holder.
    pub cards: Vec<ChangedCard>,
    /// Whether there are more of them than are told.
    pub more: bool,
}

impl PolicyTrial {
    pub(super) fn new(draft: &Policy, in_force: Option<String>, year: i32, position: u64) -> Self {
        let (summary, cards) = (TrialSummary::default(), vec![]);
        Self { draft: draft.label(), in_force, year, position, summary, cards, more: false }
    }

    pub(super) fn count(&mut self, card: Option<Told>, most: usize) {
        let Some(card) = card else { return };
        let sum = &mut self.summary;
        sum.cards += 1;
        if let Some(grade) = card.grade_before {
            *sum.grades_before.entry(grade).or_default() += 1;
        }
        *sum.grades_after.entry(card.grade_after).or_default() += 1;
        if !card.changes() {
            return;
        }
        sum.changed += 1;
        sum.up += u64::from(card.before.is_some_and(|before| card.after > before));
        sum.down += u64::from(card.before.is_some_and(|before| card.after < before));
        sum.opened += u64::from(card.before.is_none());
        sum.regraded += u64::from(card.regrades());
        for line in &card.lines {
            let why = serde_json::to_value(line.why).ok();
            let why = why.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            *sum.lines.entry(why).or_default() += 1;
        }
        if self.cards.len() < most {
            self.cards.push(card);
        } else {
            self.more = true;
        }
    }
}
