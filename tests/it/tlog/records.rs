//! Verified records: made by the service, verified by nobody but the reader.

use std::path::{Path, PathBuf};
use std::process::Command;

use proofs::note::Note;
use proofs::policy::Policy;
use proofs::record::{Brought, Outcome, Record};
use proofs::{Checkpoint, Hash};
use serde_json::{Value, json};
use server::tlog::Publisher;
use server::tlog::record::{Asked, Recorder};
use server::tlog::signing::{By, Signing};
use std::sync::Arc;
use tests::place::Place;
use tests::program::{Said, run};
use tests::town::Town;

use super::twice::judge;

/// A town in which member m-1 has served, and somebody signs.
pub struct Signed {
    pub town: Town,
    pub publisher: Arc<Publisher>,
    pub recorder: Recorder,
    _folder: tempfile::TempDir,
}

impl Signed {
    pub async fn new(town: Town) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let signing = Signing { by: By::Folder(folder.path().join("log")), ..Signing::default() };
        let publisher = signing.publisher(town.app().store()).unwrap().unwrap();
        let recorder = Recorder::new(Arc::clone(town.app().store()), Arc::clone(town.app().desk()));
        let signed = Self { town, publisher, recorder, _folder: folder };
        signed.serve("d-1", 90).await;
        signed.publisher.publish().await.unwrap();
        signed.serve("d-2", 45).await;
        signed
    }

    /// One more service of m-1, rated with five stars.
    pub async fn serve(&self, demand: &str, minutes: u32) {
        let town = &self.town;
        town.set_time("2026-03-02T09:00:00+08:00");
        let wish = json!({"demand": demand, "wish": "micro_wish", "channel": "window", "category": "appliance_repair",
            "community": "520201016001", "urgency": "routine"});
        town.ok("post-wish", wish).await;
        town.ok("screen-demand", json!({"demand": demand})).await;
        town.ok("publish-wish", json!({"demand": demand})).await;
        town.ok("claim-wish", json!({"demand": demand, "member": "m-1"})).await;
        town.ok("complete-service", json!({"demand": demand, "member": "m-1", "minutes": minutes})).await;
        town.ok("rate-service", json!({"demand": demand, "stars": 5})).await;
    }

    pub async fn record(&self, since: Option<u64>) -> Record {
        self.recorder
            .record(&self.publisher, &Asked { since, name: Some("张三"), ..member("m-1") })
            .await
            .unwrap()
    }

    pub fn policy(&self) -> Policy {
        Policy::of_log(self.publisher.seal().verifier().clone())
            .with_issuer(self.publisher.issuer().unwrap().key().clone())
            .unwrap()
    }

    pub fn brought(&self) -> Brought {
        Brought { policy: self.policy(), known: None, max_age: None, now: 1_800_000_000 }
    }

    /// The outcome, and every reason that is not that no witness is asked for.
    pub fn judged(&self, record: &Record) -> (Outcome, Vec<String>) {
        judged_by(record, &self.brought())
    }
}

fn member(id: &str) -> Asked<'_> {
    Asked { kind: "member", id, purpose: "任前核查", ..Asked::default() }
}

/// The outcome, and every reason that is not that no witness is asked for.
pub fn judged_by(record: &Record, brought: &Brought) -> (Outcome, Vec<String>) {
    let verdict = judge(&serde_json::to_vec(record).unwrap(), brought);
    let mut reasons: Vec<String> = verdict.findings.into_iter().map(|finding| finding.en).collect();
    reasons.retain(|reason| !reason.contains("asks for no witness"));
    (verdict.outcome, reasons)
}

/// Issue 4 C: the record of whoever was erased still verifies, those from before as well, and says nothing else than before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_record_outlives_an_erasure() {
    tests::town::both(async |town| {
        let department = town.acting("organisation-department", "o-1@5202");
        department.ok("keep-details", json!({"kind": "member", "id": "m-1", "name": "MARKQZX"})).await;
        let signed = Signed::new(town).await;
        let before = signed.record(None).await;
        department
            .ok("erase-subject", json!({"kind": "member", "id": "m-1", "ground": "left_service"}))
            .await;
        let after = signed.record(None).await;
        for record in [&before, &after] {
            assert_eq!(signed.judged(record), (Outcome::ValidWithWarnings, vec![]));
            assert!(!serde_json::to_string(record).unwrap().contains("MARKQZX"));
        }
        assert_eq!((before.events.len(), before.totals), (after.events.len(), after.totals));
    })
    .await;
}

/// Issue 4 B: a record is whole, verifies, and its totals are those of the card.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_record_tells_everything_and_proves_it() {
    tests::town::both(async |town| {
        let signed = Signed::new(town).await;
        let record = signed.record(None).await;
        let history = signed.town.get("/v1/members/m-1/history").await;
        assert_eq!(record.events.len(), history["items"].as_array().map_or(0, Vec::len), "{history}");
        assert_eq!(signed.judged(&record), (Outcome::ValidWithWarnings, vec![]));
        assert_eq!((record.totals.voluntary.times, record.totals.voluntary.minutes), (2, 135));
        assert_eq!((record.totals.rated, record.totals.stars), (2, 10));
        let head = signed.town.position();
        signed.town.app().reached(&sheet("point_cards"), head).await.unwrap();
        let card = signed.town.get("/v1/members/m-1/point-card?year=2026").await;
        let told = &record.totals.cards[&2026];
        assert_eq!(
            (json!(told.total), json!(told.awarded), json!(told.deducted)),
            (card["total"].clone(), card["awarded"].clone(), card["deducted"].clone())
        );
        // The first service was in a checkpoint before the newest.
        assert_eq!(record.earlier.len(), 1);
        assert_eq!(record.events[0].earlier, Some(0));
        assert_eq!(record.events.last().unwrap().earlier, None);
        // Nothing new happened: the same map and checkpoint serve again; then something does.
        let again = signed.record(None).await;
        assert_eq!((&again.heads, &again.checkpoint), (&record.heads, &record.checkpoint));
        signed.serve("d-3", 30).await;
        let later = signed.record(None).await;
        assert_eq!(later.totals.voluntary.minutes, 165);
        assert_eq!(signed.judged(&later).1, Vec::<String>::new());
        // Of a stream that there is not.
        assert!(signed.recorder.record(&signed.publisher, &member("m-99")).await.is_err());
    })
    .await;
}

fn sheet(name: &str) -> projections::ports::Sheet {
    projections::sheets::sheets().into_iter().find(|sheet| sheet.name == name).unwrap()
}

/// Issue 4 B: a checkpoint that the reader kept is continued, or the record has diverged from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_held_against_what_the_reader_kept() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let signed = Signed::new(town).await;
    let record = signed.record(None).await;
    let known = Checkpoint::of(&Note::parse(record.checkpoint.as_bytes()).unwrap()).unwrap();
    let with = |known: Checkpoint| Brought { known: Some(known), ..signed.brought() };
    assert_eq!(judged_by(&record, &with(known.clone())).1, Vec::<String>::new());
    let forked = Checkpoint { root: Hash::of(b"another history"), ..known.clone() };
    assert_eq!(judged_by(&record, &with(forked.clone())).0, Outcome::Diverged);
    signed.serve("d-3", 30).await;
    let later = signed.record(Some(known.size)).await;
    assert_eq!(judged_by(&later, &with(known.clone())).1, Vec::<String>::new());
    assert_eq!(judged_by(&later, &with(forked)).0, Outcome::Diverged);
    let older = judged_by(&record, &with(Checkpoint { size: known.size + 100, ..known.clone() }));
    assert!(older.1[0].contains("older than the checkpoint"), "{older:?}");
    let other = Checkpoint { size: 7, ..known.clone() };
    assert!(judged_by(&record, &with(other)).1[0].contains("since=7"));
    let stranger = Checkpoint { origin: "other.example".to_owned(), ..known };
    assert_eq!(judged_by(&record, &with(stranger)).0, Outcome::Invalid);
    stop.now().await;
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Issue 4 B: records are for those whose office they are made for, and for whom they are of; each says what it is for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_pulled_by_whom_it_is_for() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let asked = async |role: &str, id: &str, query: &str| {
        let request =
            town.acting(role, id).request(reqwest::Method::GET, &format!("/v1/members/m-1/record{query}"));
        request.send().await.unwrap().status().as_u16()
    };
    // Nobody signs this server's log.
    for (role, id) in [("member", "m-1"), ("organisation-department", "o-1"), ("auditor", "a-1")] {
        assert_eq!(asked(role, id, "?purpose=x").await, 503, "{role}");
    }
    let others = [
        ("member", "m-2"),
        ("community-worker", "w-1"),
        ("resident", "r-1"),
        ("public", "x"),
        ("unit", "u@u-tax"),
    ];
    for (role, id) in others {
        assert_eq!(asked(role, id, "?purpose=x").await, 403, "{role}");
    }
    for query in ["", "?purpose=", "?purpose=%20"] {
        assert_eq!(asked("auditor", "a-1", query).await, 422, "{query}");
    }
    stop.now().await;
}

/// A record in a file, its policy, and the key of the log.
struct InHand {
    folder: tempfile::TempDir,
    record: PathBuf,
    policy: String,
    key: String,
}

/// Makes it on the command line.
async fn in_hand() -> InHand {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let url = town.place().url();
    Signed::new(town.clone()).await;
    stop.now().await;
    tokio::task::block_in_place(|| {
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("m-1.vsr.json");
        let path = record.to_str().unwrap();
        let said = run(&url, &["record", "m-1", "--purpose", "任前核查", "--name", "张三", "--out", path]);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(
            run(&url, &["record", "m-1", "--purpose", "x", "--out", path]).code,
            1,
            "nothing is overwritten"
        );
        assert_eq!(run(&url, &["record", "m-99", "--purpose", "x"]).code, 1);
        let ledger = PathBuf::from(url.strip_prefix("sqlite://").unwrap());
        let read = |name: &str| {
            let file = ledger.with_file_name("ledger.db-log").join(name);
            std::fs::read_to_string(file).unwrap().trim().to_owned()
        };
        let (key, issuer) = (read("public.key"), read("statement-public.key"));
        let text = format!("log {key}\nquorum none\nissuer {issuer}\n");
        let policy = write(folder.path(), "policy", &text);
        InHand { folder, record, policy, key }
    })
}

/// Issue 4 B: verified without ledger or network, by `baodao` and by a program that is built alone, with an exit code for each outcome.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_verified_by_hand() {
    let InHand { folder, record, policy, key } = in_hand().await;
    let path = record.to_str().unwrap();
    let verified = |file: &str| run("sqlite://nowhere.db", &["verify", file, "--policy", &policy]);
    let said = verified(path);
    assert!(said.code == 10 && said.out.contains("voluntary service: 2 × , 2:15 h"), "{said:?}");
    let told = run("sqlite://nowhere.db", &["verify", path, "--key", &key, "--json"]).json();
    assert_eq!(told["outcome"], "valid-with-warnings");
    assert!(said.out.contains("name: 张三") && told["statement"]["signed"] == false, "{told}");
    let mut record: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    record["totals"]["voluntary"]["minutes"] = json!(9_999);
    let inflated = write(folder.path(), "inflated", &record.to_string());
    record["events"].as_array_mut().unwrap().remove(2);
    let gap = write(folder.path(), "gap", &record.to_string());
    let alone = tokio::task::block_in_place(alone);
    for (file, code, word) in [(path, 10, "VALID"), (&gap, 20, "INCOMPLETE"), (&inflated, 40, "INVALID")] {
        let said = verified(file);
        assert!(said.code == code && said.out.starts_with(word), "{said:?}");
        let other = Command::new(&alone).args([file, &policy]).env("LC_ALL", "en_US.UTF-8").output().unwrap();
        let other = Said::from(other);
        assert_eq!((other.code, other.out), (said.code, said.out));
    }
    let nobody: [&[&str]; 3] =
        [&["verify", path], &["verify", "nowhere", "--policy", &policy], &["verify", path, "--key", "nokey"]];
    for wrong in nobody {
        assert_eq!(run("sqlite://nowhere.db", wrong).code, 2, "{wrong:?}");
    }
    assert_eq!(Said::from(Command::new(&alone).arg(path).output().unwrap()).code, 2);
}

/// The program that a panel builds alone.
pub fn alone() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let target = own.ancestors().nth(3).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--quiet", "--package", "verifier", "--target-dir"])
        .arg(target)
        .current_dir(root)
        .status()
        .unwrap();
    assert!(built.success());
    target.join("debug/baodao-verify")
}

/// E1: a review asks the community, is answered, and pulls the record of whom it asked about, for a time; each pull is a fact, in the
/// register and in the statistics.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_review_asks_and_pulls_the_record_of_whom_it_asked_about() {
    tests::town::both(async |town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let review = town.acting("promotion-review", "p-1");
        let request = json!({"opinion": "o-1", "member": "m-1", "purpose": "promotion", "document": "2026-17",
            "community": "520201016001", "due": "2026-03-12", "until": "2026-04-30"});
        town.acting("community-worker", "w-1")
            .refused("request-opinion", request.clone(), 403, "authority.not_yours")
            .await;
        let nobody = json!({"opinion": "o-2", "member": "m-77", "purpose": "award", "document": "2026-17",
            "community": "520201016001", "due": "2026-03-12", "until": "2026-04-30"});
        review.refused("request-opinion", nobody, 404, "member.unknown").await;
        review.ok("request-opinion", request).await;
        let pull = async |query: &str| {
            let asked =
                review.request(reqwest::Method::GET, &format!("/v1/members/{query}")).send().await.unwrap();
            let status = asked.status().as_u16();
            (status, asked.json::<Value>().await.unwrap()["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(pull("m-1/record?purpose=x").await, (403, "record.only_under_a_request".to_owned()));
        assert_eq!(pull("m-2/record?purpose=x&opinion=o-1").await, (403, "opinion.other_member".to_owned()));
        assert_eq!(pull("m-1/record?purpose=x&opinion=o-9").await, (404, "opinion.unknown".to_owned()));
        // Nobody signs this server's log; that it was pulled is recorded before anything is shown.
        assert_eq!(pull("m-1/record?purpose=x&opinion=o-1").await.0, 503);
        let worker = town.acting("community-worker", "w-1@520201016001");
        town.acting("community-worker", "w-2@520201016002")
            .refused(
                "give-opinion",
                json!({"opinion": "o-1", "stance": "supports"}),
                403,
                "opinion.not_asked",
            )
            .await;
        town.set_time("2026-03-16T09:00:00+08:00");
        worker.ok("give-opinion", json!({"opinion": "o-1", "stance": "supports"})).await;
        town.set_time("2026-05-04T09:00:00+08:00");
        assert_eq!(pull("m-1/record?purpose=x&opinion=o-1").await, (403, "opinion.expired".to_owned()));
        let row = town.get("/v1/opinions/o-1").await;
        assert_eq!(
            (row["stance"].as_str(), row["late"].as_bool(), row["pulled"].as_u64()),
            (Some("supports"), Some(true), Some(1))
        );
        assert_eq!(row["pulled_on"], "2026-03-02");
        let told = town.get("/v1/statistics?division=5202&from=2026-03&to=2026-05").await.to_string();
        for figure in ["opinions_requested", "opinions_given", "opinions_given_late", "records_pulled"] {
            assert!(told.contains(figure), "{figure}: {told}");
        }
        town.rebuild_equals_live().await;
    })
    .await;
}
