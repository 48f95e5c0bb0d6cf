//! Claims and dispatches that run, and when each runs out: what the timer of `lapse_claims` looks through (C2).

use aggregates::demand::{DemandEvent, Taker};
use aggregates::when;
use aggregates::{LedgerEvent, Recorded};
use chrono::{DateTime, NaiveTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::ports::{Shelf, StoreError};
use crate::projection::Projection;
use crate::timer;

/// A claim, or a dispatch that waits for its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunningClaim {
    /// The demand.
    pub demand: String,
    /// Its community.
    pub community: String,
    /// `member` or `unit`.
    pub taker_kind: String,
    /// The taker's id.
    pub taker: String,
    /// It has lapsed from this instant on: RFC 3339 in UTC, to the second. Empty when nothing runs.
    pub lapses_at: String,
}

/// The projection.
pub struct RunningClaims;

fn running(event: &Recorded, community: &str, taker: &Taker, lapses_at: DateTime<Utc>) -> RunningClaim {
    RunningClaim {
        demand: event.stream_id.to_string(),
        community: community.to_owned(),
        taker_kind: taker.kind().to_owned(),
        taker: taker.id().to_owned(),
        lapses_at: when::stamp_utc(lapses_at),
    }
}

impl RunningClaims {
    /// The claims and dispatches that have lapsed by now and of which no fact says so yet, at most so many, those that
    /// wait longest first.
    pub async fn overdue(
        shelf: &dyn Shelf,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<RunningClaim>, StoreError> {
        timer::due::<Self>(shelf, "lapses_at", now, limit).await
    }
}

impl Projection for RunningClaims {
    const NAME: &'static str = "running_claims";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = None;
    const COLUMNS: &'static [&'static str] = &["lapses_at"];
    type Row = RunningClaim;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        use DemandEvent as E;
        match &event.event {
            LedgerEvent::Demand(
                E::WishClaimed { .. }
                | E::ClaimReleased { .. }
                | E::ClaimLapsed { .. }
                | E::OrderDispatched { .. }
                | E::OrderAccepted { .. }
                | E::OrderDeclined { .. }
                | E::DispatchLapsed { .. }
                | E::DutyShiftReported { .. }
                | E::ServiceCompleted { .. }
                | E::DemandReferred { .. }
                | E::DemandWithdrawn { .. }
                | E::DemandClosed { .. },
            ) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut RunningClaim, event: &Recorded) {
        *row = match &event.event {
            // A claim holds through its last day in the zone of the field.
            LedgerEvent::Demand(DemandEvent::WishClaimed { community, taker, until, .. }) => {
                let end = until.succ_opt().unwrap_or(*until);
                running(event, community.as_str(), taker, when::moment(end, NaiveTime::MIN).to_utc())
            }
            LedgerEvent::Demand(DemandEvent::OrderDispatched { community, taker, answer_by, .. }) => {
                running(event, community.as_str(), taker, answer_by.to_utc())
            }
            _ => RunningClaim::default(),
        };
    }

    fn columns(_key: &str, row: &RunningClaim) -> Vec<Option<String>> {
        vec![Some(row.lapses_at.clone())]
    }

    fn is_gone(row: &RunningClaim) -> bool {
        row.lapses_at.is_empty()
    }
}
