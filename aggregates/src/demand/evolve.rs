//! Taking facts into the state of a demand.

use super::state::{BadRating, Screening, Whistle};
use super::{Demand, DemandEvent, NewDemand, Phase, Rating};
use crate::decider::Decider;
use crate::ids::{Sealed, Term};
use crate::points::Work;
use crate::policy::Stage;

impl Decider for Demand {
    const TYPE: &'static str = "demand";
    type Event = DemandEvent;

    fn evolve(&mut self, fact: &DemandEvent) {
        use DemandEvent as E;
        match fact {
            E::DemandPlaced { .. } => self.evolve_placed(fact),
            E::DemandScreened { .. } | E::DemandReferred { .. } | E::DutyShiftReported { .. } => {
                self.evolve_screening(fact);
            }
            E::WishPublished { .. } => {
                self.published = true;
                self.phase = Phase::Published;
            }
            E::WishClaimed { .. }
            | E::OrderDispatched { .. }
            | E::OrderAccepted { .. }
            | E::ClaimReleased { .. }
            | E::ClaimLapsed { .. }
            | E::DispatchLapsed { .. }
            | E::OrderDeclined { .. } => self.evolve_taking(fact),
            E::ServiceCompleted { .. } | E::ServiceRated { .. } | E::DemandReopened { .. } => {
                self.evolve_service(fact);
            }
            E::ContactForgotten { .. } => self.contact_forgotten = true,
            E::DemandWithdrawn { .. } => self.phase = Phase::Withdrawn,
            E::DemandClosed { solved, .. } => self.phase = Phase::Closed { solved: *solved },
            E::DeadlineExtended { stage, by, times, .. } => {
                self.due.insert(*stage, *by);
                self.extended = *times;
            }
            E::WhistleBlown { departments, answer_by, .. } => {
                let call = Whistle { answer_by: *answer_by, answered: false };
                self.whistles.extend(departments.iter().map(|department| (department.clone(), call.clone())));
            }
            E::DepartmentAnswered { department, .. } => {
                if let Some(call) = self.whistles.get_mut(department) {
                    call.answered = true;
                }
            }
        }
    }
}

impl Demand {
    fn evolve_placed(&mut self, fact: &DemandEvent) {
        if let DemandEvent::DemandPlaced {
            kind,
            channel,
            category,
            community,
            grid,
            estate,
            household,
            placed_by,
            entered_by,
            urgency,
            due,
            words,
            ..
        } = fact
        {
            self.placed = Some(NewDemand {
                kind: *kind,
                channel: *channel,
                category: category.clone(),
                community: community.clone(),
                grid: grid.clone(),
                estate: estate.clone(),
                household: household.clone(),
                placed_by: placed_by.clone(),
                urgency: *urgency,
                words: words.clone(),
            });
            self.asked = category.clone();
            self.entered_by = Some(entered_by.clone());
            self.due = due.iter().map(|due| (due.stage, due.by)).collect();
            self.phase = Phase::Placed;
        }
    }

    fn evolve_screening(&mut self, fact: &DemandEvent) {
        match fact {
            DemandEvent::DemandScreened { category, difficulty, points, .. } => {
                self.screening = Some(Screening {
                    category: category.clone(),
                    difficulty: difficulty.clone(),
                    points: *points,
                });
                self.recategorise(category);
                self.published = false;
                self.phase = Phase::Screened;
            }
            DemandEvent::DemandReferred { category, .. } => {
                self.recategorise(category);
                self.published = false;
                self.phase = Phase::Referred;
            }
            DemandEvent::DutyShiftReported { taker, category, screen_by, .. } => {
                self.disputed.insert((taker.clone(), category.clone()));
                if let Some(by) = screen_by {
                    self.due.insert(Stage::Screened, *by);
                }
                self.published = false;
                self.phase = Phase::Placed;
            }
            _ => {}
        }
    }

    fn evolve_taking(&mut self, fact: &DemandEvent) {
        match fact {
            DemandEvent::WishClaimed { taker, on, until, .. } => {
                self.phase = Phase::Taken {
                    taker: taker.clone(),
                    work: Work::Voluntary,
                    since: *on,
                    until: Some(*until),
                };
            }
            DemandEvent::OrderDispatched { taker, work, answer_by, .. } => {
                self.phase = Phase::Dispatched { taker: taker.clone(), work: *work, answer_by: *answer_by };
            }
            DemandEvent::OrderAccepted { taker, work, on, .. } => {
                self.phase = Phase::Taken { taker: taker.clone(), work: *work, since: *on, until: None };
            }
            DemandEvent::OrderDeclined { taker, work, .. } => {
                if *work == Work::Voluntary {
                    self.declined.insert(taker.clone());
                }
                self.back_to_waiting();
            }
            _ => self.back_to_waiting(),
        }
    }

    fn evolve_service(&mut self, fact: &DemandEvent) {
        match fact {
            DemandEvent::ServiceCompleted {
                taker,
                served,
                on,
                form,
                work,
                completed_by,
                rating_until,
                note,
                photo,
                ..
            } => {
                self.badly_rated = None;
                self.remember("note", note.as_ref());
                self.remember("photo", photo.as_ref());
                self.phase = Phase::Completed {
                    taker: taker.clone(),
                    served: served.clone(),
                    work: *work,
                    on: *on,
                    form: *form,
                    completed_by: completed_by.clone(),
                    rating_until: *rating_until,
                    rating: None,
                };
            }
            DemandEvent::ServiceRated { stars, rater, satisfied, comment, .. } => {
                self.remember("comment", comment.as_ref());
                if let Phase::Completed { taker, served, rating, .. } = &mut self.phase {
                    *rating = Some(Rating { stars: *stars, rater: *rater, satisfied: *satisfied });
                    self.badly_rated = (!satisfied).then(|| BadRating {
                        taker: taker.clone(),
                        served: served.iter().map(|one| one.member.clone()).collect(),
                        stars: *stars,
                    });
                }
            }
            DemandEvent::DemandReopened { times, due, .. } => {
                self.reopened = *times;
                self.due = due.iter().map(|due| (due.stage, due.by)).collect();
                self.back_to_waiting();
            }
            _ => {}
        }
    }

    fn remember(&mut self, field: &str, told: Option<&Sealed>) {
        self.remarks.extend(told.map(|sealed| (field.to_owned(), sealed.clone())));
    }

    fn recategorise(&mut self, category: &Term) {
        if let Some(placed) = &mut self.placed {
            placed.category = category.clone();
        }
    }

    fn back_to_waiting(&mut self) {
        self.phase = if self.published { Phase::Published } else { Phase::Screened };
    }
}
