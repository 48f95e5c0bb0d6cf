//! Taking facts into a row of figures.

use aggregates::demand::{Channel, DemandEvent, DemandKind, Taker};
use aggregates::household::HouseholdEvent;
use aggregates::points::Work;

use super::row::{ChannelShare, ServiceFiguresRow};

impl ServiceFiguresRow {
    /// Takes a fact of a demand.
    pub(super) fn take_demand(&mut self, fact: &DemandEvent) {
        use DemandEvent as E;
        match fact {
            E::DemandPlaced { kind, channel, .. } => self.take_placed(*kind, *channel),
            E::DemandScreened { .. } => self.screened += 1,
            E::DemandReferred { .. } => self.referred += 1,
            E::WishPublished { .. } => self.published += 1,
            E::WishClaimed { taker: Taker::Member(_), .. } => self.claimed_by_members += 1,
            E::WishClaimed { taker: Taker::Unit(_), .. } => self.claimed_by_units += 1,
            E::ClaimReleased { .. } | E::ClaimLapsed { .. } => self.given_back += 1,
            E::OrderDispatched { work: Work::Voluntary, .. } => self.dispatched_voluntary += 1,
            E::OrderDispatched { work: Work::Duty, .. } => self.dispatched_duty += 1,
            E::OrderAccepted { .. } => self.accepted += 1,
            E::OrderDeclined { work: Work::Voluntary, .. } => self.declined_voluntary += 1,
            E::OrderDeclined { work: Work::Duty, .. } => self.declined_duty += 1,
            E::DispatchLapsed { .. } => self.unanswered += 1,
            E::DutyShiftReported { .. } => self.disputed += 1,
            E::ServiceCompleted { .. } => self.take_completed(fact),
            E::ServiceRated { satisfied, .. } => {
                self.rated += 1;
                self.satisfied += u32::from(*satisfied);
            }
            E::DemandReopened { kind, .. } => {
                self.reopened += 1;
                self.solve(*kind, -1);
            }
            E::DemandWithdrawn { .. } => self.withdrawn += 1,
            E::DemandClosed { kind, solved: true, .. } => {
                self.closed_solved += 1;
                self.solve(*kind, 1);
            }
            E::DemandClosed { solved: false, .. } => self.closed_unsolved += 1,
            E::DeadlineExtended { .. } => self.extended += 1,
            E::WhistleBlown { departments, .. } => {
                self.whistled += u32::try_from(departments.len()).unwrap_or(u32::MAX);
            }
            E::DepartmentAnswered { on_time, .. } => {
                self.answered += 1;
                self.answered_on_time += u32::from(*on_time);
            }
        }
    }

    fn take_placed(&mut self, kind: DemandKind, channel: Channel) {
        self.placed += 1;
        *self.kinds.entry(kind).or_default() += 1;
        match kind {
            DemandKind::MicroDream | DemandKind::MicroWish | DemandKind::MicroAppeal => self.wishes += 1,
            DemandKind::Issue | DemandKind::Petition => self.issues += 1,
            DemandKind::Order => {}
        }
        match self.channels.iter_mut().find(|share| share.channel == channel) {
            Some(share) => share.placed += 1,
            None => self.channels.push(ChannelShare { channel, placed: 1, percent: 0 }),
        }
        self.channels.sort_by_key(|share| share.channel);
        for share in &mut self.channels {
            share.percent = percent(share.placed, self.placed).unwrap_or(0);
        }
    }

    fn take_completed(&mut self, fact: &DemandEvent) {
        if let DemandEvent::ServiceCompleted { kind, served, form, work, on_time, .. } = fact {
            self.completed += 1;
            self.completed_with_deadline += u32::from(on_time.is_some());
            self.completed_on_time += u32::from(*on_time == Some(true));
            *self.forms.entry(*form).or_default() += 1;
            self.services += u32::try_from(served.len()).unwrap_or(u32::MAX);
            let minutes: u64 = served.iter().map(|one| u64::from(one.minutes)).sum();
            match work {
                Work::Voluntary => self.voluntary_minutes += minutes,
                Work::Duty => self.duty_minutes += minutes,
            }
            self.solve(*kind, 1);
        }
    }

    fn solve(&mut self, kind: DemandKind, by: i64) {
        match kind {
            DemandKind::MicroDream | DemandKind::MicroWish | DemandKind::MicroAppeal => {
                self.wishes_fulfilled += by;
            }
            DemandKind::Issue | DemandKind::Petition => self.issues_solved += by,
            DemandKind::Order => {}
        }
    }

    /// Takes a fact of a household.
    pub(super) fn take_household(&mut self, fact: &HouseholdEvent) {
        match fact {
            HouseholdEvent::PairFormed { .. } => self.pairs_formed += 1,
            HouseholdEvent::PairEnded { .. } => self.pairs_ended += 1,
            HouseholdEvent::VisitRequested { .. } => self.visits_requested += 1,
            HouseholdEvent::HouseholdVisited { kind, service, .. } => {
                self.visits += 1;
                *self.visit_kinds.entry(*kind).or_default() += 1;
                if let Some(service) = service {
                    *self.five_hundreds.entry(*service).or_default() += 1;
                }
            }
            HouseholdEvent::HouseholdRegistered { .. } | HouseholdEvent::HouseholdNeedsRecorded { .. } => {}
        }
    }

    /// What follows from the counts.
    pub(super) fn add_up(&mut self) {
        self.on_time_percent = percent(self.completed_on_time, self.completed_with_deadline);
        self.satisfied_percent = percent(self.satisfied, self.rated);
        self.answer_percent = percent(self.answered, self.whistled);
    }
}

/// A part in whole percent, rounded half up; nothing of nothing.
fn percent(part: u32, whole: u32) -> Option<u32> {
    let hundredfold = u64::from(part) * 200 + u64::from(whole);
    hundredfold.checked_div(u64::from(whole) * 2).and_then(|percent| u32::try_from(percent).ok())
}
