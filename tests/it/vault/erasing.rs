//! Whoever is erased is nowhere any more, and everything that was recorded still holds.

use std::path::Path;

use serde_json::{Value, json};
use tests::place::{Place, Raw};
use tests::program::run;
use tests::town::{Town, both};

/// Stands in everything personal that the story tells.
const MARK: &str = "MARKQZX";

fn marked(what: &str) -> String {
    format!("{what}{MARK}")
}

/// A resident's order with all words, served, noted, rated and commented, beside a member with details.
async fn live(town: &Town) {
    town.set_time("2026-03-02T09:00:00+08:00");
    let worker = town.acting("community-worker", "w-1@520201016001");
    let department = town.acting("organisation-department", "o-1@5202");
    worker
        .ok(
            "place-order",
            json!({"demand": "d-1", "channel": "window", "category": "errands", "community": "520201016001",
                "urgency": "routine", "placed_by": "r-1", "text": marked("陪同看病"), "contact_name": marked("李"),
                "contact_phone": marked("138"), "contact_address": marked("3栋")}),
        )
        .await;
    worker.ok("give-consent", json!({"kind": "resident", "id": "r-1", "purpose": "demand_contact"})).await;
    worker.ok("keep-details", json!({"kind": "resident", "id": "r-1", "phone": marked("139")})).await;
    department
        .ok(
            "keep-details",
            json!({"kind": "member", "id": "m-1", "name": marked("王"), "phone": marked("137")}),
        )
        .await;
    department
        .ok(
            "enrol-member",
            json!({"member": "m-9", "unit": "u-tax", "rank": "regular_cadre", "name": marked("赵"), "phone": marked("136")}),
        )
        .await;
    worker.ok("screen-demand", json!({"demand": "d-1"})).await;
    worker.ok("dispatch-order", json!({"demand": "d-1", "member": "m-1", "work": "voluntary"})).await;
    let member = town.acting("member", "m-1");
    member.ok("accept-order", json!({"demand": "d-1", "member": "m-1"})).await;
    town.set_time("2026-03-03T09:00:00+08:00");
    member
        .ok(
            "complete-service",
            json!({"demand": "d-1", "member": "m-1", "minutes": 60, "note": marked("已陪同"), "photo": "iVBORw0KGgoA"}),
        )
        .await;
    let resident = town.acting("resident", "r-1");
    resident.ok("rate-service", json!({"demand": "d-1", "stars": 5, "comment": marked("谢谢")})).await;
}

/// Every value of every column of every table, as text.
pub async fn everything(raw: &Raw) -> Vec<String> {
    let (tables, columns) = match raw {
        Raw::Sqlite(_) => {
            ("SELECT name FROM sqlite_master WHERE type = 'table'", "SELECT name FROM pragma_table_info('%')")
        }
        Raw::Postgres(_) => (
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()",
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '%'",
        ),
    };
    let mut all = vec![];
    for table in raw.texts(tables).await {
        for column in raw.texts(&columns.replace('%', &table)).await {
            all.extend(
                raw.texts(&format!("SELECT coalesce(CAST(\"{column}\" AS text), '') FROM \"{table}\"")).await,
            );
        }
    }
    all
}

/// All bytes of all files of a folder and those in it.
pub fn bytes_in(folder: &Path) -> Vec<u8> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { bytes_in(&path) } else { std::fs::read(&path).unwrap() });
    }
    all
}

fn has(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

async fn nowhere(town: &Town, marks: &[&str]) {
    let told = everything(&town.place().raw().await).await;
    for mark in marks {
        assert!(!told.iter().any(|value| value.contains(mark)), "{mark} stands in a table");
    }
    if let Place::Sqlite(folder) = town.place() {
        let copy = folder.path().join("copy.db");
        server::store::backup::copy(&town.place().url(), &copy).await.unwrap();
        let bytes = bytes_in(folder.path());
        for mark in marks {
            assert!(!has(&bytes, mark), "{mark} stands in a file");
        }
        std::fs::remove_file(copy).unwrap();
    }
    let bytes = bytes_in(town.safe());
    for mark in marks {
        assert!(!has(&bytes, mark), "{mark} stands beside the key");
    }
    for path in [
        "/v1/persons/resident/r-1",
        "/v1/persons/member/m-1",
        "/v1/persons/resident/r-1/export",
        "/v1/persons/member/m-1/export",
        "/v1/demands/d-1/words",
        "/v1/demands/d-1/history",
        "/v1/demands/d-1",
        "/v1/members/m-1/history",
        "/v1/members",
        "/v1/demands",
        "/v1/exports/demands",
        "/v1/exports/members",
        "/v1/events",
    ] {
        let (status, answer) = town.get_status(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        let text = answer.to_string();
        for mark in marks {
            assert!(!text.contains(mark), "{path} tells {mark}");
        }
    }
}

fn value<'a>(told: &'a Value, list: &str, field: &str) -> (&'a str, &'a Value) {
    let told = told[list].as_array().unwrap().iter().find(|told| told["field"] == field);
    let told = told.unwrap_or_else(|| panic!("no {field}"));
    (told["state"].as_str().unwrap(), &told["value"])
}

/// Issue 4 C: after a resident and a member were erased nothing personal of them is in any table, file, backup, export or answer; details of
/// others stay, points and ratings too, and everything verifies.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_was_erased_is_nowhere_and_what_was_recorded_holds() {
    both(async |town| {
        live(&town).await;
        let card = town.get("/v1/members/m-1/point-card?year=2026").await;
        let kept = town.get("/v1/demands/d-1/words").await;
        assert_eq!(value(&kept, "words", "comment"), ("kept", &json!(marked("谢谢"))));
        assert_eq!(value(&kept, "words", "photo"), ("kept", &json!("iVBORw0KGgoA")));
        // Even before, it stands nowhere in plain.
        let told = everything(&town.place().raw().await).await;
        assert!(!told.iter().any(|value| value.contains(MARK)));
        let wrapped = town.place().raw().await.texts("SELECT wrapped FROM vault_keys WHERE subject IN ('demand:d-1', 'resident:r-1', 'member:m-1')").await;
        assert_eq!(wrapped.len(), 3);

        let worker = town.acting("community-worker", "w-1@520201016001");
        worker.ok("erase-subject", json!({"kind": "resident", "id": "r-1", "ground": "own_request"})).await;
        worker.refused("erase-subject", json!({"kind": "member", "id": "m-1", "ground": "court"}), 403, "person.not_yours").await;
        let department = town.acting("organisation-department", "o-1@5202");
        department.ok("erase-subject", json!({"kind": "member", "id": "m-1", "ground": "left_service"})).await;

        let gone: Vec<&str> = std::iter::once(MARK).chain(wrapped.iter().map(String::as_str)).collect();
        nowhere(&town, &gone).await;
        let words = town.get("/v1/demands/d-1/words").await;
        for field in ["text", "contact_name", "contact_phone", "contact_address", "note", "photo", "comment"] {
            assert_eq!(value(&words, "words", field), ("forgotten", &Value::Null));
        }
        assert_eq!(town.get("/v1/persons/member/m-1").await["erased"], "left_service");
        assert_eq!(town.get("/v1/members/m-1/point-card?year=2026").await, card);
        let other = town.get("/v1/persons/member/m-9").await;
        assert_eq!(value(&other, "details", "name"), ("kept", &json!(marked("赵"))));
        for command in ["keep-details", "give-consent"] {
            let mut data = json!({"kind": "member", "id": "m-1"});
            let (field, told) = if command == "keep-details" { ("phone", marked("1")) } else { ("purpose", "demand_contact".into()) };
            data[field] = json!(told);
            department_or(&town, command).refused(command, data, 409, "person.erased").await;
        }
        let again = json!({"demand": "d-2", "channel": "window", "category": "errands", "community": "520201016001",
            "urgency": "routine", "placed_by": "r-1", "text": marked("再次")});
        worker.refused("place-order", again, 409, "person.erased").await;
        nowhere(&town, &gone).await;
        town.rebuild_equals_live().await;
        sound(&town).await;
    })
    .await;
}

fn department_or(town: &Town, command: &str) -> Town {
    if command == "keep-details" {
        town.acting("organisation-department", "o-1@5202")
    } else {
        town.acting("community-worker", "w-1@520201016001")
    }
}

/// `verify` and `audit` find nothing.
async fn sound(town: &Town) {
    let (url, key) = (town.place().url(), town.safe().join("key"));
    server::tlog::grow::grow(town.app().store()).await.unwrap();
    tokio::task::block_in_place(|| {
        for line in [["verify"], ["audit"]] {
            let said =
                run(&url, &[line.as_slice(), &["--vault-key", key.to_str().unwrap(), "--json"]].concat());
            assert_eq!(said.code, 0, "{line:?} {said:?}");
        }
    });
}

/// Issue 4 C: a tampered entry is found, and so is one that came back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_tampered_with_is_found() {
    both(async |town| {
        live(&town).await;
        sound(&town).await;
        let raw = town.place().raw().await;
        let (url, key) = (town.place().url(), town.safe().join("key"));
        let told = || {
            tokio::task::block_in_place(|| {
                let said = run(&url, &["verify", "--journal-only", "--vault-key", key.to_str().unwrap()]);
                assert_eq!(said.code, 1, "{said:?}");
                said.err
            })
        };
        raw.run("UPDATE vault_entries SET subject = 'resident:r-1' WHERE field = 'note'").await.unwrap();
        assert!(told().contains("cannot be opened"));
        raw.run("UPDATE vault_entries SET subject = 'demand:d-1' WHERE field = 'note'").await.unwrap();
        raw.run("DELETE FROM vault_entries WHERE field = 'comment'").await.unwrap();
        assert!(told().contains("the comment of demand:d-1"));
    })
    .await;
}

/// Issue 4 C: what is read is read by those whom it concerns.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn words_and_details_are_for_those_whom_they_concern() {
    both(async |town| {
        live(&town).await;
        let words = "/v1/demands/d-1/words";
        for (role, id, status) in [
            ("resident", "r-1", 200),
            ("resident", "r-2", 403),
            ("member", "m-1", 200),
            ("member", "m-2", 403),
            ("community-worker", "w-1@520201016001", 200),
            ("community-worker", "w-1@520201016002", 403),
            ("community-worker", "w-1", 403),
            ("unit", "x-1@u-tax", 200),
            ("unit", "x-1@u-hospital", 403),
            ("public", "p-1", 403),
            ("organisation-department", "o-1@5202", 403),
            ("promotion-review", "p-1", 403),
            ("auditor", "a-1", 200),
        ] {
            let (got, answer) = town.acting(role, id).get_status(words).await;
            assert_eq!(got, status, "{role}/{id}: {answer}");
            let text = answer.to_string();
            let sees = |what: &str| text.contains(&marked(what));
            assert_eq!(
                sees("138"),
                matches!((role, status), ("resident" | "community-worker", 200)),
                "{role}/{id}"
            );
            assert_eq!(
                sees("谢谢"),
                matches!((role, status), ("resident" | "community-worker" | "member", 200)),
                "{role}/{id}"
            );
            assert_eq!(text.contains(MARK), status == 200 && role != "auditor", "{role}/{id}");
        }
        for (role, id, status) in [
            ("member", "m-1", 200),
            ("member", "m-2", 403),
            ("unit", "x-1@u-tax", 200),
            ("organisation-department", "o-1@5202", 200),
            ("community-worker", "w-1@520201016001", 200),
            ("community-worker", "w-1@520203001001", 403),
            ("public", "p-1", 403),
        ] {
            let (got, answer) = town.acting(role, id).get_status("/v1/persons/member/m-1").await;
            assert_eq!(got, status, "{role}/{id}: {answer}");
            assert_eq!(answer.to_string().contains(&marked("137")), status == 200, "{role}/{id}");
        }
        let file = town.acting("resident", "r-1").get("/v1/persons/resident/r-1/export").await;
        let text = file.to_string();
        for what in ["陪同看病", "138", "139", "谢谢"] {
            assert!(text.contains(&marked(what)), "{what}: {text}");
        }
        assert!(
            file["events"].as_array().unwrap().iter().any(|event| event["type"] == "DemandPlaced"),
            "{file}"
        );
        assert_eq!(town.acting("resident", "r-2").get_status("/v1/persons/resident/r-1/export").await.0, 403);
    })
    .await;
}

/// Issue 4 C: what another process wrote is told, and whom it erased is not: nobody reads of yesterday.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_another_process_kept_or_erased_is_known() {
    both(async |town| {
        live(&town).await;
        let path = "/v1/persons/member/m-1";
        assert_eq!(value(&town.get(path).await, "details", "phone"), ("kept", &json!(marked("137"))));
        let (url, key) = (town.place().url(), town.safe().join("key"));
        let said = tokio::task::block_in_place(|| {
            let erase = [
                "person",
                "erase",
                "member",
                "m-1",
                "--ground",
                "court",
                "--vault-key",
                key.to_str().unwrap(),
            ];
            run(&url, &erase)
        });
        assert_eq!(said.code, 0, "{said:?}");
        let told = town.get(path).await;
        assert_eq!((&told["erased"], &told["details"]), (&json!("court"), &json!([])));
        let department = town.acting("organisation-department", "o-1@5202");
        let details = json!({"kind": "member", "id": "m-1", "phone": marked("1")});
        department.refused("keep-details", details, 409, "person.erased").await;
        nowhere(&town, &[&marked("137")]).await;
    })
    .await;
}
