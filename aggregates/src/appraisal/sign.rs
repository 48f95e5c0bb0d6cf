//! Signing and filing a card, and what outdates it (D2, E6).

use super::draft::must_be_judge;
use super::{Appraisal, AppraisalEvent, Stage, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DivisionCode;
use crate::points::Figures;
use crate::policy::Grade;

impl Appraisal {
    /// A human signs the grade: not the holder; when the holder can no longer object (period over, agreed, or answered);
    /// and only while the draft tells what the point card shows. Another grade than the proposed one needs a reason in
    /// the envelope; a disqualified member's card is never excellent (E6).
    pub fn sign(
        &self,
        year: i32,
        grade: Grade,
        figures: Option<Figures>,
        award_eligible: bool,
        at: &Circumstance,
    ) -> Decision<Self> {
        let draft = self.on_the_table(year)?;
        must_be_judge(draft, at)?;
        match self.stage {
            Stage::Objected => return Err(refusal::objection_open()),
            Stage::Signed if draft.signed == Some(grade) => return Ok(vec![]),
            Stage::Signed => return Err(refusal::signed_otherwise()),
            Stage::Filed => return Err(refusal::filed_already()),
            Stage::Outdated => return Err(refusal::points_moved()),
            Stage::Absent | Stage::Drafted => {}
        }
        if !figures.is_some_and(|figures| draft.tells(figures, award_eligible)) {
            return Err(refusal::points_moved());
        }
        if !draft.waived && !draft.objected && at.date() <= draft.objection_until {
            return Err(refusal::objection_running(draft.objection_until));
        }
        if grade == Grade::Excellent && !award_eligible {
            return Err(refusal::not_eligible());
        }
        if grade != draft.proposed && at.reason.is_none() {
            return Err(refusal::grade_needs_reason());
        }
        Ok(vec![AppraisalEvent::CardSigned { grade, proposed: draft.proposed }])
    }

    /// Sends the signed card to its recipients and files it with the county-level division of the community: a frozen
    /// fact. Refused when points or eligibility moved since the signature. Filed again it is nothing to do.
    pub fn file(
        &self,
        year: i32,
        figures: Option<Figures>,
        award_eligible: bool,
        filed_at: &DivisionCode,
    ) -> Decision<Self> {
        let draft = self.on_the_table(year)?;
        if self.stage == Stage::Filed {
            return Ok(vec![]);
        }
        let grade = self.signed_grade()?;
        if !figures.is_some_and(|figures| draft.tells(figures, award_eligible)) {
            return Err(refusal::points_moved());
        }
        Ok(vec![AppraisalEvent::CardFiled {
            holder: draft.holder.clone(),
            year: draft.year,
            revision: draft.revision,
            community: draft.community.clone(),
            figures: draft.figures,
            grade,
            award_eligible: draft.award_eligible,
            recipients: draft.recipients.clone(),
            filed_at: filed_at.clone(),
        }])
    }

    /// Marks the filed card as outdated after a correction of its year; nothing to do where none is filed.
    pub fn outdate(&self) -> Decision<Self> {
        match self.stage {
            Stage::Filed => Ok(vec![AppraisalEvent::CardOutdated { revision: self.filed }]),
            _ => Ok(vec![]),
        }
    }

    fn signed_grade(&self) -> Result<Grade, Refusal> {
        match (&self.draft, self.stage) {
            (Some(draft), Stage::Signed) => draft.signed.ok_or_else(refusal::not_signed),
            (_, Stage::Objected) => Err(refusal::objection_open()),
            _ => Err(refusal::not_signed()),
        }
    }
}
