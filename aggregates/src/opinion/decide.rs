//! Asking for an opinion, giving it, pulling the record, withdrawing.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{OpinionEvent, OpinionPurpose, Stance};
use crate::circumstance::Circumstance;
use crate::decider::{Decider, Decision};
use crate::ids::{CommunityCode, MemberId, OpinionId, Term};
use crate::refusal::Refusal;

/// Days that a community may be given to answer at most.
const DUE_DAYS_MAX: i64 = 60;
/// Days that the right to see a record may last at most.
const UNTIL_DAYS_MAX: i64 = 180;

crate::refusals! { "opinion";
    /// Never asked for.
    unknown(opinion: &OpinionId) Unknown at "opinion":
        "没有征求意见 {opinion}", "opinion {opinion} was not asked for";
    /// Asked for before, otherwise.
    asked_otherwise(opinion: &OpinionId) Rule at "opinion":
        "{opinion} 已用于另一次征求意见", "{opinion} was asked for before, with other content";
    /// Too soon, or too far.
    due_range(days: i64) Invalid at "due":
        "答复期限应在 1 至 {days} 天之内", "the answer is due 1 to {days} days from now";
    /// Before the answer, or too far.
    until_range(days: i64) Invalid at "until":
        "调取期限不得早于答复期限，且不超过 {days} 天", "the right to see the record ends on or after the day it is due, {days} days from now at most";
    /// Given before, otherwise.
    given_otherwise() Rule at "stance":
        "意见已出具，不得更改", "the opinion was given before and stands";
    /// Withdrawn.
    withdrawn() Rule at "opinion":
        "本次征求意见已撤回", "the request was withdrawn";
    /// Another community was asked.
    not_asked(community: &CommunityCode) Forbidden at "opinion":
        "本次征求的是社区 {community} 的意见", "the community {community} was asked";
    /// Nobody speaks about himself.
    own_matter() Forbidden at "opinion":
        "不得对本人事项出具意见或调取记录", "nobody gives an opinion about himself, or pulls the record under a request about himself";
    /// Another member's record.
    other_member(member: &MemberId) Forbidden at "member":
        "本次征求意见针对 {member}，不得调取他人记录", "the request is about {member}: nobody else's record is pulled under it";
    /// The time is over.
    expired(until: NaiveDate) Forbidden at "opinion":
        "调取期限至 {until}，已过期", "the right to see the record ended on {until}";
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// About whom.
    pub member: MemberId,
    /// What for.
    pub purpose: OpinionPurpose,
    /// Number of the document behind it.
    pub document: Term,
    /// Who is asked.
    pub community: CommunityCode,
    /// When the answer is due.
    pub due: NaiveDate,
    /// The last day on which the record may be pulled.
    pub until: NaiveDate,
}

/// What the rules of an opinion read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    asked: Option<Asked>,
    given: Option<Stance>,
    is_withdrawn: bool,
}

impl Decider for Opinion {
    const TYPE: &'static str = "opinion";
    type Event = OpinionEvent;

    fn evolve(&mut self, fact: &OpinionEvent) {
        match fact {
            OpinionEvent::OpinionRequested { member, purpose, document, community, due, until, .. } => {
                self.asked = Some(Asked {
                    member: member.clone(),
                    purpose: *purpose,
                    document: document.clone(),
                    community: community.clone(),
                    due: *due,
                    until: *until,
                });
            }
            OpinionEvent::OpinionGiven { stance, .. } => self.given = Some(*stance),
            OpinionEvent::RecordPulled { .. } => {}
            OpinionEvent::OpinionWithdrawn { .. } => self.is_withdrawn = true,
        }
    }
}

impl Opinion {
    /// Asks a community about a member (E1).
    pub fn request(&self, opinion: &OpinionId, wanted: &Asked, at: &Circumstance) -> Decision<Self> {
        match &self.asked {
            Some(asked) if asked == wanted => return Ok(vec![]),
            Some(_) => return Err(asked_otherwise(opinion)),
            None => {}
        }
        let today = at.date();
        if !(today + TimeDelta::days(1)..=today + TimeDelta::days(DUE_DAYS_MAX)).contains(&wanted.due) {
            return Err(due_range(DUE_DAYS_MAX));
        }
        if !(wanted.due..=today + TimeDelta::days(UNTIL_DAYS_MAX)).contains(&wanted.until) {
            return Err(until_range(UNTIL_DAYS_MAX));
        }
        let Asked { member, purpose, document, community, due, until } = wanted.clone();
        let opinion = opinion.clone();
        Ok(vec![OpinionEvent::OpinionRequested {
            opinion,
            member,
            purpose,
            document,
            community,
            due,
            until,
            on: today,
        }])
    }

    /// Answers (E1). Whoever acts for another community was not asked.
    pub fn give(&self, opinion: &OpinionId, stance: Stance, at: &Circumstance) -> Decision<Self> {
        let asked = self.open(opinion)?;
        let elsewhere =
            at.actor.organisation.as_deref().is_some_and(|own| !asked.community.as_str().starts_with(own));
        if elsewhere {
            return Err(not_asked(&asked.community));
        }
        not_about_oneself(asked, at)?;
        match self.given {
            Some(given) if given == stance => return Ok(vec![]),
            Some(_) => return Err(given_otherwise()),
            None => {}
        }
        Ok(vec![OpinionEvent::OpinionGiven {
            member: asked.member.clone(),
            community: asked.community.clone(),
            stance,
            late: at.date() > asked.due,
            by: at.actor.id.clone(),
            on: at.date(),
        }])
    }

    /// Pulls the record of the member whom the request is about, as long as the right lasts.
    pub fn pull(&self, opinion: &OpinionId, member: &MemberId, at: &Circumstance) -> Decision<Self> {
        let asked = self.open(opinion)?;
        if asked.member != *member {
            return Err(other_member(&asked.member));
        }
        not_about_oneself(asked, at)?;
        if at.date() > asked.until {
            return Err(expired(asked.until));
        }
        Ok(vec![OpinionEvent::RecordPulled {
            member: member.clone(),
            community: asked.community.clone(),
            by: at.actor.id.clone(),
            on: at.date(),
        }])
    }

    /// Withdraws the request; the same again is nothing.
    pub fn withdraw(&self, opinion: &OpinionId, at: &Circumstance) -> Decision<Self> {
        let asked = self.asked.as_ref().ok_or_else(|| unknown(opinion))?;
        if self.is_withdrawn {
            return Ok(vec![]);
        }
        let (member, community) = (asked.member.clone(), asked.community.clone());
        Ok(vec![OpinionEvent::OpinionWithdrawn { member, community, on: at.date() }])
    }

    fn open(&self, opinion: &OpinionId) -> Result<&Asked, Refusal> {
        let asked = self.asked.as_ref().ok_or_else(|| unknown(opinion))?;
        if self.is_withdrawn { Err(withdrawn()) } else { Ok(asked) }
    }
}

fn not_about_oneself(asked: &Asked, at: &Circumstance) -> Result<(), Refusal> {
    if at.actor.id.as_str() == asked.member.as_str() { Err(own_matter()) } else { Ok(()) }
}
