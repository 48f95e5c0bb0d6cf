//! A ledger with a season of synthetic activity in it, by the demonstration's script: every kind of stream and projection has its part.

use std::sync::Arc;

use projections::ports::Feed;
use server::demo::{LIUPANSHUI, Options, Stage};
use server::store::Store;
use tests::place::Place;

use crate::postgres;

/// A ledger with a season in it.
pub struct Season {
    /// Where it is.
    pub place: Place,
    /// The ledger.
    pub store: Arc<Store>,
    /// Its events.
    pub events: u64,
}

impl Season {
    /// Of so many members and months.
    pub async fn of(place: Place, members: usize, months: u32) -> anyhow::Result<Self> {
        let stage = Stage::at(&place.url()).await?;
        stage.play(&Options { city: LIUPANSHUI, members, months, seed: 1 }, false).await?;
        let events = stage.store.head().await?;
        eprintln!("a season of {members} members and {months} months: {events} events");
        Ok(Self { place, store: stage.store, events })
    }

    /// Takes it away.
    pub async fn remove(&self) -> anyhow::Result<()> {
        self.store.close().await;
        match &self.place {
            Place::Sqlite(_) => Ok(()),
            Place::Postgres(schema) => postgres::drop_schema(schema.name()).await,
        }
    }
}
