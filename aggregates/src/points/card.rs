//! A card's lines and its total.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::circumstance::Circumstance;
use crate::ids::{CommunityCode, DemandId, Term};
use crate::policy::{CardHolderKind, ClauseKind};
use crate::refusal::Refusal;

crate::refusals! { "points";
    /// The policy in force has no such clause.
    unknown_clause(clause: String, policy: String) Unknown at "clause":
        "办法 {policy} 没有条款 {clause}",
        "policy {policy} has no clause {clause}";
    /// The clause is for the other kind of line or of card.
    clause_not_for(clause: String) Rule at "clause":
        "条款 {clause} 不适用于这类积分卡或这类记分",
        "clause {clause} does not apply to this kind of card or line";
    /// The clause's yearly most is used up.
    clause_used_up(clause: String, max: i64, year: i32) Rule at "clause":
        "条款 {clause} 在 {year} 年度最多记 {max} 分，已记满",
        "clause {clause} gives at most {max} points in {year}, and that is reached";
    /// There is no such line.
    unknown_line(line: String) Unknown at "line":
        "积分卡上没有第 {line} 条",
        "the card has no line {line}";
    /// The line was reversed before.
    reversed_already(line: String) Rule at "line":
        "第 {line} 条已冲正",
        "line {line} has been reversed already";
}

/// The two kinds of work, never mixed in one figure (design §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// 职责任务: assigned.
    Duty,
    /// 志愿服务: claimed; refusing it costs nothing.
    Voluntary,
}

/// How a card of a year opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opening {
    /// The year.
    pub year: i32,
    /// Points that it opens with (D1: 80).
    pub base: i64,
    /// It never shows less.
    pub floor: i64,
    /// It never shows more, if there is a cap.
    pub cap: Option<i64>,
    /// `name@version` of the policy that says so.
    pub policy: String,
}

/// One line of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PointLine {
    /// The line's name on the holder's card: `2026-1`, `2026-2` …
    pub line: Term,
    /// The card's year.
    pub year: i32,
    /// Added, or taken when negative.
    pub points: i64,
    /// The clause behind it; `service` for rated services, `service_share` for a unit's part of them.
    pub clause: Term,
    /// `name@version` of the policy.
    pub policy: String,
    /// Duty or voluntary service.
    pub work: Work,
    /// The community that gives it.
    pub community: CommunityCode,
    /// The demand behind it, for rated services.
    pub demand: Option<DemandId>,
}

/// A line taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reversal {
    /// The line reversed.
    pub line: Term,
    /// The card's year.
    pub year: i32,
    /// What the reversal adds: the line's points with the other sign.
    pub points: i64,
}

/// A year's card as rules need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    base: i64,
    floor: i64,
    cap: Option<i64>,
    lines: BTreeMap<Term, Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    points: i64,
    clause: Term,
    demand: Option<DemandId>,
    reversed: bool,
}

impl Card {
    /// Base and live lines, within floor and cap.
    pub fn total(&self) -> i64 {
        let sum = self
            .lines
            .values()
            .filter(|line| !line.reversed)
            .fold(self.base, |sum, line| sum.saturating_add(line.points));
        let capped = self.cap.map_or(sum, |cap| sum.min(cap));
        capped.max(self.floor)
    }

    fn given_under(&self, clause: &Term) -> i64 {
        self.lines
            .values()
            .filter(|line| &line.clause == clause && !line.reversed)
            .map(|line| line.points.abs())
            .sum()
    }
}

/// A holder's cards by year.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cards(BTreeMap<i32, Card>);

impl Cards {
    /// The card of a year, once opened.
    pub fn of(&self, year: i32) -> Option<&Card> {
        self.0.get(&year)
    }

    /// What opens the card of the circumstance's year; nothing when it is open.
    pub fn opening(&self, at: &Circumstance) -> Option<Opening> {
        let year = at.year();
        if self.0.contains_key(&year) {
            return None;
        }
        let card = &at.policy.card;
        Some(Opening {
            year,
            base: card.base.value,
            floor: card.floor.value,
            cap: card.cap.value,
            policy: at.policy.label(),
        })
    }

    /// A bonus or penalty line under a clause of the policy in force (D1).
    pub fn clause_line(
        &self,
        clause: &Term,
        wanted: ClauseKind,
        holder: CardHolderKind,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Result<PointLine, Refusal> {
        let Some(found) = at.policy.card.clause(clause) else {
            return Err(unknown_clause(clause.to_string(), at.policy.label()));
        };
        if found.kind != wanted || !found.holders.contains(&holder) {
            return Err(clause_not_for(clause.to_string()));
        }
        let mut amount = found.points.value;
        if let Some(most) = &found.yearly_max {
            let left = most.value - self.of(at.year()).map_or(0, |card| card.given_under(clause));
            if left <= 0 {
                return Err(clause_used_up(clause.to_string(), most.value, at.year()));
            }
            amount = amount.min(left);
        }
        let points = match wanted {
            ClauseKind::Bonus => amount,
            ClauseKind::Penalty => -amount,
        };
        Ok(self.line(clause.clone(), points, work, community, None, at))
    }

    /// A line for a rated service or a share of it (C5).
    pub fn service_line(
        &self,
        clause: Term,
        points: i64,
        work: Work,
        community: &CommunityCode,
        demand: &DemandId,
        at: &Circumstance,
    ) -> PointLine {
        self.line(clause, points, work, community, Some(demand.clone()), at)
    }

    fn line(
        &self,
        clause: Term,
        points: i64,
        work: Work,
        community: &CommunityCode,
        demand: Option<DemandId>,
        at: &Circumstance,
    ) -> PointLine {
        let year = at.year();
        let next = self.of(year).map_or(0, |card| card.lines.len()) + 1;
        PointLine {
            line: Term::new(format!("{year}-{next}")).unwrap_or_default(),
            year,
            points,
            clause,
            policy: at.policy.label(),
            work,
            community: community.clone(),
            demand,
        }
    }

    /// What takes a line back. Never twice.
    pub fn reversal(&self, year: i32, line: &Term) -> Result<Reversal, Refusal> {
        let found = self
            .of(year)
            .and_then(|card| card.lines.get(line))
            .ok_or_else(|| unknown_line(line.to_string()))?;
        if found.reversed {
            return Err(reversed_already(line.to_string()));
        }
        Ok(Reversal { line: line.clone(), year, points: -found.points })
    }

    /// The live lines that the ratings of a demand gave: year and line of each.
    pub fn live_lines_of(&self, demand: &DemandId) -> Vec<(i32, Term)> {
        self.0
            .iter()
            .flat_map(|(year, card)| card.lines.iter().map(move |(name, line)| (*year, name, line)))
            .filter(|(_, _, line)| !line.reversed && line.demand.as_ref() == Some(demand))
            .map(|(year, name, _)| (year, name.clone()))
            .collect()
    }

    /// Takes an opening.
    pub fn open(&mut self, opening: &Opening) {
        self.0.entry(opening.year).or_insert_with(|| Card {
            base: opening.base,
            floor: opening.floor,
            cap: opening.cap,
            lines: BTreeMap::new(),
        });
    }

    /// Takes a line.
    pub fn add(&mut self, line: &PointLine) {
        let card = self.0.entry(line.year).or_default();
        card.lines.insert(
            line.line.clone(),
            Line {
                points: line.points,
                clause: line.clause.clone(),
                demand: line.demand.clone(),
                reversed: false,
            },
        );
    }

    /// Takes a reversal.
    pub fn take_back(&mut self, reversal: &Reversal) {
        if let Some(line) = self.0.get_mut(&reversal.year).and_then(|card| card.lines.get_mut(&reversal.line))
        {
            line.reversed = true;
        }
    }
}
