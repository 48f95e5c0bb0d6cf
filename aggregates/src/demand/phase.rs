//! Where a demand stands.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Rater, Served, ServiceForm, Taker, refusal};
use crate::Refusal;
use crate::ids::ActorId;
use crate::points::Work;
use crate::when::Moment;

/// Where a demand stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// Not placed.
    #[default]
    Absent,
    /// Waits for the community to screen it, for the first time or again.
    Placed,
    /// Screened: may be published or dispatched.
    Screened,
    /// Open for claims.
    Published,
    /// Dispatched, waits for an answer.
    Dispatched {
        /// To whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// Until when.
        answer_by: Moment,
    },
    /// Taken: claimed or accepted.
    Taken {
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// Since this day.
        since: NaiveDate,
        /// When a claim lapses; a dispatch that was accepted does not.
        until: Option<NaiveDate>,
    },
    /// Completed, waits for a rating, or has one.
    Completed {
        /// By whom.
        taker: Taker,
        /// Who served.
        served: Vec<Served>,
        /// Duty or voluntary service.
        work: Work,
        /// The day of service.
        on: NaiveDate,
        /// The form of service.
        form: ServiceForm,
        /// Who recorded it.
        completed_by: ActorId,
        /// The resident may rate alone through this day.
        rating_until: NaiveDate,
        /// The rating.
        rating: Option<Rating>,
    },
    /// With the body whose duty it is.
    Referred,
    /// Withdrawn by whoever placed it.
    Withdrawn,
    /// Closed without a service.
    Closed {
        /// Whether it was solved.
        solved: bool,
    },
}

/// A rating as rules need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// 1 to 5.
    pub stars: u8,
    /// Who rated.
    pub rater: Rater,
    /// Above the policy's line of satisfaction.
    pub satisfied: bool,
}

impl Phase {
    /// Why a verb that needs a demand waiting for a taker, or held by somebody, finds none such here.
    pub(super) fn refuse(&self) -> Refusal {
        match self {
            Self::Absent | Self::Placed | Self::Referred => refusal::not_screened(),
            Self::Screened | Self::Published => refusal::not_taken_by_you(),
            Self::Dispatched { .. } | Self::Taken { .. } => refusal::taken_already(),
            Self::Completed { .. } => refusal::completed_already(),
            Self::Withdrawn | Self::Closed { .. } => refusal::over(),
        }
    }

    /// Whether somebody still has something to do about the demand.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Absent | Self::Completed { .. } | Self::Withdrawn | Self::Closed { .. })
    }

    /// Who holds it: by dispatch, claim or accepted dispatch.
    pub fn holder(&self) -> Option<(&Taker, Work)> {
        match self {
            Self::Dispatched { taker, work, .. } | Self::Taken { taker, work, .. } => Some((taker, *work)),
            _ => None,
        }
    }
}
