//! Rebuilding: the next generation of projections, folded beside the live one from the first event on.
//!
//! The journal is read once for all projections. Reading, decoding and folding go on side by side, and rows stay in memory
//! until all of them together are too heavy; then those that were not touched for longest leave, so that a row touched a hundred
//! times is most often written once. A generation under way carries its old checkpoint until all its rows are on the shelf: whatever
//! breaks off leaves something that is thrown away, never something that looks finished. While others append, it rests after
//! every piece of work, until all that is left is to catch up with them; the very last it folds while the live rows are held still, so
//! that it ends however much is appended meanwhile.

mod lane;
mod pages;
mod room;

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::Recorded;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};

use crate::courtesy::Courtesy;
use crate::fold::AnyFold;
use crate::ports::{Feed, Shelf, Slot, StoreError};

use lane::{Common, Lane};
use room::Room;

/// Pages that a projection may be behind the fastest one.
const PAGES_BEHIND: usize = 2;
/// About how many bytes of rows are in memory, of all projections together: what bounds the memory of a rebuild.
const BYTES_HELD: usize = 128 << 20;
/// So much is asked of the shelf at the same time: more would take the connections of those who read.
const STORING: usize = 2;

/// So many events may be folded while the live rows are held still.
const NEAR: u64 = 500;
/// How often a rebuild tries to come as near as that before it switches anyway.
const ROUNDS: u32 = 8;

type Events = Arc<Vec<Recorded>>;

/// Told the position reached, after each page.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Generations being built.
pub struct Builder {
    common: Arc<Common>,
    lanes: Vec<Lane>,
    position: u64,
}

impl Builder {
    /// Begins the next generation of each projection.
    pub async fn begin(
        feed: Arc<dyn Feed>,
        shelf: Arc<dyn Shelf>,
        folds: Vec<Box<dyn AnyFold>>,
    ) -> Result<Self, StoreError> {
        let (room, courtesy) = (Room::new(folds.len(), BYTES_HELD), Courtesy::new(Arc::clone(&feed)));
        let common = Arc::new(Common { feed, shelf, courtesy, storing: Semaphore::new(STORING), room });
        let mut beginning = JoinSet::new();
        for (number, fold) in folds.into_iter().enumerate() {
            let common = Arc::clone(&common);
            beginning.spawn(async move { Ok((number, Lane::begin(number, fold, &common).await?)) });
        }
        Ok(Self { common, lanes: joined(beginning).await?, position: 0 })
    }

    /// Holds about so many bytes of rows in memory at most, all projections together.
    pub fn holding(self, bytes: usize) -> Self {
        self.common.room.set(bytes);
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
        let mut pages = pages::pages(Arc::clone(&self.common), self.position, until);
        'reading: while let Some(page) = pages.recv().await {
            let page: Events = Arc::new(page?.await.unwrap_or_else(|error| Err(broke_off(&error)))?);
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
                let lane = lane.put_all(&common, until).await?;
                Ok((number, if indexes { lane.index(&common).await? } else { lane }))
            });
        }
        self.lanes = joined(storing).await?;
        self.position = until;
        Ok(())
    }

    /// Makes all of them live, each by itself. Where one cannot, the others do all the same: none is broken off in the middle.
    async fn switch(self) -> Result<Vec<Slot>, StoreError> {
        let mut switching = JoinSet::new();
        for (number, lane) in self.lanes.into_iter().enumerate() {
            let common = Arc::clone(&self.common);
            switching.spawn(async move { Ok((number, lane.switch(&common).await)) });
        }
        joined(switching).await?.into_iter().collect()
    }
}

/// What the tasks give, in the order in which they were spawned.
async fn joined<T: 'static>(
    mut tasks: JoinSet<Result<(usize, T), StoreError>>,
) -> Result<Vec<T>, StoreError> {
    let mut given = BTreeMap::new();
    while let Some(ended) = tasks.join_next().await {
        let (number, value) = ended.unwrap_or_else(|error| Err(broke_off(&error)))?;
        given.insert(number, value);
    }
    Ok(given.into_values().collect())
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
