//! Praise and reminders (好评张榜、差评提醒, E9).

use super::{Member, MemberEvent, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, MemberId};
use crate::points::Holder;

impl Member {
    /// Reminds the member after a bad rating (差评提醒, E9); once for a service rendered.
    pub fn remind(&self, demand: &DemandId, community: &CommunityCode, stars: u8) -> Decision<Self> {
        if self.reminded.contains(demand) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::ReminderSent { demand: demand.clone(), community: community.clone(), stars }])
    }

    /// The member's own word on being named on praise lists (E9, gap G8). Taken back, every praise leaves its list.
    pub fn consent_to_praise(&self, member: &MemberId, consents: bool, at: &Circumstance) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if !Holder::Member(member.clone()).speaks(at) {
            return Err(refusal::own_word_needed());
        }
        if self.praise_consent == consents {
            return Ok(vec![]);
        }
        let mut facts = vec![MemberEvent::PraiseConsented { consents }];
        facts.extend(self.praised.keys().filter_map(|demand| self.unpraise(demand)));
        Ok(facts)
    }

    /// Puts a service on the community's praise list (好评张榜, E9), with consent only. Whether the rating was a good
    /// one is checked by the command, which sees the demand.
    pub fn be_praised(
        &self,
        member: &MemberId,
        demand: &DemandId,
        community: &CommunityCode,
        stars: u8,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if !self.praise_consent {
            return Err(refusal::no_consent(member));
        }
        if self.praised.contains_key(demand) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::PraisePublished { demand: demand.clone(), community: community.clone(), stars }])
    }

    /// What takes a praise off its list; nothing where it is on none.
    pub(super) fn unpraise(&self, demand: &DemandId) -> Option<MemberEvent> {
        let community = self.praised.get(demand)?;
        Some(MemberEvent::PraiseWithdrawn { demand: demand.clone(), community: community.clone() })
    }

    pub(super) fn evolve_praise(&mut self, fact: &MemberEvent) {
        match fact {
            MemberEvent::ReminderSent { demand, .. } => {
                self.reminded.insert(demand.clone());
            }
            MemberEvent::PraiseConsented { consents } => self.praise_consent = *consents,
            MemberEvent::PraisePublished { demand, community, .. } => {
                self.praised.insert(demand.clone(), community.clone());
            }
            MemberEvent::PraiseWithdrawn { demand, .. } => {
                self.praised.remove(demand);
            }
            _ => {}
        }
    }
}
