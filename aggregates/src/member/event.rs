//! Facts of a member.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DwellingKind, ExclusionReason, LedgerKind, MemberRank, MisconductGround, Standing, VisitKind};
use crate::household::FiveHundreds;
use crate::ids::{
    ActorId, BatchId, CommunityCode, DemandId, DivisionCode, EmergencyId, EstateId, GridCode, GroupId,
    HouseholdId, MemberId, Term, UnitId,
};
use crate::points::{Filing, Opening, PointLine, Reversal, Work};
use crate::policy::ReportKind;

/// A fact of a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum MemberEvent {
    /// Entered the ledger of a unit (A1).
    MemberEnrolled {
        /// The member.
        member: MemberId,
        /// The unit.
        unit: UnitId,
        /// The division whose department manages the unit: figures of the enrolment count there.
        division: DivisionCode,
        /// The rank.
        rank: MemberRank,
        /// Categories of service the member is good at (C6).
        skills: Vec<Term>,
        /// The business day.
        on: NaiveDate,
        /// The reports owed under the policy in force, each with its last day (A2).
        due: BTreeMap<ReportKind, NaiveDate>,
    },
    /// Moved to another unit; history stays. The report to the old unit's community lapsed.
    MemberTransferred {
        /// The unit left.
        from: UnitId,
        /// The unit joined.
        to: UnitId,
        /// First day there.
        on: NaiveDate,
        /// Reports owed anew, each with its last day.
        due: BTreeMap<ReportKind, NaiveDate>,
        /// How the member stood before.
        before: Box<Standing>,
    },
    /// Retired: owes no report, keeps the history.
    MemberRetired {
        /// First day of retirement.
        on: NaiveDate,
        /// How the member stood before.
        before: Box<Standing>,
    },
    /// An exclusion was entered, or its last day corrected (A5). It leaves the member out from
    /// [`MemberEvent::ExclusionBegan`] on.
    MemberExcluded {
        /// One of the closed list.
        reason: ExclusionReason,
        /// First day.
        from: NaiveDate,
        /// Last day, when known.
        until: Option<NaiveDate>,
    },
    /// The exclusion came into force: out of every denominator and roster (A5).
    ExclusionBegan {
        /// First day.
        on: NaiveDate,
        /// How the member stood before.
        before: Box<Standing>,
    },
    /// The exclusion ended, or was taken back before it began (A5).
    MemberReinstated {
        /// First day back.
        from: NaiveDate,
        /// Reports owed anew, each with its last day.
        due: BTreeMap<ReportKind, NaiveDate>,
        /// How the member stood before.
        before: Box<Standing>,
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
        /// Reports owed anew, each with its last day.
        due: BTreeMap<ReportKind, NaiveDate>,
        /// How the member stood before.
        before: Box<Standing>,
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
        /// How the member stood before; the pilot's format did not tell it.
        #[serde(default)]
        before: Box<Standing>,
    },
    /// Serves in an estate of the community reported to: 报到在社区、服务在小区 (A8).
    MemberAssignedToEstate {
        /// The estate.
        estate: EstateId,
        /// Its community.
        community: CommunityCode,
    },
    /// No longer serves in an estate (A8).
    MemberLeftEstate {
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
        /// Duty for those who are posted; voluntary for those who offer themselves, which is never a ground (gap G7).
        work: Work,
        /// First day.
        from: NaiveDate,
    },
    /// Left a slot, or will on the day told (B3: grids end on an effective day).
    PostLeft {
        /// The grid.
        grid: GridCode,
        /// The slot.
        slot: Term,
        /// First day no longer in the slot.
        on: NaiveDate,
    },
    /// Was given a duty role in a grid (B9: 七大员).
    DutyAssigned {
        /// The grid.
        grid: GridCode,
        /// The role.
        role: Term,
        /// First day.
        from: NaiveDate,
    },
    /// A duty role was taken off.
    DutyRelieved {
        /// The grid.
        grid: GridCode,
        /// The role.
        role: Term,
        /// First day without it.
        on: NaiveDate,
    },
    /// Did an item of a grid's duty list (B17).
    DutyDone {
        /// The grid.
        grid: GridCode,
        /// The list.
        list: Term,
        /// The item.
        item: Term,
        /// On which day.
        on: NaiveDate,
        /// Whether that was after the last day.
        late: bool,
    },
    /// Came to the grid in an emergency (F4). It is duty: no minute of it counts as voluntary service.
    Mustered {
        /// The emergency.
        emergency: EmergencyId,
        /// Where.
        community: CommunityCode,
        /// The grid, when it is known.
        grid: Option<GridCode>,
        /// Whether the member holds a post there.
        posted: bool,
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
        /// How long, in minutes, when noted.
        minutes: Option<u32>,
        /// Which of the five services, when noted (C13).
        service: Option<FiveHundreds>,
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
        /// Duty or voluntary service.
        work: Work,
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
        unit: Option<UnitId>,
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
    MemberEnrolled "1.0", MemberTransferred "1.0", MemberRetired "1.0",
    MemberExcluded "1.0", ExclusionBegan "1.0", MemberReinstated "1.0",
    ResidenceRecorded "1.0", MemberReported "1.0", MemberAssignedToEstate "1.0", MemberLeftEstate "1.0",
    PostTaken "1.0", PostLeft "1.0", DutyAssigned "1.0", DutyRelieved "1.0", DutyDone "1.0",
    Mustered "1.0",
    GroupJoined "1.0", GroupLeft "1.0",
    HouseholdPaired "1.0", HouseholdUnpaired "1.0", VisitMade "1.0",
    TaskTaken "1.0", TaskReleased "1.0", TaskDeclined "1.0", ServiceRendered "1.0", ServiceAppraised "1.0",
    CardOpened "1.0", PointsAwarded "1.0", PointsDeducted "1.0", PointsReversed "1.0", YearClosed "1.0",
    MisconductRecorded "1.0", MisconductWithdrawn "1.0", MemberDisqualified "1.0", DisqualificationLifted "1.0",
    AppealFiled "1.0", AppealDecided "1.0", ReminderSent "1.0", PraiseConsented "1.0", PraisePublished "1.0",
    PraiseWithdrawn "1.0",
);
