//! What a member sees of a demand that he serves: who asked, while it is his to do; and never who rated it.

use serde_json::{Value, json};
use tests::town::both;

/// Issue 4 D: who asked is for whoever has the demand in hand until it is done; the stars are for him, too, and not from whom they are.
#[tokio::test(flavor = "multi_thread")]
async fn who_asked_is_told_until_it_is_done_and_who_rated_never() {
    both(async |town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let order = json!({"demand": "d-1", "channel": "window", "category": "errands",
            "community": "520201016001", "urgency": "routine", "placed_by": "r-1"});
        town.ok("place-order", order).await;
        town.ok("screen-demand", json!({"demand": "d-1"})).await;
        town.ok("dispatch-order", json!({"demand": "d-1", "member": "m-1"})).await;
        town.ok("accept-order", json!({"demand": "d-1", "member": "m-1"})).await;
        let (member, resident) = (town.acting("member", "m-1"), town.acting("resident", "r-1"));
        let seen = async || {
            let alone = member.get("/v1/demands/d-1").await;
            let listed = member.get("/v1/demands?taker=m-1").await["items"][0].clone();
            assert_eq!(alone, listed);
            alone
        };
        let row = seen().await;
        assert_eq!((&row["placed_by"], &row["rater"]), (&json!("r-1"), &Value::Null));
        let served = json!({"demand": "d-1", "member": "m-1", "minutes": 45});
        member.ok("complete-service", served).await;
        let row = seen().await;
        assert_eq!((&row["placed_by"], &row["open"]), (&Value::Null, &json!(false)));
        resident.ok("rate-service", json!({"demand": "d-1", "stars": 5})).await;
        let row = seen().await;
        assert_eq!(
            (&row["stars"], &row["rater"], &row["placed_by"]),
            (&json!(5), &Value::Null, &Value::Null)
        );
        let own = resident.get("/v1/demands/d-1").await;
        assert_eq!((&own["rater"], &own["placed_by"]), (&json!("resident"), &json!("r-1")));
    })
    .await;
}
