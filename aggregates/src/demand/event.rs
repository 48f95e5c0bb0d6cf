//! Facts of a demand.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ActorId, CommunityCode, DemandId, EstateId, GridCode, HouseholdId, MemberId, Term, UnitId};
use crate::points::Work;
use crate::policy::Stage;
use crate::rulebook::DutyOwner;
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
    /// 百姓说事点
    TalkPoint,
    /// 百姓说事日（每周五）
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

/// A member who served, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// The member.
    pub member: MemberId,
    /// Minutes of service.
    pub minutes: u32,
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

/// A fact of a demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DemandEvent {
    /// Placed: 点单, 许愿, 报事 (C1, C2, C10, C12).
    DemandPlaced {
        /// The demand.
        demand: DemandId,
        /// What sort.
        kind: DemandKind,
        /// By which way.
        channel: Channel,
        /// Entry of the duty catalogue.
        category: Term,
        /// Its community.
        community: CommunityCode,
        /// Its grid, when known.
        grid: Option<GridCode>,
        /// Its estate or building, when known.
        estate: Option<EstateId>,
        /// The key household that asks, when one does: opaque.
        household: Option<HouseholdId>,
        /// Who asks: opaque.
        placed_by: Option<ActorId>,
        /// How pressing.
        urgency: Urgency,
        /// The SLA policy's name.
        sla: Option<Term>,
        /// Its deadlines.
        due: Vec<Due>,
    },
    /// Screened: owner looked up, difficulty set (C3, C5).
    DemandScreened {
        /// Entry of the duty catalogue, perhaps corrected.
        category: Term,
        /// Version of the catalogue.
        catalogue: Term,
        /// Its difficulty.
        difficulty: Term,
        /// Points for it, before stars.
        points: i64,
    },
    /// Referred to the body whose duty it is, instead of to members (C3).
    DemandReferred {
        /// Entry of the duty catalogue.
        category: Term,
        /// Version of the catalogue.
        catalogue: Term,
        /// Whose duty.
        owner: DutyOwner,
    },
    /// Published for claims.
    WishPublished {},
    /// Claimed by one taker (C2). One live claim only.
    WishClaimed {
        /// Who.
        taker: Taker,
        /// The claim lapses at the end of this day.
        until: NaiveDate,
    },
    /// The claim was given back.
    ClaimReleased {
        /// Who.
        taker: Taker,
    },
    /// The claim lapsed.
    ClaimLapsed {
        /// Who.
        taker: Taker,
    },
    /// Dispatched to one taker (C1).
    OrderDispatched {
        /// To whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// An answer is awaited by then.
        answer_by: Moment,
    },
    /// The dispatch was accepted.
    OrderAccepted {
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
    },
    /// The dispatch was declined; for voluntary service without any consequence.
    OrderDeclined {
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
    },
    /// The dispatch was not answered in time.
    DispatchLapsed {
        /// By whom.
        taker: Taker,
    },
    /// A taker says that the demand is another body's duty (C3).
    DutyShiftReported {
        /// Who says so.
        taker: Taker,
        /// The entry that it belongs to.
        category: Term,
    },
    /// Served and completed (办结).
    ServiceCompleted {
        /// Its community.
        community: CommunityCode,
        /// Who had taken it.
        taker: Taker,
        /// Who served how long.
        served: Vec<Served>,
        /// On which day.
        on: NaiveDate,
        /// The form of service (C14).
        form: ServiceForm,
        /// Duty or voluntary service.
        work: Work,
        /// Whether the deadline was kept; absent when there was none.
        on_time: Option<bool>,
    },
    /// Rated (评单).
    ServiceRated {
        /// Its community.
        community: CommunityCode,
        /// Who had taken it.
        taker: Taker,
        /// 1 to 5.
        stars: u8,
        /// Who rates.
        rater: Rater,
        /// Above the policy's line of satisfaction.
        satisfied: bool,
        /// Points each serving member earned.
        points: i64,
    },
    /// Opened again after an unsatisfied rating; the rating's points are taken back.
    DemandReopened {
        /// How often it has been reopened, with this time.
        times: u32,
        /// Its new deadlines.
        due: Vec<Due>,
    },
    /// Withdrawn by whoever placed it.
    DemandWithdrawn {},
    /// Closed by the owner it was referred to, or by the community without a service, solved or not (C12).
    DemandClosed {
        /// Whether it was solved.
        solved: bool,
        /// Whether the deadline was kept; absent when there was none.
        on_time: Option<bool>,
    },
    /// A deadline was moved, with a reason in the metadata (C11).
    DeadlineExtended {
        /// Of which stage.
        stage: Stage,
        /// The new deadline.
        by: Moment,
        /// How often deadlines of this demand have been extended, with this time.
        times: u32,
    },
    /// The community whistles for departments (F15).
    WhistleBlown {
        /// Whom it calls.
        departments: Vec<UnitId>,
        /// An answer is due by then.
        answer_by: Moment,
    },
    /// A department reported to the whistle (F15).
    DepartmentAnswered {
        /// Which.
        department: UnitId,
        /// Whether in time.
        on_time: bool,
    },
}

crate::facts!(DemandEvent:
    DemandPlaced "1.0", DemandScreened "1.0", DemandReferred "1.0", WishPublished "1.0", WishClaimed "1.0",
    ClaimReleased "1.0", ClaimLapsed "1.0", OrderDispatched "1.0", OrderAccepted "1.0", OrderDeclined "1.0",
    DispatchLapsed "1.0", DutyShiftReported "1.0", ServiceCompleted "1.0", ServiceRated "1.0", DemandReopened "1.0",
    DemandWithdrawn "1.0", DemandClosed "1.0", DeadlineExtended "1.0", WhistleBlown "1.0", DepartmentAnswered "1.0",
);
