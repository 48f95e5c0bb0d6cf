//! Grids and the slots of their rosters (B1–B17).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sourced;
use crate::ids::Term;
use crate::points::Work;

/// Where somebody on a roster comes from (B6–B11, B15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PostHolder {
    /// 县级领导
    CountyLeader,
    /// 县直单位科级干部
    SectionCadre,
    /// 县直单位正式干部、机关在职党员
    UnitCadre,
    /// 街道办事处正式干部
    StreetCadre,
    /// 社区干部、社区工作者
    CommunityWorker,
    /// 专职网格员
    FullTimeOfficer,
    /// 物业服务企业人员（红色物业管家、红管家）
    PropertyStaff,
    /// 新就业群体（红跑跑等）
    NewEmployment,
    /// 小区党员、党员中心户
    EstateMember,
    /// 志愿者
    Volunteer,
}

/// Grid rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridPolicy {
    /// Fewest households of an emergency grid (B5).
    pub emergency_households_min: Sourced<u32>,
    /// Most households of an emergency grid (B5).
    pub emergency_households_max: Sourced<u32>,
    /// Fewest households of a base grid (B1).
    pub base_households_min: Sourced<u32>,
    /// Most households of a base grid (B1).
    pub base_households_max: Sourced<u32>,
    /// Households behind one joint-household head (B12: 十联户).
    pub joint_households: Sourced<u32>,
    /// How many fixed slots one person may hold in the district before being a single point of failure (B6).
    pub posts_per_person_max: Sourced<u32>,
    /// Days within which a routine duty is to be done when its list says nothing else (B17).
    pub duty_days: Sourced<u32>,
    /// The slot templates a grid may follow.
    pub templates: Vec<SlotTemplate>,
    /// The duty roles that may be given to members of a grid's roster (B9: 七大员; the report names none).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duty_roles: Vec<DutyRole>,
}

/// A duty role within a grid (B9: 根据工作单位、专业、岗位等特点明确职责分工).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyRole {
    /// Short name: `policy_speaker`.
    pub name: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// The report that names it, or why we assume it.
    pub source: String,
}

/// A template of a roster: 4+N, A/B posts, double heads, 1+1+N, three tiers, 1 head + 1 deputy + members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotTemplate {
    /// Short name: `four_plus_n`.
    pub name: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// The report that describes it, or why we assume it.
    pub source: String,
    /// Whether one person may hold two fixed slots of a grid; A and B, or two heads, are two persons (B6, B8).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubling: bool,
    /// The slots.
    pub slots: Vec<Slot>,
}

/// One slot of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Short name: `first_head`, `post_a`.
    pub name: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Fewest holders; fewer is a vacancy.
    pub min: u32,
    /// Most holders; absent for N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Who may stand here.
    pub holders: Vec<PostHolder>,
    /// Whether it is shown to the public as somebody to ask (B16, domain §6: duty roles only).
    #[serde(default)]
    pub public: bool,
}

impl PostHolder {
    /// Duty for those who are posted, voluntary for those who offer themselves: only the first can be a ground for
    /// discipline (E6, gap G7).
    pub fn work(self) -> Work {
        match self {
            Self::CountyLeader
            | Self::SectionCadre
            | Self::UnitCadre
            | Self::StreetCadre
            | Self::CommunityWorker
            | Self::FullTimeOfficer => Work::Duty,
            Self::PropertyStaff | Self::NewEmployment | Self::EstateMember | Self::Volunteer => {
                Work::Voluntary
            }
        }
    }

    /// Whether such people are always in the member ledger, so that the ledger and nobody's word tells who is one.
    pub fn is_of_ledger(self) -> bool {
        matches!(self, Self::CountyLeader | Self::SectionCadre | Self::UnitCadre | Self::StreetCadre)
    }

    /// What such people are called, in Chinese and in English.
    pub fn titles(self) -> (&'static str, &'static str) {
        match self {
            Self::CountyLeader => ("县级领导", "county leader"),
            Self::SectionCadre => ("县直单位科级干部", "section-level cadre of a county unit"),
            Self::UnitCadre => ("机关企事业单位在职党员、干部", "cadre or in-service member of a unit"),
            Self::StreetCadre => ("街道干部", "cadre of the street office"),
            Self::CommunityWorker => ("社区工作者", "community worker"),
            Self::FullTimeOfficer => ("专职网格员", "full-time grid officer"),
            Self::PropertyStaff => ("物业服务企业人员", "property firm's staff"),
            Self::NewEmployment => ("新就业群体", "worker in new employment"),
            Self::EstateMember => ("小区党员", "party member living in the community"),
            Self::Volunteer => ("志愿者", "volunteer"),
        }
    }
}

impl GridPolicy {
    /// The duty role of this name (B9).
    pub fn duty_role(&self, name: &Term) -> Option<&DutyRole> {
        self.duty_roles.iter().find(|role| &role.name == name)
    }

    /// The template of this name.
    pub fn template(&self, name: &Term) -> Option<&SlotTemplate> {
        self.templates.iter().find(|template| &template.name == name)
    }
}

impl SlotTemplate {
    /// The slot of this name.
    pub fn slot(&self, name: &Term) -> Option<&Slot> {
        self.slots.iter().find(|slot| &slot.name == name)
    }
}
