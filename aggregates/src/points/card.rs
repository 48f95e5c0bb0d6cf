//! A card's lines and its total.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Figures, Filing, Opening, PointLine, Reversal, ShareOf, Work, refusal};
use crate::circumstance::Circumstance;
use crate::ids::{CommunityCode, DemandId, Term, UnitId};
use crate::policy::{CardHolderKind, ClauseKind, Policy};
use crate::refusal::Refusal;

/// A year's card as rules need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    base: i64,
    floor: i64,
    cap: Option<i64>,
    filed: bool,
    lines: BTreeMap<Term, Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    points: i64,
    clause: Term,
    community: CommunityCode,
    demand: Option<DemandId>,
    shared_with: Option<UnitId>,
    share_of: Option<ShareOf>,
    reversed: bool,
}

/// What a new line is about.
#[derive(Debug, Clone)]
pub struct LineWanted<'a> {
    /// The clause.
    pub clause: Term,
    /// Duty or voluntary service.
    pub work: Work,
    /// The community that gives it.
    pub community: &'a CommunityCode,
    /// The demand behind it.
    pub demand: Option<&'a DemandId>,
    /// On a member's card: the unit that shares in it.
    pub shared_with: Option<&'a UnitId>,
    /// On a unit's card: the member's line that it is a share of.
    pub share_of: Option<ShareOf>,
}

impl Card {
    /// Base and live lines, within floor and cap.
    pub fn total(&self) -> i64 {
        let sum = self.standing().fold(self.base, |sum, line| sum.saturating_add(line.points));
        let capped = self.cap.map_or(sum, |cap| sum.min(cap));
        capped.max(self.floor)
    }

    /// What the card shows.
    pub fn figures(&self) -> Figures {
        let add = |sum: i64, points: i64| sum.saturating_add(points);
        Figures {
            base: self.base,
            awarded: self.standing().map(|line| line.points.max(0)).fold(0, add),
            deducted: self.standing().map(|line| line.points.min(0).saturating_neg()).fold(0, add),
            total: self.total(),
            lines: count(self.lines.len()),
            reversed: count(self.lines.values().filter(|line| line.reversed).count()),
        }
    }

    /// Whether the year's feedback card is filed.
    pub fn is_filed(&self) -> bool {
        self.filed
    }

    /// The unit that shares in a line of a member's card.
    pub fn shared_with(&self, line: &Term) -> Option<&UnitId> {
        self.lines.get(line).and_then(|line| line.shared_with.as_ref())
    }

    /// Whether the card has the line.
    pub fn has_line(&self, line: &Term) -> bool {
        self.lines.contains_key(line)
    }

    fn standing(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().filter(|line| !line.reversed)
    }

    fn given_under(&self, clause: &Term) -> i64 {
        self.standing()
            .filter(|line| &line.clause == clause)
            .fold(0, |sum, line| sum.saturating_add(line.points.saturating_abs()))
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A holder's cards by year.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cards(BTreeMap<i32, Card>);

impl Cards {
    /// The card of a year, once opened.
    pub fn of(&self, year: i32) -> Option<&Card> {
        self.0.get(&year)
    }

    /// Whether a card of an earlier year was opened.
    pub fn began_before(&self, year: i32) -> bool {
        self.0.range(..year).next().is_some()
    }

    /// Whether the feedback card of the year is filed.
    pub fn is_filed(&self, year: i32) -> bool {
        self.of(year).is_some_and(Card::is_filed)
    }

    /// What opens the card of the circumstance's year; nothing when it is open.
    pub fn opening(&self, at: &Circumstance) -> Option<Opening> {
        self.opening_of(at.year(), &at.policy)
    }

    /// What opens the card of a year under the policy of that year; nothing when it is open.
    pub fn opening_of(&self, year: i32, policy: &Policy) -> Option<Opening> {
        if self.0.contains_key(&year) {
            return None;
        }
        let card = &policy.card;
        Some(Opening {
            year,
            base: card.base.value,
            floor: card.floor.value,
            cap: card.cap.value,
            policy: policy.label(),
        })
    }

    /// A bonus or penalty line under a clause of the policy in force (D1). Of the clause's yearly most, what is left
    /// is given when it is less than one entry's points.
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
            return Err(refusal::unknown_clause(clause.to_string(), at.policy.label()));
        };
        if found.kind != wanted || !found.holders.contains(&holder) {
            return Err(refusal::clause_not_for(clause.to_string()));
        }
        let mut amount = found.points.value;
        if let Some(most) = &found.yearly_max {
            let given = self.of(at.year()).map_or(0, |card| card.given_under(clause));
            let left = most.value.saturating_sub(given);
            if left <= 0 {
                return Err(refusal::clause_used_up(clause.to_string(), most.value, at.year()));
            }
            amount = amount.min(left);
        }
        let points = match wanted {
            ClauseKind::Bonus => amount,
            ClauseKind::Penalty => amount.saturating_neg(),
        };
        let about = LineWanted {
            clause: clause.clone(),
            work,
            community,
            demand: None,
            shared_with: None,
            share_of: None,
        };
        self.line(points, about, at)
    }

    /// A line of the circumstance's year. Refused when that year's feedback card is filed, unless two people stand
    /// behind the act.
    pub fn line(&self, points: i64, about: LineWanted<'_>, at: &Circumstance) -> Result<PointLine, Refusal> {
        let year = at.year();
        self.must_be_open(year, at)?;
        let next = self.of(year).map_or(0, |card| card.lines.len()) + 1;
        Ok(PointLine {
            line: Term::new(format!("{year}-{next}")).unwrap_or_default(),
            year,
            points,
            clause: about.clause,
            policy: at.policy.label(),
            work: about.work,
            community: about.community.clone(),
            demand: about.demand.cloned(),
            shared_with: about.shared_with.cloned(),
            share_of: about.share_of,
        })
    }

    /// What takes a line back, by hand. Never twice; a unit's share goes with its member's line only.
    pub fn reversal(&self, year: i32, line: &Term, at: &Circumstance) -> Result<Reversal, Refusal> {
        let found = self
            .of(year)
            .and_then(|card| card.lines.get(line))
            .ok_or_else(|| refusal::unknown_line(line.to_string()))?;
        if found.reversed {
            return Err(refusal::reversed_already(line.to_string()));
        }
        if found.share_of.is_some() {
            return Err(refusal::share_follows(line.to_string()));
        }
        self.must_be_open(year, at)?;
        Ok(taken_back(year, line, found))
    }

    /// What takes back the standing lines that the ratings of a demand gave.
    pub fn reversals_of(&self, demand: &DemandId, at: &Circumstance) -> Result<Vec<Reversal>, Refusal> {
        self.reversals_where(at, |line| line.demand.as_ref() == Some(demand))
    }

    /// What takes back the standing share of a member's line.
    pub fn reversals_of_share(&self, share: &ShareOf, at: &Circumstance) -> Result<Vec<Reversal>, Refusal> {
        self.reversals_where(at, |line| line.share_of.as_ref() == Some(share))
    }

    /// The units that share in standing lines which the ratings of a demand gave.
    pub fn sharers_of(&self, demand: &DemandId) -> Vec<UnitId> {
        self.0
            .values()
            .flat_map(Card::standing)
            .filter(|line| line.demand.as_ref() == Some(demand))
            .filter_map(|line| line.shared_with.clone())
            .collect()
    }

    fn reversals_where(
        &self,
        at: &Circumstance,
        wanted: impl Fn(&Line) -> bool,
    ) -> Result<Vec<Reversal>, Refusal> {
        let mut found = vec![];
        for (year, card) in &self.0 {
            for (name, line) in card.lines.iter().filter(|(_, line)| !line.reversed && wanted(line)) {
                self.must_be_open(*year, at)?;
                found.push(taken_back(*year, name, line));
            }
        }
        Ok(found)
    }

    fn must_be_open(&self, year: i32, at: &Circumstance) -> Result<(), Refusal> {
        if self.is_filed(year) && !at.is_backed() { Err(refusal::card_filed(year)) } else { Ok(()) }
    }

    /// Takes an opening.
    pub fn open(&mut self, opening: &Opening) {
        self.0.entry(opening.year).or_insert_with(|| Card {
            base: opening.base,
            floor: opening.floor,
            cap: opening.cap,
            ..Card::default()
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
                community: line.community.clone(),
                demand: line.demand.clone(),
                shared_with: line.shared_with.clone(),
                share_of: line.share_of.clone(),
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

    /// Takes a filing.
    pub fn file(&mut self, filing: &Filing) {
        self.0.entry(filing.year).or_default().filed = true;
    }
}

fn taken_back(year: i32, name: &Term, line: &Line) -> Reversal {
    Reversal {
        line: name.clone(),
        year,
        points: line.points.saturating_neg(),
        community: line.community.clone(),
    }
}
