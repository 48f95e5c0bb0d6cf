//! What projections need from outside: a feed of the journal, and a shelf to put rows on.

use std::collections::HashMap;

use aggregates::{EventRow, Recorded, StoredEvent};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use smol_str::SmolStr;
use tokio::sync::watch;

/// Why a feed or shelf could not serve.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or failed; nothing was stored.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another projector or a rebuild moved the checkpoint: read it again.
    #[error("the checkpoint of {0} was moved by somebody else")]
    Fenced(String),
    /// The question makes no sense (a column that the sheet does not have): a defect of the caller.
    #[error("the shelf was asked for what it cannot do: {0}")]
    Misused(String),
    /// What is stored cannot be understood.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}

/// Events as they were read, in order of position. Decoding them takes as long as reading them: whoever wants both to go on side by
/// side hands a page on.
pub trait Page: Send {
    /// Position of the last event; none when there are none.
    fn end(&self) -> Result<Option<u64>, StoreError>;
    /// How many there are, or about as many.
    fn count(&self) -> usize;
    /// Shows every event.
    fn each(&self, show: Show<'_>) -> Result<(), StoreError>;

    /// Every event, decoded.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] at the first that cannot be read or decoded, with its position.
    fn decode(&self) -> Result<Vec<Recorded>, StoreError> {
        let mut events = Vec::with_capacity(self.count());
        self.each(&mut |row| {
            let position = row.position;
            events.push(row.decode().map_err(|error| {
                StoreError::Damaged(format!("an event cannot be decoded at position {position}: {error}"))
            })?);
            Ok(())
        })?;
        Ok(events)
    }
}

/// Is shown an event.
pub type Show<'a> = &'a mut dyn FnMut(EventRow<'_>) -> Result<(), StoreError>;

impl Page for Vec<StoredEvent> {
    fn end(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.last().map(|event| event.position))
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn each(&self, show: Show<'_>) -> Result<(), StoreError> {
        self.iter().try_for_each(|event| show(event.row()))
    }
}

/// Reads the journal in the order of positions.
#[async_trait]
pub trait Feed: Send + Sync {
    /// At most `limit` events after `position`, in order of position.
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;
    /// The same for those who follow the journal closely: it may come out of the memory of who stored it, and there may be fewer than there
    /// are, though none only when there are none. Not for those who check the journal.
    async fn news(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.after(position, limit).await
    }
    /// As [`Self::after`], as they were read.
    async fn page(&self, position: u64, limit: usize) -> Result<Box<dyn Page>, StoreError> {
        Ok(Box::new(self.after(position, limit).await?))
    }
    /// All events of one stream up to and including the ledger's position `until`, in order.
    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: u64,
    ) -> Result<Vec<StoredEvent>, StoreError>;
    /// The last position; 0 in an empty ledger.
    async fn head(&self) -> Result<u64, StoreError>;
    /// The last position recorded at or before the instant; 0 when none.
    async fn position_at(&self, instant: DateTime<Utc>) -> Result<u64, StoreError>;
    /// Changes whenever this process appended something: a wake-up only, polling is the truth.
    fn wakeups(&self) -> watch::Receiver<u64>;
}

/// What a projection asks of the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Snake-case, unique.
    pub name: &'static str,
    /// Of the fold's code.
    pub version: u32,
    /// Text columns beside the body that rows can be found and sorted by; each gets an index.
    pub columns: &'static [&'static str],
}

/// One generation of a projection's rows: the live one, or one being rebuilt beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The projection.
    pub name: String,
    /// 1, 2, 3 …: each rebuild makes the next.
    pub generation: u32,
    /// Version of the code that folded it.
    pub version: u32,
    /// The last position folded into it.
    pub checkpoint: u64,
    /// Set when the projection stopped at an event that it cannot fold.
    pub poison: Option<String>,
}

/// A row to be stored (`body` present) or removed (absent).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// Key within the projection.
    pub key: SmolStr,
    /// JSON text of the row.
    pub body: Option<String>,
    /// Values of the sheet's columns, in their order. No value and an empty text are one and the same.
    pub columns: Vec<Option<String>>,
}

/// Everything that one step of the projector stores: rows and checkpoints of several slots, in one transaction.
#[derive(Debug, Clone)]
pub struct SlotWrite {
    /// The slot as it was when the step began: its checkpoint must still be so, else [`StoreError::Fenced`].
    pub slot: Slot,
    /// The new checkpoint.
    pub checkpoint: u64,
    /// The rows changed.
    pub rows: Vec<RowWrite>,
}

/// A condition on a column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The column is this; an empty text finds the rows without a value.
    Is(&'static str, String),
    /// The column starts with this (divisions: a code within another); every row does with an empty text.
    StartsWith(&'static str, String),
    /// The column is at or after this, in text order.
    AtLeast(&'static str, String),
    /// The column has a value, and it is before this, in text order.
    Below(&'static str, String),
    /// The row's key is this.
    Key(String),
    /// One of these holds; none does when there are none.
    Any(Vec<Condition>),
    /// All of these hold.
    All(Vec<Condition>),
    /// What `column` of this row says (its key when absent), `select` of a row of another sheet says too (its key when absent), for
    /// which the condition holds.
    In {
        /// Of this row.
        column: Option<&'static str>,
        /// The other sheet.
        sheet: Sheet,
        /// Of its row.
        select: Option<&'static str>,
        /// Of its row.
        holds: Box<Condition>,
    },
}

impl Condition {
    /// The other sheets that it looks into.
    pub fn sheets(&self) -> Vec<Sheet> {
        match self {
            Self::Any(all) | Self::All(all) => all.iter().flat_map(Self::sheets).collect(),
            Self::In { sheet, holds, .. } => [vec![*sheet], holds.sheets()].concat(),
            _ => vec![],
        }
    }
}

/// A question to the live rows of a sheet.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// Only keys that start with this.
    pub key_prefix: Option<String>,
    /// Sorted by this column, then by key; by key alone when absent. Rows without a value sort as an empty text.
    pub order: Option<&'static str>,
    /// Descending instead of ascending.
    pub descending: bool,
    /// Only rows behind this (value of the order column, key): the cursor of the page before.
    pub after: Option<(String, String)>,
    /// At most so many rows.
    pub limit: usize,
}

/// A row as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// Its key.
    pub key: String,
    /// Value of the order column (empty when sorted by key alone).
    pub order: String,
    /// JSON text.
    pub body: String,
}

/// What a rebuilt generation lacks yet, folded while the live one is held still.
#[async_trait]
pub trait Remainder: Send {
    /// The rows that change between the checkpoint of the generation and `position`, where the live one stands. Asked once more
    /// when the switch begins anew.
    async fn until(&mut self, position: u64) -> Result<Vec<RowWrite>, StoreError>;
}

/// Keeps rows. Rows and checkpoints commit together, always.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// The live slot of the sheet; makes generation 1 when there is none.
    async fn live(&self, sheet: &Sheet) -> Result<Slot, StoreError>;
    /// Makes an empty next generation beside the live one (an unfinished earlier one is thrown away).
    async fn begin_rebuild(&self, sheet: &Sheet) -> Result<Slot, StoreError>;
    /// Bodies of those of the keys that exist.
    async fn rows(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        keys: &[SmolStr],
    ) -> Result<HashMap<String, String>, StoreError>;
    /// Stores a step: all of it or nothing.
    async fn store(&self, writes: &[(Sheet, SlotWrite)]) -> Result<(), StoreError>;
    /// Puts rows that a generation being rebuilt does not hold yet into it, all or none; its checkpoint stays.
    async fn add(&self, sheet: &Sheet, rebuilt: &Slot, rows: Vec<RowWrite>) -> Result<(), StoreError> {
        let write = SlotWrite { slot: rebuilt.clone(), checkpoint: rebuilt.checkpoint, rows };
        self.store(&[(*sheet, write)]).await
    }
    /// Makes what finding the rows of a rebuilt generation by key needs: before any of them is read or changed, and as late as
    /// possible. May be repeated.
    async fn key(&self, _sheet: &Sheet, _rebuilt: &Slot) -> Result<(), StoreError> {
        Ok(())
    }
    /// Makes what finding rows by one of the sheet's columns in a rebuilt generation needs: once its rows are there, since that is cheaper,
    /// and before it goes live. May be repeated.
    async fn index(&self, _sheet: &Sheet, _rebuilt: &Slot, _column: &str) -> Result<(), StoreError> {
        Ok(())
    }
    /// Makes the rebuilt generation live and drops the one that was; tells the live slot. If it is behind, the remainder is written in
    /// the same transaction, during which nobody can move the live one on: however busy others are, this comes to an end.
    async fn switch(
        &self,
        sheet: &Sheet,
        rebuilt: &Slot,
        remainder: &mut dyn Remainder,
    ) -> Result<Slot, StoreError>;
    /// Notes that the projection stopped, and why. The next step stored takes the note away.
    async fn poison(&self, slot: &Slot, reason: &str) -> Result<(), StoreError>;
    /// One live row's body and the checkpoint it reflects, read in one snapshot.
    async fn get(&self, sheet: &Sheet, key: &str) -> Result<(Option<String>, u64), StoreError>;
    /// Live rows and the checkpoint they reflect, read in one snapshot.
    async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError>;
    /// All rows of a slot in order of key, a page at a time: for comparison of a rebuild with what is live.
    async fn scan(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError>;
    /// The live checkpoints of all the sheets there are.
    async fn checkpoints(&self) -> Result<Vec<Slot>, StoreError>;
}
