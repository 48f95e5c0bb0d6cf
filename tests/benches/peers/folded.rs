//! A rebuild and nothing beside it: every event is read, decoded and folded once into rows that stay in memory until the end, and each row is then
//! written once and stored, with keys and indexes. No bound on the memory, no room for whoever else is at work, no generation that goes
//! live.

use std::sync::Arc;

use aggregates::Recorded;
use futures::{StreamExt, TryStreamExt, stream};
use projections::fold::AnyFold;
use projections::ports::Feed;
use projections::{Shelf, sheets};
use server::store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::ready_rows::{PAGE, PAGES_AHEAD, ROWS_STORED, STORING, finish};

type Events = Arc<Vec<Recorded>>;

/// Does it, a projection beside another.
pub async fn put(store: &Arc<Store>) -> anyhow::Result<()> {
    let (mut ways, mut folding) = (Vec::new(), JoinSet::new());
    for fold in sheets::folds() {
        let (way, pages) = mpsc::channel(PAGES_AHEAD);
        ways.push(way);
        folding.spawn(folded(fold, pages));
    }
    let (ahead, mut decoding) = mpsc::channel(PAGES_AHEAD);
    let reader = Arc::clone(store);
    let reading = tokio::spawn(async move {
        let mut from = 0;
        loop {
            let page = reader.page(from, PAGE).await?;
            let Some(last) = page.end()? else { return anyhow::Ok(()) };
            from = last;
            ahead.send(tokio::spawn(async move { page.decode() })).await?;
        }
    });
    while let Some(page) = decoding.recv().await {
        let page: Events = Arc::new(page.await??);
        for way in &ways {
            way.send(Arc::clone(&page)).await?;
        }
    }
    reading.await??;
    drop(ways);
    let folds = folding.join_all().await;
    stream::iter(folds)
        .map(anyhow::Ok)
        .try_for_each_concurrent(STORING, |fold| {
            let store = Arc::clone(store);
            // A task, as a projection of a rebuild is one.
            async move { tokio::spawn(async move { shelve(&store, fold).await }).await? }
        })
        .await
}

async fn folded(mut fold: Box<dyn AnyFold>, mut pages: mpsc::Receiver<Events>) -> Box<dyn AnyFold> {
    while let Some(page) = pages.recv().await {
        fold.fold(&page);
    }
    fold
}

async fn shelve(store: &Arc<Store>, mut fold: Box<dyn AnyFold>) -> anyhow::Result<()> {
    let sheet = fold.sheet();
    let slot = store.begin_rebuild(&sheet).await?;
    while let Some(rows) = fold.spill(ROWS_STORED)? {
        store.add(&sheet, &slot, rows.new).await?;
    }
    finish(store, &sheet, &slot).await
}
