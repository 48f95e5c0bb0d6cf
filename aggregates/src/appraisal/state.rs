//! What the rules of an appraisal read.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AppraisalEvent, Recipient};
use crate::decider::Decider;
use crate::ids::CommunityCode;
use crate::points::{Figures, Holder};
use crate::policy::Grade;

/// Where a feedback card stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nothing yet.
    #[default]
    Absent,
    /// Shown to the holder.
    Drafted,
    /// An objection waits for its answer.
    Objected,
    /// Signed.
    Signed,
    /// Filed.
    Filed,
    /// Filed, and corrected since.
    Outdated,
}

/// The draft on the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) holder: Holder,
    pub(super) year: i32,
    pub(super) revision: u32,
    pub(super) community: CommunityCode,
    pub(super) figures: Figures,
    pub(super) proposed: Grade,
    pub(super) award_eligible: bool,
    pub(super) recipients: Vec<Recipient>,
    pub(super) objection_until: NaiveDate,
    pub(super) objected: bool,
    pub(super) waived: bool,
    pub(super) signed: Option<Grade>,
}

/// A year's appraisal of a member or unit: from the draft of the feedback card to its filing, and the merged score.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Appraisal {
    pub(super) stage: Stage,
    pub(super) draft: Option<Draft>,
    pub(super) filed: u32,
    pub(super) merged: Option<Merged>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Merged {
    pub(super) revision: u32,
    pub(super) unit_score_hundredths: i64,
    pub(super) weight_percent: u32,
}

impl Decider for Appraisal {
    const TYPE: &'static str = "appraisal";
    type Event = AppraisalEvent;

    fn evolve(&mut self, fact: &AppraisalEvent) {
        use AppraisalEvent as E;
        match fact {
            E::CardDrafted { .. } => self.evolve_drafted(fact),
            E::CardObjected { .. } => {
                self.stage = Stage::Objected;
                self.change(|draft| draft.objected = true);
            }
            E::ObjectionWaived {} => self.change(|draft| draft.waived = true),
            E::ObjectionAnswered { .. } => self.stage = Stage::Drafted,
            E::CardSigned { grade, .. } => {
                self.stage = Stage::Signed;
                self.change(|draft| draft.signed = Some(*grade));
            }
            E::CardFiled { revision, .. } => {
                self.stage = Stage::Filed;
                self.filed = *revision;
            }
            E::CardOutdated { .. } => self.stage = Stage::Outdated,
            E::EvaluationMerged { revision, unit_score_hundredths, weight_percent, .. } => {
                self.merged = Some(Merged {
                    revision: *revision,
                    unit_score_hundredths: *unit_score_hundredths,
                    weight_percent: *weight_percent,
                });
            }
        }
    }
}

impl Appraisal {
    fn evolve_drafted(&mut self, fact: &AppraisalEvent) {
        if let AppraisalEvent::CardDrafted {
            holder,
            year,
            revision,
            community,
            figures,
            proposed,
            award_eligible,
            recipients,
            objection_until,
            ..
        } = fact
        {
            self.stage = Stage::Drafted;
            self.draft = Some(Draft {
                holder: holder.clone(),
                year: *year,
                revision: *revision,
                community: community.clone(),
                figures: *figures,
                proposed: *proposed,
                award_eligible: *award_eligible,
                recipients: recipients.clone(),
                objection_until: *objection_until,
                objected: false,
                waived: false,
                signed: None,
            });
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Draft)) {
        if let Some(draft) = &mut self.draft {
            change(draft);
        }
    }

    /// Where the card stands.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The community that reports, once drafted.
    pub fn community(&self) -> Option<&CommunityCode> {
        self.draft.as_ref().map(|draft| &draft.community)
    }
}
