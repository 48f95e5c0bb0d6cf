//! Visits asked for and made (C9: 每月必访、重大节日必访、居民有需求必访). Which ones are due is [`crate::visits`]' to tell.

use chrono::{Days, NaiveDate};

use super::{Household, HouseholdEvent, VisitDetails, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{DemandId, HouseholdId, MemberId};

impl Household {
    /// Asks for a visit by a paired member: the one named, or the only one.
    pub fn request_visit(
        &self,
        household: &HouseholdId,
        request: &DemandId,
        member: Option<&MemberId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let community = self.community(household)?;
        if let Some(asked) = self.requests.get(request) {
            let same = member.is_none_or(|member| member == asked);
            return if same { Ok(vec![]) } else { Err(refusal::requested_otherwise(request)) };
        }
        let mut helpers = self.helpers.keys();
        let member = match (member, helpers.next(), helpers.next()) {
            (Some(member), ..) if self.helpers.contains_key(member) => member,
            (Some(member), ..) => return Err(refusal::not_paired(member)),
            (None, Some(only), None) => only,
            (None, None, _) => return Err(refusal::nobody_paired()),
            (None, Some(_), Some(_)) => return Err(refusal::member_needed()),
        };
        Ok(vec![HouseholdEvent::VisitRequested {
            community: community.clone(),
            request: request.clone(),
            member: member.clone(),
            on: at.date(),
        }])
    }

    /// Records a visit by a paired member. Its day lies in the pair's time, and not further back than records may be
    /// late, unless a second person stands behind it.
    pub fn record_visit(
        &self,
        household: &HouseholdId,
        member: &MemberId,
        made: &VisitDetails,
        at: &Circumstance,
    ) -> Decision<Self> {
        let community = self.community(household)?;
        let same = |(by, one): &&(MemberId, VisitDetails)| {
            by == member && one.on == made.on && one.kind == made.kind
        };
        if let Some((_, had)) = self.visits.iter().find(same) {
            return if had == made { Ok(vec![]) } else { Err(refusal::visited_otherwise(made.on)) };
        }
        let Some(since) = self.helpers.get(member) else { return Err(refusal::not_paired(member)) };
        if made.minutes == Some(0) {
            return Err(refusal::no_minutes());
        }
        if made.on > at.date() {
            return Err(refusal::day_to_come());
        }
        if made.on < *since {
            return Err(refusal::before_pair(*since));
        }
        let days = at.policy.backfill_days.value;
        let earliest = at.date().checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN);
        if made.on < earliest && !at.is_backed() {
            return Err(refusal::day_long_past(days));
        }
        Ok(vec![HouseholdEvent::HouseholdVisited {
            community: community.clone(),
            member: member.clone(),
            kind: made.kind,
            on: made.on,
            minutes: made.minutes,
            service: made.service,
            note: made.note.clone(),
        }])
    }
}
