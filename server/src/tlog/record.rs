//! Putting a verified record together (核验记录): all events of a member or unit, and every proof that its reader needs.

use std::sync::Arc;

use aggregates::StoredEvent;
use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use chrono::{SecondsFormat, Utc};
use commands::{Desk, Envelope, PublishHeads, Trouble};
use projections::ports::{Feed, StoreError};
use proofs::encoding::base64;
use proofs::heads::{Head, Map};
use proofs::note::Note;
use proofs::policy::Policy;
use proofs::record::{Earlier, FORMAT, Facts, Heads, Logged, Record};
use proofs::{Checkpoint, Hash, tree};
use tokio::sync::Mutex;

use super::{PublishError, Publisher, grow, leaf, prove};
use crate::store::Store;

/// Why there is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is no such member or unit.
    #[error("there is no {0} {1}")]
    Unknown(String, String),
    /// The map of heads could not be recorded.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// There is no checkpoint of it.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What record is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// `member` or `unit`.
    pub kind: &'a str,
    /// Of the member or unit.
    pub id: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// Size of a checkpoint that the reader kept.
    pub since: Option<u64>,
    /// The member's name, to be shown beside the statement.
    pub name: Option<&'a str>,
    /// What the issuer adds to the statement.
    pub notes: Option<&'a str>,
}

/// The newest map of heads, as the ledger has recorded it.
struct Mapped {
    /// Where it stands.
    position: u64,
    map: Map,
}

/// Makes records.
pub struct Recorder {
    store: Arc<Store>,
    desk: Arc<Desk>,
    newest: Mutex<Option<Arc<Mapped>>>,
}

impl Recorder {
    /// Of a ledger.
    pub fn new(store: Arc<Store>, desk: Arc<Desk>) -> Self {
        Self { store, desk, newest: Mutex::default() }
    }

    /// The record of a member or unit, as it is now.
    pub async fn record(&self, publisher: &Publisher, asked: &Asked<'_>) -> Result<Record, RecordError> {
        let Asked { kind, id, purpose, since, .. } = *asked;
        let mapped = self.mapped(kind, id).await?;
        let (head, place, path) =
            mapped.map.prove(kind, id).ok_or_else(|| RecordError::Unknown(kind.to_owned(), id.to_owned()))?;
        let published = publisher.publish().await?;
        let unreadable = |error: proofs::note::NoteError| StoreError::Damaged(error.to_string());
        let now = Checkpoint::of(&Note::parse(published.note.as_bytes()).map_err(unreadable)?)
            .map_err(unreadable)?;

        let mut stored = self.store.stream(kind, id, mapped.position).await?;
        stored.retain(|event| event.sequence <= head.sequence);
        let map_event = self.store.after(mapped.position - 1, 1).await?;
        stored.extend(map_event);
        let mut earlier = self.earlier(&stored, now.size, publisher.policy()).await?;
        let events = self.logged(&stored, now.size, &earlier).await?;
        if let Some(size) =
            since.filter(|size| *size < now.size && !earlier.iter().any(|one| one.size == *size))
        {
            let root = prove::root(&self.store, size).await?;
            let proof = prove::consistency(&self.store, size, now.size).await?;
            earlier.push(Earlier { size, root, note: None, proof });
        }
        let Some((event, events)) = events.split_last() else {
            return Err(
                StoreError::Damaged("the map of heads is not where it was recorded".to_owned()).into()
            );
        };
        let mut facts = Facts::default();
        for event in &stored[..events.len()] {
            if !facts.add(&event.event_type, &event.payload) {
                let what = format!("the fact at position {} cannot be read", event.position);
                return Err(StoreError::Damaged(what).into());
            }
        }
        let heads = Heads { event: event.clone(), place, sequence: head.sequence, chain: head.chain, path };
        let made_at = Utc::now();
        let mut record = Record {
            format: FORMAT.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            purpose: purpose.to_owned(),
            made_at: made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            totals: facts.totals.clone(),
            events: events.to_vec(),
            heads,
            earlier,
            checkpoint: published.note,
            statement: None,
        };
        record.statement = publisher
            .issuer()
            .and_then(|issuer| issuer.state(&record, &facts, &now, (asked.name, asked.notes), made_at));
        Ok(record)
    }

    /// A map that the stream ends in where it ends now; recorded anew where the newest one does not.
    async fn mapped(&self, kind: &str, id: &str) -> Result<Arc<Mapped>, RecordError> {
        let mut newest = self.newest.lock().await;
        grow::grow(&self.store).await?;
        let now = self.store.log().heads(&[(kind, id)]).await?;
        let now: Option<Head> = now.into_values().next();
        if now.is_none() {
            return Err(RecordError::Unknown(kind.to_owned(), id.to_owned()));
        }
        if let Some(mapped) = newest.as_ref()
            && mapped.map.prove(kind, id).map(|(head, ..)| head) == now.as_ref()
        {
            return Ok(Arc::clone(mapped));
        }
        let (size, heads) = self.store.log().all_heads().await?;
        let map = Map::new(heads);
        let command = PublishHeads { size, streams: map.size(), root: map.root().to_string() };
        let house =
            Actor { id: ActorId::new("log").unwrap_or_default(), role: Role::System, organisation: None };
        let reply = self.desk.submit(&Envelope::new(house), &command).await?;
        let position = match reply.receipt.events.first() {
            Some(event) => event.position,
            // The same map was recorded before, by another process or before a restart.
            None => self.recorded(&command).await?,
        };
        let mapped = Arc::new(Mapped { position, map });
        *newest = Some(Arc::clone(&mapped));
        Ok(mapped)
    }

    /// Where a map was recorded.
    async fn recorded(&self, command: &PublishHeads) -> Result<u64, RecordError> {
        let head = self.store.head().await?;
        let all = self.store.stream("log", aggregates::log::STREAM, head).await?;
        let found = all.iter().rev().find(|event| event.payload.contains(&command.root));
        let lost = || StoreError::Damaged("the map of heads is not where it was recorded".to_owned());
        Ok(found.ok_or_else(lost)?.position)
    }

    /// The first checkpoints that the events were in, each once, in order of size; the newest is not among them, nor are those of a
    /// key that is believed no more.
    async fn earlier(
        &self,
        events: &[StoredEvent],
        newest: u64,
        policy: &Policy,
    ) -> Result<Vec<Earlier>, RecordError> {
        let mut found: Vec<Earlier> = vec![];
        for event in events {
            if found.last().is_some_and(|last| last.size >= event.position) {
                continue;
            }
            let Some(first) = self.store.log().first_with(event.position).await? else { break };
            if first.size >= newest {
                break;
            }
            let note = Note::parse(first.note.as_bytes()).ok();
            if note.is_none_or(|note| policy.trust_log(&note).is_err()) {
                continue;
            }
            let root = prove::root(&self.store, first.size).await?;
            let proof = prove::consistency(&self.store, first.size, newest).await?;
            found.push(Earlier { size: first.size, root, note: Some(first.note), proof });
        }
        Ok(found)
    }

    /// The events with their proofs.
    async fn logged(
        &self,
        events: &[StoredEvent],
        size: u64,
        earlier: &[Earlier],
    ) -> Result<Vec<Logged>, RecordError> {
        let mut ranges = vec![];
        let mut lengths = vec![];
        for event in events {
            let path = tree::inclusion(event.position - 1, size);
            let path =
                path.ok_or_else(|| StoreError::Damaged("the tree has not grown over the record".to_owned()))?;
            lengths.push(path.len());
            ranges.extend(path);
        }
        let mut hashes = prove::hashes(&self.store, size, &ranges).await?.into_iter();
        let logged = events.iter().zip(lengths).map(|(event, length)| Logged {
            index: event.position - 1,
            leaf: base64(&leaf::bytes(event)),
            path: hashes.by_ref().take(length).collect::<Vec<Hash>>(),
            earlier: earlier.iter().position(|one| one.size >= event.position),
        });
        Ok(logged.collect())
    }
}
