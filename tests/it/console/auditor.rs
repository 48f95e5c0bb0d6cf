//! What auditors see (issue 5): a stream played again, the journal, audits run from a page.

use std::sync::Arc;
use std::time::Duration;

use aggregates::Role;
use proofs::Hash;
use proofs::note::Kind;
use proofs::tlog_proof::TlogProof;
use reqwest::Method;
use serde_json::{Value, json};
use server::http::Settings;
use server::tlog::Publisher;
use server::tlog::home::Home;
use server::tlog::signer::LogSigner;
use tempfile::TempDir;
use tests::door::Door;
use tests::town::{Town, both};

use crate::tlog::ledger::unguard;

/// Somebody at a page: text of the answer and its status.
struct Visitor {
    door: Door,
    cookie: String,
}

impl Visitor {
    async fn new(town: &Town, login: &str, role: Role, organisation: Option<&str>) -> Self {
        let door = Door::with(town, Settings::default()).await;
        door.login(login, role, login, organisation).await;
        let cookie = door.cookie(login).await;
        Self { door, cookie }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.send(self.door.request(Method::GET, path)).await
    }

    async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}\n{page}");
        page
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.page(path).await).unwrap()
    }

    /// Sends a form; status, where it leads, and the page.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let request = self.door.request(Method::POST, path).header("cookie", &self.cookie);
        let answer = request.header("accept-language", "en").form(form).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or_default(), answer.text().await.unwrap())
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, String) {
        let request = request.header("cookie", &self.cookie).header("accept-language", "en");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until an audit is over.
    async fn ended(&self, at: &str) -> Value {
        for _ in 0..200 {
            let run = self.json(&format!("/v1{at}")).await;
            if run["state"] != "running" {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the audit does not end");
    }
}

/// Signs all that is in the ledger; the public key.
async fn sign(town: &Town) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(&folder.path().join("signer")).unwrap();
    home.make_key("ledger.example/5202", Kind::Note).unwrap();
    let seal = Arc::new(LogSigner::open(home).unwrap());
    let key = seal.verifier().to_string();
    Publisher::new(Arc::clone(town.app().store()), Box::new(seal), None).publish().await.unwrap();
    (folder, key)
}

/// A demand with a life of its own; and what is signed of it.
async fn demand(town: &Town) {
    town.set_time("2026-03-02T09:00:00+08:00");
    let worker = town.acting("community-worker", "w-1@520201016001");
    worker.ok("post-wish", wish()).await;
    worker.ok("screen-demand", json!({"demand": "d-1"})).await;
}

fn wish() -> Value {
    json!({"demand": "d-1", "wish": "micro_dream", "channel": "online", "category": "appliance_repair",
        "community": "520201016001", "placed_by": "r-1", "urgency": "routine"})
}

/// Issue 5: «the state beside each event with the changes marked, as-of any moment, proof status of each event, compare two moments».
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_is_played_again() {
    both(async |town| {
        let (_folder, _) = sign(&town).await;
        let signed = town.position_now().await;
        town.set_time("2026-03-02T09:00:00+08:00");
        town.ok(
            "report",
            json!({"member": "m-1", "kind": "residence", "community": "520201016002"}),
        )
        .await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let replay = auditor.json("/v1/streams/member/m-1/replay").await;
        let items = replay["items"].as_array().unwrap();
        assert_eq!(items.len(), 3, "{replay:#}");
        assert_eq!(items[0]["type"], "MemberEnrolled");
        for (item, proof) in items.iter().zip(["proved", "proved", "waiting"]) {
            assert_eq!(item["proof"], proof, "{item:#}");
        }
        assert_eq!(replay["checkpoint"]["size"], signed);
        // What is told of a moment is what the row's own address tells.
        let positions: Vec<u64> = items.iter().map(|item| item["position"].as_u64().unwrap()).collect();
        for at in [positions[0], positions[1], positions[2], town.position_now().await] {
            let row = auditor.json(&format!("/v1/members/m-1?as_of={at}")).await;
            let moments = auditor.json(&format!("/v1/streams/member/m-1/replay?at={at}")).await;
            let rows = moments["moments"][0]["rows"].as_array().unwrap();
            let told = rows.iter().find(|row| row["resource"] == "members").unwrap();
            assert_eq!(told["row"], row, "at {at}");
        }
        // What an event changed is what differs between the moment before it and the one after.
        let (before, after) = (positions[1], positions[2]);
        let compared =
            auditor.json(&format!("/v1/streams/member/m-1/replay?at={before}&with={after}")).await;
        assert_eq!(compared["compared"], items[2]["rows"]);
        assert!(!compared["compared"].as_array().unwrap().is_empty());
        // A time is a moment, too: then nothing was there yet but the set-up.
        let then = auditor.json("/v1/streams/member/m-1/replay?at=2026-02-01T00:00:00%2B08:00").await;
        assert_eq!(then["moments"][0]["event"], positions[1]);

        let page = auditor.page(&format!("/replay/member/m-1?at={}", positions[1])).await;
        for shown in ["Step 2 of 3", "mark-changed", "✓ Proved", "… To be signed", "is-here", "tlog-proof"] {
            assert!(page.contains(shown), "{shown}\n{page}");
        }
        // Without scripts one goes from step to step by links.
        assert!(page.contains(&format!("?at={}#moment", positions[0])), "{page}");
        assert!(page.contains(&format!("?at={}#moment", positions[2])), "{page}");
        let page = auditor.page(&format!("/replay/member/m-1?at={before}&with=2026-03-03")).await;
        assert!(page.contains("What differs between position"), "{page}");
        let parts = auditor.page(&format!("/replay/member/m-1?part=moments&at={before},{after}")).await;
        assert_eq!(parts.matches("<template data-at=").count(), 2);
        let chinese = auditor.door.request(Method::GET, "/replay/member/m-1").header("cookie", &auditor.cookie);
        let chinese = chinese.header("accept-language", "zh-CN").send().await.unwrap().text().await.unwrap();
        assert!(chinese.contains("时间轴") && chinese.contains("第 3 步，共 3 步"), "{chinese}");
    })
    .await;
}

/// Issue 5: the proof that is downloaded beside an event is that of the event shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_event_is_shown_with_its_proof() {
    both(async |town| {
        let (_folder, _) = sign(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let entry = auditor.json("/v1/events/7").await;
        let leaf = entry["leaf"].as_str().unwrap();
        let hash = Hash::of_leaf(leaf.as_bytes());
        assert_eq!((entry["hash"].as_str(), &entry["proof"]), (Some(&*hash.to_string()), &json!("proved")));
        let proof = TlogProof::parse(auditor.page("/v1/log/proof/7").await.as_bytes()).unwrap();
        let checkpoint = proofs::Checkpoint::of(&proof.note).unwrap();
        assert!(proof.proves(hash, &checkpoint));
        assert_eq!(entry["checkpoint"]["root"], checkpoint.root.to_string());
        let page = auditor.page("/journal/7").await;
        for shown in ["✓ Proved", &*hash.to_string(), "/journal/6", "/journal/8", "/v1/log/proof/7"] {
            assert!(page.contains(shown), "{shown}\n{page}");
        }
        let operator = Visitor::new(&town, "o-1", Role::Operator, None).await;
        assert_eq!(operator.json("/v1/events/7").await["leaf"], Value::Null, "not for operators");
        // One that is altered is not the one that was logged.
        let raw = town.place().raw().await;
        unguard(&raw).await;
        raw.run("UPDATE events SET payload = replace(payload, '凤凰', '龙凤') WHERE position BETWEEN 1 AND 9").await.unwrap();
        let entries = [3, 4, 5, 6, 7, 8, 9];
        let mut states = vec![];
        for at in entries {
            states.push(auditor.json(&format!("/v1/events/{at}")).await["proof"].clone());
        }
        assert!(states.contains(&json!("differs")), "{states:?}");
    })
    .await;
}

/// Issue 5: «the journal with filters».
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_journal_is_searched() {
    both(async |town| {
        demand(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let of = async |query: &str| -> Vec<u64> {
            let found = auditor.json(&format!("/v1/events?{query}")).await;
            let events = found.as_array().unwrap().clone();
            events.iter().map(|event| event["position"].as_str().unwrap().parse().unwrap()).collect()
        };
        let all = of("limit=1000").await;
        let head = *all.last().unwrap();
        assert_eq!(all, (1..=head).collect::<Vec<_>>());
        let newest = of("limit=1000&order=newest").await;
        assert!(newest.iter().rev().eq(&all));
        assert_eq!(of("order=newest&before=6&after=2").await, [5, 4, 3]);
        let demands = of("stream_type=demand&stream=d-1").await;
        assert!(!demands.is_empty() && demands.len() < 5);
        assert_eq!(of("stream_type=demand&stream=d-1&order=newest&limit=1").await, demands[demands.len() - 1..]);
        assert_eq!(of("actor=w-1&role=community-worker&organisation=520201016001&stream_type=demand").await, demands);
        assert_eq!(of("actor=w-2").await, [0_u64; 0]);
        assert_eq!(of("type=MemberEnrolled").await.len(), 3);
        assert_eq!(of("from=2026-03-01T00:00:00Z&type=MemberEnrolled").await, [0_u64; 0]);
        assert_eq!(of("to=2026-03-01T00:00:00Z&type=MemberEnrolled").await.len(), 3);
        // Pages follow each other by their links, in both directions.
        for order in ["oldest", "newest"] {
            let (mut found, mut next) = (vec![], Some(format!("/v1/events?order={order}&limit=7")));
            while let Some(path) = next {
                let request = auditor.door.request(Method::GET, &path).header("cookie", &auditor.cookie);
                let answer = request.send().await.unwrap();
                let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
                next = link.map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
                let events: Vec<Value> = answer.json().await.unwrap();
                found.extend(events.iter().map(|one| one["position"].as_str().unwrap().parse::<u64>().unwrap()));
            }
            if order == "newest" {
                found.reverse();
            }
            assert!(found.len() >= all.len() && found.starts_with(&[1, 2, 3]), "{order}");
            assert!(found.windows(2).all(|two| two[1] == two[0] + 1), "{order}: {found:?}");
        }
        let page = auditor.page("/journal?stream_type=demand&stream=d-1").await;
        for position in &demands {
            assert!(page.contains(&format!("/journal/{position}\"")), "{page}");
        }
        assert!(!page.contains(">m-1<"), "{page}");
        // Whatever is typed leads to what is meant.
        let event = auditor.json(&format!("/v1/events/{}", demands[0])).await;
        for (typed, to) in [
            ("m-1", "/replay/member/m-1".to_owned()),
            ("u-tax", "/replay/unit/u-tax".to_owned()),
            ("demand/d-1", "/replay/demand/d-1".to_owned()),
            ("7", "/journal/7".to_owned()),
            (event["event_id"].as_str().unwrap(), format!("/journal/{}", demands[0])),
        ] {
            let request = auditor.door.request(Method::GET, "/replay").query(&[("q", typed)]);
            let answer = request.header("cookie", &auditor.cookie).send().await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, &*to), "{typed}");
        }
        let (status, page) = auditor.get("/replay?q=nobody-knows-it").await;
        assert!(status == 404 && page.contains("nobody-knows-it"), "{page}");
    })
    .await;
}

/// Issue 5: «audit runs and their results»: begun from a page, and a row that was altered in the database is found and named.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_audit_from_a_page_finds_an_altered_event() {
    both(async |town| {
        let (_folder, key) = sign(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let policy = format!("log {key}\r\nquorum none\r\n");
        let kept = auditor.page("/v1/log/checkpoint").await;
        let brought = [("policy", &*policy), ("known_head", &*kept)];
        let (status, to, page) = auditor.post("/audits", &brought).await;
        assert_eq!(status, 303, "{page}");
        let run = auditor.ended(&to).await;
        assert_eq!(run["state"], "sound", "{run:#}");
        assert_eq!((run["asked_by"].as_str(), run["checks"].as_array().unwrap().len()), (Some("a-1"), 8));
        let page = auditor.page(&to).await;
        assert!(page.contains("All sound") && page.contains("continues the checkpoint that you kept"), "{page}");

        let raw = town.place().raw().await;
        unguard(&raw).await;
        raw.run("UPDATE events SET payload = replace(payload, 'u-tax', 'u-tex') WHERE position = (SELECT min(position) FROM events WHERE event_type = 'MemberEnrolled')").await.unwrap();
        let altered = raw.numbers("SELECT CAST(min(position) AS bigint) FROM events WHERE event_type = 'MemberEnrolled'").await[0];
        let (_, to, _) = auditor.post("/audits", &brought).await;
        let run = auditor.ended(&to).await;
        assert_eq!(run["state"], "differences", "{run:#}");
        let page = auditor.page(&to).await;
        assert!(page.contains(&format!("the event at position {altered} is not the one that was logged")), "{page}");
        assert!(page.contains(&format!("/journal/{altered}\"")), "the event can be opened: {page}");
        assert!(page.contains("An event was altered after it was recorded."), "{page}");
        // Both are kept, the newest first, and shown on the first page.
        let all = auditor.json("/v1/audits").await;
        let states: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|run| &run["state"]).collect();
        assert_eq!(states, ["differences", "sound"]);
        assert!(auditor.page("/").await.contains("Differences found"));
        assert!(auditor.page("/audits").await.contains("Differences found"));
        // What is no policy is told beside the field, with what was typed.
        let (status, _, page) = auditor.post("/audits", &[("policy", "no policy at all")]).await;
        assert!(status == 422 && page.contains("no policy at all") && page.contains("aria-invalid"), "{page}");
    })
    .await;
}

/// One at a time; one under way is ended by whoever may; its results outlive the process that ran it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn audits_are_run_one_at_a_time_and_can_be_ended() {
    both(async |town| {
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        // One that another process runs: it has told of itself just now.
        let now = town.app().clock().now();
        let mut other = server::store::audits::AuditRow {
            audit: "01990000-0000-7000-8000-000000000000".to_owned(),
            asked_by: "a-2".to_owned(),
            asked_role: "auditor".to_owned(),
            started_at: now,
            beat_at: now,
            ended_at: None,
            state: "running".to_owned(),
            head: 10,
            position: 5,
            findings: String::new(),
            trouble: None,
        };
        town.app().store().audits().keep(&other).await.unwrap();
        let page = auditor.page("/audits").await;
        assert!(page.contains("<progress") && page.contains("data-running"), "{page}");
        let (status, _, page) = auditor.post("/audits", &[]).await;
        assert!(status == 409 && page.contains("audit.running"), "{page}");
        // It has been silent for too long: it is over, and no longer in the way.
        other.beat_at = now - chrono::TimeDelta::minutes(2);
        town.app().store().audits().keep(&other).await.unwrap();
        assert!(auditor.page("/audits").await.contains("Interrupted"));
        let (status, to, _) = auditor.post("/audits", &[]).await;
        assert_eq!(status, 303);
        auditor.ended(&to).await;
        // Ending one that is over changes nothing.
        let (status, back, _) = auditor.post(&format!("{to}/cancel"), &[]).await;
        assert_eq!((status, &back), (303, &to));
        assert_eq!(auditor.ended(&to).await["state"], "sound");
        assert_eq!(auditor.post("/audits/none/cancel", &[]).await.0, 404);
        assert_eq!(auditor.get("/audits/none").await.0, 404);
    })
    .await;
}

/// What auditors see is for them and for operators, and garbage in an address gives a clear page.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn auditors_pages_are_for_those_who_audit() {
    both(async |town| {
        let paths = ["/journal", "/journal/3", "/audits", "/replay", "/replay/member/m-1", "/v1/audits", "/v1/log/state", "/v1/streams/member/m-1/replay", "/v1/events/3"];
        for (role, organisation) in [
            (Role::Member, None),
            (Role::Unit, Some("u-tax")),
            (Role::CommunityWorker, Some("520201016001")),
            (Role::OrganisationDepartment, Some("5202")),
            (Role::PromotionReview, None),
        ] {
            let other = Visitor::new(&town, role.name(), role, organisation).await;
            for path in paths {
                let (status, page) = other.get(path).await;
                assert!(status == 403 && !page.contains("u-tax"), "{role:?} {path}: {status}");
            }
            assert_eq!(other.post("/audits", &[]).await.0, 403, "{role:?}");
        }
        let operator = Visitor::new(&town, "o-1", Role::Operator, None).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        for path in paths {
            operator.page(path).await;
            auditor.page(path).await;
        }
        auditor.page("/").await;
        for (path, status) in [
            ("/replay/nothing/m-1", 404),
            ("/replay/member/nobody", 404),
            ("/replay/member/m-1?at=soon", 422),
            ("/replay/member/m-1?at=99999999", 422),
            ("/replay/member/m-1?at=3&with=%00", 422),
            ("/replay/member/m-1?at=0", 200),
            ("/replay/member/m-1?part=moments&at=x", 404),
            ("/journal/0", 404),
            ("/journal/x", 404),
            ("/journal/99999999", 404),
            ("/journal?from=soon", 422),
            ("/journal?before=x", 422),
            ("/journal?order=sideways", 200),
            ("/journal?type=%3Cscript%3E", 200),
            ("/audits/%00", 404),
        ] {
            let (got, page) = auditor.get(path).await;
            assert_eq!(got, status, "{path}\n{page}");
            assert!(page.contains("<main") && !page.contains("<script>"), "{path}\n{page}");
        }
    })
    .await;
}
