//! Nothing personal is left anywhere: marks are planted in a served ledger, read in every way, erased, and looked for everywhere.

mod marks;
mod places;

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::place::{Place, Raw};
use tests::program::run;
use tests::serving::{Server, found};

use self::marks::{Mark, Told, places};
use self::places::{Asker, answers, asked};
use super::erasing::{bytes_in, everything};
use super::restored::dump;

on_both!(nothing_personal_is_left_anywhere);

const RESIDENT: Asker = Some("resident/r-kqz");
const MEMBER: Asker = Some("member/m-1");
const WORKER: Asker = Some("community-worker/w-1@520201016001");
const DEPARTMENT: Asker = Some("organisation-department/o-1@5202");
/// Somebody of each role, the person at the machine first.
const ASKERS: [Asker; 9] = [
    None,
    WORKER,
    RESIDENT,
    MEMBER,
    DEPARTMENT,
    Some("unit/x-1@u-tax"),
    Some("auditor/a-1"),
    Some("promotion-review/p-1"),
    Some("public/p-2"),
];

/// The photo: a PNG that shows nothing.
const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n\x00\xf3QZXphoto\xfe\x07\x99\xd1";
/// All texts: what each is told as, and the text.
const TEXTS: [(&str, &str); 13] = [
    ("the order", "陪同看病QZX甲一"),
    ("the contact's name", "黎某QZX甲二"),
    ("the contact's number", "138QZX0003"),
    ("the contact's address", "三栋四号QZX甲四"),
    ("the resident's name", "黎某某QZX乙一"),
    ("the resident's number", "139QZX0002"),
    ("the resident's address", "五栋六号QZX乙三"),
    ("the comment", "谢谢王同志QZX甲五"),
    ("the note", "已陪同就医QZX甲六"),
    ("the issue", "楼道无灯QZX甲七"),
    ("the member's name", "王某QZX丙"),
    ("the member's number", "137QZX0004"),
    ("the member's address", "七栋八号QZX丙三"),
];
/// Those that are refused.
const REFUSED: [(&str, &str); 2] = [("a refused number", "136QZX0005"), ("a refused word", "拒收之语QZX丁")];

fn text(name: &str) -> &'static str {
    TEXTS.iter().chain(&REFUSED).find(|(known, _)| *known == name).unwrap().1
}

fn marks() -> Vec<Mark> {
    let mut marks: Vec<Mark> =
        TEXTS.iter().chain(&REFUSED).map(|(name, text)| Mark::text(name, text)).collect();
    // Without the beginning that every PNG has.
    marks.push(Mark::bytes("the photo", PHOTO.get(8..).unwrap()));
    marks
}

/// A served ledger, its keys and whatever it says.
struct House {
    place: Place,
    safe: TempDir,
    /// Its output, log, backups.
    papers: TempDir,
    server: Server,
    client: Client,
}

impl House {
    fn open(place: Place) -> Self {
        let (safe, papers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let server = tokio::task::block_in_place(|| {
            found(&place.url());
            let (key, log) = (safe.path().join("key"), safe.path().join("log"));
            let environment = [
                ("RUST_LOG", "trace"),
                ("BAODAO_VAULT_KEY", key.to_str().unwrap()),
                ("BAODAO_LOG_KEY", log.to_str().unwrap()),
            ];
            let (said, log) = (papers.path().join("said"), papers.path().join("log"));
            Server::start_noting(&place.url(), &environment, &said, &log)
        });
        let client = Client::builder().no_proxy().build().unwrap();
        Self { place, safe, papers, server, client }
    }

    async fn submit(&self, by: Asker, command: &str, data: Value) -> (u16, String) {
        let request = self.client.post(format!("{}/v1/commands/{command}", self.server.base));
        let answer = asked(request, by).json(&data).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn ok(&self, by: Asker, command: &str, data: Value) {
        let (status, answer) = self.submit(by, command, data).await;
        assert!(status == 201, "{command}: {status} {answer}");
    }

    /// Everything personal that there is, told in the ways in which it is told.
    async fn live(&self) {
        let demand = |id: &str, words: Value| {
            let mut data = json!({"demand": id, "channel": "window", "category": "errands",
                "community": "520201016001", "urgency": "routine", "placed_by": "r-kqz"});
            data.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
            data
        };
        let order = json!({"text": text("the order"), "contact_name": text("the contact's name"),
            "contact_phone": text("the contact's number"), "contact_address": text("the contact's address")});
        self.ok(WORKER, "place-order", demand("d-1", order)).await;
        self.ok(RESIDENT, "raise-issue", demand("d-2", json!({"issue": "issue", "text": text("the issue")})))
            .await;
        self.ok(
            WORKER,
            "give-consent",
            json!({"kind": "resident", "id": "r-kqz", "purpose": "demand_contact"}),
        )
        .await;
        for (by, kind, id, whose) in
            [(WORKER, "resident", "r-kqz", "the resident's"), (DEPARTMENT, "member", "m-1", "the member's")]
        {
            let told = |what: &str| text(&format!("{whose} {what}"));
            let details = json!({"kind": kind, "id": id, "name": told("name"), "phone": told("number"), "address": told("address")});
            self.ok(by, "keep-details", details).await;
        }
        self.ok(WORKER, "screen-demand", json!({"demand": "d-1"})).await;
        self.ok(WORKER, "dispatch-order", json!({"demand": "d-1", "member": "m-1", "work": "voluntary"}))
            .await;
        self.ok(MEMBER, "accept-order", json!({"demand": "d-1", "member": "m-1"})).await;
        let done = json!({"demand": "d-1", "member": "m-1", "minutes": 60, "note": text("the note"), "photo": STANDARD.encode(PHOTO)});
        self.ok(MEMBER, "complete-service", done).await;
        self.ok(
            RESIDENT,
            "rate-service",
            json!({"demand": "d-1", "stars": 5, "comment": text("the comment")}),
        )
        .await;
        self.err().await;
    }

    /// What is refused was told all the same.
    async fn err(&self) {
        let (number, word) = (text("a refused number"), text("a refused word"));
        let details = json!({"kind": "member", "id": "m-1", "phone": number});
        for (by, command, data, status) in [
            (RESIDENT, "keep-details", details, 403),
            (
                WORKER,
                "keep-details",
                json!({"kind": "resident", "id": "r-kqz", "phone": [number], "name": 7}),
                422,
            ),
            (
                WORKER,
                "keep-details",
                json!({"kind": "resident", "id": "r-kqz", "phone": format!("{number}\n{word}")}),
                422,
            ),
            (RESIDENT, "rate-service", json!({"demand": "d-2", "stars": 5, "comment": word}), 409),
            (
                MEMBER,
                "complete-service",
                json!({"demand": "d-1", "member": "m-1", "minutes": 9, "note": word, "photo": word}),
                422,
            ),
        ] {
            let (got, answer) = self.submit(by, command, data).await;
            assert_eq!(got, status, "{command}: {answer}");
        }
    }

    /// Whatever is kept, said or logged: tables, files, copies, keys.
    async fn kept(&self, raw: &Raw, round: &str) -> Vec<Told> {
        let mut told = vec![Told::new("a table", everything(raw).await.join("\n"))];
        if let (Place::Sqlite(folder), Raw::Sqlite(_)) = (&self.place, raw) {
            told.push(Told::new("a file of the ledger", bytes_in(folder.path())));
            raw.run("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
            told.push(Told::new("a file of the ledger behind a checkpoint", bytes_in(folder.path())));
        }
        let copy = tokio::task::block_in_place(|| self.copy(round));
        told.push(Told::new("a backup", std::fs::read(copy).unwrap()));
        told.push(Told::new("a file beside the keys", bytes_in(self.safe.path())));
        for paper in ["said", "log"] {
            told.push(Told::new(
                format!("the server's {paper}"),
                std::fs::read(self.papers.path().join(paper)).unwrap(),
            ));
        }
        told
    }

    /// As whoever runs the ledger makes it.
    fn copy(&self, round: &str) -> PathBuf {
        let (url, copy) = (self.place.url(), self.papers.path().join(format!("copy-{round}")));
        let made = run(&url, &["backup", copy.to_str().unwrap()]);
        if let Place::Sqlite(_) = self.place {
            assert_eq!(made.code, 0, "{made:?}");
        } else {
            assert!(made.code == 1 && !copy.exists(), "{made:?}");
            dump(&self.place, &copy);
        }
        copy
    }

    async fn told(&self, raw: &Raw, round: &str) -> Vec<Told> {
        let mut told = answers(&self.server.base, raw, &ASKERS).await;
        // What is logged is written behind the answer.
        tokio::time::sleep(Duration::from_millis(300)).await;
        told.extend(self.kept(raw, round).await);
        told
    }

    fn key(&self) -> PathBuf {
        self.safe.path().join("key")
    }
}

/// The addresses that tell something personal to whom it concerns.
fn is_for_persons(place: &str) -> bool {
    let Some((_, path)) = place.split_once(" 200 /v1/") else { return false };
    path.starts_with("persons/") || path.contains("/words") || path.starts_with("members/m-1/record")
}

/// `verify` and `audit` find nothing.
pub fn verified(url: &str, key: &Path) {
    for check in ["verify", "audit"] {
        let said = run(url, &[check, "--vault-key", key.to_str().unwrap(), "--json"]);
        assert_eq!(said.code, 0, "{check}: {said:?}");
    }
}

/// Issue 4, done when 4: after a resident and a member were erased, nothing personal of them is in any table, file, log, answer, export, backup or
/// beside any key, whatever form it may be written in; and everything still verifies. The same search finds all of it before.
async fn nothing_personal_is_left_anywhere(place: Place) {
    let house = House::open(place);
    let raw = house.place.raw().await;
    house.live().await;
    let (marks, before) = (marks(), house.told(&raw, "before").await);
    let found = places(&marks, &before);
    for (mark, found) in marks.iter().zip(&found) {
        let elsewhere: Vec<&&str> = found.iter().filter(|place| !is_for_persons(place)).collect();
        assert!(elsewhere.is_empty(), "{} stands in {elsewhere:?}", mark.name);
        assert_eq!(found.is_empty(), mark.name.starts_with("a refused"), "{} is not found at all", mark.name);
    }
    // Every way of telling is among those that were searched.
    let name = marks.iter().position(|mark| mark.name == "the member's name").unwrap();
    for place in ["/record?purpose=check&format=json", "format=pdf record", "format=pdf text", "/export"] {
        assert!(found[name].iter().any(|found| found.ends_with(place)), "{place}: {:?}", found[name]);
    }
    let sealed = "SELECT sealed FROM vault_entries UNION ALL SELECT wrapped FROM vault_keys";
    let sealed: Vec<Mark> =
        raw.texts(sealed).await.iter().map(|text| Mark::text("what is sealed", text)).collect();
    let files: &[&str] = match house.place {
        Place::Sqlite(_) => {
            &["a backup", "a file of the ledger", "a file of the ledger behind a checkpoint", "a table"]
        }
        Place::Postgres(_) => &["a backup", "a table"],
    };
    for found in places(&sealed, &before) {
        assert_eq!(found.into_iter().collect::<Vec<_>>(), files);
    }
    let opaque = places(&[Mark::text("the resident's id", "r-kqz")], &before).remove(0);
    for place in
        ["the server's log", "/v1/events?", "/events/stream", "/exports/demands", "/log/tile/entries"]
    {
        assert!(opaque.iter().any(|found| found.contains(place)), "{place} was not searched");
    }

    house
        .ok(WORKER, "erase-subject", json!({"kind": "resident", "id": "r-kqz", "ground": "own_request"}))
        .await;
    house
        .ok(DEPARTMENT, "erase-subject", json!({"kind": "member", "id": "m-1", "ground": "left_service"}))
        .await;
    let after = house.told(&raw, "after").await;
    let all: Vec<Mark> = marks.into_iter().chain(sealed).collect();
    for (mark, found) in all.iter().zip(places(&all, &after)) {
        assert!(found.is_empty(), "{} stands in {found:?}", mark.name);
    }
    assert!(after.len() > before.len(), "{} of {} places are left to search", after.len(), before.len());
    let register = std::fs::read_to_string(house.safe.path().join("key.erased")).unwrap();
    assert_eq!(register, "resident:r-kqz\nmember:m-1\n");
    tokio::task::block_in_place(|| verified(&house.place.url(), &house.key()));
}
