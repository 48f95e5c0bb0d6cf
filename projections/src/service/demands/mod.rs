//! The demand ledger (一清单一台账, C1): every demand with where it stands, who has it, its deadlines, service and rating.
//!
//! Lists are filters of it. The wish board (C2) is `phase=published`; what a taker has in hand `taker=…&open=true`; what is
//! overdue now (C11) `next_due_before=NOW`; claims and dispatches that have lapsed `claim_until_before=NOW`; disputed
//! dispatches (C3) `disputed=true`; services that nobody has rated in the resident's time `rating_until_before=TODAY`; what is with its owner `phase=referred`. Moments are written as [`stamp`] does.

mod fold;
mod row;

use aggregates::demand::DemandEvent;
use aggregates::when::stamp;
use aggregates::{LedgerEvent, Recorded};
use smol_str::SmolStr;

use crate::projection::Projection;

pub use row::{DeadlineLine, DemandPhase, DemandRow, DisputeLine, RoundLine, ServedLine, WhistleLine};

/// The projection.
pub struct Demands;

impl Projection for Demands {
    const NAME: &'static str = "demands";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("demands");
    const COLUMNS: &'static [&'static str] = &[
        "community",
        "grid",
        "kind",
        "channel",
        "phase",
        "open",
        "category",
        "taker",
        "household",
        "placed_by",
        "placed_at",
        "next_due",
        "claim_until",
        "rating_until",
        "disputed",
    ];
    type Row = DemandRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Demand(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(key: &str, row: &mut DemandRow, event: &Recorded) {
        let LedgerEvent::Demand(fact) = &event.event else { return };
        key.clone_into(&mut row.demand);
        row.backfilled |= event.meta.approved_by.is_some();
        row.last_position = event.position;
        let at = stamp(&event.meta.occurred_at);
        row.take(fact, &at, event.position);
        if !matches!(fact, DemandEvent::DemandPlaced { .. }) {
            row.changed_at = Some(at);
        }
        row.settle();
    }

    fn columns(_key: &str, row: &DemandRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            row.grid.clone(),
            row.kind.as_ref().map(word),
            row.channel.as_ref().map(word),
            row.phase.as_ref().map(word),
            Some(row.open.to_string()),
            Some(row.category.clone()),
            row.taker.clone(),
            row.household.clone(),
            row.placed_by.clone(),
            Some(row.placed_at.clone()),
            row.next_due.clone(),
            row.claim_until.clone(),
            row.rating_until.filter(|_| row.stars.is_none()).map(|day| day.to_string()),
            Some((!row.disputes.is_empty()).to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("demand", key.to_owned())])
    }
}

/// The word of an enum's variant as JSON writes it.
pub(crate) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
