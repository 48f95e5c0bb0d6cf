//! One card under a draft.

use aggregates::ids::{Term, UnitId};
use aggregates::points::{Opening, PointLine};
use aggregates::policy::{AppraisalPolicy, CardHolderKind, CardPolicy, ClauseKind, Grade, Policy};

use super::answer::{ChangedLine, Told, Why};

/// What a line comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A rated service, with the unit that shares in it.
    Service(Option<UnitId>),
    /// A share in the service of this member.
    Share(String),
    /// A clause, applied by hand.
    Clause,
}

/// A line, as it is and as it would be.
#[derive(Debug, Clone)]
pub(super) struct TrialLine {
    /// Its name, where it was recorded.
    pub(super) line: Option<Term>,
    pub(super) clause: Term,
    pub(super) demand: Option<String>,
    pub(super) position: u64,
    pub(super) before: i64,
    pub(super) after: i64,
    pub(super) why: Why,
    pub(super) origin: Origin,
    pub(super) standing: bool,
}

impl TrialLine {
    pub(super) fn new(after: i64, why: Why, origin: Origin) -> Self {
        let (clause, demand) = (Term::default(), None);
        Self { line: None, clause, demand, position: 0, before: 0, after, why, origin, standing: true }
    }
}

/// A card.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub(super) opened: Option<Opening>,
    pub(super) lines: Vec<TrialLine>,
}

impl Trial {
    /// Finds the line that a rating made for what was recorded of it.
    pub(super) fn recognise(&mut self, line: &PointLine) -> bool {
        let sharer = line.share_of.as_ref().map(|share| share.member.as_str());
        let is_it = |found: &&mut TrialLine| {
            let same = match &found.origin {
                Origin::Share(member) => sharer == Some(member.as_str()),
                Origin::Service(_) => sharer.is_none(),
                Origin::Clause => false,
            };
            same && found.line.is_none()
                && found.standing
                && found.demand.as_deref() == line.demand.as_ref().map(aggregates::ids::DemandId::as_str)
        };
        let Some(found) = self.lines.iter_mut().rev().find(is_it) else { return false };
        found.line = Some(line.line.clone());
        found.before = line.points;
        true
    }

    /// What a clause gives under the draft, and why.
    pub(super) fn by_clause(
        &self,
        draft: &CardPolicy,
        holder: CardHolderKind,
        line: &PointLine,
    ) -> (i64, Why) {
        let Some(clause) = draft.clause(&line.clause) else { return (0, Why::NoClause) };
        let kind = if line.points < 0 { ClauseKind::Penalty } else { ClauseKind::Bonus };
        if clause.kind != kind || !clause.holders.contains(&holder) {
            return (0, Why::NotForHolder);
        }
        let mut amount = clause.points.value;
        let mut why = Why::Clause;
        if let Some(most) = &clause.yearly_max {
            let given = self
                .lines
                .iter()
                .filter(|given| given.standing && given.clause == line.clause)
                .fold(0_i64, |sum, given| sum.saturating_add(given.after.saturating_abs()));
            let left = most.value.saturating_sub(given).max(0);
            if left < amount {
                (amount, why) = (left, Why::UsedUp);
            }
        }
        (if kind == ClauseKind::Penalty { amount.saturating_neg() } else { amount }, why)
    }

    /// Takes back every standing line that fits; tells the last.
    pub(super) fn take_back(&mut self, fits: impl Fn(&TrialLine) -> bool) -> Option<TrialLine> {
        let mut last = None;
        for line in self.lines.iter_mut().filter(|line| line.standing && fits(line)) {
            line.standing = false;
            last = Some(line.clone());
        }
        last
    }

    /// The card before and after; nothing where there is none either way.
    pub(super) fn told(
        &self,
        kind: &str,
        holder: &str,
        draft: &Policy,
        in_force: Option<&AppraisalPolicy>,
    ) -> Option<Told> {
        let sum = |of: fn(&TrialLine) -> i64, base: i64| {
            let standing = self.lines.iter().filter(|line| line.standing);
            standing.fold(base, |sum, line| sum.saturating_add(of(line)))
        };
        let within = |sum: i64, floor: i64, cap: Option<i64>| cap.map_or(sum, |cap| sum.min(cap)).max(floor);
        let before = self
            .opened
            .as_ref()
            .map(|opening| within(sum(|line| line.before, opening.base), opening.floor, opening.cap));
        let opens = before.is_some() || self.lines.iter().any(|line| line.after != 0);
        let card = &draft.card;
        let uncut = sum(|line| line.after, card.base.value);
        let after = within(uncut, card.floor.value, card.cap.value);
        let grade = |total: i64| -> Option<Grade> { Some(in_force?.grade(total)) };
        opens.then(|| Told {
            holder_kind: kind.to_owned(),
            holder: holder.to_owned(),
            before,
            after,
            base_before: self.opened.as_ref().map(|opening| opening.base),
            base_after: card.base.value,
            is_cut: uncut != after,
            grade_before: before.and_then(grade),
            grade_after: draft.appraisal.grade(after),
            lines: self.differing(),
        })
    }

    fn differing(&self) -> Vec<ChangedLine> {
        let differs = |line: &&TrialLine| line.standing && line.before != line.after;
        self.lines
            .iter()
            .filter(differs)
            .map(|line| ChangedLine {
                line: line.line.as_ref().map(ToString::to_string),
                clause: line.clause.to_string(),
                demand: line.demand.clone(),
                before: line.before,
                after: line.after,
                why: line.why,
                position: line.position,
            })
            .collect()
    }
}
