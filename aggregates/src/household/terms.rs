//! The words of a household: why it needs help, and what a visit was.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Sealed;
use crate::member::VisitKind;

/// Why a household is a key household: a closed list, no diagnosis, no amount, no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedTag {
    /// 老年人
    Elderly,
    /// 未成年人
    Minor,
    /// 残疾人
    Disabled,
    /// 困难家庭
    Hardship,
}

impl NeedTag {
    /// Whether the tag tells sensitive personal data in the sense of PIPL art. 28, and so needs separate consent (for a
    /// minor, the guardian's).
    pub fn is_sensitive(self) -> bool {
        matches!(self, Self::Elderly | Self::Minor | Self::Disabled)
    }
}

/// «五百» services (C13): what a visit was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FiveHundreds {
    /// 进百家门
    Enter,
    /// 知百家情
    Know,
    /// 管百家事
    Manage,
    /// 解百家难
    Solve,
    /// 暖百家心
    Warm,
}

/// What a visit was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDetails {
    /// Why.
    pub kind: VisitKind,
    /// On which day.
    pub on: NaiveDate,
    /// How long, in minutes, when noted.
    pub minutes: Option<u32>,
    /// Which of the five services, when noted (C13).
    pub service: Option<FiveHundreds>,
    /// What was seen and done, as the vault keeps it.
    #[serde(default)]
    pub note: Option<Sealed>,
}
