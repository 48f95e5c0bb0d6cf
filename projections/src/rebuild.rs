//! Rebuilding: the next generation of projections, folded beside the live one from the first event on.
//!
//! The journal is read once for all projections. Reading, decoding and folding go on side by side, and rows stay in memory
//! until all of them together are too heavy; then those that were not touched for longest leave, so that a row touched a hundred
//! times is most often written once. A generation under way carries its old checkpoint until all its rows are on the shelf: whatever
//! breaks off leaves something that is thrown away, never something that looks finished. While others append, it rests after
//! every piece of work, until all that is left is to catch up with them; the very last it folds while the live rows are held still, so
//! that it ends however much is appended meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aggregates::{Recorded, StoredEvent};
use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinHandle, JoinSet};

use crate::courtesy::Courtesy;
use crate::fold::{AnyFold, Spilled};
use crate::ports::{Feed, Remainder, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError};

/// Events read and decoded at once.
const PAGE_EVENTS: usize = 1_000;
/// Pages read ahead of the folds.
const PAGES_AHEAD: usize = 2;
/// Pages that a projection may be behind the fastest one.
const PAGES_BEHIND: usize = 2;
/// About how many bytes of rows are in memory, of all projections together: what bounds the memory of a rebuild.
const BYTES_HELD: usize = 128 << 20;
/// Rows of one transaction: whoever else writes gets a turn between two of them.
const ROWS_STORED: usize = 2_000;
/// Projections that are stored at the same time: more would take the connections of those who read.
const STORING: usize = 2;

/// So many events may be folded while the live rows are held still.
const NEAR: u64 = 500;
/// How often a rebuild tries to come as near as that before it switches anyway.
const ROUNDS: u32 = 8;

type Page = Arc<Vec<Recorded>>;
type Decoding = JoinHandle<Result<Vec<Recorded>, StoreError>>;

/// Told the position reached, after each page.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Generations being built.
pub struct Builder {
    common: Arc<Common>,
    lanes: Vec<Lane>,
    position: u64,
}

/// What the lanes share.
struct Common {
    feed: Arc<dyn Feed>,
    shelf: Arc<dyn Shelf>,
    courtesy: Courtesy,
    storing: Semaphore,
    lanes: usize,
    /// Bytes of rows in memory, and from how many on some have to leave.
    held: AtomicUsize,
    bound: AtomicUsize,
}

struct Lane {
    fold: Box<dyn AnyFold>,
    sheet: Sheet,
    slot: Slot,
    /// Its part of what is held.
    weight: usize,
    /// Whether rows may be on the shelf that are not in memory.
    has_stored: bool,
    /// Whether those can be found by key.
    has_key: bool,
}

impl Builder {
    /// Begins the next generation of each projection.
    pub async fn begin(
        feed: Arc<dyn Feed>,
        shelf: Arc<dyn Shelf>,
        folds: Vec<Box<dyn AnyFold>>,
    ) -> Result<Self, StoreError> {
        let mut lanes = Vec::with_capacity(folds.len());
        for fold in folds {
            let sheet = fold.sheet();
            shelf.live(&sheet).await?;
            let slot = shelf.begin_rebuild(&sheet).await?;
            lanes.push(Lane { fold, sheet, slot, weight: 0, has_stored: false, has_key: false });
        }
        let common = Common {
            courtesy: Courtesy::new(Arc::clone(&feed)),
            feed,
            shelf,
            storing: Semaphore::new(STORING),
            lanes: lanes.len(),
            held: AtomicUsize::new(0),
            bound: AtomicUsize::new(BYTES_HELD),
        };
        Ok(Self { common: Arc::new(common), lanes, position: 0 })
    }

    /// Holds about so many bytes of rows in memory at most, all projections together.
    pub fn holding(self, bytes: usize) -> Self {
        self.common.bound.store(bytes, Ordering::Relaxed);
        self
    }

    /// The position that the rows on the shelf reflect.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The generations.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.lanes.iter().map(|lane| &lane.slot)
    }

    /// Folds everything up to and including the position, which must have been reached by the journal, and puts it on the
    /// shelf. A builder that failed is of no further use.
    ///
    /// # Errors
    /// When feed or shelf fail, or [`StoreError::Damaged`] at an event that cannot be decoded.
    pub async fn advance(&mut self, until: u64, progress: Progress<'_>) -> Result<(), StoreError> {
        self.go(until, progress, false).await
    }

    /// As [`Self::advance`]; whichever projection has all its rows on the shelf then gets its indexes, while others are still being stored.
    async fn go(&mut self, until: u64, progress: Progress<'_>, indexes: bool) -> Result<(), StoreError> {
        let mut folding = JoinSet::new();
        let mut ways = Vec::with_capacity(self.lanes.len());
        for (number, lane) in std::mem::take(&mut self.lanes).into_iter().enumerate() {
            let (way, pages) = mpsc::channel(PAGES_BEHIND);
            ways.push(way);
            let common = Arc::clone(&self.common);
            folding.spawn(async move { lane.fold_all(&common, pages).await.map(|lane| (number, lane)) });
        }
        let mut pages = pages(Arc::clone(&self.common), self.position, until);
        'reading: while let Some(page) = pages.recv().await {
            let page: Page = Arc::new(page?.await.unwrap_or_else(|error| Err(broke_off(&error)))?);
            for way in &ways {
                if way.send(Arc::clone(&page)).await.is_err() {
                    // A lane that ended has failed: joining tells why.
                    break 'reading;
                }
            }
            progress(page.last().map_or(self.position, |event| event.position));
            self.common.courtesy.rest().await?;
        }
        drop(ways);
        let lanes = joined(folding).await?;
        let mut storing = JoinSet::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            let common = Arc::clone(&self.common);
            storing.spawn(async move {
                let mut lane = lane.put_all(&common, until).await?;
                if indexes {
                    lane.index(&common).await?;
                }
                Ok((number, lane))
            });
        }
        self.lanes = joined(storing).await?;
        self.position = until;
        Ok(())
    }

    /// Makes all of them live, one after the other.
    async fn switch(self) -> Result<Vec<Slot>, StoreError> {
        let common = &self.common;
        let mut switched = Vec::with_capacity(self.lanes.len());
        for mut lane in self.lanes {
            let (sheet, rebuilt) = (lane.sheet, lane.slot.clone());
            let mut last = Last { lane: &mut lane, common };
            switched.push(common.shelf.switch(&sheet, &rebuilt, &mut last).await?);
        }
        Ok(switched)
    }
}

impl Common {
    async fn put(&self, sheet: Sheet, slot: &Slot, rows: Spilled) -> Result<(), StoreError> {
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

impl Lane {
    async fn fold_all(
        mut self,
        common: &Common,
        mut pages: mpsc::Receiver<Page>,
    ) -> Result<Self, StoreError> {
        while let Some(events) = pages.recv().await {
            let _piece = common.courtesy.piece().await;
            if self.has_stored {
                self.load(common, &events).await?;
            }
            self.fold.fold(&events);
            drop(events);
            let held = self.weigh(common);
            // Whoever holds more than its part makes room for all.
            if held > common.bound.load(Ordering::Relaxed) && self.weight * common.lanes >= held {
                let until = self.weight / 2;
                while self.weight > until && self.spill(common).await? {}
            }
        }
        Ok(self)
    }

    /// Takes the rows that the events touch from the shelf.
    async fn load(&mut self, common: &Common, events: &[Recorded]) -> Result<(), StoreError> {
        let missing = self.fold.missing(events);
        if missing.is_empty() {
            return Ok(());
        }
        self.key(common).await?;
        let bodies = common.shelf.rows(&self.sheet, &self.slot, &missing).await?;
        self.fold.load(missing, &bodies)
    }

    async fn key(&mut self, common: &Common) -> Result<(), StoreError> {
        if !self.has_key {
            common.shelf.key(&self.sheet, &self.slot).await?;
            self.has_key = true;
        }
        Ok(())
    }

    async fn index(&mut self, common: &Common) -> Result<(), StoreError> {
        // In this order, as everywhere: whoever waits for a turn works already.
        let piece = common.courtesy.piece().await;
        let turn = common.storing.acquire().await;
        self.key(common).await?;
        common.shelf.index(&self.sheet, &self.slot).await?;
        drop((turn, piece));
        common.courtesy.rest().await
    }

    /// Tells what all lanes hold, this one as it is now.
    fn weigh(&mut self, common: &Common) -> usize {
        let weight = self.fold.weight();
        let more = weight.wrapping_sub(std::mem::replace(&mut self.weight, weight));
        common.held.fetch_add(more, Ordering::Relaxed).wrapping_add(more)
    }

    /// Puts some rows on the shelf and out of memory; false when there was none.
    async fn spill(&mut self, common: &Common) -> Result<bool, StoreError> {
        let Some(rows) = self.fold.spill(ROWS_STORED)? else { return Ok(false) };
        self.weigh(common);
        self.has_stored = true;
        common.put(self.sheet, &self.slot, rows).await?;
        Ok(true)
    }

    /// Puts everything on the shelf, and only behind it the checkpoint. Rows are made ready while those before them are stored.
    async fn put_all(mut self, common: &Arc<Common>, checkpoint: u64) -> Result<Self, StoreError> {
        // Ended with this one, should it break off.
        let mut under_way = JoinSet::new();
        while let Some(rows) = self.fold.spill(ROWS_STORED)? {
            self.has_stored = true;
            if stored(&mut under_way).await? {
                common.courtesy.rest().await?;
            }
            let (common, sheet, slot) = (Arc::clone(common), self.sheet, self.slot.clone());
            under_way.spawn(async move {
                let _piece = common.courtesy.piece().await;
                common.put(sheet, &slot, rows).await
            });
        }
        stored(&mut under_way).await?;
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
            let events = decoded(&page(common.feed.as_ref(), from, position).await?)?;
            lane.load(common, &events).await?;
            lane.fold.fold(&events);
            from = events.last().map_or(position, |event| event.position);
        }
        lane.fold.drain()
    }
}

/// Decoded events behind a position, up to and including another, read and decoded ahead of whoever takes them.
fn pages(common: Arc<Common>, from: u64, until: u64) -> mpsc::Receiver<Result<Decoding, StoreError>> {
    let (way, pages) = mpsc::channel(PAGES_AHEAD);
    tokio::spawn(async move {
        let mut from = from;
        while from < until {
            let piece = common.courtesy.piece().await;
            let page = page(common.feed.as_ref(), from, until).await;
            drop(piece);
            let last = page.as_ref().ok().and_then(|page| page.last()).map(|event| event.position);
            let decoding = page.map(|page| tokio::spawn(async move { decoded(&page) }));
            match (way.send(decoding).await, last) {
                (Ok(()), Some(last)) => from = last,
                // Nobody takes them any more, or there are none.
                _ => break,
            }
        }
    });
    pages
}

async fn page(feed: &dyn Feed, from: u64, until: u64) -> Result<Vec<StoredEvent>, StoreError> {
    let limit = usize::try_from(until - from).unwrap_or(PAGE_EVENTS).min(PAGE_EVENTS);
    let page = feed.after(from, limit).await?;
    if page.is_empty() {
        return Err(StoreError::Damaged(format!("no event is behind position {from}")));
    }
    Ok(page)
}

fn decoded(page: &[StoredEvent]) -> Result<Vec<Recorded>, StoreError> {
    let decode = |event: &StoredEvent| {
        let position = event.position;
        event.decode().map_err(|error| {
            StoreError::Damaged(format!("an event cannot be decoded at position {position}: {error}"))
        })
    };
    page.iter().map(decode).collect()
}

/// Waits for the rows that are being stored; false when there are none.
async fn stored(under_way: &mut JoinSet<Result<(), StoreError>>) -> Result<bool, StoreError> {
    let Some(ended) = under_way.join_next().await else { return Ok(false) };
    ended.unwrap_or_else(|error| Err(broke_off(&error))).map(|()| true)
}

/// What the tasks give, in the order in which they were spawned.
async fn joined(mut tasks: JoinSet<Result<(usize, Lane), StoreError>>) -> Result<Vec<Lane>, StoreError> {
    let mut lanes = HashMap::with_capacity(tasks.len());
    let count = tasks.len();
    while let Some(ended) = tasks.join_next().await {
        let (number, lane) = ended.unwrap_or_else(|error| Err(broke_off(&error)))?;
        lanes.insert(number, lane);
    }
    Ok((0..count).filter_map(|number| lanes.remove(&number)).collect())
}

fn broke_off(error: &JoinError) -> StoreError {
    StoreError::Damaged(format!("a rebuild broke off: {error}"))
}

/// Builds the next generation of projections beside the live one, catches up, and switches atomically.
pub async fn rebuild(
    feed: Arc<dyn Feed>,
    shelf: Arc<dyn Shelf>,
    folds: Vec<Box<dyn AnyFold>>,
    progress: Progress<'_>,
) -> Result<Vec<Slot>, StoreError> {
    let mut builder = Builder::begin(Arc::clone(&feed), shelf, folds).await?;
    builder.go(feed.head().await?, progress, true).await?;
    // What is left is what others appended meanwhile, and less each time.
    builder.common.courtesy.hurry();
    for _ in 0..ROUNDS {
        let head = feed.head().await?;
        if head.saturating_sub(builder.position) <= NEAR {
            break;
        }
        builder.advance(head, progress).await?;
    }
    builder.switch().await
}
