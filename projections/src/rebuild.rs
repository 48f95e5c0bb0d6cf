//! Rebuilding: the next generation of projections, folded beside the live one from the first event on.
//!
//! The journal is read once for all projections. Reading, decoding and folding go on side by side, and rows stay in memory
//! until they are too many, so that a row touched a hundred times is written once. A generation under way carries its old
//! checkpoint until all its rows are on the shelf: whatever breaks off leaves something that is thrown away, never something
//! that looks finished.

use std::collections::HashMap;
use std::sync::Arc;

use aggregates::{Recorded, StoredEvent};
use futures::future::try_join_all;
use futures::{Stream, TryStreamExt, stream};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

use crate::fold::AnyFold;
use crate::ports::{Feed, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError};

/// Events read and decoded at once.
const PAGE_EVENTS: usize = 2_000;
/// Pages read ahead of the folds.
const PAGES_AHEAD: usize = 4;
/// Pages that a projection may be behind the fastest one.
const PAGES_BEHIND: usize = 4;
/// Rows of one projection in memory, from which on they are put on the shelf: what bounds the memory of a rebuild.
const ROWS_HELD: usize = 40_000;
/// Rows of one transaction: whoever else writes gets a turn between two of them.
const ROWS_STORED: usize = 2_000;

type Page = Arc<Vec<Recorded>>;

/// Told the position reached, after each page.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Generations being built.
pub struct Builder {
    feed: Arc<dyn Feed>,
    shelf: Arc<dyn Shelf>,
    lanes: Vec<Lane>,
    position: u64,
}

struct Lane {
    fold: Box<dyn AnyFold>,
    sheet: Sheet,
    slot: Slot,
    /// Whether rows may be on the shelf that are not in memory.
    has_stored: bool,
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
            lanes.push(Lane { fold, sheet, slot, has_stored: false });
        }
        Ok(Self { feed, shelf, lanes, position: 0 })
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
        let mut folding = JoinSet::new();
        let mut ways = Vec::with_capacity(self.lanes.len());
        for (number, lane) in std::mem::take(&mut self.lanes).into_iter().enumerate() {
            let (way, pages) = mpsc::channel(PAGES_BEHIND);
            ways.push(way);
            let shelf = Arc::clone(&self.shelf);
            folding
                .spawn(async move { lane.fold_all(shelf.as_ref(), pages).await.map(|lane| (number, lane)) });
        }
        let pages = pages(Arc::clone(&self.feed), self.position, until);
        futures::pin_mut!(pages);
        'reading: while let Some(page) = pages.try_next().await? {
            let page: Page = Arc::new(page);
            for way in &ways {
                if way.send(Arc::clone(&page)).await.is_err() {
                    // A lane that ended has failed: joining tells why.
                    break 'reading;
                }
            }
            progress(page.last().map_or(self.position, |event| event.position));
        }
        drop(ways);
        let lanes = joined(folding).await?;
        let mut storing = JoinSet::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            let shelf = Arc::clone(&self.shelf);
            storing.spawn(async move { lane.put(shelf.as_ref(), until).await.map(|lane| (number, lane)) });
        }
        self.lanes = joined(storing).await?;
        self.position = until;
        Ok(())
    }

    async fn index(&self) -> Result<(), StoreError> {
        let indexing = self.lanes.iter().map(|lane| self.shelf.index(&lane.sheet, &lane.slot));
        try_join_all(indexing).await.map(drop)
    }

    /// Makes live what is not behind the live rows; the rest has to advance further.
    async fn switch(&mut self) -> Result<Vec<Slot>, StoreError> {
        let mut switched = Vec::new();
        for lane in std::mem::take(&mut self.lanes) {
            if self.shelf.switch(&lane.sheet, &lane.slot).await? {
                switched.push(lane.slot);
            } else {
                self.lanes.push(lane);
            }
        }
        Ok(switched)
    }
}

impl Lane {
    async fn fold_all(
        mut self,
        shelf: &dyn Shelf,
        mut pages: mpsc::Receiver<Page>,
    ) -> Result<Self, StoreError> {
        while let Some(events) = pages.recv().await {
            if self.has_stored {
                let missing = self.fold.missing(&events);
                let bodies = shelf.rows(&self.sheet, &self.slot, &missing).await?;
                self.fold.load(missing, &bodies)?;
            }
            self.fold.fold(&events);
            if self.fold.held() > ROWS_HELD {
                let checkpoint = self.slot.checkpoint;
                self = self.put(shelf, checkpoint).await?;
            }
        }
        Ok(self)
    }

    /// Puts what changed on the shelf, and only with the last of it the checkpoint.
    async fn put(mut self, shelf: &dyn Shelf, checkpoint: u64) -> Result<Self, StoreError> {
        let mut rows = self.fold.drain()?;
        self.has_stored |= !rows.is_empty();
        while rows.len() > ROWS_STORED {
            let rest = rows.split_off(ROWS_STORED);
            let unfinished = self.slot.checkpoint;
            self.store(shelf, unfinished, std::mem::replace(&mut rows, rest)).await?;
        }
        self.store(shelf, checkpoint, rows).await?;
        Ok(self)
    }

    async fn store(
        &mut self,
        shelf: &dyn Shelf,
        checkpoint: u64,
        rows: Vec<RowWrite>,
    ) -> Result<(), StoreError> {
        let write = SlotWrite { slot: self.slot.clone(), checkpoint, rows };
        shelf.store(&[(self.sheet, write)]).await?;
        self.slot.checkpoint = checkpoint;
        Ok(())
    }
}

/// Decoded events behind a position, up to and including another, read and decoded ahead of whoever takes them.
fn pages(
    feed: Arc<dyn Feed>,
    from: u64,
    until: u64,
) -> impl Stream<Item = Result<Vec<Recorded>, StoreError>> {
    stream::try_unfold(from, move |from| {
        let feed = Arc::clone(&feed);
        async move {
            if from >= until {
                return Ok(None);
            }
            let limit = usize::try_from(until - from).unwrap_or(PAGE_EVENTS).min(PAGE_EVENTS);
            let page = feed.after(from, limit).await?;
            match page.last().map(|event| event.position) {
                Some(last) => Ok(Some((page, last))),
                None => Err(StoreError::Damaged(format!("no event is behind position {from}"))),
            }
        }
    })
    .map_ok(|page| async {
        tokio::spawn(async move { decoded(&page) }).await.unwrap_or_else(|error| Err(broke_off(&error)))
    })
    .try_buffered(PAGES_AHEAD)
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
    builder.advance(feed.head().await?, progress).await?;
    builder.index().await?;
    let mut switched = Vec::new();
    while !builder.lanes.is_empty() {
        builder.advance(feed.head().await?, progress).await?;
        // The live rows may have moved on meanwhile; those that could not switch catch up and try again.
        switched.extend(builder.switch().await?);
    }
    Ok(switched)
}
