//! Feedback cards (反馈卡) from draft to filing: grade, numbers, recipients, objections (D2, E6).

use aggregates::appraisal::{AppraisalEvent, ObjectionGround, Recipient, RejectionReason};
use aggregates::points::Figures;
use aggregates::policy::Grade;
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// Where a card stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardStatus {
    /// 草稿: shown to the holder, who may object or agree.
    #[default]
    Draft,
    /// 异议待答复
    Objected,
    /// 已签署
    Signed,
    /// 已备案: frozen.
    Filed,
    /// 备案后有更正: the next revision is due.
    Outdated,
}

impl CardStatus {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Objected => "objected",
            Self::Signed => "signed",
            Self::Filed => "filed",
            Self::Outdated => "outdated",
        }
    }
}

/// The feedback card of a member or unit for a year.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeedbackCard {
    /// `member` or `unit`.
    pub holder_kind: String,
    /// The holder's id.
    pub holder: String,
    /// The year.
    pub year: i32,
    /// The community that reports.
    pub community: String,
    /// Where it stands.
    pub status: CardStatus,
    /// 1 for the first filing, one more after each correction of a filed card.
    pub revision: u32,
    /// What the point card showed at the draft: its lines are under `/v1/members/{id}/point-card` and its sibling.
    pub figures: Figures,
    /// The holder's stream up to and including this sequence made the figures.
    pub holder_sequence: u64,
    /// The grade that the policy's thresholds propose.
    pub proposed: Option<Grade>,
    /// The grade signed by a human.
    pub grade: Option<Grade>,
    /// Why the grade signed differs from the proposed one: the envelope's reason.
    pub grade_reason: Option<String>,
    /// Opaque id of who signed.
    pub signed_by: Option<String>,
    /// Whether the year's awards are open to the holder (E6).
    pub award_eligible: bool,
    /// `name@version` of the policy whose thresholds were used.
    pub policy: String,
    /// Who receives it.
    pub recipients: Vec<Recipient>,
    /// The division whose organisation department keeps it.
    pub filed_at: Option<String>,
    /// The holder may object up to and including this day.
    pub objection_until: Option<NaiveDate>,
    /// Whether the holder agreed before that day.
    pub agreed: bool,
    /// Objections to all drafts, with their answers.
    pub objections: Vec<ObjectionLine>,
    /// What was filed so far, oldest first.
    pub filings: Vec<FiledRevision>,
    /// The event that made the draft.
    pub drafted_at_position: u64,
}

/// An objection and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectionLine {
    /// To what.
    pub ground: ObjectionGround,
    /// The lines disputed.
    pub lines: Vec<String>,
    /// Business time.
    pub objected_at: String,
    /// Whether it was upheld; absent while it waits.
    pub upheld: Option<bool>,
    /// Why it was rejected.
    pub reason: Option<RejectionReason>,
    /// Opaque id of who answered.
    pub answered_by: Option<String>,
    /// Business time of the answer.
    pub answered_at: Option<String>,
}

/// A filing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FiledRevision {
    /// Which.
    pub revision: u32,
    /// The total filed.
    pub total: i64,
    /// The grade filed.
    pub grade: Grade,
    /// Whether the year's awards were open to the holder.
    pub award_eligible: bool,
    /// Business time.
    pub filed_at: String,
    /// The event.
    pub position: u64,
    /// The event of the correction that outdated it.
    pub outdated_at_position: Option<u64>,
}

/// The projection.
pub struct FeedbackCards;

impl FeedbackCard {
    fn draft(&mut self, fact: &AppraisalEvent, event: &Recorded) {
        let AppraisalEvent::CardDrafted {
            holder,
            year,
            revision,
            community,
            figures,
            holder_sequence,
            proposed,
            award_eligible,
            policy,
            recipients,
            objection_until,
        } = fact
        else {
            return;
        };
        holder.kind().clone_into(&mut self.holder_kind);
        holder.id().clone_into(&mut self.holder);
        self.year = *year;
        self.community = community.to_string();
        self.status = CardStatus::Draft;
        self.revision = *revision;
        self.figures = *figures;
        self.holder_sequence = *holder_sequence;
        self.proposed = Some(*proposed);
        (self.grade, self.grade_reason, self.signed_by) = (None, None, None);
        self.award_eligible = *award_eligible;
        self.policy.clone_from(policy);
        self.recipients.clone_from(recipients);
        self.filed_at = None;
        self.objection_until = Some(*objection_until);
        self.agreed = false;
        self.drafted_at_position = event.position;
    }

    fn move_on(&mut self, fact: &AppraisalEvent, event: &Recorded) {
        use AppraisalEvent as E;
        match fact {
            E::CardDrafted { .. } => self.draft(fact, event),
            E::CardObjected { ground, lines } => {
                self.status = CardStatus::Objected;
                self.objections.push(ObjectionLine {
                    ground: *ground,
                    lines: lines.iter().map(ToString::to_string).collect(),
                    objected_at: event.meta.occurred_at.to_rfc3339(),
                    upheld: None,
                    reason: None,
                    answered_by: None,
                    answered_at: None,
                });
            }
            E::ObjectionWaived {} => self.agreed = true,
            E::ObjectionAnswered { upheld, reason } => {
                self.status = CardStatus::Draft;
                if let Some(last) = self.objections.last_mut() {
                    last.upheld = Some(*upheld);
                    last.reason = *reason;
                    last.answered_by = Some(event.meta.actor.to_string());
                    last.answered_at = Some(event.meta.occurred_at.to_rfc3339());
                }
            }
            E::CardSigned { grade, proposed } => {
                self.status = CardStatus::Signed;
                self.grade = Some(*grade);
                self.grade_reason =
                    event.meta.reason.as_deref().filter(|_| grade != proposed).map(ToOwned::to_owned);
                self.signed_by = Some(event.meta.actor.to_string());
            }
            E::CardFiled { revision, figures, grade, award_eligible, filed_at, .. } => {
                self.status = CardStatus::Filed;
                self.filed_at = Some(filed_at.to_string());
                self.filings.push(FiledRevision {
                    revision: *revision,
                    total: figures.total,
                    grade: *grade,
                    award_eligible: *award_eligible,
                    filed_at: event.meta.occurred_at.to_rfc3339(),
                    position: event.position,
                    outdated_at_position: None,
                });
            }
            E::CardOutdated { .. } => {
                self.status = CardStatus::Outdated;
                if let Some(last) = self.filings.last_mut() {
                    last.outdated_at_position = Some(event.position);
                }
            }
            E::EvaluationMerged { .. } => {}
        }
    }
}

impl Projection for FeedbackCards {
    const NAME: &'static str = "feedback_cards";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("feedback-cards");
    const COLUMNS: &'static [&'static str] =
        &["holder_kind", "holder", "year", "community", "status", "objection_until"];
    type Row = FeedbackCard;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Appraisal(AppraisalEvent::EvaluationMerged { .. }) => vec![],
            LedgerEvent::Appraisal(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut FeedbackCard, event: &Recorded) {
        if let LedgerEvent::Appraisal(fact) = &event.event {
            row.move_on(fact, event);
        }
    }

    fn columns(_key: &str, row: &FeedbackCard) -> Vec<Option<String>> {
        vec![
            Some(row.holder_kind.clone()),
            Some(row.holder.clone()),
            Some(row.year.to_string()),
            Some(row.community.clone()),
            Some(row.status.name().to_owned()),
            row.objection_until.map(|day| day.to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("appraisal", key.to_owned())])
    }
}
