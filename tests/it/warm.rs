//! Rows that a process keeps in memory, on both databases (design §4).

use projections::Shelf;
use tests::place::Place;

use crate::shelf::{UNITS, gone, plain, step};
use crate::switching::Whole;

on_both!(what_is_kept_in_memory_is_what_is_stored);

/// Design §4: a row kept in memory is the row at the checkpoint told with it, whoever writes it.
async fn what_is_kept_in_memory_is_what_is_stored(place: Place) {
    let (ours, theirs) = (place.open().await, place.open().await);
    let slot = ours.live(&UNITS).await.unwrap();
    let slot = step(&ours, UNITS, &slot, 1, vec![plain("a", "1"), plain("b", "1")]).await.unwrap();
    let read = async |key: &str| {
        // Whoever looks at the checkpoints relies on what he has seen.
        ours.checkpoints().await.unwrap();
        let (body, checkpoint) = ours.get(&UNITS, key).await.unwrap();
        (body.unwrap_or_default(), checkpoint)
    };
    for key in ["a", "b", "a", "b"] {
        assert_eq!(read(key).await, ("1".to_owned(), 1));
    }
    // Of this process.
    let slot = step(&ours, UNITS, &slot, 2, vec![plain("a", "2")]).await.unwrap();
    assert_eq!(ours.get(&UNITS, "a").await.unwrap(), (Some("2".to_owned()), 2));
    assert_eq!(ours.get(&UNITS, "b").await.unwrap(), (Some("1".to_owned()), 2));
    // Of another one.
    assert_eq!(read("c").await, (String::new(), 2));
    let slot =
        step(&theirs, UNITS, &slot, 3, vec![plain("a", "3"), gone("b"), plain("c", "3")]).await.unwrap();
    assert_eq!(read("a").await, ("3".to_owned(), 3));
    assert_eq!(read("b").await, (String::new(), 3));
    assert_eq!(read("c").await, ("3".to_owned(), 3));
    // Of a rebuild, at the same checkpoint.
    let rebuilt = theirs.begin_rebuild(&UNITS).await.unwrap();
    theirs.key(&UNITS, &rebuilt).await.unwrap();
    let rebuilt = step(&theirs, UNITS, &rebuilt, slot.checkpoint, vec![plain("a", "4")]).await.unwrap();
    assert_eq!(read("a").await, ("3".to_owned(), 3));
    assert_eq!(theirs.switch(&UNITS, &rebuilt, &mut Whole).await.unwrap(), rebuilt);
    assert_eq!(read("a").await, ("4".to_owned(), 3));
    assert_eq!(read("c").await, (String::new(), 3));
    // And of a rebuild of this process.
    let rebuilt = ours.begin_rebuild(&UNITS).await.unwrap();
    ours.key(&UNITS, &rebuilt).await.unwrap();
    let rebuilt = step(&ours, UNITS, &rebuilt, 3, vec![plain("a", "5")]).await.unwrap();
    assert_eq!(read("a").await, ("4".to_owned(), 3));
    assert_eq!(ours.switch(&UNITS, &rebuilt, &mut Whole).await.unwrap(), rebuilt);
    assert_eq!(read("a").await, ("5".to_owned(), 3));
}
