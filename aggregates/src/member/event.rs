//! Facts of a member.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{
    ActorId, BatchId, CommunityCode, DemandId, EstateId, GridCode, GroupId, HouseholdId, MemberId, Term,
    UnitId,
};
use crate::points::{Filing, Opening, PointLine, Reversal, Work};
use crate::policy::ReportKind;

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

/// A fact of a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum MemberEvent {
    /// Entered the ledger of a unit (A1).
    MemberEnrolled {
        /// The member.
        member: MemberId,
        /// The unit.
        unit: UnitId,
        /// The rank.
        rank: MemberRank,
        /// Categories of service the member is good at (C6).
        skills: Vec<Term>,
    },
    /// Moved to another unit; history stays.
    MemberTransferred {
        /// The unit left.
        from: UnitId,
        /// The unit joined.
        to: UnitId,
    },
    /// Retired: owes no report, keeps the history.
    MemberRetired {
        /// Of this unit.
        unit: UnitId,
    },
    /// Left out of denominators and rosters for a time (A5).
    MemberExcluded {
        /// One of the closed list.
        reason: ExclusionReason,
        /// First day.
        from: NaiveDate,
        /// Last day, when known.
        until: Option<NaiveDate>,
    },
    /// The exclusion ended.
    MemberReinstated {
        /// First day back.
        from: NaiveDate,
    },
    /// Where the member lives, to estate or building (A4). The address itself is not held.
    ResidenceRecorded {
        /// The community.
        community: CommunityCode,
        /// The kind of dwelling.
        dwelling: DwellingKind,
        /// The ledger that keeps it.
        ledger: LedgerKind,
        /// The estate or building, for the first two ledgers.
        estate: Option<EstateId>,
        /// The community lived in before.
        previous: Option<CommunityCode>,
    },
    /// 报到 (A2).
    MemberReported {
        /// To which of the two communities.
        kind: ReportKind,
        /// The community.
        community: CommunityCode,
        /// The member's unit then.
        unit: Option<UnitId>,
        /// The batch it came in (A6).
        batch: Option<BatchId>,
    },
    /// Serves in an estate of the community reported to: 报到在社区、服务在小区 (A8).
    MemberAssignedToEstate {
        /// The estate.
        estate: EstateId,
        /// Its community.
        community: CommunityCode,
    },
    /// Took a slot of a grid's roster (B7).
    PostTaken {
        /// The grid.
        grid: GridCode,
        /// The slot.
        slot: Term,
    },
    /// Left a slot.
    PostLeft {
        /// The grid.
        grid: GridCode,
        /// The slot.
        slot: Term,
    },
    /// Joined a service group (C6).
    GroupJoined {
        /// The group.
        group: GroupId,
        /// Its community.
        community: CommunityCode,
    },
    /// Left a group.
    GroupLeft {
        /// The group.
        group: GroupId,
        /// Its community.
        community: CommunityCode,
    },
    /// Paired with a key household (C8, C9).
    HouseholdPaired {
        /// Opaque.
        household: HouseholdId,
        /// Its community.
        community: CommunityCode,
    },
    /// The pair ended.
    HouseholdUnpaired {
        /// Opaque.
        household: HouseholdId,
        /// Its community.
        community: CommunityCode,
    },
    /// Visited a paired household (C9).
    VisitMade {
        /// Opaque.
        household: HouseholdId,
        /// Its community.
        community: CommunityCode,
        /// Why.
        kind: VisitKind,
        /// On which day.
        on: NaiveDate,
    },
    /// Took a demand: claimed it, or accepted its dispatch.
    TaskTaken {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Its category.
        category: Term,
        /// Duty or voluntary service.
        work: Work,
    },
    /// Gave a demand back, or the claim lapsed.
    TaskReleased {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Whether the claim lapsed by itself.
        lapsed: bool,
    },
    /// Declined a dispatch; for voluntary service this costs nothing.
    TaskDeclined {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Duty or voluntary service.
        work: Work,
    },
    /// Served.
    ServiceRendered {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Its category.
        category: Term,
        /// Minutes of service.
        minutes: u32,
        /// On which day.
        on: NaiveDate,
        /// Duty or voluntary service.
        work: Work,
    },
    /// A service of the member was rated.
    ServiceAppraised {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// 1 to 5.
        stars: u8,
    },
    /// The card of a year opened (D1).
    CardOpened {
        /// Base, floor and cap.
        opening: Opening,
    },
    /// A line that adds.
    PointsAwarded {
        /// The line.
        line: PointLine,
    },
    /// A line that takes.
    PointsDeducted {
        /// The line.
        line: PointLine,
    },
    /// A line was taken back.
    PointsReversed {
        /// Which, and what it adds.
        reversal: Reversal,
    },
    /// The year's feedback card was filed (D2).
    YearClosed {
        /// What was filed.
        filing: Filing,
    },
    /// Misconduct on duty was recorded (E6).
    MisconductRecorded {
        /// The record's name: `2026-1` …
        case: Term,
        /// The year that it counts in.
        year: i32,
        /// On which day.
        on: NaiveDate,
        /// The ground.
        ground: MisconductGround,
        /// The community where the duty was.
        community: CommunityCode,
        /// The duty's grid.
        grid: GridCode,
        /// Who recorded it: opaque. Somebody else decides an appeal.
        by: ActorId,
        /// Last day to appeal.
        appeal_until: NaiveDate,
    },
    /// A record of misconduct was withdrawn after an appeal.
    MisconductWithdrawn {
        /// The record.
        case: Term,
        /// The year that it counted in.
        year: i32,
        /// The community where the duty was.
        community: CommunityCode,
    },
    /// Disqualified from the year's awards (E6).
    MemberDisqualified {
        /// The year.
        year: i32,
        /// The records behind it.
        cases: Vec<Term>,
        /// The member's unit then.
        unit: UnitId,
        /// The community where the last of the duties was.
        community: CommunityCode,
        /// Who disqualified: opaque. Somebody else decides an appeal.
        by: ActorId,
        /// Last day to appeal.
        appeal_until: NaiveDate,
    },
    /// The disqualification was lifted.
    DisqualificationLifted {
        /// The year.
        year: i32,
        /// The community where the last of the duties was.
        community: CommunityCode,
    },
    /// Appealed against a record or a disqualification (E6, our addition).
    AppealFiled {
        /// The year appealed about.
        year: i32,
        /// The record, or none for the disqualification itself.
        case: Option<Term>,
        /// The community where the duty was.
        community: CommunityCode,
    },
    /// The appeal was decided by a human.
    AppealDecided {
        /// The year appealed about.
        year: i32,
        /// The record, or none for the disqualification itself.
        case: Option<Term>,
        /// Whether the appeal was upheld.
        upheld: bool,
        /// The community where the duty was.
        community: CommunityCode,
    },
    /// The community reminded the member after a bad rating (差评提醒, E9).
    ReminderSent {
        /// The demand with the bad rating.
        demand: DemandId,
        /// The community.
        community: CommunityCode,
        /// Its stars.
        stars: u8,
    },
    /// The member consents to be named on praise lists, or takes that back (E9, gap G8).
    PraiseConsented {
        /// Whether praise may be published.
        consents: bool,
    },
    /// A service was praised on the community's list (好评张榜, E9), with the member's consent.
    PraisePublished {
        /// The demand praised.
        demand: DemandId,
        /// The community.
        community: CommunityCode,
        /// The stars behind it.
        stars: u8,
    },
    /// A praise left the list: the member took the consent back, or the demand was opened again.
    PraiseWithdrawn {
        /// The demand praised.
        demand: DemandId,
        /// The community.
        community: CommunityCode,
    },
}

crate::facts!(MemberEvent:
    MemberEnrolled "1.0", MemberTransferred "1.0", MemberRetired "1.0", MemberExcluded "1.0", MemberReinstated "1.0",
    ResidenceRecorded "1.0", MemberReported "1.0", MemberAssignedToEstate "1.0",
    PostTaken "1.0", PostLeft "1.0", GroupJoined "1.0", GroupLeft "1.0",
    HouseholdPaired "1.0", HouseholdUnpaired "1.0", VisitMade "1.0",
    TaskTaken "1.0", TaskReleased "1.0", TaskDeclined "1.0", ServiceRendered "1.0", ServiceAppraised "1.0",
    CardOpened "1.0", PointsAwarded "1.0", PointsDeducted "1.0", PointsReversed "1.0", YearClosed "1.0",
    MisconductRecorded "1.0", MisconductWithdrawn "1.0", MemberDisqualified "1.0", DisqualificationLifted "1.0",
    AppealFiled "1.0", AppealDecided "1.0", ReminderSent "1.0", PraiseConsented "1.0", PraisePublished "1.0",
    PraiseWithdrawn "1.0",
);
