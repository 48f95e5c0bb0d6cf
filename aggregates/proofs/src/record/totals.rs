//! What the events of a record come to. Added up here once more, apart from the projections of the service.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// So often, and for so long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// How often.
    pub times: u64,
    /// Minutes altogether.
    pub minutes: u64,
}

/// The point card of a year (D1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Points that it opened with.
    pub base: i64,
    /// Sum of the standing lines that add.
    pub awarded: i64,
    /// Sum of the standing lines that take, as a positive number.
    pub deducted: i64,
    /// Base and lines, within floor and cap.
    pub total: i64,
    #[serde(skip)]
    floor: i64,
    #[serde(skip)]
    cap: Option<i64>,
    #[serde(skip)]
    lines: BTreeMap<String, i64>,
}

/// What the events come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Voluntary service rendered (志愿服务).
    pub voluntary: Counted,
    /// Duty done for residents (职责任务).
    pub duty: Counted,
    /// Visits to households (走访).
    pub visits: Counted,
    /// Services that were rated.
    pub rated: u64,
    /// Stars of all ratings together.
    pub stars: u64,
    /// Point cards by year.
    pub cards: BTreeMap<i64, Card>,
    /// Years in which the member was disqualified (E6) and still is.
    pub disqualified: BTreeSet<i64>,
}

impl Totals {
    /// Adds a fact. None where it is not what facts of this name are made of.
    pub(super) fn take(&mut self, event: &str, fact: &Value) -> Option<()> {
        let number = |name: &str| fact.get(name).and_then(Value::as_i64);
        let text = |name: &str| fact.get(name).and_then(Value::as_str);
        match event {
            "ServiceRendered" => {
                let counted = if text("work")? == "voluntary" { &mut self.voluntary } else { &mut self.duty };
                counted.add(u64::try_from(number("minutes")?).ok()?);
            }
            "VisitMade" => self
                .visits
                .add(number("minutes").and_then(|minutes| u64::try_from(minutes).ok()).unwrap_or(0)),
            "ServiceAppraised" => {
                self.rated += 1;
                self.stars += u64::try_from(number("stars")?).ok()?;
            }
            "CardOpened" => {
                let opening = fact.get("opening")?;
                let card = self.cards.entry(opening.get("year")?.as_i64()?).or_default();
                card.base = opening.get("base")?.as_i64()?;
                card.floor = opening.get("floor")?.as_i64()?;
                card.cap = opening.get("cap")?.as_i64();
                card.add_up();
            }
            "PointsAwarded" | "PointsDeducted" => {
                let line = fact.get("line")?;
                let card = self.cards.entry(line.get("year")?.as_i64()?).or_default();
                card.lines.insert(line.get("line")?.as_str()?.to_owned(), line.get("points")?.as_i64()?);
                card.add_up();
            }
            "PointsReversed" => {
                let reversal = fact.get("reversal")?;
                let card = self.cards.entry(reversal.get("year")?.as_i64()?).or_default();
                card.lines.remove(reversal.get("line")?.as_str()?)?;
                card.add_up();
            }
            "MemberDisqualified" => drop(self.disqualified.insert(number("year")?)),
            "DisqualificationLifted" => drop(self.disqualified.remove(&number("year")?)),
            _ => {}
        }
        Some(())
    }
}

impl Counted {
    fn add(&mut self, minutes: u64) {
        self.times += 1;
        self.minutes = self.minutes.saturating_add(minutes);
    }
}

impl Card {
    fn add_up(&mut self) {
        self.awarded = self
            .lines
            .values()
            .filter(|points| **points > 0)
            .fold(0, |sum, points| sum.saturating_add(*points));
        self.deducted = self
            .lines
            .values()
            .filter(|points| **points < 0)
            .fold(0, |sum, points| sum.saturating_sub(*points));
        let total = self.base.saturating_add(self.awarded).saturating_sub(self.deducted);
        self.total = self.cap.map_or(total, |cap| total.min(cap)).max(self.floor);
    }
}

/// A card as it is told has no lines: figures are compared.
impl Totals {
    /// Whether what is told is what the events come to.
    pub fn agrees(&self, told: &Self) -> bool {
        serde_json::to_value(self).ok() == serde_json::to_value(told).ok()
    }
}
