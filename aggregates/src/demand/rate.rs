//! Rating by the resident or, aggregated, by the community (C5). Two people for every credited service.

use chrono::{Days, NaiveDate};

use super::{Demand, DemandEvent, Phase, Rater, Taker, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;

impl Demand {
    /// Rates the completed service. The actor must be nobody who served; the community waits for the resident.
    pub fn rate(&self, demand: &DemandId, stars: u8, rater: Rater, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        if !(1..=5).contains(&stars) {
            return Err(refusal::stars_range());
        }
        let Phase::Completed { taker, served, on, rating, .. } = &self.phase else {
            return Err(if self.phase == Phase::Over { refusal::over() } else { refusal::not_completed() });
        };
        match rating {
            Some((had, by)) if *had == stars && *by == rater => return Ok(vec![]),
            Some((had, _)) => return Err(refusal::rated_already(*had)),
            None => {}
        }
        let actor = at.actor.id.as_str();
        let took_it = match taker {
            Taker::Member(member) => member.as_str() == actor,
            Taker::Unit(unit) => unit.as_str() == actor,
        };
        if took_it || served.iter().any(|one| one.member.as_str() == actor) {
            return Err(refusal::rates_own_work());
        }
        let days = at.policy.demand.rating_days.value;
        let residents_time_ends = on.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
        if rater == Rater::Community && at.date() <= residents_time_ends {
            return Err(refusal::resident_first(days));
        }
        Ok(vec![DemandEvent::ServiceRated {
            community: placed.community.clone(),
            taker: taker.clone(),
            stars,
            rater,
            satisfied: stars > at.policy.demand.unsatisfied_stars.value,
            points: at.policy.card.service_points(self.points, stars),
        }])
    }
}
