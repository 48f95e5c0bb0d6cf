//! How far each reaction has read.

use std::sync::Arc;

use async_trait::async_trait;
use projections::StoreError;
use projections::ports::{Sheet, Shelf, SlotWrite};

/// Keeps a position for each reaction.
#[async_trait]
pub trait Bookmarks: Send + Sync {
    /// The last position read; 0 for a reaction that has read nothing.
    async fn get(&self, reaction: &'static str) -> Result<u64, StoreError>;
    /// Moves the bookmark on. It never goes back: what another process has moved further stays.
    async fn set(&self, reaction: &'static str, position: u64) -> Result<(), StoreError>;
}

/// Bookmarks kept as checkpoints of sheets without rows: durable, fenced, and shown among the other checkpoints.
pub struct ShelfBookmarks(Arc<dyn Shelf>);

impl ShelfBookmarks {
    /// Bookmarks on a shelf.
    pub fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self(shelf)
    }
}

/// The sheet without rows whose checkpoint is the bookmark. Its version is never raised: a reaction is never rebuilt.
fn sheet(reaction: &'static str) -> Sheet {
    Sheet { name: reaction, version: 1, columns: &[] }
}

#[async_trait]
impl Bookmarks for ShelfBookmarks {
    async fn get(&self, reaction: &'static str) -> Result<u64, StoreError> {
        Ok(self.0.live(&sheet(reaction)).await?.checkpoint)
    }

    async fn set(&self, reaction: &'static str, position: u64) -> Result<(), StoreError> {
        let sheet = sheet(reaction);
        let slot = self.0.live(&sheet).await?;
        if slot.checkpoint >= position {
            return Ok(());
        }
        match self.0.store(&[(sheet, SlotWrite { slot, checkpoint: position, rows: vec![] })]).await {
            // Somebody else moved it: what was read twice was submitted once in effect.
            Err(StoreError::Fenced(_)) => Ok(()),
            outcome => outcome,
        }
    }
}
