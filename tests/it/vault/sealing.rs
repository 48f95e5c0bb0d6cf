//! What comes in is sealed before anything is recorded.

use serde_json::{Value, json};
use tests::town::{Town, both};

/// An order with everything that can be told of it.
fn order(demand: &str, mark: &str) -> Value {
    json!({"demand": demand, "channel": "window", "category": "errands", "community": "520201016001",
        "urgency": "routine", "placed_by": "r-1", "text": format!("陪同看病 {mark}"), "contact_name": format!("李 {mark}"),
        "contact_phone": format!("138 {mark}"), "contact_address": format!("3栋 {mark}")})
}

async fn keyed(town: &Town, key: u128, data: &Value) -> (u16, Value) {
    let request = town.request(reqwest::Method::POST, "/v1/commands/place-order");
    let key = uuid::Uuid::from_u128(key).to_string();
    let answer = request.header("Idempotency-Key", key).json(data).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Issue 4 C: events hold digests only; the same command again gets the same answer, other words under its key do not; the same words under
/// another key have other digests, so that nobody finds them by trying.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn events_hold_digests_only_and_repeats_are_known() {
    both(async |town| {
        let worker = town.acting("community-worker", "w-1");
        let (status, first) = keyed(&worker, 1, &order("d-1", "MARKER")).await;
        assert_eq!(status, 201, "{first}");
        assert_eq!(keyed(&worker, 1, &order("d-1", "MARKER")).await, (200, first));
        let (status, reused) = keyed(&worker, 1, &order("d-1", "OTHER")).await;
        assert_eq!((status, reused["code"].as_str()), (422, Some("idempotency.key_reused")), "{reused}");
        assert_eq!(keyed(&worker, 2, &order("d-2", "MARKER")).await.0, 201);
        let raw = town.place().raw().await;
        let payloads = raw.texts("SELECT CAST(payload AS text) FROM events WHERE event_type = 'DemandPlaced' ORDER BY position").await;
        let words = |payload: &str| serde_json::from_str::<Value>(payload).unwrap()["DemandPlaced"]["words"].clone();
        let (one, two) = (words(&payloads[0]), words(&payloads[1]));
        for field in ["text", "contact_name", "contact_phone", "contact_address"] {
            assert_eq!(one[field].as_str().unwrap().len(), 43);
            assert_ne!(one[field], two[field]);
        }
        let hashes = raw.texts("SELECT input_hash FROM commands WHERE command = 'place-order'").await;
        assert!(hashes.len() == 2 && hashes[0] != hashes[1]);
    })
    .await;
}

/// Issue 4 C: words that are refused are told to nobody, and are nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_refused_is_told_to_nobody() {
    both(async |town| {
        let worker = town.acting("community-worker", "w-1");
        let long = json!({"demand": "d-1", "contact_phone": "MARKER".repeat(30)});
        let mut data = order("d-1", "x");
        data["contact_phone"] = long["contact_phone"].clone();
        let problem = worker.refused("place-order", data.clone(), 422, "request.invalid_value").await;
        assert!(!problem.to_string().contains("MARKER"), "{problem}");
        data["contact_phone"] = json!(13_855_550_000_u64);
        let (_, problem) = worker.submit("place-order", &data).await;
        assert!(!problem.to_string().contains("1385555"), "{problem}");
    })
    .await;
}

/// Issue 4 C: files go the same way: names in them are kept, events hold digests, exports hold neither.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn names_in_files_go_to_the_vault() {
    both(async |town| {
        let file = "member,unit,rank,name,phone\nm-7,u-tax,regular_cadre,王MARKER,0858\n";
        let post = async |query: &str| {
            let request = town.request(reqwest::Method::POST, &format!("/v1/imports/members{query}"));
            let answer = request.header("Content-Type", "text/csv").body(file).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let (status, told) = post("?dry_run=true").await;
        assert!(status == 200 && told.contains("\"DetailsKept\":1"), "{told}");
        let kept = async || town.place().raw().await.numbers("SELECT count(*) FROM vault_entries").await;
        assert_eq!(kept().await, [0]);
        assert_eq!(post("").await.0, 201);
        assert_eq!((post("").await.0, kept().await), (200, vec![2]));
        let person = town.get("/v1/persons/member/m-7").await;
        assert_eq!(person["details"][0]["value"], "王MARKER");
        let all = format!("/v1/exports/members?at_least={}", town.position_now().await);
        let (_, file) = town.get_status(&all).await;
        assert!(file.as_str().is_some_and(|file| file.contains("m-7") && !file.contains("MARKER")), "{file}");
    })
    .await;
}
