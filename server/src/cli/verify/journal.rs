//! The journal: dense, ordered, decodable, and as its answers say.

use std::collections::HashMap;

use aggregates::StoredEvent;
use commands::Trouble;
use commands::journal::{Journal, PlacedEvent};
use projections::ports::Feed;
use uuid::Uuid;

use super::Finding;
use super::vault::Promised;
use crate::cli::{Failure, ledger};
use crate::store::Store;

/// Events read at once.
const PAGE: usize = 2_000;

/// What one command wrote.
struct Written {
    command: Uuid,
    events: Vec<PlacedEvent>,
}

#[derive(Default)]
struct Pass {
    last: u64,
    recorded: Option<chrono::DateTime<chrono::Utc>>,
    sequences: HashMap<(String, String), u64>,
    open: Option<Written>,
    positions: Option<String>,
    streams: Option<String>,
    payloads: Option<String>,
    promised: Promised,
}

/// Reads the whole journal once.
pub(super) async fn check(store: &Store) -> Result<(Vec<Finding>, Promised), Failure> {
    let head = store.head().await?;
    let bar = ledger::progress("verifying", head);
    let mut pass = Pass::default();
    let (mut commands, mut answers) = (0, None);
    loop {
        let events = store.after(pass.last, PAGE).await?;
        // An append is there as a whole, and so are its events in the last page. What comes meanwhile is another run's.
        let is_over = events.len() < PAGE;
        let mut written: Vec<Written> = events.iter().filter_map(|event| pass.take(event)).collect();
        if is_over {
            written.extend(pass.open.take());
        }
        commands += written.len() as u64;
        let first = first_difference(store, written).await?;
        answers = answers.or(first);
        bar.set_position(pass.last);
        if is_over || pass.positions.is_some() {
            break;
        }
    }
    bar.finish_and_clear();
    let now = store.head().await?;
    let ends = (pass.positions.is_none() && !(head..=now).contains(&pass.last))
        .then(|| format!("the head says {head}, the last event is at {}", pass.last));
    let streams = pass.sequences.len() as u64;
    let findings = vec![
        finding("positions are dense", pass.last, pass.positions),
        finding("the head is the last position", 1, ends),
        finding("streams are dense", streams, pass.streams),
        finding("every event can be decoded", pass.last, pass.payloads),
        finding("every command is answered by what it wrote", commands, answers),
    ];
    Ok((findings, pass.promised))
}

pub(super) fn finding(check: &str, checked: u64, difference: Option<String>) -> Finding {
    Finding { check: check.to_owned(), checked, difference }
}

impl Pass {
    /// Takes the next event; what the command before it wrote, when it is another's.
    fn take(&mut self, event: &StoredEvent) -> Option<Written> {
        let place = event.position;
        if place != self.last + 1 {
            let last = self.last;
            self.positions.get_or_insert_with(|| format!("position {place} follows {last}"));
        }
        if self.recorded.is_some_and(|before| before > event.recorded_at) {
            self.positions
                .get_or_insert_with(|| format!("position {place} was recorded before the one ahead of it"));
        }
        self.last = place;
        self.recorded = Some(event.recorded_at);
        let key = (event.aggregate_type.clone(), event.aggregate_id.clone());
        let sequence = self.sequences.entry(key).or_insert(0);
        if event.sequence != *sequence + 1 {
            let (kind, id, now, before) =
                (&event.aggregate_type, &event.aggregate_id, event.sequence, *sequence);
            self.streams
                .get_or_insert_with(|| format!("{kind}/{id}: {now} follows {before} at position {place}"));
        }
        *sequence = event.sequence;
        match event.decode() {
            Ok(event) => self.promised.take(&event),
            Err(error) => {
                self.payloads.get_or_insert_with(|| format!("position {place}: {error}"));
            }
        }
        let placed = PlacedEvent {
            position: place,
            stream: format!("{}/{}", event.aggregate_type, event.aggregate_id),
            sequence: event.sequence,
            event_type: event.event_type.clone(),
        };
        match &mut self.open {
            Some(open) if open.command == event.command_id => {
                open.events.push(placed);
                None
            }
            open => open.replace(Written { command: event.command_id, events: vec![placed] }),
        }
    }
}

async fn first_difference(store: &Store, written: Vec<Written>) -> Result<Option<String>, Failure> {
    let ids: Vec<Uuid> = written.iter().map(|written| written.command).collect();
    let answers = store.answers(&ids).await.map_err(Trouble::from)?;
    Ok(written.iter().find_map(|Written { command, events }| {
        let at = events.last().map_or(0, |event| event.position);
        match answers.get(command) {
            None => Some(format!("command {command} at position {at} has no answer")),
            Some(answer) if answer.receipt.events != *events || answer.receipt.position != at => {
                Some(format!("command {command} at position {at} was answered with something else"))
            }
            Some(_) => None,
        }
    }))
}
