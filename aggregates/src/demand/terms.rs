//! The words of a demand: its kind, channel, urgency, taker, form of service and rater.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, Sealed, UnitId};
use crate::policy::Stage;
use crate::when::Moment;

/// What sort of demand (C1, C2, C10, C12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemandKind {
    /// 居民点单
    Order,
    /// 微梦想
    MicroDream,
    /// 微心愿
    MicroWish,
    /// 微诉求
    MicroAppeal,
    /// 网格问题
    Issue,
    /// 百姓说事
    Petition,
}

impl DemandKind {
    /// Whether a member on a post may be told to do it as a duty: issues and petitions of the grid only. Orders and
    /// wishes are voluntary service, always (gap G7).
    pub fn may_be_duty(self) -> bool {
        matches!(self, Self::Issue | Self::Petition)
    }
}

/// By which way it came (C10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 线上填单（小程序、APP）
    Online,
    /// 社区窗口
    Window,
    /// 电话
    Telephone,
    /// 入户走访
    HomeVisit,
    /// 网格员上报
    GridOfficer,
    /// 百姓说事点（社区干部每日下沉网格）
    TalkPoint,
    /// 百姓说事日（包联领导，每周五）
    TalkDay,
    /// 百姓说事云
    TalkCloud,
}

/// How pressing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// 一般
    Routine,
    /// 急办
    Urgent,
    /// 紧急
    Emergency,
}

/// Who takes a demand (C2: 单位接单、党员接单).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Taker {
    /// A member.
    Member(MemberId),
    /// A unit, which sends members.
    Unit(UnitId),
}

impl Taker {
    /// The id of the member or unit.
    pub fn id(&self) -> &str {
        match self {
            Self::Member(member) => member.as_str(),
            Self::Unit(unit) => unit.as_str(),
        }
    }

    /// `member` or `unit`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Unit(_) => "unit",
        }
    }
}

/// The form of a service (C14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceForm {
    /// 定岗
    FixedPost,
    /// 组团
    Team,
    /// 领办
    Undertaking,
    /// 承诺
    Pledge,
}

/// A member who served, for which unit, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Served {
    /// The member.
    pub member: MemberId,
    /// The member's unit on that day: its card has a part in the points, and keeps it when the member moves on.
    pub unit: UnitId,
    /// Minutes of service.
    pub minutes: u32,
}

/// What a taker says on completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Who had taken the demand.
    pub taker: Taker,
    /// Who served.
    pub served: Vec<Served>,
    /// The day of service.
    pub on: NaiveDate,
    /// The form of service (C14).
    pub form: ServiceForm,
    /// What was done, in words.
    pub note: Option<Sealed>,
    /// A photo of it.
    pub photo: Option<Sealed>,
}

/// Who rates (C5: 居民反馈、社区汇总). Never the taker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rater {
    /// The resident.
    Resident,
    /// The community, aggregated, when the resident has not rated in time.
    Community,
}

/// A deadline set on a demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// What must have happened.
    pub stage: Stage,
    /// By then.
    pub by: Moment,
}
