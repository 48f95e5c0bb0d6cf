//! What if another policy had been in force: the point cards of a year, folded anew from the facts with the numbers of a draft (D1, C5).
//!
//! Nothing is recorded by it, and no card changes: events keep the results that they were decided with. What is
//! calculated anew are base, floor and cap; the points of rated services (difficulty × stars) and the units' shares in
//! them; and the points of clauses with their yearly most. The facts behind them (who served, how difficult it was, how
//! many stars, which clause was applied, what was taken back) are those of the journal. What was refused then is no
//! fact: a bonus that a draft would allow and the policy of its day did not is not in it. Whether the draft's other
//! rules (deadlines, minutes, claims) would have refused an act is not asked either. `docs/what-if.md` says so, too.

mod answer;
mod run;
mod trial;

use std::collections::{BTreeMap, HashMap};

use aggregates::decider::Decider;
use aggregates::demand::DemandEvent;
use aggregates::ids::{MemberId, Term, UnitId};
use aggregates::member::MemberEvent;
use aggregates::points::{Opening, PointLine, Reversal};
use aggregates::policy::{CardHolderKind, Policy, percent_of};
use aggregates::rulebook::Rulebook;
use aggregates::unit::UnitEvent;
use aggregates::{LedgerEvent, Recorded, when};
use chrono::NaiveDate;

pub use answer::{ChangedCard, ChangedLine, PolicyTrial, TrialSummary, Why};
pub use run::{Going, run};

use trial::{Origin, Trial, TrialLine};

/// Kinds of streams that it is folded from.
const STREAMS: [&str; 4] = ["member", "unit", "demand", "policy"];

/// What is known of a demand that may be rated.
#[derive(Debug, Default)]
struct Deed {
    difficulty: Term,
    points: i64,
    served: Vec<(MemberId, UnitId)>,
}

/// The fold.
#[derive(Debug)]
pub struct WhatIf {
    year: i32,
    draft: Policy,
    deeds: HashMap<String, Deed>,
    trials: BTreeMap<(&'static str, String), Trial>,
    rulebook: Rulebook,
}

impl WhatIf {
    /// Of the cards of a year, under a draft.
    pub fn new(year: i32, draft: Policy) -> Self {
        let (deeds, trials) = (HashMap::new(), BTreeMap::new());
        Self { year, draft, deeds, trials, rulebook: Rulebook::default() }
    }

    /// Whether streams of the kind tell anything.
    pub fn reads(aggregate_type: &str) -> bool {
        STREAMS.contains(&aggregate_type)
    }

    /// Takes an event, in the order of positions.
    pub fn take(&mut self, event: &Recorded) {
        match &event.event {
            LedgerEvent::Rulebook(fact) => self.rulebook.evolve(fact),
            LedgerEvent::Demand(fact) => self.demand(&event.stream_id, fact),
            LedgerEvent::Member(fact) => self.member(&event.stream_id, fact, event),
            LedgerEvent::Unit(fact) => self.unit(&event.stream_id, fact, event),
            _ => {}
        }
    }

    /// What comes of it for the holders that `seen` lets through: at most `most` cards are told, all are counted. `on` is the day whose
    /// policy in force tells the grades of today's cards.
    pub fn finish(
        self,
        on: NaiveDate,
        position: u64,
        most: usize,
        seen: impl Fn(&str, &str) -> bool,
    ) -> PolicyTrial {
        let in_force = self.rulebook.policy_on(on);
        let mut answer =
            PolicyTrial::new(&self.draft, in_force.map(|policy| policy.label()), self.year, position);
        for ((kind, holder), trial) in &self.trials {
            if seen(kind, holder) {
                answer.count(
                    trial.told(kind, holder, &self.draft, in_force.map(|policy| &policy.appraisal)),
                    most,
                );
            }
        }
        answer
    }

    fn trial(&mut self, kind: &'static str, holder: &str) -> &mut Trial {
        self.trials.entry((kind, holder.to_owned())).or_default()
    }

    fn demand(&mut self, id: &str, fact: &DemandEvent) {
        match fact {
            DemandEvent::DemandScreened { difficulty, points, .. } => {
                let deed = self.deeds.entry(id.to_owned()).or_default();
                (deed.difficulty, deed.points) = (difficulty.clone(), *points);
            }
            DemandEvent::ServiceCompleted { served, .. } => {
                let deed = self.deeds.entry(id.to_owned()).or_default();
                deed.served = served.iter().map(|one| (one.member.clone(), one.unit.clone())).collect();
            }
            DemandEvent::DemandReopened { .. } => self.reopen(id),
            DemandEvent::DemandWithdrawn { .. } => drop(self.deeds.remove(id)),
            _ => {}
        }
    }

    /// What the ratings of the demand gave is taken back, also where it gave nothing then.
    fn reopen(&mut self, demand: &str) {
        let Some(deed) = self.deeds.get(demand) else { return };
        for (member, unit) in deed.served.clone() {
            for (kind, holder) in [("member", member.as_str()), ("unit", unit.as_str())] {
                if let Some(trial) = self.trials.get_mut(&(kind, holder.to_owned())) {
                    trial.take_back(|line| line.demand.as_deref() == Some(demand));
                }
            }
        }
    }

    fn member(&mut self, id: &str, fact: &MemberEvent, event: &Recorded) {
        match fact {
            MemberEvent::ServiceAppraised { demand, stars, .. }
                if when::year_of(&event.meta.occurred_at) == self.year =>
            {
                self.rated(id, demand.as_str(), *stars, event.position);
            }
            MemberEvent::CardOpened { opening } => self.opened("member", id, opening),
            MemberEvent::PointsAwarded { line } | MemberEvent::PointsDeducted { line } => {
                self.line(("member", id), CardHolderKind::Member, line, event.position);
            }
            MemberEvent::PointsReversed { reversal } => self.reversed("member", id, reversal),
            _ => {}
        }
    }

    fn unit(&mut self, id: &str, fact: &UnitEvent, event: &Recorded) {
        match fact {
            UnitEvent::CardOpened { opening } => self.opened("unit", id, opening),
            UnitEvent::PointsAwarded { line } | UnitEvent::PointsDeducted { line } => {
                self.line(("unit", id), CardHolderKind::Unit, line, event.position);
            }
            UnitEvent::PointsReversed { reversal } => self.reversed("unit", id, reversal),
            _ => {}
        }
    }

    /// A rating: points of the member and the share of the unit that he served for.
    fn rated(&mut self, member: &str, demand: &str, stars: u8, position: u64) {
        let Some(deed) = self.deeds.get(demand) else { return };
        let found = self.draft.demand.difficulties.iter().find(|one| one.name == deed.difficulty);
        let (worth, why) = match found {
            Some(difficulty) => (difficulty.points.value, Why::Service),
            None => (deed.points, Why::NoDifficulty),
        };
        let points = self.draft.card.service_points(worth, stars);
        let unit = deed.served.iter().find(|(who, _)| who.as_str() == member).map(|(_, unit)| unit.clone());
        let share = percent_of(points, i64::from(self.draft.card.unit_share_percent.value));
        let line = |clause: &str, after, why, origin| TrialLine {
            clause: Term::new(clause).unwrap_or_default(),
            demand: Some(demand.to_owned()),
            position,
            ..TrialLine::new(after, why, origin)
        };
        let own = line(aggregates::member::SERVICE, points, why, Origin::Service(unit.clone()));
        self.trial("member", member).lines.push(own);
        if let Some(unit) = unit {
            let share =
                line(aggregates::unit::SERVICE_SHARE, share, Why::Share, Origin::Share(member.to_owned()));
            self.trial("unit", unit.as_str()).lines.push(share);
        }
    }

    fn opened(&mut self, kind: &'static str, id: &str, opening: &Opening) {
        if opening.year == self.year {
            self.trial(kind, id).opened = Some(opening.clone());
        }
    }

    /// A line as it was recorded: what a rating gave finds its like; what a clause gave is calculated anew.
    fn line(&mut self, of: (&'static str, &str), holder: CardHolderKind, line: &PointLine, position: u64) {
        if line.year != self.year {
            return;
        }
        let (kind, id) = of;
        let by_rating = line.demand.is_some();
        if by_rating && self.trial(kind, id).recognise(line) {
            return;
        }
        let trial = self.trials.entry((kind, id.to_owned())).or_default();
        let (points, why) = if by_rating {
            (line.points, Why::Kept)
        } else {
            trial.by_clause(&self.draft.card, holder, line)
        };
        trial.lines.push(TrialLine {
            clause: line.clause.clone(),
            demand: line.demand.as_ref().map(ToString::to_string),
            position,
            line: Some(line.line.clone()),
            before: line.points,
            ..TrialLine::new(points, why, Origin::Clause)
        });
    }

    /// A line taken back by hand goes with the share that a unit has in it.
    fn reversed(&mut self, kind: &'static str, id: &str, reversal: &Reversal) {
        if reversal.year != self.year {
            return;
        }
        let Some(trial) = self.trials.get_mut(&(kind, id.to_owned())) else { return };
        let taken = trial.take_back(|line| line.line.as_ref() == Some(&reversal.line));
        let Some(TrialLine { origin: Origin::Service(Some(unit)), demand, .. }) = taken else { return };
        if let Some(shared) = self.trials.get_mut(&("unit", unit.as_str().to_owned())) {
            shared.take_back(|line| line.demand == demand && line.origin == Origin::Share(id.to_owned()));
        }
    }
}
