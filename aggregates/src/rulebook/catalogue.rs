//! Who owns which duty (C3, C4): community, property company, department, or nobody but a volunteer.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Term;

/// Whose duty an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DutyOwner {
    /// 社区组织
    Community,
    /// 物业服务企业
    PropertyCompany,
    /// 职能部门
    Department,
    /// 党员志愿服务: no body's duty, open to members and units.
    MemberService,
}

impl DutyOwner {
    /// 中文
    pub fn zh(self) -> &'static str {
        match self {
            Self::Community => "社区",
            Self::PropertyCompany => "物业服务企业",
            Self::Department => "职能部门",
            Self::MemberService => "党员志愿服务",
        }
    }

    /// English
    pub fn en(self) -> &'static str {
        match self {
            Self::Community => "the community",
            Self::PropertyCompany => "the property company",
            Self::Department => "a department",
            Self::MemberService => "members' voluntary service",
        }
    }
}

/// Principal duty (主体责任) or assistance (协助事务) (C4: 52 + 27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DutyPart {
    /// 主体责任
    Principal,
    /// 协助事务
    Assist,
}

/// One entry of the catalogue. Demands name entries as their category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyEntry {
    /// Short name: `lift_repair`.
    pub code: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Whose duty.
    pub owner: DutyOwner,
    /// Principal or assistance; for bodies that own duties.
    pub part: DutyPart,
    /// The usual difficulty of a service in this category (C5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<Term>,
    /// Report, document or assumption behind the entry.
    pub source: String,
}

/// A version of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyCatalogue {
    /// As the city counts: `2026.1`.
    pub version: Term,
    /// From this business date on.
    pub effective_from: NaiveDate,
    /// The entries.
    #[serde(rename = "entry")]
    pub entries: Vec<DutyEntry>,
}

impl DutyCatalogue {
    /// The entry of this code.
    pub fn entry(&self, code: &Term) -> Option<&DutyEntry> {
        self.entries.iter().find(|entry| &entry.code == code)
    }
}
