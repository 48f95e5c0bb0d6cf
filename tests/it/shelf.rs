//! The shelf as the port promises it, on both databases (design §4).

use std::sync::Arc;

use futures::future::join_all;
use projections::Shelf;
use projections::ports::{Condition, Find, RowWrite, Sheet, Slot, SlotWrite, StoreError};
use server::store::Store;
use tests::place::Place;

on_both!(
    rows_and_checkpoint_go_together,
    whoever_comes_second_is_fenced,
    a_poisoned_projection_says_so,
    conditions_select_rows,
    pages_neither_skip_nor_repeat,
    readers_see_whole_steps,
    many_rows_at_once,
    what_a_sheet_lacks_is_refused,
);

const MEMBERS: Sheet = Sheet { name: "members", version: 1, columns: &["division", "due"] };
pub(crate) const UNITS: Sheet = Sheet { name: "units", version: 3, columns: &[] };

fn row(key: &str, body: &str, division: &str, due: Option<&str>) -> RowWrite {
    RowWrite {
        key: key.into(),
        body: Some(body.to_owned()),
        columns: vec![Some(division.to_owned()), due.map(str::to_owned)],
    }
}

pub(crate) fn plain(key: &str, body: &str) -> RowWrite {
    RowWrite { key: key.into(), body: Some(body.to_owned()), columns: vec![] }
}

pub(crate) fn gone(key: &str) -> RowWrite {
    RowWrite { key: key.into(), body: None, columns: vec![] }
}

/// Stores a step and returns the slot as it is after it.
pub(crate) async fn step(
    store: &Store,
    sheet: Sheet,
    slot: &Slot,
    checkpoint: u64,
    rows: Vec<RowWrite>,
) -> Result<Slot, StoreError> {
    store.store(&[(sheet, SlotWrite { slot: slot.clone(), checkpoint, rows })]).await?;
    Ok(Slot { checkpoint, poison: None, ..slot.clone() })
}

async fn keys(store: &Store, find: Find) -> Vec<String> {
    store.find(&MEMBERS, &find).await.unwrap().0.into_iter().map(|row| row.key).collect()
}

/// Design §4: rows and checkpoint commit in one transaction, of several sheets at once.
async fn rows_and_checkpoint_go_together(place: Place) {
    let store = place.open().await;
    assert_eq!(store.get(&MEMBERS, "a").await.unwrap(), (None, 0));
    let (members, units) = (store.live(&MEMBERS).await.unwrap(), store.live(&UNITS).await.unwrap());
    assert_eq!(
        members,
        Slot { name: "members".to_owned(), generation: 1, version: 1, checkpoint: 0, poison: None }
    );
    let body = "{\"名\": \"甲 \u{1F4A1}\",  \"quote\":\"\\\"'\"}";
    let writes = [
        (
            MEMBERS,
            SlotWrite {
                slot: members.clone(),
                checkpoint: 7,
                rows: vec![
                    row("a", "{}", "520201", None),
                    row("b", body, "520201", None),
                    row("a", "[1]", "520203", None),
                ],
            },
        ),
        (UNITS, SlotWrite { slot: units.clone(), checkpoint: 9, rows: vec![plain("u", "{}")] }),
    ];
    store.store(&writes).await.unwrap();
    assert_eq!(store.get(&MEMBERS, "a").await.unwrap(), (Some("[1]".to_owned()), 7));
    assert_eq!(store.get(&MEMBERS, "b").await.unwrap(), (Some(body.to_owned()), 7));
    assert_eq!(store.get(&MEMBERS, "c").await.unwrap(), (None, 7));
    assert_eq!(store.get(&UNITS, "u").await.unwrap().1, 9);
    let members = Slot { checkpoint: 7, ..members };
    let found = store.rows(&MEMBERS, &members, &["b".into(), "c".into(), "a".into()]).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found["a"], "[1]");
    step(&store, MEMBERS, &members, 8, vec![gone("a"), gone("c")]).await.unwrap();
    assert_eq!(store.get(&MEMBERS, "a").await.unwrap(), (None, 8));
    // One bad row, and nothing of the step is there.
    let before = store.checkpoints().await.unwrap();
    let writes = [
        (UNITS, SlotWrite { slot: before[1].clone(), checkpoint: 20, rows: vec![plain("v", "{}")] }),
        (MEMBERS, SlotWrite { slot: before[0].clone(), checkpoint: 20, rows: vec![plain("x", "{}")] }),
    ];
    assert!(matches!(store.store(&writes).await, Err(StoreError::Misused(_))));
    assert_eq!(store.checkpoints().await.unwrap(), before);
    assert_eq!(store.get(&UNITS, "v").await.unwrap(), (None, 9));
}

/// Design §4: a crash or a second projector repeats nothing: the checkpoint is compared under lock.
async fn whoever_comes_second_is_fenced(place: Place) {
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    let slot = stores[0].live(&UNITS).await.unwrap();
    assert_eq!(stores[1].live(&UNITS).await.unwrap(), slot);
    let moved = step(&stores[0], UNITS, &slot, 5, vec![plain("a", "1")]).await.unwrap();
    let late = step(&stores[1], UNITS, &slot, 6, vec![plain("a", "2")]).await;
    assert!(matches!(late, Err(StoreError::Fenced(name)) if name == "units"));
    assert_eq!(stores[1].get(&UNITS, "a").await.unwrap(), (Some("1".to_owned()), 5));
    let unknown = Slot { generation: 9, ..moved.clone() };
    assert!(matches!(step(&stores[1], UNITS, &unknown, 6, vec![]).await, Err(StoreError::Fenced(_))));
    let other = Slot { version: 4, ..moved };
    assert!(matches!(step(&stores[1], UNITS, &other, 6, vec![]).await, Err(StoreError::Fenced(_))));
    // Two projectors race: each checkpoint is reached once.
    let tasks = (0..2).map(|number| {
        let store = Arc::clone(&stores[number]);
        tokio::spawn(async move {
            let mut stored = 0;
            while let slot @ Slot { checkpoint: ..45, .. } = store.live(&UNITS).await.unwrap() {
                let next = slot.checkpoint + 1;
                match step(&store, UNITS, &slot, next, vec![plain(&format!("{next}"), &number.to_string())])
                    .await
                {
                    Ok(_) => stored += 1,
                    Err(StoreError::Fenced(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            stored
        })
    });
    assert_eq!(join_all(tasks).await.into_iter().map(Result::unwrap).sum::<u64>(), 40);
}

/// Design §4: a poison event stops its projection, which says so until it gets over it.
async fn a_poisoned_projection_says_so(place: Place) {
    let store = place.open().await;
    let slot = store.live(&UNITS).await.unwrap();
    store.live(&MEMBERS).await.unwrap();
    store.poison(&slot, "position 1: 毒").await.unwrap();
    let all = store.checkpoints().await.unwrap();
    assert_eq!(
        all.iter().map(|slot| (slot.name.as_str(), slot.poison.as_deref())).collect::<Vec<_>>(),
        [("members", None), ("units", Some("position 1: 毒"))]
    );
    assert!(matches!(
        store.poison(&Slot { checkpoint: 3, ..slot.clone() }, "late").await,
        Err(StoreError::Fenced(_))
    ));
    step(&store, UNITS, &slot, 1, vec![]).await.unwrap();
    assert_eq!(store.live(&UNITS).await.unwrap().poison, None);
}

/// Port: conditions hold together, prefixes take every letter as it is, and order is that of bytes in both databases.
async fn conditions_select_rows(place: Place) {
    let store = place.open().await;
    let slot = store.live(&MEMBERS).await.unwrap();
    let rows = vec![
        row("B", "{}", "520201", Some("2026-01-31")),
        row("a", "{}", "520201001", Some("2026-02-01")),
        row("c", "{}", "520202", None),
        row("d_x", "{}", "5202%", Some("")),
        row("d%x", "{}", "5202_1", Some("2026-02-02")),
        row("钟\u{d7ff}", "{}", "5203", Some("2026-01-31")),
        row("钟\u{e000}", "{}", "5203\u{10ffff}", Some("2027-01-01")),
    ];
    step(&store, MEMBERS, &slot, 1, rows).await.unwrap();
    let by = |conditions: Vec<Condition>| Find { conditions, limit: 100, ..Find::default() };
    let is = |column, value: &str| Condition::Is(column, value.to_owned());
    let starts = |value: &str| Condition::StartsWith("division", value.to_owned());
    assert_eq!(keys(&store, by(vec![])).await, ["B", "a", "c", "d%x", "d_x", "钟\u{d7ff}", "钟\u{e000}"]);
    assert_eq!(keys(&store, by(vec![starts("520201")])).await, ["B", "a"]);
    assert_eq!(keys(&store, by(vec![starts("5202%")])).await, ["d_x"]);
    assert_eq!(keys(&store, by(vec![starts("5202_")])).await, ["d%x"]);
    assert_eq!(keys(&store, by(vec![starts("5203\u{10ffff}")])).await, ["钟\u{e000}"]);
    assert_eq!(keys(&store, by(vec![starts("")])).await.len(), 7);
    assert_eq!(keys(&store, by(vec![is("due", "2026-01-31")])).await, ["B", "钟\u{d7ff}"]);
    assert_eq!(keys(&store, by(vec![is("due", "")])).await, ["c", "d_x"]);
    assert_eq!(keys(&store, by(vec![is("due", "2026-01-31"), starts("5202")])).await, ["B"]);
    let between = vec![
        Condition::AtLeast("due", "2026-01-31".to_owned()),
        Condition::Below("due", "2026-02-02".to_owned()),
    ];
    assert_eq!(keys(&store, by(between)).await, ["B", "a", "钟\u{d7ff}"]);
    assert_eq!(
        keys(&store, by(vec![Condition::Below("due", "2026-02-01".to_owned())])).await,
        ["B", "钟\u{d7ff}"]
    );
    let prefixed = |prefix: &str| Find { key_prefix: Some(prefix.to_owned()), ..by(vec![]) };
    assert_eq!(keys(&store, prefixed("d_")).await, ["d_x"]);
    assert_eq!(keys(&store, prefixed("钟")).await.len(), 2);
    assert_eq!(keys(&store, prefixed("钟\u{d7ff}")).await, ["钟\u{d7ff}"]);
    let ordered = |descending| Find { order: Some("due"), descending, ..by(vec![]) };
    assert_eq!(keys(&store, ordered(false)).await, ["c", "d_x", "B", "钟\u{d7ff}", "a", "d%x", "钟\u{e000}"]);
    assert_eq!(keys(&store, ordered(true)).await, ["钟\u{e000}", "d%x", "a", "钟\u{d7ff}", "B", "d_x", "c"]);
    let (found, checkpoint) = store.find(&MEMBERS, &ordered(true)).await.unwrap();
    assert_eq!((found[0].order.as_str(), checkpoint), ("2027-01-01", 1));
    assert_eq!(store.find(&MEMBERS, &by(vec![starts("9")])).await.unwrap(), (vec![], 1));
}

/// Port: a cursor continues where the page before ended, in either direction, also among equal values.
async fn pages_neither_skip_nor_repeat(place: Place) {
    let store = place.open().await;
    let slot = store.live(&MEMBERS).await.unwrap();
    let rows = (0..57).map(|number| {
        row(
            &format!("k{number:02}"),
            "{}",
            "5202",
            (number % 4 > 0).then_some(["2026", "2027", "2026"][number % 3]),
        )
    });
    step(&store, MEMBERS, &slot, 1, rows.collect()).await.unwrap();
    for order in [None, Some("due"), Some("division")] {
        for descending in [false, true] {
            let find = Find {
                conditions: vec![Condition::StartsWith("division", "52".to_owned())],
                order,
                descending,
                limit: 1000,
                ..Find::default()
            };
            let whole = store.find(&MEMBERS, &find).await.unwrap().0;
            assert_eq!(whole.len(), 57);
            let sorted = |a: &projections::ports::FoundRow, b: &projections::ports::FoundRow| {
                (&a.order, &a.key) < (&b.order, &b.key)
            };
            assert!(whole.windows(2).all(|pair| sorted(&pair[0], &pair[1]) != descending));
            let (mut paged, mut after) = (vec![], None);
            loop {
                let page = store
                    .find(&MEMBERS, &Find { after: after.clone(), limit: 10, ..find.clone() })
                    .await
                    .unwrap()
                    .0;
                let Some(last) = page.last() else { break };
                after = Some((last.order.clone(), last.key.clone()));
                paged.extend(page);
            }
            assert_eq!(paged, whole, "{order:?} {descending}");
        }
    }
}

/// Design §4: a reader never sees half a step, nor a checkpoint without its rows; it reads until it met the writer.
async fn readers_see_whole_steps(place: Place) {
    let store = Arc::new(place.open().await);
    let mut slot = store.live(&UNITS).await.unwrap();
    let writer = Arc::clone(&store);
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let writing = tokio::spawn(async move {
        for checkpoint in (1..).take_while(|_| !stopped.load(std::sync::atomic::Ordering::SeqCst)) {
            let rows = (0..20).map(|key| plain(&key.to_string(), &checkpoint.to_string())).collect();
            slot = step(&writer, UNITS, &slot, checkpoint, rows).await.unwrap();
        }
    });
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 10 && !writing.is_finished() {
        let (found, checkpoint) = store.find(&UNITS, &Find { limit: 100, ..Find::default() }).await.unwrap();
        assert!(found.iter().all(|row| row.body == checkpoint.to_string()), "{checkpoint}: {found:?}");
        assert!(found.len() == 20 || checkpoint == 0);
        seen.insert(checkpoint);
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    writing.await.unwrap();
    assert!(seen.len() >= 10, "the writer ended early");
}

/// A rebuild's step holds thousands of rows.
async fn many_rows_at_once(place: Place) {
    let store = place.open().await;
    let slot = store.live(&MEMBERS).await.unwrap();
    let rows: Vec<_> = (0..20_000)
        .map(|number| row(&format!("{number:06}"), &"x".repeat(200), &format!("{}", number % 100), None))
        .collect();
    let slot = step(&store, MEMBERS, &slot, 1, rows).await.unwrap();
    let wanted: Vec<_> = (0..30_000).step_by(2).map(|number| format!("{number:06}").into()).collect();
    assert_eq!(store.rows(&MEMBERS, &slot, &wanted).await.unwrap().len(), 10_000);
    let find =
        Find { conditions: vec![Condition::Is("division", "7".to_owned())], limit: 1000, ..Find::default() };
    assert_eq!(keys(&store, find).await.len(), 200);
    step(&store, MEMBERS, &slot, 2, wanted.iter().map(|key| gone(key)).collect()).await.unwrap();
    assert_eq!(store.scan(&MEMBERS, &slot, None, 20_000).await.unwrap().len(), 10_000);
}

/// Names come from code; what the sheet does not have is a defect, and says so.
async fn what_a_sheet_lacks_is_refused(place: Place) {
    let store = place.open().await;
    store.live(&MEMBERS).await.unwrap();
    let unknown =
        Find { conditions: vec![Condition::Is("unit", "x".to_owned())], limit: 1, ..Find::default() };
    assert!(matches!(store.find(&MEMBERS, &unknown).await, Err(StoreError::Misused(_))));
    assert!(matches!(
        store.find(&MEMBERS, &Find { order: Some("unit"), ..Find::default() }).await,
        Err(StoreError::Misused(_))
    ));
    let crooked = Sheet { name: "m\"; DROP TABLE events; --", ..MEMBERS };
    assert!(matches!(store.live(&crooked).await, Err(StoreError::Misused(_))));
    // The live generation was made by older code, without the column: not an empty answer, but none.
    let newer = Sheet { version: 2, columns: &["division", "due", "unit"], ..MEMBERS };
    assert!(matches!(store.find(&newer, &unknown).await, Err(StoreError::Unavailable(_))));
}
