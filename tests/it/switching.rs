//! Generations of rows taking over from one another, on both databases (design §4).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use projections::Shelf;
use projections::ports::{Find, Remainder, RowWrite, Sheet, Slot, StoreError};
use server::store::Store;
use tests::place::Place;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::shelf::{UNITS, gone, plain, step};

on_both!(
    a_rebuild_takes_over_at_once,
    who_switches_holds_the_live_rows_still,
    a_switch_elsewhere_is_followed,
);

/// A rebuilt generation that lacks nothing.
pub(crate) struct Whole;

#[async_trait]
impl Remainder for Whole {
    async fn until(&mut self, position: u64) -> Result<Vec<RowWrite>, StoreError> {
        panic!("the live rows are at {position}, and it was said to lack nothing")
    }
}

/// Design §4: version N+1 is built beside N while N serves, and takes over in one step.
async fn a_rebuild_takes_over_at_once(place: Place) {
    let store = place.open().await;
    let old = store.live(&UNITS).await.unwrap();
    let old = step(&store, UNITS, &old, 10, vec![plain("a", "old"), plain("b", "old")]).await.unwrap();
    let abandoned = store.begin_rebuild(&UNITS).await.unwrap();
    store.add(&UNITS, &abandoned, vec![plain("z", "abandoned")]).await.unwrap();
    let newer = Sheet { version: 4, columns: &["kind"], ..UNITS };
    let rebuilt = store.begin_rebuild(&newer).await.unwrap();
    store.key(&newer, &rebuilt).await.unwrap();
    assert_eq!((rebuilt.generation, rebuilt.version, rebuilt.checkpoint), (3, 4, 0));
    let with_kind = |key: &str| RowWrite { columns: vec![Some("k".to_owned())], ..plain(key, "new") };
    let rebuilt = step(&store, newer, &rebuilt, 9, vec![with_kind("a")]).await.unwrap();
    // Old rows serve; the abandoned generation is gone for who still holds it.
    assert_eq!(store.get(&UNITS, "a").await.unwrap(), (Some("old".to_owned()), 10));
    assert!(matches!(
        step(&store, UNITS, &Slot { checkpoint: 4, ..abandoned.clone() }, 5, vec![]).await,
        Err(StoreError::Fenced(_))
    ));
    assert!(matches!(store.rows(&UNITS, &abandoned, &["z".into()]).await, Err(StoreError::Fenced(_))));
    let rebuilt = step(&store, newer, &rebuilt, 10, vec![with_kind("c")]).await.unwrap();
    assert!(matches!(
        store.switch(&newer, &Slot { checkpoint: 9, ..rebuilt.clone() }, &mut Whole).await,
        Err(StoreError::Fenced(_))
    ));
    assert_eq!(store.switch(&newer, &rebuilt, &mut Whole).await.unwrap(), rebuilt);
    assert_eq!(store.live(&newer).await.unwrap(), rebuilt);
    assert_eq!(store.get(&newer, "a").await.unwrap(), (Some("new".to_owned()), 10));
    assert_eq!(store.get(&newer, "b").await.unwrap(), (None, 10));
    assert_eq!(
        store.scan(&newer, &rebuilt, None, 10).await.unwrap(),
        [("a".to_owned(), "new".to_owned()), ("c".to_owned(), "new".to_owned())]
    );
    assert_eq!(store.scan(&newer, &rebuilt, Some("a"), 10).await.unwrap().len(), 1);
    assert!(matches!(step(&store, UNITS, &old, 11, vec![]).await, Err(StoreError::Fenced(_))));
    assert!(matches!(store.switch(&newer, &rebuilt, &mut Whole).await, Err(StoreError::Fenced(_))));
    let tables = match place {
        Place::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'sheet%'",
        Place::Postgres(_) => {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'sheet%'"
        }
    };
    assert_eq!(place.raw().await.texts(tables).await, ["sheet_units_g3"]);
}

/// A rebuilt generation that is behind, beside somebody who wants to move the live rows on just then.
struct Behind {
    other: Arc<Store>,
    live: Slot,
    asked: Vec<u64>,
    moving: Option<JoinHandle<Result<Slot, StoreError>>>,
}

#[async_trait]
impl Remainder for Behind {
    async fn until(&mut self, position: u64) -> Result<Vec<RowWrite>, StoreError> {
        self.asked.push(position);
        let (other, live) = (Arc::clone(&self.other), self.live.clone());
        let mut moving =
            tokio::spawn(async move { step(&other, UNITS, &live, 11, vec![plain("a", "moved")]).await });
        let early = timeout(Duration::from_millis(200), &mut moving).await;
        assert!(early.is_err(), "the live rows moved during the switch: {early:?}");
        self.moving = Some(moving);
        Ok(vec![plain("a", "new"), gone("b")])
    }
}

/// Design §4: a rebuild need not be faster than those who append. What it lacks is written in the step that switches, and until then nobody
/// moves the live rows.
async fn who_switches_holds_the_live_rows_still(place: Place) {
    let (store, other) = (place.open().await, Arc::new(place.open().await));
    let live = store.live(&UNITS).await.unwrap();
    let live = step(&store, UNITS, &live, 10, vec![plain("a", "old"), plain("b", "old")]).await.unwrap();
    let rebuilt = store.begin_rebuild(&UNITS).await.unwrap();
    store.key(&UNITS, &rebuilt).await.unwrap();
    let rebuilt = step(&store, UNITS, &rebuilt, 7, vec![plain("b", "new"), plain("c", "new")]).await.unwrap();
    let mut behind = Behind { other, live, asked: vec![], moving: None };
    let switched = store.switch(&UNITS, &rebuilt, &mut behind).await.unwrap();
    assert_eq!(switched, Slot { checkpoint: 10, ..rebuilt });
    assert_eq!(behind.asked, [10], "asked once, for just what is lacking");
    let late = behind.moving.unwrap().await.unwrap();
    assert!(matches!(late, Err(StoreError::Fenced(_))), "{late:?}");
    assert_eq!(store.live(&UNITS).await.unwrap(), switched);
    let rows = store.scan(&UNITS, &switched, None, 10).await.unwrap();
    assert_eq!(rows, [("a".to_owned(), "new".to_owned()), ("c".to_owned(), "new".to_owned())]);
}

/// Design §4: readers follow a switch that another process made, whatever they had in mind.
async fn a_switch_elsewhere_is_followed(place: Place) {
    let (reader, other) = (Arc::new(place.open().await), place.open().await);
    let slot = other.live(&UNITS).await.unwrap();
    step(&other, UNITS, &slot, 1, vec![plain("a", "1")]).await.unwrap();
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (reader, stop) = (Arc::clone(&reader), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut last = 0;
                while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                    let (body, checkpoint) = reader.get(&UNITS, "a").await.unwrap();
                    assert_eq!(
                        body,
                        Some(checkpoint.to_string()),
                        "row and checkpoint of different snapshots"
                    );
                    let (found, checkpoint) =
                        reader.find(&UNITS, &Find { limit: 5, ..Find::default() }).await.unwrap();
                    assert_eq!(
                        found[0].body,
                        checkpoint.to_string(),
                        "rows and checkpoint of different snapshots"
                    );
                    assert!(checkpoint >= last);
                    last = checkpoint;
                }
                last
            })
        })
        .collect();
    for checkpoint in 2..30 {
        let rebuilt = other.begin_rebuild(&UNITS).await.unwrap();
        other.key(&UNITS, &rebuilt).await.unwrap();
        let rebuilt = step(&other, UNITS, &rebuilt, checkpoint, vec![plain("a", &checkpoint.to_string())])
            .await
            .unwrap();
        assert_eq!(other.switch(&UNITS, &rebuilt, &mut Whole).await.unwrap(), rebuilt);
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    join_all(tasks).await.into_iter().for_each(|task| assert!(task.unwrap() > 1));
    assert_eq!(reader.get(&UNITS, "a").await.unwrap(), (Some("29".to_owned()), 29));
}
