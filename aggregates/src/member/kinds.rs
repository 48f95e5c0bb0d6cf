//! The closed lists that a member's facts choose from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A member's rank, which decides the posts that may be taken (B7–B9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberRank {
    /// 县级领导干部
    CountyLeader,
    /// 科级干部
    SectionCadre,
    /// 正式干部
    RegularCadre,
    /// 其他在职党员
    Member,
}

/// The three exclusions (三类不纳入, A5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionReason {
    /// 在外挂职（含驻外办事处）
    SecondedAway,
    /// 驻村帮扶
    VillageAid,
    /// 特种岗位（有保密要求）: the reason itself is shown to the organisation department only.
    SpecialPost,
}

/// The three ledgers of 《家庭居住地台账》 (A4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// 以小区为单位
    Estate,
    /// 以楼栋为单位
    Building,
    /// 社区台账
    Community,
}

impl LedgerKind {
    /// The name in JSON, keys and columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::Estate => "estate",
            Self::Building => "building",
            Self::Community => "community",
        }
    }
}

/// Kinds of dwellings (A4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DwellingKind {
    /// 大型小区
    LargeEstate,
    /// 单位宿舍
    UnitDormitory,
    /// 家属楼
    FamilyBuilding,
    /// 集资房
    PooledFundBuilding,
    /// 自建房
    SelfBuilt,
    /// 搬迁街
    RelocationStreet,
}

impl DwellingKind {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::LargeEstate => "large_estate",
            Self::UnitDormitory => "unit_dormitory",
            Self::FamilyBuilding => "family_building",
            Self::PooledFundBuilding => "pooled_fund_building",
            Self::SelfBuilt => "self_built",
            Self::RelocationStreet => "relocation_street",
        }
    }
}

/// Grounds of misconduct on duty (E6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MisconductGround {
    /// 无故不参加
    AbsentWithoutCause,
    /// 下沉网格后添乱
    Disruptive,
    /// 不作为
    Inactive,
}

/// Why a household is visited (C9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitKind {
    /// 每月必访
    Monthly,
    /// 重大节日必访
    Holiday,
    /// 居民有需求必访
    OnDemand,
}

/// Whether a member counts (A5).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Not entered.
    #[default]
    Unknown,
    /// 在册: counts in every denominator.
    Active,
    /// 不纳入: an exclusion is in force.
    Excluded,
    /// 退休
    Retired,
}

impl MemberStatus {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Active => "active",
            Self::Excluded => "excluded",
            Self::Retired => "retired",
        }
    }
}
