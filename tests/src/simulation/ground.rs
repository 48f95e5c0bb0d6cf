//! The ports, over a ledger in memory, with everything going wrong that may go wrong. Chance comes from one seed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aggregates::StoredEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::{Answer, Append, Appended, Journal, JournalError};
use cqrs_es::persist::SerializedEvent;
use projections::ports::{Feed, Find, FoundRow, Remainder, Sheet, Shelf, Slot, SlotWrite, StoreError};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use smol_str::SmolStr;
use tokio::sync::watch;
use uuid::Uuid;

use crate::memory::Memory;

/// Everything that is left to chance, from one seed. One thread draws, so that the order of draws is the seed's.
pub struct Dice(Mutex<ChaCha8Rng>);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    /// 0 to `n - 1`.
    pub fn below(&self, n: u64) -> u64 {
        self.0.lock().unwrap().random_range(0..n)
    }

    /// True so often in a thousand.
    pub fn chance(&self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// An id.
    pub fn id(&self) -> Uuid {
        Uuid::from_u128(self.0.lock().unwrap().random())
    }

    /// Lets others go first, now and then, for so long at most.
    pub async fn pause(&self, millis: u64) {
        if self.chance(400) {
            let micros = self.below(millis * 1000);
            tokio::time::sleep(Duration::from_micros(micros)).await;
        }
    }
}

/// A ledger in memory behind unreliable ports.
pub struct Ground {
    memory: Arc<Memory>,
    dice: Arc<Dice>,
    calm: AtomicBool,
}

impl Ground {
    /// Over a ledger.
    pub fn new(memory: Arc<Memory>, dice: Arc<Dice>) -> Self {
        Self { memory, dice, calm: AtomicBool::new(false) }
    }

    /// Nothing goes wrong any more.
    pub fn calm_down(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    fn wrong(&self, permille: u64) -> bool {
        !self.calm.load(Ordering::SeqCst) && self.dice.chance(permille)
    }

    /// A reading that may be late and may fail.
    async fn read(&self) -> Result<(), StoreError> {
        self.dice.pause(2).await;
        if self.wrong(20) { Err(StoreError::Unavailable("simulated".to_owned())) } else { Ok(()) }
    }

    async fn read_journal(&self) -> Result<(), JournalError> {
        self.read().await.map_err(|error| JournalError::Unavailable(error.to_string()))
    }

    /// A writing to the shelf: it may fail before it is done, and its answer may get lost after.
    async fn write<T: Send>(
        &self,
        write: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.read().await?;
        let done = write.await?;
        // A process that ends here has written and does not know it.
        self.dice.pause(20).await;
        if self.wrong(30) { Err(StoreError::Unavailable("the answer got lost".to_owned())) } else { Ok(done) }
    }
}

#[async_trait]
impl Journal for Ground {
    async fn append(&self, append: Append) -> Result<Appended, JournalError> {
        self.dice.pause(20).await;
        if self.wrong(20) {
            return Err(JournalError::Overloaded);
        }
        if self.wrong(20) {
            return Err(JournalError::Unavailable("simulated".to_owned()));
        }
        if self.wrong(30) {
            return Err(JournalError::Conflict("of a serialization failure".to_owned()));
        }
        if self.wrong(20) {
            return Err(JournalError::OutcomeUnknown);
        }
        let taken = self.memory.take(&append);
        self.dice.pause(20).await;
        if taken.is_ok() && self.wrong(40) {
            return Err(JournalError::OutcomeUnknown);
        }
        taken
    }

    async fn answers(&self, command_ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, JournalError> {
        self.read_journal().await?;
        self.memory.answers(command_ids).await
    }

    async fn load_all(
        &self,
        streams: &[(&'static str, String)],
    ) -> Result<Vec<Vec<SerializedEvent>>, JournalError> {
        self.read_journal().await?;
        self.memory.load_all(streams).await
    }

    async fn load(
        &self,
        aggregate_type: &'static str,
        aggregate_id: &str,
        after: u64,
    ) -> Result<Vec<SerializedEvent>, JournalError> {
        self.read_journal().await?;
        self.memory.load(aggregate_type, aggregate_id, after).await
    }
}

#[async_trait]
impl Feed for Ground {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.read().await?;
        // A feed may be behind: what it shows is then the beginning of what there is.
        let limit = if self.wrong(300) { limit.min(1 + self.dice.below(5) as usize) } else { limit };
        self.memory.after(position, limit).await
    }

    async fn stream(&self, kind: &str, id: &str, until: u64) -> Result<Vec<StoredEvent>, StoreError> {
        self.read().await?;
        self.memory.stream(kind, id, until).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        self.read().await?;
        Feed::head(self.memory.as_ref()).await
    }

    async fn position_at(&self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        self.memory.position_at(instant).await
    }

    fn wakeups(&self) -> watch::Receiver<u64> {
        self.memory.wakeups()
    }
}

#[async_trait]
impl Shelf for Ground {
    async fn live(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        self.read().await?;
        self.memory.live(sheet).await
    }

    async fn begin_rebuild(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        self.write(self.memory.begin_rebuild(sheet)).await
    }

    async fn rows(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        keys: &[SmolStr],
    ) -> Result<HashMap<String, String>, StoreError> {
        self.read().await?;
        self.memory.rows(sheet, slot, keys).await
    }

    async fn store(&self, writes: &[(Sheet, SlotWrite)]) -> Result<(), StoreError> {
        self.write(self.memory.store(writes)).await
    }

    async fn switch(
        &self,
        sheet: &Sheet,
        rebuilt: &Slot,
        remainder: &mut dyn Remainder,
    ) -> Result<Slot, StoreError> {
        self.write(self.memory.switch(sheet, rebuilt, remainder)).await
    }

    async fn poison(&self, slot: &Slot, reason: &str) -> Result<(), StoreError> {
        self.write(self.memory.poison(slot, reason)).await
    }

    async fn get(&self, sheet: &Sheet, key: &str) -> Result<(Option<String>, u64), StoreError> {
        self.read().await?;
        self.memory.get(sheet, key).await
    }

    async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        self.read().await?;
        self.memory.find(sheet, find).await
    }

    async fn scan(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.read().await?;
        self.memory.scan(sheet, slot, after_key, limit).await
    }

    async fn checkpoints(&self) -> Result<Vec<Slot>, StoreError> {
        self.read().await?;
        self.memory.checkpoints().await
    }
}
