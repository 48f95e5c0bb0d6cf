//! Taking facts into a row of the demand ledger.

use aggregates::demand::{DemandEvent, Due, Taker};
use aggregates::points::Work;
use aggregates::policy::Stage;
use aggregates::rulebook::DutyOwner;
use aggregates::when::stamp;
use chrono::NaiveDate;

use super::row::{DeadlineLine, DemandPhase, DemandRow, DisputeLine, RoundLine, ServedLine, WhistleLine};

impl DemandRow {
    /// Takes a fact, which happened `at`.
    pub(super) fn take(&mut self, fact: &DemandEvent, at: &str, position: u64) {
        use DemandEvent as E;
        match fact {
            E::DemandPlaced { .. } => self.take_placed(fact, at),
            E::DemandScreened { .. } | E::DemandReferred { .. } | E::WishPublished { .. } => {
                self.take_screening(fact, at);
            }
            E::DutyShiftReported { .. } => self.take_dispute(fact, at, position),
            E::WishClaimed { .. }
            | E::OrderDispatched { .. }
            | E::OrderAccepted { .. }
            | E::OrderDeclined { .. }
            | E::ClaimReleased { .. }
            | E::ClaimLapsed { .. }
            | E::DispatchLapsed { .. } => self.take_taking(fact, at),
            E::ServiceCompleted { .. } | E::ServiceRated { .. } | E::DemandReopened { .. } => {
                self.take_service(fact, at);
            }
            E::DemandWithdrawn { .. } => {
                self.let_go();
                self.end(DemandPhase::Withdrawn, at);
            }
            E::DemandClosed { solved, on_time, .. } => {
                self.end(DemandPhase::Closed, at);
                self.meet(Stage::Completed, at, *on_time);
                self.solved = Some(*solved);
                self.on_time = *on_time;
            }
            E::DeadlineExtended { stage, by, times, .. } => {
                self.extensions = *times;
                self.move_deadline(*stage, stamp(by), true);
            }
            E::WhistleBlown { departments, answer_by, .. } => {
                self.whistles.extend(departments.iter().map(|department| WhistleLine {
                    department: department.to_string(),
                    called_at: at.to_owned(),
                    answer_by: stamp(answer_by),
                    answered_at: None,
                    on_time: None,
                }));
            }
            // What was said stands in no row.
            E::ContactForgotten { .. } => {}
            E::DepartmentAnswered { department, on_time, .. } => {
                let called = |line: &&mut WhistleLine| {
                    line.department == department.as_str() && line.answered_at.is_none()
                };
                if let Some(line) = self.whistles.iter_mut().find(called) {
                    line.answered_at = Some(at.to_owned());
                    line.on_time = Some(*on_time);
                }
            }
        }
    }

    fn take_placed(&mut self, fact: &DemandEvent, at: &str) {
        if let DemandEvent::DemandPlaced {
            kind,
            channel,
            category,
            community,
            grid,
            estate,
            household,
            placed_by,
            urgency,
            sla,
            due,
            ..
        } = fact
        {
            self.kind = Some(*kind);
            self.channel = Some(*channel);
            self.category = category.to_string();
            self.community = community.to_string();
            self.grid = grid.as_ref().map(ToString::to_string);
            self.estate = estate.as_ref().map(ToString::to_string);
            self.household = household.as_ref().map(ToString::to_string);
            self.placed_by = placed_by.as_ref().map(ToString::to_string);
            self.urgency = Some(*urgency);
            self.sla = sla.as_ref().map(ToString::to_string);
            at.clone_into(&mut self.placed_at);
            self.phase = Some(DemandPhase::Placed);
            self.set_deadlines(due);
        }
    }

    fn take_screening(&mut self, fact: &DemandEvent, at: &str) {
        match fact {
            DemandEvent::DemandScreened { category, catalogue, difficulty, points, .. } => {
                self.category = category.to_string();
                self.catalogue = Some(catalogue.to_string());
                self.owner = Some(DutyOwner::MemberService);
                self.difficulty = Some(difficulty.to_string());
                self.points = *points;
                self.published = false;
                self.screened(DemandPhase::Screened, at);
            }
            DemandEvent::DemandReferred { category, catalogue, owner, .. } => {
                self.category = category.to_string();
                self.catalogue = Some(catalogue.to_string());
                self.owner = Some(*owner);
                self.published = false;
                self.screened(DemandPhase::Referred, at);
            }
            _ => {
                self.published = true;
                self.phase = Some(DemandPhase::Published);
            }
        }
    }

    fn screened(&mut self, phase: DemandPhase, at: &str) {
        self.phase = Some(phase);
        self.screened_at = Some(at.to_owned());
        self.meet(Stage::Screened, at, None);
    }

    fn take_dispute(&mut self, fact: &DemandEvent, at: &str, position: u64) {
        if let DemandEvent::DutyShiftReported { taker, category, owner, screen_by, .. } = fact {
            self.disputes.push(DisputeLine {
                taker: taker.id().to_owned(),
                category: category.to_string(),
                owner: *owner,
                at: at.to_owned(),
                position,
            });
            self.let_go();
            self.published = false;
            self.phase = Some(DemandPhase::Placed);
            if let Some(by) = screen_by {
                self.move_deadline(Stage::Screened, stamp(by), false);
            }
        }
    }

    fn take_taking(&mut self, fact: &DemandEvent, at: &str) {
        match fact {
            DemandEvent::WishClaimed { taker, until, .. } => {
                self.hold(DemandPhase::Taken, taker, Work::Voluntary);
                self.claim_until = Some(end_of(*until));
                self.taken(at);
            }
            DemandEvent::OrderDispatched { taker, work, answer_by, .. } => {
                self.hold(DemandPhase::Dispatched, taker, *work);
                self.claim_until = Some(stamp(answer_by));
            }
            DemandEvent::OrderAccepted { taker, work, .. } => {
                self.hold(DemandPhase::Taken, taker, *work);
                self.claim_until = None;
                self.taken(at);
            }
            DemandEvent::OrderDeclined { .. } => {
                self.declined += 1;
                self.back_to_waiting();
            }
            _ => self.back_to_waiting(),
        }
    }

    fn take_service(&mut self, fact: &DemandEvent, at: &str) {
        match fact {
            DemandEvent::ServiceCompleted {
                taker, served, on, form, work, rating_until, on_time, ..
            } => {
                self.hold(DemandPhase::Completed, taker, *work);
                self.end(DemandPhase::Completed, at);
                self.claim_until = None;
                self.served = served
                    .iter()
                    .map(|one| ServedLine {
                        member: one.member.to_string(),
                        unit: one.unit.to_string(),
                        minutes: one.minutes,
                    })
                    .collect();
                self.minutes = served.iter().fold(self.minutes, |sum, one| sum.saturating_add(one.minutes));
                self.served_on = Some(*on);
                self.form = Some(*form);
                self.rating_until = Some(*rating_until);
                self.solved = Some(true);
                self.on_time = *on_time;
                self.meet(Stage::Completed, at, *on_time);
            }
            DemandEvent::ServiceRated { stars, rater, satisfied, points, .. } => {
                self.stars = Some(*stars);
                self.rater = Some(*rater);
                self.satisfied = Some(*satisfied);
                self.earned = Some(*points);
            }
            DemandEvent::DemandReopened { times, due, .. } => {
                self.rounds.push(RoundLine {
                    taker: self.taker.clone(),
                    completed_at: self.ended_at.take(),
                    stars: self.stars.take(),
                    reopened_at: at.to_owned(),
                });
                self.reopened = *times;
                (self.rater, self.satisfied, self.earned) = (None, None, None);
                (self.solved, self.on_time, self.rating_until) = (None, None, None);
                self.set_deadlines(due);
                self.back_to_waiting();
            }
            _ => {}
        }
    }

    fn hold(&mut self, phase: DemandPhase, taker: &Taker, work: Work) {
        self.phase = Some(phase);
        self.taker_kind = Some(taker.kind().to_owned());
        self.taker = Some(taker.id().to_owned());
        self.work = Some(work);
    }

    fn let_go(&mut self) {
        (self.taker_kind, self.taker, self.work) = (None, None, None);
        (self.claim_until, self.taken_at) = (None, None);
        self.unmeet(Stage::Taken);
    }

    fn back_to_waiting(&mut self) {
        self.let_go();
        self.phase = Some(if self.published { DemandPhase::Published } else { DemandPhase::Screened });
    }

    fn taken(&mut self, at: &str) {
        self.taken_at = Some(at.to_owned());
        self.meet(Stage::Taken, at, None);
    }

    fn end(&mut self, phase: DemandPhase, at: &str) {
        self.phase = Some(phase);
        self.ended_at = Some(at.to_owned());
    }

    fn set_deadlines(&mut self, due: &[Due]) {
        self.deadlines = due
            .iter()
            .map(|due| DeadlineLine {
                stage: due.stage,
                by: stamp(&due.by),
                met_at: None,
                kept: None,
                extended: false,
            })
            .collect();
    }

    fn move_deadline(&mut self, stage: Stage, by: String, extended: bool) {
        let fresh = DeadlineLine { stage, by, met_at: None, kept: None, extended };
        match self.deadlines.iter_mut().find(|line| line.stage == stage) {
            Some(line) => *line = fresh,
            None => self.deadlines.push(fresh),
        }
    }

    /// A stage was reached. `kept` is told where the fact tells it; else the stamps do.
    fn meet(&mut self, stage: Stage, at: &str, kept: Option<bool>) {
        for line in self.deadlines.iter_mut().filter(|line| line.stage == stage && line.met_at.is_none()) {
            line.kept = Some(kept.unwrap_or(at <= line.by.as_str()));
            line.met_at = Some(at.to_owned());
        }
    }

    fn unmeet(&mut self, stage: Stage) {
        for line in self.deadlines.iter_mut().filter(|line| line.stage == stage) {
            (line.met_at, line.kept) = (None, None);
        }
    }

    /// What follows from the phase: whether it is open, and what is due next.
    pub(super) fn settle(&mut self) {
        let Some(phase) = self.phase else { return };
        self.open = phase.is_open();
        let stages = self
            .deadlines
            .iter()
            .filter(|line| line.met_at.is_none() && phase.awaits(line.stage))
            .map(|line| (line.by.as_str(), line.stage));
        let answers = self
            .whistles
            .iter()
            .filter(|line| self.open && line.answered_at.is_none())
            .map(|line| (line.answer_by.as_str(), Stage::Answered));
        let next = stages.chain(answers).min().map(|(by, stage)| (by.to_owned(), stage));
        self.next_stage = next.as_ref().map(|(_, stage)| *stage);
        self.next_due = next.map(|(by, _)| by);
    }
}

/// The last second of a day, as [`stamp`] writes it.
fn end_of(date: NaiveDate) -> String {
    format!("{date}T23:59:59+08:00")
}
