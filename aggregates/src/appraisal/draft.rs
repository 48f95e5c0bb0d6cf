//! Drafting a card, objecting to it, answering (D2; PIPL art. 24).

use chrono::{Days, NaiveDate};

use super::state::Draft;
use super::{Appraisal, AppraisalEvent, ObjectionGround, Recipient, RejectionReason, Stage, refusal};
use crate::Refusal;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::{CommunityCode, Term};
use crate::points::{Figures, Holder};
use crate::policy::{Grade, Policy};

/// What the command found about a card: the holder's stream tells the figures, the register tells the recipients.
#[derive(Debug, Clone)]
pub struct Findings<'a> {
    /// Whose card.
    pub holder: &'a Holder,
    /// Of which year.
    pub year: i32,
    /// The community that reports.
    pub community: &'a CommunityCode,
    /// Whether the holder has reported to it, or is linked to it.
    pub belongs: bool,
    /// What the point card shows; none when it never opened.
    pub figures: Option<Figures>,
    /// Sequence of the holder's stream.
    pub holder_sequence: u64,
    /// Whether the year's awards are open to the holder (E6).
    pub award_eligible: bool,
    /// Who will receive it (D2).
    pub recipients: Vec<Recipient>,
    /// The policy of the card's year: in force on its last day, or today while it runs.
    pub policy: &'a Policy,
}

impl Appraisal {
    /// Drafts the card from what the point card shows now, or drafts it anew when points or eligibility moved since.
    /// The same figures again are nothing to do; a filed card is drafted again only after a correction.
    pub fn draft(&self, found: &Findings<'_>, at: &Circumstance) -> Decision<Self> {
        if found.year > at.year() {
            return Err(refusal::year_to_come(found.year));
        }
        let figures = found.figures.ok_or_else(|| refusal::no_card(found.year))?;
        match &self.draft {
            Some(draft) if draft.community != *found.community => return Err(refusal::not_this_community()),
            None if !found.belongs => return Err(refusal::not_this_community()),
            _ => {}
        }
        let same = self.draft.as_ref().is_some_and(|draft| draft.tells(figures, found.award_eligible));
        match self.stage {
            Stage::Objected => Err(refusal::objection_open()),
            Stage::Filed => Err(refusal::filed_already()),
            Stage::Drafted | Stage::Signed if same => Ok(vec![]),
            _ => Ok(vec![self.drafted(found, figures, at)]),
        }
    }

    fn drafted(&self, found: &Findings<'_>, figures: Figures, at: &Circumstance) -> AppraisalEvent {
        let days = u64::from(found.policy.appraisal.objection_days.value);
        let by_threshold = found.policy.appraisal.grade(figures.total);
        let proposed = if found.award_eligible { by_threshold } else { by_threshold.min(Grade::Good) };
        AppraisalEvent::CardDrafted {
            holder: found.holder.clone(),
            year: found.year,
            revision: self.filed.saturating_add(1),
            community: found.community.clone(),
            figures,
            holder_sequence: found.holder_sequence,
            proposed,
            award_eligible: found.award_eligible,
            policy: found.policy.label(),
            recipients: found.recipients.clone(),
            objection_until: at.date().checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX),
        }
    }

    /// The holder objects, once to each draft and within its days. `has_line` tells whether the point card has a line.
    pub fn object(
        &self,
        year: i32,
        ground: ObjectionGround,
        lines: &[Term],
        has_line: impl Fn(&Term) -> bool,
        at: &Circumstance,
    ) -> Decision<Self> {
        let draft = self.on_the_table(year)?;
        must_be_holder(draft, at)?;
        if let Some(line) = lines.iter().find(|line| !has_line(line)) {
            return Err(refusal::no_such_line(line.to_string()));
        }
        if self.stage == Stage::Objected {
            return Ok(vec![]);
        }
        self.must_be_undecided()?;
        if draft.objected || draft.waived {
            return Err(refusal::objection_spent());
        }
        if at.date() > draft.objection_until {
            return Err(refusal::objection_late(draft.objection_until));
        }
        Ok(vec![AppraisalEvent::CardObjected { ground, lines: lines.to_vec() }])
    }

    /// The holder agrees to the draft, so that it may be signed before the objection period ends.
    pub fn accept(&self, year: i32, at: &Circumstance) -> Decision<Self> {
        let draft = self.on_the_table(year)?;
        must_be_holder(draft, at)?;
        if draft.waived {
            return Ok(vec![]);
        }
        if self.stage == Stage::Objected {
            return Err(refusal::objection_open());
        }
        self.must_be_undecided()?;
        Ok(vec![AppraisalEvent::ObjectionWaived {}])
    }

    /// A human answers the objection. Rejected with a reason, the draft stands and may be signed. Upheld, it is drafted
    /// anew from what the point card shows by then, and the holder may object again.
    pub fn answer(
        &self,
        upheld: bool,
        reason: Option<RejectionReason>,
        found: &Findings<'_>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let draft = self.on_the_table(found.year)?;
        must_be_judge(draft, at)?;
        if self.stage != Stage::Objected {
            return Err(refusal::no_objection());
        }
        if upheld == reason.is_some() {
            return Err(refusal::reason_for_rejection());
        }
        let mut facts = vec![AppraisalEvent::ObjectionAnswered { upheld, reason }];
        if upheld {
            let figures = found.figures.ok_or_else(|| refusal::no_card(found.year))?;
            facts.push(self.drafted(found, figures, at));
        }
        Ok(facts)
    }

    pub(super) fn on_the_table(&self, year: i32) -> Result<&Draft, Refusal> {
        self.draft.as_ref().ok_or_else(|| refusal::unknown(year))
    }

    fn must_be_undecided(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Signed => Err(refusal::objection_spent()),
            Stage::Filed | Stage::Outdated => Err(refusal::filed_already()),
            _ => Ok(()),
        }
    }
}

impl Draft {
    /// Whether the draft tells what the point card shows.
    pub(super) fn tells(&self, figures: Figures, award_eligible: bool) -> bool {
        self.figures == figures && self.award_eligible == award_eligible
    }
}

fn must_be_holder(draft: &Draft, at: &Circumstance) -> Result<(), Refusal> {
    if draft.holder.speaks(at) { Ok(()) } else { Err(refusal::holder_only()) }
}

/// A person of the community or the organisation department, who is not the holder.
pub(super) fn must_be_judge(draft: &Draft, at: &Circumstance) -> Result<(), Refusal> {
    if !matches!(at.actor.role, Role::CommunityWorker | Role::OrganisationDepartment | Role::Operator) {
        return Err(refusal::human_needed());
    }
    if draft.holder.has_a_hand_in(at) { Err(refusal::own_card()) } else { Ok(()) }
}
