//! Facts of an appraisal.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CommunityCode, DivisionCode, Term, UnitId};
use crate::points::{Figures, Holder};
use crate::policy::Grade;

/// Who receives a feedback card (D2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "capacity", content = "id", rename_all = "snake_case")]
pub enum Recipient {
    /// 单位的上级党组织
    UpperOrganisation(UnitId),
    /// The division whose organisation department manages a unit that has no upper organisation on record.
    UpperDivision(DivisionCode),
    /// 在职党员所在单位, or the unit itself
    OwnUnit(UnitId),
    /// 区委组织部备案: the county-level division of the community
    OrganisationDepartment(DivisionCode),
}

/// What a holder objects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionGround {
    /// 漏记
    MissingLine,
    /// 错记
    WrongLine,
    /// 等次不当
    WrongGrade,
    /// 资格认定有误
    WrongEligibility,
}

/// Why an objection is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectionReason {
    /// 经核实，记录无误
    LinesVerified,
    /// 不属于本年度
    OtherYear,
    /// 不属于本卡评价范围
    OutOfScope,
    /// 没有可核实的依据
    NoEvidence,
}

/// A fact of an appraisal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum AppraisalEvent {
    /// The year's feedback card was computed and shown to its holder (D2).
    CardDrafted {
        /// Whose.
        holder: Holder,
        /// Of which year.
        year: i32,
        /// 1 for the first filing, one more after each correction of a filed card.
        revision: u32,
        /// The community that reports.
        community: CommunityCode,
        /// What the point card showed.
        figures: Figures,
        /// The holder's stream up to and including this sequence made the figures.
        holder_sequence: u64,
        /// By the policy's thresholds.
        proposed: Grade,
        /// Whether the year's awards are open to the holder (E6).
        award_eligible: bool,
        /// `name@version` of the policy whose thresholds were used: the one in force at the end of the card's year.
        policy: String,
        /// Who will receive it.
        recipients: Vec<Recipient>,
        /// The holder may object up to and including this day.
        objection_until: NaiveDate,
    },
    /// The holder objected (PIPL art. 24).
    CardObjected {
        /// To what.
        ground: ObjectionGround,
        /// The lines disputed, where there are some.
        lines: Vec<Term>,
    },
    /// The holder agreed to the draft before the objection period ended.
    ObjectionWaived {},
    /// The objection was answered by a human. Upheld, a new draft follows.
    ObjectionAnswered {
        /// Whether it was upheld.
        upheld: bool,
        /// Why not.
        reason: Option<RejectionReason>,
    },
    /// A human signed the grade.
    CardSigned {
        /// The grade.
        grade: Grade,
        /// What the thresholds had proposed; when they differ the envelope tells why.
        proposed: Grade,
    },
    /// The card was sent to its recipients and filed: a frozen fact (D2).
    CardFiled {
        /// Whose.
        holder: Holder,
        /// Of which year.
        year: i32,
        /// Which filing.
        revision: u32,
        /// The community that reports.
        community: CommunityCode,
        /// The figures filed.
        figures: Figures,
        /// The grade signed.
        grade: Grade,
        /// Whether the year's awards are open to the holder (E6).
        award_eligible: bool,
        /// Who received it.
        recipients: Vec<Recipient>,
        /// The division whose organisation department keeps it.
        filed_at: DivisionCode,
    },
    /// After the filing two people corrected the year: the filed card no longer tells what the point card shows.
    CardOutdated {
        /// Which filing.
        revision: u32,
    },
    /// The community's score was merged with the unit's own (D3, E10).
    EvaluationMerged {
        /// Whose.
        holder: Holder,
        /// Of which year.
        year: i32,
        /// The community that reports.
        community: CommunityCode,
        /// The filing that it was merged from.
        revision: u32,
        /// Total of the filed card.
        community_score: i64,
        /// The unit's own 先锋量化考评 in hundredths of a point.
        unit_score_hundredths: i64,
        /// The community's share in percent.
        weight_percent: u32,
        /// The street or community whose agreement with the unit sets the weight; none when it is the policy's.
        agreed_by: Option<DivisionCode>,
        /// `name@version` of the policy in force.
        policy: String,
        /// In hundredths of a point, rounded half away from zero.
        merged_hundredths: i64,
        /// The calculation, spelled out.
        formula: String,
    },
}

crate::facts!(AppraisalEvent:
    CardDrafted "1.0", CardObjected "1.0", ObjectionWaived "1.0", ObjectionAnswered "1.0", CardSigned "1.0",
    CardFiled "1.0", CardOutdated "1.0", EvaluationMerged "1.0",
);
