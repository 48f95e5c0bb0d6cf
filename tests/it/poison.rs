//! What cannot be read stops those that must read it, and nobody else; it is told, and mended without a stop
//! (test catalogue 15).

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tests::place::{Place, Raw};
use tests::program::run;
use tests::serving::{Server, found};

on_both!(
    a_changed_payload_is_found_and_its_event_named,
    a_row_that_cannot_be_read_stops_its_projection_alone,
    an_event_that_cannot_be_read_stops_projections_not_commands
);

/// A server, as one caller sees it.
struct House {
    server: Server,
    client: Client,
}

impl House {
    fn open(url: &str) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        Self { server: Server::start(url, None).unwrap(), client }
    }

    async fn submit(&self, command: &str, data: Value) -> u64 {
        let request = self.client.post(format!("{}/v1/commands/{command}", self.server.base)).json(&data);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201, "{command}: {}", response.text().await.unwrap());
        response.json::<Value>().await.unwrap()["position"].as_u64().unwrap()
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let response = self.client.get(format!("{}{path}", self.server.base)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Asks whether it is ready until the answer is the one awaited; the answer.
    async fn ready(&self, status: u16) -> Value {
        for _ in 0..600 {
            let (now, body) = self.get("/readyz").await;
            let body: Value = serde_json::from_str(&body).unwrap();
            if now == status {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("/readyz does not become {status}: {:?}", self.get("/readyz").await);
    }
}

fn poisoned(ready: &Value) -> Vec<&str> {
    let all = ready["projections"].as_array().unwrap().iter();
    all.filter(|one| !one["poison"].is_null()).map(|one| one["name"].as_str().unwrap()).collect()
}

async fn order(house: &House, demand: &str) -> u64 {
    let order = json!({"demand": demand, "channel": "online", "category": "errands",
        "community": "520201016001", "urgency": "routine"});
    house.submit("place-order", order).await
}

/// Test catalogue 15: one row of one projection is broken. That projection stops and says so, all others go on, and a rebuild beside
/// the running server mends it.
async fn a_row_that_cannot_be_read_stops_its_projection_alone(place: Place) {
    let url = place.url();
    found(&url);
    let house = House::open(&url);
    let position = order(&house, "d-1").await;
    assert_eq!(house.get(&format!("/v1/demands/d-1?at_least={position}")).await.0, 200);
    drop(house);
    let raw = place.raw().await;
    let table =
        raw.texts("SELECT table_name FROM projections WHERE name = 'demands' AND state = 'live'").await;
    raw.run(&format!("UPDATE {} SET body = '{{' WHERE key = 'd-1'", table[0])).await.unwrap();
    let house = House::open(&url);
    house.ready(200).await;
    let position = house.submit("screen-demand", json!({"demand": "d-1"})).await;
    let ready = house.ready(503).await;
    assert_eq!(poisoned(&ready), ["demands"]);
    let (_, metrics) = house.get("/metrics").await;
    assert!(
        metrics.contains(r#"baodao_projection_poisoned{ledger="default",projection="demands"} 1"#),
        "{metrics}"
    );
    assert!(
        metrics.contains(r#"baodao_projection_poisoned{ledger="default",projection="members"} 0"#),
        "{metrics}"
    );
    // The others have the event, and commands are taken.
    assert_eq!(house.get(&format!("/v1/members/m-1?at_least={position}")).await.0, 200);
    let position = order(&house, "d-2").await;
    let said = run(&url, &["rebuild", "demands"]);
    assert_eq!(said.code, 0, "{said:?}");
    house.ready(200).await;
    // The server that had stopped at it folds on.
    let position = order(&house, "d-3").await.max(position);
    for (demand, phase) in [("d-1", "screened"), ("d-2", "placed"), ("d-3", "placed")] {
        let (status, row) = house.get(&format!("/v1/demands/{demand}?at_least={position}")).await;
        assert!(status == 200 && row.contains(&format!(r#""phase":"{phase}""#)), "{status} {row}");
    }
    drop(house);
    assert_eq!(run(&url, &["verify"]).code, 0);
}

/// Changes an event past every protection.
async fn tamper(raw: &Raw, position: u64, payload: &str) {
    let update = format!("UPDATE events SET payload = '{payload}' WHERE position = {position}");
    match raw {
        Raw::Postgres(_) => {
            let sql = format!(
                "ALTER TABLE events DISABLE TRIGGER ALL; {update}; ALTER TABLE events ENABLE TRIGGER ALL"
            );
            raw.run(&sql).await.unwrap();
        }
        Raw::Sqlite(_) => {
            let trigger =
                raw.texts("SELECT sql FROM sqlite_schema WHERE name = 'events_refuse_update'").await;
            raw.run(&format!("DROP TRIGGER events_refuse_update; {update}; {}", trigger[0])).await.unwrap();
        }
    }
}

/// Test catalogue 20: a payload that was changed into another valid one contradicts the rows folded before; `verify` names the event.
async fn a_changed_payload_is_found_and_its_event_named(place: Place) {
    let url = place.url();
    found(&url);
    let house = House::open(&url);
    let position = order(&house, "d-1").await;
    let other = order(&house, "d-2").await;
    assert_eq!(house.get(&format!("/v1/demands/d-1?at_least={other}")).await.0, 200);
    drop(house);
    assert_eq!(run(&url, &["verify"]).code, 0);
    let raw = place.raw().await;
    let payload =
        raw.texts(&format!("SELECT CAST(payload AS text) FROM events WHERE position = {position}")).await;
    let changed = payload[0].replace("errands", "appliance_repair");
    assert_ne!(changed, payload[0]);
    tamper(&raw, position, &changed).await;
    let said = run(&url, &["verify"]);
    assert!(said.code == 1 && said.err.contains(&format!("its events: {position})")), "{said:?}");
}

/// Test catalogue 15, 20: an event that no version knows stops what folds it, at it. Commands on other streams are taken, `verify`
/// names the event, and when it is mended everything goes on from there.
async fn an_event_that_cannot_be_read_stops_projections_not_commands(place: Place) {
    let url = place.url();
    found(&url);
    let house = House::open(&url);
    let position = order(&house, "d-1").await;
    assert_eq!(house.get(&format!("/v1/demands/d-1?at_least={position}")).await.0, 200);
    let screened = house.submit("screen-demand", json!({"demand": "d-1"})).await;
    drop(house);
    let raw = place.raw().await;
    // What was folded of it is forgotten, so that it is met again.
    for table in raw.texts("SELECT table_name FROM projections").await {
        raw.run(&format!("DROP TABLE {table}; DELETE FROM projections WHERE table_name = '{table}'"))
            .await
            .unwrap();
    }
    let payload =
        raw.texts(&format!("SELECT CAST(payload AS text) FROM events WHERE position = {screened}")).await;
    tamper(&raw, screened, r#"{"NobodyKnows":{}}"#).await;
    let house = House::open(&url);
    // One projection after the other says so.
    let mut ready = house.ready(503).await;
    while poisoned(&ready).len() < ready["projections"].as_array().unwrap().len() {
        ready = house.ready(503).await;
    }
    let told = ready["projections"][0]["poison"].as_str().unwrap();
    assert!(told.contains(&format!("position {screened}:")), "{told}");
    let position = order(&house, "d-2").await;
    drop(house);
    let said = run(&url, &["verify", "--journal-only"]);
    assert!(said.code == 1 && said.err.contains(&format!("position {screened}:")), "{said:?}");
    tamper(&raw, screened, &payload[0]).await;
    let house = House::open(&url);
    house.ready(200).await;
    assert_eq!(house.get(&format!("/v1/demands/d-2?at_least={position}")).await.0, 200);
    drop(house);
    assert_eq!(run(&url, &["verify"]).code, 0);
}
