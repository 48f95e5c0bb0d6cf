//! One projection of a rebuild: it folds the pages, makes room when it is to, and puts its rows on the shelf.

use std::sync::Arc;

use aggregates::Recorded;
use async_trait::async_trait;
use fastbloom::BloomFilter;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::pages::page;
use super::room::{Room, Share};
use super::{Events, broke_off};
use crate::courtesy::Courtesy;
use crate::fold::{AnyFold, Spilled};
use crate::ports::{Feed, Remainder, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError};

/// Rows of one transaction: whoever else writes gets a turn between two of them.
const ROWS_STORED: usize = 2_000;
/// Pages between two looks at what a lane's rows weigh.
const PAGES_UNWEIGHED: usize = 4;
/// Bits that remember which keys are on the shelf, of a lane that put some there: 2 MiB. One key in five hundred is looked for in vain when
/// a million are, two of three when ten million are.
const KEY_BITS: usize = 1 << 24;
const KEY_HASHES: u32 = 4;

/// What the lanes share.
pub(super) struct Common {
    pub(super) feed: Arc<dyn Feed>,
    pub(super) shelf: Arc<dyn Shelf>,
    pub(super) courtesy: Courtesy,
    pub(super) storing: Semaphore,
    pub(super) room: Room,
}

impl Common {
    async fn put(&self, sheet: Sheet, slot: &Slot, rows: Spilled) -> Result<(), StoreError> {
        let _piece = self.courtesy.piece().await;
        let _turn = self.storing.acquire().await;
        if !rows.new.is_empty() {
            self.shelf.add(&sheet, slot, rows.new).await?;
        }
        if !rows.changed.is_empty() {
            let write = SlotWrite { slot: slot.clone(), checkpoint: slot.checkpoint, rows: rows.changed };
            self.shelf.store(&[(sheet, write)]).await?;
        }
        Ok(())
    }
}

/// Whether a key has to be looked for on the shelf.
enum Shelved {
    /// Nothing is there.
    Nothing,
    /// Whoever is not among these need not be looked for: keys of rows that are there, and a few others.
    Among(BloomFilter),
    /// Everything is there.
    All,
}

impl Shelved {
    /// Takes rows that were put there while others stay in memory.
    fn take(&mut self, rows: &[RowWrite]) {
        if let Self::Nothing = self {
            *self = Self::Among(BloomFilter::with_num_bits(KEY_BITS).seed(&0).hashes(KEY_HASHES));
        }
        if let Self::Among(keys) = self {
            for row in rows {
                keys.insert(row.key.as_str());
            }
        }
    }
}

pub(super) struct Lane {
    number: usize,
    fold: Box<dyn AnyFold>,
    sheet: Sheet,
    pub(super) slot: Slot,
    share: Share,
    shelved: Shelved,
    /// Whether rows can be found by key.
    has_key: bool,
    /// Rows on their way to the shelf. They end with this lane, should it break off.
    leaving: JoinSet<Result<(), StoreError>>,
}

impl Lane {
    /// Begins the next generation.
    pub(super) async fn begin(
        number: usize,
        fold: Box<dyn AnyFold>,
        common: &Common,
    ) -> Result<Self, StoreError> {
        let sheet = fold.sheet();
        let _turn = common.storing.acquire().await;
        common.shelf.live(&sheet).await?;
        let slot = common.shelf.begin_rebuild(&sheet).await?;
        let (share, leaving) = (Share::default(), JoinSet::new());
        Ok(Self { number, fold, sheet, slot, share, shelved: Shelved::Nothing, has_key: false, leaving })
    }

    /// Makes it live.
    pub(super) async fn switch(mut self, common: &Common) -> Result<Slot, StoreError> {
        let (sheet, rebuilt) = (self.sheet, self.slot.clone());
        let _turn = common.storing.acquire().await;
        common.shelf.switch(&sheet, &rebuilt, &mut Last { lane: &mut self, common }).await
    }

    pub(super) async fn fold_all(
        mut self,
        common: &Arc<Common>,
        mut pages: mpsc::Receiver<Events>,
    ) -> Result<Self, StoreError> {
        let mut count = self.number;
        while let Some(events) = pages.recv().await {
            self.load(common, &events).await?;
            let piece = common.courtesy.piece().await;
            self.fold.fold(&events);
            drop((piece, events));
            count += 1;
            if count.is_multiple_of(PAGES_UNWEIGHED) {
                self.weigh(common);
                while common.room.is_short(self.number) && self.put_away(common).await? {}
            }
        }
        Ok(self)
    }

    /// Takes the rows that the events touch from the shelf.
    async fn load(&mut self, common: &Common, events: &[Recorded]) -> Result<(), StoreError> {
        let missing = match &self.shelved {
            Shelved::Nothing => return Ok(()),
            Shelved::Among(keys) => self.fold.missing(events, &|key| keys.contains(key)),
            Shelved::All => self.fold.missing(events, &|_| true),
        };
        if missing.is_empty() {
            return Ok(());
        }
        while self.left().await? {}
        let _piece = common.courtesy.piece().await;
        self.key(common).await?;
        let bodies = common.shelf.rows(&self.sheet, &self.slot, &missing).await?;
        self.share.returned(bodies.len());
        self.fold.load(missing, &bodies)
    }

    async fn key(&mut self, common: &Common) -> Result<(), StoreError> {
        if !self.has_key {
            common.shelf.key(&self.sheet, &self.slot).await?;
            self.has_key = true;
        }
        Ok(())
    }

    /// Makes what else finding rows needs, a column beside another.
    pub(super) async fn index(mut self, common: &Arc<Common>) -> Result<Self, StoreError> {
        let piece = common.courtesy.piece().await;
        let turn = common.storing.acquire().await;
        self.key(common).await?;
        drop((turn, piece));
        for column in self.sheet.columns {
            let (common, sheet, slot) = (Arc::clone(common), self.sheet, self.slot.clone());
            self.leaving.spawn(async move {
                // In this order, as everywhere: whoever waits for a turn works already.
                let piece = common.courtesy.piece().await;
                let turn = common.storing.acquire().await;
                common.shelf.index(&sheet, &slot, column).await?;
                drop((turn, piece));
                common.courtesy.rest().await
            });
        }
        while self.left().await? {}
        Ok(self)
    }

    /// Tells what this lane holds now.
    fn weigh(&mut self, common: &Common) {
        self.share.weigh(self.fold.weight(), self.number, &common.room);
    }

    /// Sends those rows to the shelf that were not touched for longest; false when there was none. They are made ready while those
    /// before them are stored.
    async fn send(&mut self, common: &Arc<Common>) -> Result<Option<usize>, StoreError> {
        let Some(rows) = self.fold.spill(ROWS_STORED)? else { return Ok(None) };
        self.shelved.take(&rows.new);
        let count = rows.new.len() + rows.changed.len();
        self.left().await?;
        let (common, sheet, slot) = (Arc::clone(common), self.sheet, self.slot.clone());
        self.leaving.spawn(async move { common.put(sheet, &slot, rows).await });
        Ok(Some(count))
    }

    /// Waits for rows on their way to the shelf; false when there are none.
    async fn left(&mut self) -> Result<bool, StoreError> {
        let Some(ended) = self.leaving.join_next().await else { return Ok(false) };
        ended.unwrap_or_else(|error| Err(broke_off(&error))).map(|()| true)
    }

    /// Makes room; false when nothing was left.
    async fn put_away(&mut self, common: &Arc<Common>) -> Result<bool, StoreError> {
        let Some(count) = self.send(common).await? else { return Ok(false) };
        self.share.left(count);
        self.weigh(common);
        Ok(true)
    }

    /// Puts everything on the shelf, and only behind it the checkpoint.
    pub(super) async fn put_all(mut self, common: &Arc<Common>, checkpoint: u64) -> Result<Self, StoreError> {
        if let Shelved::Nothing = self.shelved {
            // Nothing stays in memory: there is no need to remember who went.
            self.shelved = Shelved::All;
        }
        while self.send(common).await?.is_some() {
            common.courtesy.rest().await?;
        }
        while self.left().await? {}
        self.weigh(common);
        let _turn = common.storing.acquire().await;
        let write = SlotWrite { slot: self.slot.clone(), checkpoint, rows: vec![] };
        common.shelf.store(&[(self.sheet, write)]).await?;
        self.slot.checkpoint = checkpoint;
        Ok(self)
    }
}

/// The last events, of one projection.
struct Last<'a> {
    lane: &'a mut Lane,
    common: &'a Common,
}

#[async_trait]
impl Remainder for Last<'_> {
    async fn until(&mut self, position: u64) -> Result<Vec<RowWrite>, StoreError> {
        let Self { lane, common } = self;
        lane.fold.forget();
        let mut from = lane.slot.checkpoint;
        while from < position {
            let (page, last) = page(common.feed.as_ref(), from, position).await?;
            let events = page.decode()?;
            lane.load(common, &events).await?;
            lane.fold.fold(&events);
            from = last;
        }
        lane.fold.drain()
    }
}
