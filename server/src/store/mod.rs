//! The store: one ledger in a SQLite file or a PostgreSQL schema, behind the ports of the journal, the feed and the shelf.

pub mod audits;
pub mod backup;
mod batch;
mod generations;
mod group;
mod known;
pub mod log;
pub mod logins;
mod migrate;
mod name;
mod open;
mod postgres;
mod reader;
mod seen_by;
mod sheet;
mod shelf;
mod sm3;
mod sql;
mod sqlite;
mod tail;
pub mod vault;
mod warm;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use aggregates::StoredEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::{Answer, Append, Appended, Journal, JournalError, PlacedEvent};
use cqrs_es::persist::SerializedEvent;
use projections::ports::{
    Feed, Find, FoundRow, Page, Remainder, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError,
};
use smol_str::SmolStr;
use tokio::sync::watch;
use tracing::Instrument;
use uuid::Uuid;

pub use name::{LedgerName, NotAName};
pub use open::{Clock, OpenError, Settings, file, place};
pub use seen_by::SeenBy;

use audits::AuditStore;
use log::LogStore;
use logins::LoginStore;
use open::Address;
use reader::{JournalReader, as_signed};
use shelf::Sheets;
use tail::Tail;
use vault::VaultStore;
use writer::Writer;

use crate::measures::Measures;

/// An open ledger.
pub struct Store {
    backend: Backend,
    writer: Writer,
    head: watch::Receiver<u64>,
    tail: Arc<Tail>,
    measures: Arc<Measures>,
}

/// How full a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saturation {
    /// Appends that wait.
    pub queued: usize,
    /// Appends that may wait.
    pub queue: usize,
    /// Open connections for reading.
    pub connections: usize,
    /// Of those, the ones that do nothing.
    pub idle: usize,
    /// Connections that may be open.
    pub connections_max: usize,
}

enum Backend {
    Sqlite { feed: sqlite::SqliteFeed, sheets: Sheets<sqlite::SqliteSheets> },
    Postgres { feed: postgres::PostgresFeed, sheets: Sheets<postgres::PostgresSheets> },
}

impl Store {
    /// Opens `sqlite://FILE` or `postgres://…?schema=NAME` (default schema `baodao`); makes and migrates its tables.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_with(url, Settings::default()).await
    }

    /// As [`Store::open`], with other settings.
    pub async fn open_with(url: &str, settings: Settings) -> Result<Self, OpenError> {
        let Settings { ledger, clock, queue, connections } = settings;
        let measures = Arc::new(Measures::new(&ledger));
        let measuring = Arc::clone(&measures);
        let (news, head) = watch::channel(0);
        let tail = Arc::<Tail>::default();
        let stored = Arc::clone(&tail);
        let (backend, writer) = match Address::parse(url)? {
            Address::Sqlite(file) => {
                let sqlite::Parts { journal, feed, sheets } = sqlite::open(&file, connections).await?;
                (
                    Backend::Sqlite { feed, sheets: Sheets::new(sheets) },
                    Writer::start(journal, clock, queue, news, stored, measuring),
                )
            }
            Address::Postgres { url, schema, second_lock } => {
                let postgres::Parts { journal, feed, sheets } =
                    postgres::open(&url, &schema, connections, second_lock).await?;
                (
                    Backend::Postgres { feed, sheets: Sheets::new(sheets) },
                    Writer::start(journal, clock, queue, news, stored, measuring),
                )
            }
        };
        Ok(Self { backend, writer, head, tail, measures })
    }

    /// What the ledger is called among those of this process.
    pub fn name(&self) -> &LedgerName {
        &self.measures.ledger
    }

    /// What is measured of it.
    pub fn measures(&self) -> &Arc<Measures> {
        &self.measures
    }

    /// Stores and answers what waits, refuses what comes after, and closes all connections.
    pub async fn close(&self) {
        self.writer.close().await;
        match &self.backend {
            Backend::Sqlite { sheets, .. } => sheets.close().await,
            Backend::Postgres { sheets, .. } => sheets.close().await,
        }
        self.reader().close().await;
    }

    /// How full the queue of appends and the pool of connections are.
    pub fn saturation(&self) -> Saturation {
        let (queued, queue) = self.writer.queued();
        let (connections, idle, connections_max) = self.reader().connections();
        Saturation { queued, queue, connections, idle, connections_max }
    }

    /// The generations that are being built, by this process or another.
    pub async fn building(&self) -> Result<Vec<Slot>, StoreError> {
        match &self.backend {
            Backend::Sqlite { sheets, .. } => sheets.building().await,
            Backend::Postgres { sheets, .. } => sheets.building().await,
        }
    }

    /// What is kept of the transparency log.
    pub fn log(&self) -> LogStore<'_> {
        match &self.backend {
            Backend::Sqlite { sheets, .. } => LogStore { db: sheets.db() },
            Backend::Postgres { sheets, .. } => LogStore { db: sheets.db() },
        }
    }

    /// What logins prove themselves with.
    pub fn logins(&self) -> LoginStore<'_> {
        match &self.backend {
            Backend::Sqlite { sheets, .. } => LoginStore { db: sheets.db() },
            Backend::Postgres { sheets, .. } => LoginStore { db: sheets.db() },
        }
    }

    /// What is kept of audits.
    pub fn audits(&self) -> AuditStore<'_> {
        match &self.backend {
            Backend::Sqlite { sheets, .. } => AuditStore { db: sheets.db() },
            Backend::Postgres { sheets, .. } => AuditStore { db: sheets.db() },
        }
    }

    /// What is kept of the vault.
    pub fn vault(&self) -> VaultStore<'_> {
        match &self.backend {
            Backend::Sqlite { sheets, .. } => VaultStore { db: sheets.db() },
            Backend::Postgres { sheets, .. } => VaultStore { db: sheets.db() },
        }
    }

    fn reader(&self) -> &dyn JournalReader {
        match &self.backend {
            Backend::Sqlite { feed, .. } => feed,
            Backend::Postgres { feed, .. } => feed,
        }
    }

    fn shelf(&self) -> &dyn Shelf {
        match &self.backend {
            Backend::Sqlite { sheets, .. } => sheets,
            Backend::Postgres { sheets, .. } => sheets,
        }
    }
}

/// An event of a trace.
fn told(event: &PlacedEvent) {
    let PlacedEvent { position, stream, sequence, event_type } = event;
    tracing::info!(target: commands::TRACE, position, stream, sequence, event_type, "stored");
}

#[async_trait]
impl Journal for Store {
    async fn append(&self, append: Append) -> Result<Appended, JournalError> {
        let span = tracing::info_span!(target: commands::TRACE, "append", ledger = self.name().as_str(), command = append.command, events = append.events.len());
        let outcome = self.writer.append(append).instrument(span.clone()).await;
        if let Ok(Appended::Fresh(receipt)) = &outcome {
            span.in_scope(|| receipt.events.iter().for_each(told));
        }
        outcome
    }

    async fn answers(&self, command_ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, JournalError> {
        self.reader().answers(command_ids).await.map_err(reader::journal_error)
    }

    async fn load_all(
        &self,
        streams: &[(&'static str, String)],
    ) -> Result<Vec<Vec<SerializedEvent>>, JournalError> {
        reader::load_all(self.reader(), streams).await
    }

    async fn load(
        &self,
        aggregate_type: &'static str,
        aggregate_id: &str,
        after: u64,
    ) -> Result<Vec<SerializedEvent>, JournalError> {
        let after = usize::try_from(as_signed(after)).unwrap_or(usize::MAX);
        self.reader().load(aggregate_type, aggregate_id, after).await.map_err(reader::load_error)
    }
}

#[async_trait]
impl Feed for Store {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        reader::stored(self.page(position, limit).await?.as_ref())
    }

    async fn page(&self, position: u64, limit: usize) -> Result<Box<dyn Page>, StoreError> {
        self.reader().page(as_signed(position), as_signed(limit as u64)).await
    }

    async fn news(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let stored = self.tail.after(position, limit);
        // A database that failed over may have lost them, and others may have gone on from before. What comes last is there only with all
        // that lies before it.
        if let Some(last) = stored.last()
            && let Some(kept) = self.after(last.position - 1, 1).await?.first()
            && kept.event_id == last.event_id
        {
            return Ok(stored);
        }
        self.after(position, limit).await
    }

    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.reader().stream(aggregate_type, aggregate_id, as_signed(until)).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        self.reader().head().await
    }

    async fn position_at(&self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        reader::position_at(self.reader(), instant).await
    }

    fn wakeups(&self) -> watch::Receiver<u64> {
        self.head.clone()
    }
}

#[async_trait]
impl Shelf for Store {
    async fn live(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        self.shelf().live(sheet).await
    }

    async fn begin_rebuild(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        self.shelf().begin_rebuild(sheet).await
    }

    async fn rows(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        keys: &[SmolStr],
    ) -> Result<HashMap<String, String>, StoreError> {
        self.shelf().rows(sheet, slot, keys).await
    }

    async fn store(&self, writes: &[(Sheet, SlotWrite)]) -> Result<(), StoreError> {
        self.shelf().store(writes).await
    }

    async fn add(&self, sheet: &Sheet, rebuilt: &Slot, rows: Vec<RowWrite>) -> Result<(), StoreError> {
        self.shelf().add(sheet, rebuilt, rows).await
    }

    async fn key(&self, sheet: &Sheet, rebuilt: &Slot) -> Result<(), StoreError> {
        self.shelf().key(sheet, rebuilt).await
    }

    async fn index(&self, sheet: &Sheet, rebuilt: &Slot, column: &str) -> Result<(), StoreError> {
        self.shelf().index(sheet, rebuilt, column).await
    }

    async fn switch(
        &self,
        sheet: &Sheet,
        rebuilt: &Slot,
        remainder: &mut dyn Remainder,
    ) -> Result<Slot, StoreError> {
        self.shelf().switch(sheet, rebuilt, remainder).await
    }

    async fn poison(&self, slot: &Slot, reason: &str) -> Result<(), StoreError> {
        self.shelf().poison(slot, reason).await
    }

    async fn get(&self, sheet: &Sheet, key: &str) -> Result<(Option<String>, u64), StoreError> {
        self.shelf().get(sheet, key).await
    }

    async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        self.shelf().find(sheet, find).await
    }

    async fn scan(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.shelf().scan(sheet, slot, after_key, limit).await
    }

    async fn checkpoints(&self) -> Result<Vec<Slot>, StoreError> {
        self.shelf().checkpoints().await
    }
}
