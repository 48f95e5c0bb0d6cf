//! Facts of a demand. Each names its community, so that figures of any division can be added up from it alone.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Channel, DemandKind, DemandWords, Due, Rater, Served, ServiceForm, Taker, Urgency};
use crate::ids::{ActorId, CommunityCode, DemandId, EstateId, GridCode, HouseholdId, Sealed, Term, UnitId};
use crate::points::Work;
use crate::policy::Stage;
use crate::rulebook::DutyOwner;
use crate::when::Moment;

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
        /// Who asks: opaque; absent when unknown.
        placed_by: Option<ActorId>,
        /// Who entered it; the same person may withdraw it.
        entered_by: ActorId,
        /// How pressing.
        urgency: Urgency,
        /// The SLA policy's name.
        sla: Option<Term>,
        /// Its deadlines.
        due: Vec<Due>,
        /// What is wanted, and how to reach whoever asks, as the vault keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<DemandWords>,
        /// So many days after its end these words are forgotten: what whoever asked was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forget_days: Option<u32>,
    },
    /// Screened: owner looked up, difficulty set (C3, C5).
    DemandScreened {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
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
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// Entry of the duty catalogue.
        category: Term,
        /// Version of the catalogue.
        catalogue: Term,
        /// Whose duty.
        owner: DutyOwner,
    },
    /// Published for claims (C2).
    WishPublished {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
    },
    /// Claimed by one taker (C2). One live claim only.
    WishClaimed {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// Who.
        taker: Taker,
        /// On which day.
        on: NaiveDate,
        /// The claim lapses at the end of this day.
        until: NaiveDate,
    },
    /// The claim, or an accepted dispatch, was given back.
    ClaimReleased {
        /// Its community.
        community: CommunityCode,
        /// Who.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
    },
    /// The claim lapsed.
    ClaimLapsed {
        /// Its community.
        community: CommunityCode,
        /// Who.
        taker: Taker,
    },
    /// Dispatched to one taker (C1).
    OrderDispatched {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// To whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// An answer is awaited by then.
        answer_by: Moment,
    },
    /// The dispatch was accepted.
    OrderAccepted {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// On which day.
        on: NaiveDate,
    },
    /// The dispatch was declined; for voluntary service without any consequence.
    OrderDeclined {
        /// Its community.
        community: CommunityCode,
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
    },
    /// The dispatch was not answered in time.
    DispatchLapsed {
        /// Its community.
        community: CommunityCode,
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
    },
    /// A taker says that the demand is another body's duty; the community screens it again (C3).
    DutyShiftReported {
        /// Its community.
        community: CommunityCode,
        /// Who says so.
        taker: Taker,
        /// Duty or voluntary service, as it had been given out.
        work: Work,
        /// The entry that it belongs to.
        category: Term,
        /// Whose duty that entry is.
        owner: DutyOwner,
        /// The community screens again by then; absent when the policy sets no such deadline.
        screen_by: Option<Moment>,
    },
    /// Served and completed (办结).
    ServiceCompleted {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
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
        /// Who recorded the completion: somebody else must rate it.
        completed_by: ActorId,
        /// The resident may rate alone through this day; then the community may too (C5).
        rating_until: NaiveDate,
        /// Whether the deadline was kept; absent when there was none.
        on_time: Option<bool>,
        /// What was done, in words, as the vault keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Sealed>,
        /// A photo of it, as the vault keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        photo: Option<Sealed>,
    },
    /// Rated (评单).
    ServiceRated {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// Who had taken it.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// 1 to 5.
        stars: u8,
        /// Who rates.
        rater: Rater,
        /// Above the policy's line of satisfaction.
        satisfied: bool,
        /// Points each serving member earned.
        points: i64,
        /// What the rater says, as the vault keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<Sealed>,
    },
    /// Opened again after an unsatisfied rating; the rating's points are taken back.
    DemandReopened {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// How often it has been reopened, with this time.
        times: u32,
        /// Its new deadlines.
        due: Vec<Due>,
    },
    /// Withdrawn by whoever placed it.
    DemandWithdrawn {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// Whose claim or dispatch ended with it.
        taker: Option<Taker>,
    },
    /// Closed by the owner it was referred to, or by the community without a service, solved or not (C12).
    DemandClosed {
        /// Its community.
        community: CommunityCode,
        /// What sort.
        kind: DemandKind,
        /// Whether it was solved.
        solved: bool,
        /// Whether the deadline was kept; absent when there was none.
        on_time: Option<bool>,
    },
    /// A deadline was moved, with a reason in the metadata (C11).
    DeadlineExtended {
        /// Its community.
        community: CommunityCode,
        /// Of which stage.
        stage: Stage,
        /// The deadline before.
        previous: Moment,
        /// The new deadline.
        by: Moment,
        /// How often deadlines of this demand have been extended, with this time.
        times: u32,
    },
    /// The community whistles for departments (F15).
    WhistleBlown {
        /// Its community.
        community: CommunityCode,
        /// Whom it calls.
        departments: Vec<UnitId>,
        /// An answer is due by then.
        answer_by: Moment,
    },
    /// A department reported to the whistle (F15).
    DepartmentAnswered {
        /// Its community.
        community: CommunityCode,
        /// Which.
        department: UnitId,
        /// Whether in time.
        on_time: bool,
    },
    /// What was wanted and how to reach whoever asked were forgotten: the time for which they were kept is over.
    ContactForgotten {
        /// Its community.
        community: CommunityCode,
    },
}

crate::facts!(DemandEvent:
    DemandPlaced "1.0", DemandScreened "1.0", DemandReferred "1.0", WishPublished "1.0", WishClaimed "1.0",
    ClaimReleased "1.0", ClaimLapsed "1.0", OrderDispatched "1.0", OrderAccepted "1.0", OrderDeclined "1.0",
    DispatchLapsed "1.0", DutyShiftReported "1.0", ServiceCompleted "1.0", ServiceRated "1.0", DemandReopened "1.0",
    DemandWithdrawn "1.0", DemandClosed "1.0", DeadlineExtended "1.0", WhistleBlown "1.0", DepartmentAnswered "1.0",
    ContactForgotten "1.0",
);

impl DemandEvent {
    /// The community of the demand.
    pub fn community(&self) -> &CommunityCode {
        match self {
            Self::DemandPlaced { community, .. }
            | Self::DemandScreened { community, .. }
            | Self::DemandReferred { community, .. }
            | Self::WishPublished { community, .. }
            | Self::WishClaimed { community, .. }
            | Self::ClaimReleased { community, .. }
            | Self::ClaimLapsed { community, .. }
            | Self::OrderDispatched { community, .. }
            | Self::OrderAccepted { community, .. }
            | Self::OrderDeclined { community, .. }
            | Self::DispatchLapsed { community, .. }
            | Self::DutyShiftReported { community, .. }
            | Self::ServiceCompleted { community, .. }
            | Self::ServiceRated { community, .. }
            | Self::DemandReopened { community, .. }
            | Self::DemandWithdrawn { community, .. }
            | Self::DemandClosed { community, .. }
            | Self::DeadlineExtended { community, .. }
            | Self::WhistleBlown { community, .. }
            | Self::DepartmentAnswered { community, .. }
            | Self::ContactForgotten { community } => community,
        }
    }
}
