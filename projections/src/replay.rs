//! A stream played again: what each of its events did to the rows that it alone makes, and how they stood at any moment.

use smol_str::SmolStr;
use std::collections::BTreeMap;

use aggregates::Recorded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::changes::{Change, changes};
use crate::ports::StoreError;
use crate::projection::Projection;

/// A row as it stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RowState {
    /// The plural noun of the resource.
    pub resource: String,
    /// The row's key.
    pub key: String,
    /// The row.
    pub row: Value,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RowChange {
    /// The plural noun of the resource.
    pub resource: String,
    /// The row's key.
    pub key: String,
    /// What differs.
    pub changes: Vec<Change>,
}

/// A stream played again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    /// What the event at each position changed.
    pub steps: BTreeMap<u64, Vec<RowChange>>,
    /// How all rows stood after each of the positions asked for.
    pub states: BTreeMap<u64, Vec<RowState>>,
}

impl Replay {
    /// What differs between how the rows stood at two of the positions asked for.
    pub fn compare(&self, from: u64, to: u64) -> Vec<RowChange> {
        let of = |position| self.states.get(&position).map_or(&[][..], Vec::as_slice);
        let find = |rows: &[RowState], row: &RowState| {
            let same = rows.iter().find(|one| (&one.resource, &one.key) == (&row.resource, &row.key));
            same.map_or(Value::Null, |same| same.row.clone())
        };
        let (old, new) = (of(from), of(to));
        let gone = old.iter().filter(|row| find(new, row).is_null());
        let all = new.iter().chain(gone);
        let told = all.map(|row| RowChange {
            resource: row.resource.clone(),
            key: row.key.clone(),
            changes: changes(&find(old, row), &find(new, row)),
        });
        told.filter(|row| !row.changes.is_empty()).collect()
    }

    /// Plays the events of a stream (type, id) through a projection. Only rows that are made by this stream alone are told: those that
    /// `as_of` tells.
    pub(crate) fn play<P: Projection>(
        &mut self,
        stream: (&str, &str),
        events: &[Recorded],
        wanted: &[u64],
    ) -> Result<(), StoreError> {
        let Some(resource) = P::RESOURCE else { return Ok(()) };
        let mut rows: BTreeMap<SmolStr, (P::Row, Value)> = BTreeMap::new();
        let mut wanted: Vec<u64> = wanted.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut wanted = wanted.into_iter().peekable();
        for event in events {
            while let Some(position) = wanted.next_if(|position| *position < event.position) {
                self.stand(resource, position, &rows);
            }
            for key in P::keys(event).into_iter().filter(|key| is_of::<P>(key, stream)) {
                let (row, told) = rows.entry(key.clone()).or_default();
                P::fold(&key, row, event);
                let now = if P::is_gone(row) { Value::Null } else { json(row)? };
                let changes = changes(told, &now);
                *told = now;
                if !changes.is_empty() {
                    let change = RowChange { resource: resource.to_owned(), key: key.into(), changes };
                    self.steps.entry(event.position).or_default().push(change);
                }
            }
        }
        for position in wanted {
            self.stand(resource, position, &rows);
        }
        Ok(())
    }

    fn stand<R>(&mut self, resource: &str, position: u64, rows: &BTreeMap<SmolStr, (R, Value)>) {
        let there = rows.iter().filter(|(_, (_, row))| !row.is_null());
        let told = there.map(|(key, (_, row))| RowState {
            resource: resource.to_owned(),
            key: key.to_string(),
            row: row.clone(),
        });
        self.states.entry(position).or_default().extend(told);
    }
}

fn json<R: Serialize>(row: &R) -> Result<Value, StoreError> {
    serde_json::to_value(row).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn is_of<P: Projection>(key: &str, (kind, id): (&str, &str)) -> bool {
    P::streams(key)
        .is_some_and(|streams| streams.len() == 1 && streams.iter().all(|one| one.0 == kind && one.1 == id))
}
