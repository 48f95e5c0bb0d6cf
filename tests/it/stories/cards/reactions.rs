use commands::reactions::{Bookmarks, ShelfBookmarks};
use serde_json::{Value, json};
use tests::town::{Town, both};

use super::{claimed, served};

fn types(history: &Value, wanted: &str) -> usize {
    history["items"].as_array().unwrap().iter().filter(|line| line["type"] == wanted).count()
}

/// E9: a bad rating reminds those who served, once, however often its event is delivered; the reminder names its cause.
#[tokio::test]
async fn a_bad_rating_reminds_once_however_often_it_is_delivered() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        served(&town, "d-1", "m-1", 5).await;
        served(&town, "d-2", "m-1", 1).await;
        let rating = town.position();
        let ran = town.react().await;
        assert_eq!((ran.done, ran.refused), (1, 0));
        assert_eq!(town.react().await.read, 0);
        let history = town.get("/v1/members/m-1/history").await;
        assert_eq!(types(&history, "ReminderSent"), 1);
        let reminder = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (reminder["fact"]["demand"].as_str(), reminder["role"].as_str()),
            (Some("d-2"), Some("system"))
        );
        assert!(reminder["position"].as_u64() > Some(rating));
        let again = delivered_again(&town).await;
        assert_eq!((again, types(&town.get("/v1/members/m-1/history").await, "ReminderSent")), (1, 1));
    })
    .await;
}

/// Reads the whole journal again, as after a crash before the first bookmark; how many commands were repeats.
async fn delivered_again(town: &Town) -> usize {
    struct Forgetful;
    #[async_trait::async_trait]
    impl Bookmarks for Forgetful {
        async fn get(&self, _: &'static str) -> Result<u64, projections::StoreError> {
            Ok(0)
        }
        async fn set(&self, _: &'static str, _: u64) -> Result<(), projections::StoreError> {
            Ok(())
        }
    }
    let store = town.app().store().clone();
    let reactor = commands::reactions::Reactor::new(
        town.app().desk().clone(),
        store,
        std::sync::Arc::new(Forgetful),
        vec![Box::new(commands::reactions::SendReminders)],
        vec![],
    );
    let ran = reactor.step().await.unwrap();
    assert_eq!(ran.done, 0);
    ran.repeated
}

/// E9: a demand opened again before the reaction came still leaves its reminder.
#[tokio::test]
async fn a_reopened_demand_still_reminds() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        served(&town, "d-1", "m-1", 1).await;
        town.ok("reopen-demand", json!({"demand": "d-1"})).await;
        town.react().await;
        assert_eq!(types(&town.get("/v1/members/m-1/history").await, "ReminderSent"), 1);
    })
    .await;
}

/// Design §4: a bookmark moves on and never back, and stays on the shelf.
#[tokio::test]
async fn a_bookmark_never_goes_back() {
    both(async |town: Town| {
        let bookmarks = ShelfBookmarks::new(town.app().store().clone());
        assert_eq!(bookmarks.get("a_reaction_of_this_test").await.unwrap(), 0);
        bookmarks.set("a_reaction_of_this_test", 7).await.unwrap();
        bookmarks.set("a_reaction_of_this_test", 3).await.unwrap();
        let others = ShelfBookmarks::new(town.app().store().clone());
        assert_eq!(others.get("a_reaction_of_this_test").await.unwrap(), 7);
    })
    .await;
}

/// C2: a claim holds through its last day and lapses by itself after it; a demand that was served does not; the next
/// claim of the same demand lapses for itself.
#[tokio::test]
async fn a_claim_lapses_by_itself_after_its_last_day() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        claimed(&town, "d-1", "m-1").await;
        served(&town, "d-2", "m-2", 5).await;
        town.set_time("2026-03-17T23:59:00+08:00");
        assert_eq!(town.react().await.done, 0);
        town.set_time("2026-03-18T00:00:01+08:00");
        assert_eq!(town.react().await.done, 1);
        assert_eq!(town.react().await.done, 0);
        let history = town.get("/v1/members/m-1/history").await;
        let released = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (released["type"].as_str(), released["fact"]["lapsed"].as_bool()),
            (Some("TaskReleased"), Some(true))
        );
        town.ok("claim-wish", json!({"demand": "d-1", "member": "m-3"})).await;
        town.set_time("2026-04-10T09:00:00+08:00");
        assert_eq!(town.react().await.done, 1);
        town.rebuild_equals_live().await;
    })
    .await;
}
