//! What tests of these projections need: facts as the journal tells them.

use aggregates::ids::{ActorId, CommunityCode, DemandId, GridCode, HouseholdId, MemberId, Term, UnitId};
use aggregates::{LedgerEvent, Meta, Recorded, Role};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::projection::Projection;

pub(super) fn member(id: &str) -> MemberId {
    MemberId::new(id).unwrap()
}

pub(super) fn unit(id: &str) -> UnitId {
    UnitId::new(id).unwrap()
}

pub(super) fn demand(id: &str) -> DemandId {
    DemandId::new(id).unwrap()
}

pub(super) fn household(id: &str) -> HouseholdId {
    HouseholdId::new(id).unwrap()
}

pub(super) fn actor(id: &str) -> ActorId {
    ActorId::new(id).unwrap()
}

pub(super) fn term(name: &str) -> Term {
    Term::new(name).unwrap()
}

/// 凤凰街道, first community.
pub(super) fn phoenix() -> CommunityCode {
    CommunityCode::new("520201016001").unwrap()
}

/// Its first grid.
pub(super) fn grid() -> GridCode {
    GridCode::new("520201016001001").unwrap()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A moment of business time: `2026-03-02T09:00`.
pub(super) fn moment(text: &str) -> aggregates::when::Moment {
    DateTime::parse_from_rfc3339(&format!("{text}:00+08:00")).unwrap()
}

/// A fact at a position and a moment.
pub(super) fn recorded(position: u64, stream: &str, at: &str, event: impl Into<LedgerEvent>) -> Recorded {
    Recorded {
        position,
        event_id: Uuid::nil(),
        command_id: Uuid::nil(),
        recorded_at: DateTime::<Utc>::UNIX_EPOCH,
        stream_id: stream.into(),
        sequence: position,
        event: event.into(),
        meta: Meta {
            command: "test".into(),
            actor: actor("w-1"),
            role: Role::CommunityWorker,
            organisation: None,
            occurred_at: moment(at),
            reason: None,
            approved_by: None,
            correlation_id: None,
            causation_id: None,
            policy: None,
        },
    }
}

/// The row that the facts make of a key.
pub(super) fn folded<P: Projection>(key: &str, facts: &[Recorded]) -> P::Row {
    let mut row = P::Row::default();
    for fact in facts.iter().filter(|fact| P::keys(fact).iter().any(|touched| touched == key)) {
        P::fold(key, &mut row, fact);
    }
    row
}

/// The value of a column of a row.
pub(super) fn column<P: Projection>(key: &str, row: &P::Row, name: &str) -> Option<String> {
    let place = P::COLUMNS.iter().position(|column| *column == name).unwrap();
    P::columns(key, row)[place].clone()
}
