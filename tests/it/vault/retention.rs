//! What is told of a demand is forgotten some days after its end.

use serde_json::{Value, json};
use tests::town::both;

/// Issue 4 C: words and contact go ninety days after the end, where a policy says nothing else; what was noted stays until somebody is erased;
/// a demand that is opened again keeps its words.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn words_are_forgotten_some_days_after_the_end() {
    both(async |town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let worker = town.acting("community-worker", "w-1@520201016001");
        for demand in ["d-1", "d-2"] {
            let told = json!({"demand": demand, "channel": "window", "category": "errands", "community": "520201016001",
                "urgency": "routine", "text": "words", "contact_phone": "138"});
            worker.ok("place-order", told).await;
        }
        worker.ok("close-demand", json!({"demand": "d-1", "solved": true})).await;
        let count = async || town.place().raw().await.numbers("SELECT count(*) FROM vault_entries").await[0];
        town.set_time("2026-05-30T09:00:00+08:00");
        town.react().await;
        assert_eq!(count().await, 4);
        town.set_time("2026-05-31T10:00:00+08:00");
        town.react().await;
        assert_eq!(count().await, 2);
        town.react().await;
        let states = |answer: &Value| -> Vec<String> {
            answer["words"].as_array().unwrap().iter().map(|told| told["state"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(states(&town.get("/v1/demands/d-1/words").await), ["forgotten", "forgotten"]);
        assert_eq!(states(&town.get("/v1/demands/d-2/words").await), ["kept", "kept"]);
        let keys = town.place().raw().await.texts("SELECT subject FROM vault_keys").await;
        assert_eq!(keys, ["demand:d-2"]);
        let facts = town.place().raw().await.numbers("SELECT count(*) FROM events WHERE event_type = 'ContactForgotten'").await;
        assert_eq!(facts, [1]);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// Issue 4 C: details that others took the place of are destroyed; contact is not taken of whoever does not agree to it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replaced_details_are_destroyed_and_withdrawn_consent_counts() {
    both(async |town| {
        let resident = town.acting("resident", "r-1");
        for phone in ["138", "139"] {
            resident.ok("keep-details", json!({"kind": "resident", "id": "r-1", "phone": phone})).await;
        }
        let count = town.place().raw().await.numbers("SELECT count(*) FROM vault_entries").await;
        assert_eq!(count, [1]);
        assert_eq!(resident.get("/v1/persons/resident/r-1").await["details"][0]["value"], "139");
        resident.ok("withdraw-consent", json!({"kind": "resident", "id": "r-1", "purpose": "demand_contact"})).await;
        let mut told = json!({"demand": "d-1", "channel": "online", "category": "errands", "community": "520201016001",
            "urgency": "routine", "placed_by": "r-1", "text": "words", "contact_phone": "138"});
        resident.refused("place-order", told.clone(), 409, "person.consent_withdrawn").await;
        told.as_object_mut().unwrap().remove("contact_phone");
        resident.ok("place-order", told).await;
    })
    .await;
}
