//! Who asked for what, and when the words are forgotten: what the timer of `forget_contacts` and the export of a person look through.

use aggregates::demand::DemandEvent;
use aggregates::{LedgerEvent, Recorded, when};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::ports::{Condition, Find, Shelf, StoreError};
use crate::projection::Projection;
use crate::timer;

/// A demand as somebody's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asker {
    /// The demand.
    pub demand: String,
    /// Who asked: opaque; absent when unknown.
    pub placed_by: Option<String>,
    /// Days after its end until its words are forgotten; absent when there are none (any more).
    pub forget_days: Option<u32>,
    /// From this instant on they are to be forgotten: RFC 3339 in UTC, to the second; absent while it is open.
    pub forget_at: Option<String>,
}

/// The projection.
pub struct Askers;

impl Askers {
    /// Demands whose words are to be forgotten by now and are not yet, at most so many, those that wait longest first.
    pub async fn due(shelf: &dyn Shelf, now: DateTime<Utc>, limit: usize) -> Result<Vec<Asker>, StoreError> {
        timer::due::<Self>(shelf, "forget_at", now, limit).await
    }

    /// Demands that somebody placed, in the order of their ids, after one of them.
    pub async fn of(shelf: &dyn Shelf, placed_by: &str, limit: usize) -> Result<Vec<Asker>, StoreError> {
        let conditions = vec![Condition::Is("placed_by", placed_by.to_owned())];
        timer::rows::<Self>(shelf, Find { conditions, limit, ..Find::default() }).await
    }
}

impl Projection for Askers {
    const NAME: &'static str = "askers";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = None;
    const COLUMNS: &'static [&'static str] = &["placed_by", "forget_at"];
    type Row = Asker;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        use DemandEvent as E;
        match &event.event {
            LedgerEvent::Demand(
                E::DemandPlaced { .. }
                | E::ServiceCompleted { .. }
                | E::DemandReopened { .. }
                | E::DemandWithdrawn { .. }
                | E::DemandClosed { .. }
                | E::ContactForgotten { .. },
            ) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(key: &str, row: &mut Asker, event: &Recorded) {
        let LedgerEvent::Demand(fact) = &event.event else { return };
        match fact {
            DemandEvent::DemandPlaced { placed_by, forget_days, .. } => {
                *row = Asker {
                    demand: key.to_owned(),
                    placed_by: placed_by.as_ref().map(ToString::to_string),
                    forget_days: *forget_days,
                    forget_at: None,
                };
            }
            DemandEvent::DemandReopened { .. } => row.forget_at = None,
            DemandEvent::ContactForgotten { .. } => {
                row.forget_days = None;
                row.forget_at = None;
            }
            // An end: the business time of it is what counts.
            _ => {
                let end = event.meta.occurred_at.to_utc();
                row.forget_at = row
                    .forget_days
                    .and_then(|days| end.checked_add_signed(TimeDelta::days(i64::from(days))))
                    .map(when::stamp_utc);
            }
        }
    }

    fn columns(_key: &str, row: &Asker) -> Vec<Option<String>> {
        vec![row.placed_by.clone(), row.forget_at.clone()]
    }

    fn is_gone(row: &Asker) -> bool {
        row.placed_by.is_none() && row.forget_days.is_none()
    }
}
