//! Grids and the slots of their rosters (B1–B17).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sourced;
use crate::ids::Term;

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

impl GridPolicy {
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
