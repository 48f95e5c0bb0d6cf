//! The command line, run as people run it.

use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::place::{Place, Raw};
use tests::program::{baodao, end, run};
use tests::town::founding;

/// A ledger with the town in it, put there by `submit`; the receipts.
fn settle(url: &str) -> Vec<Value> {
    let mut child =
        baodao(url, &["submit", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in founding() {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let said = tests::program::Said::from(child.wait_with_output().unwrap());
    assert_eq!(said.code, 0, "{said:?}");
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Design §5: `submit` answers a receipt for each line in its order; a refused line has its problem and makes the exit code
/// non-zero, and the others are stored.
async fn commands_are_submitted_from_a_file(place: Place) {
    let url = place.url();
    let receipts = settle(&url);
    assert_eq!(receipts.len(), founding().len());
    assert!(
        receipts
            .iter()
            .zip(1_u64..)
            .all(|(receipt, line)| receipt["line"] == line && receipt["position"].is_u64())
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines.jsonl");
    let id = "018f3a2e-7c4b-7d1e-8f00-0123456789ab";
    let report = json!({"command": "report", "id": id, "data": {"member": "m-9", "kind": "unit_linked", "community": "520201016001"}});
    let enrol = json!({"command": "enrol-member", "id": "018f3a2e-7c4b-7d1e-8f00-0123456789ac", "data": {"member": "m-4", "unit": "u-tax", "rank": "member"}});
    std::fs::write(&file, format!("{report}\n\n{{\"command\":\"report\",\"command\":\"x\"}}\n{enrol}\n"))
        .unwrap();
    let said = run(&url, &["submit", file.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    let answers: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (answers[0]["line"].as_u64(), answers[0]["id"].as_str(), answers[0]["problem"]["status"].as_u64()),
        (Some(1), Some(id), Some(404))
    );
    assert_eq!(
        (answers[1]["line"].as_u64(), answers[1]["problem"]["code"].as_str()),
        (Some(3), Some("request.duplicate_field"))
    );
    assert_eq!((answers[2]["line"].as_u64(), answers[2]["repeat"].as_bool()), (Some(4), Some(false)));
    let again = run(&url, &["submit", file.to_str().unwrap()]);
    let last: Value = serde_json::from_str(again.out.lines().last().unwrap()).unwrap();
    assert_eq!((last["repeat"].as_bool(), &last["position"]), (Some(true), &answers[2]["position"]));
}

/// Design §5: the history of a stream as a table and as JSON, also as it stood.
async fn a_stream_is_replayed(place: Place) {
    let url = place.url();
    let receipts = settle(&url);
    let table = run(&url, &["replay", "member", "m-1"]);
    assert_eq!(table.code, 0, "{table:?}");
    for word in ["MemberEnrolled", "MemberReported", "unit u-tax", "operator/local"] {
        assert!(table.out.contains(word), "{word} is not in {}", table.out);
    }
    let told = run(&url, &["replay", "member", "m-1", "--json"]).json();
    let first = &told[0]["position"];
    let then = run(&url, &["replay", "member", "m-1", "--json", "--as-of", &first.to_string()]).json();
    assert_eq!(then.as_array().unwrap().len(), 1);
    let nobody = run(&url, &["replay", "member", "m-99"]);
    assert_eq!(nobody.code, 1);
    assert!(nobody.err.contains("m-99") && nobody.err.contains("next: "), "{nobody:?}");
    let beyond = (receipts.last().unwrap()["position"].as_u64().unwrap() + 1).to_string();
    assert_eq!(run(&url, &["replay", "member", "m-1", "--as-of", &beyond]).code, 1);
}

/// Design §4, issue 2 (done when 3): a rebuild reproduces every projection, and `verify` proves it; a row that was tampered with
/// is named, and a rebuild mends it.
async fn rows_are_verified_and_rebuilt(place: Place) {
    let url = place.url();
    settle(&url);
    let verified = run(&url, &["verify", "--json"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let findings = verified.json();
    assert!(
        findings
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["check"] == "rows of point_cards" && one["checked"].as_u64() > Some(0))
    );
    let raw = place.raw().await;
    let live = "SELECT table_name FROM projections WHERE name = 'point_cards' AND state = 'live'";
    let table = raw.texts(live).await.remove(0);
    raw.run(&format!(
        "UPDATE \"{table}\" SET body = replace(body, '80', '81') WHERE key = 'member/m-1/2026'"
    ))
    .await
    .unwrap();
    let broken = run(&url, &["verify"]);
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("rows of point_cards: row member/m-1/"), "{broken:?}");
    assert_eq!(run(&url, &["rebuild", "point-cards", "--json"]).json()[0]["projection"], "point_cards");
    assert_eq!(run(&url, &["verify"]).code, 0);
    assert_eq!(run(&url, &["rebuild", "nothing"]).code, 1);
    assert_ne!(raw.texts(live).await.remove(0), table);
}

/// Design §3: `verify` finds what no honest program writes: an answer that is not what was written.
async fn a_journal_that_was_tampered_with_is_found(place: Place) {
    let url = place.url();
    settle(&url);
    let raw = place.raw().await;
    let unguard = match &raw {
        Raw::Sqlite(_) => "DROP TRIGGER commands_refuse_delete",
        Raw::Postgres(_) => "DROP TRIGGER commands_append_only ON commands",
    };
    raw.run(unguard).await.unwrap();
    let forget = "DELETE FROM commands WHERE command_id = (SELECT command_id FROM events WHERE position = 3)";
    raw.run(forget).await.unwrap();
    let said = run(&url, &["verify", "--journal-only"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("every command is answered by what it wrote: command "), "{said:?}");
}

/// Issue 2, CSV out: rows of a projection as CSV, Excel and JSON; an unknown kind names the known ones.
async fn rows_are_exported(place: Place) {
    let url = place.url();
    settle(&url);
    let csv = run(&url, &["export", "point-cards"]);
    assert_eq!(csv.code, 0, "{csv:?}");
    assert!(csv.out.starts_with("\u{feff}holder_kind,holder,year,base,"), "{csv:?}");
    assert!(csv.out.contains("\nmember,m-1,"), "{csv:?}");
    let rows = run(&url, &["export", "point-cards", "--format", "json"]).json();
    assert_eq!(rows.as_array().unwrap().len() + 1, csv.out.lines().count());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cards.xlsx");
    assert_eq!(run(&url, &["export", "point-cards", "-o", file.to_str().unwrap()]).code, 0);
    assert!(std::fs::read(&file).unwrap().starts_with(b"PK"));
    let unknown = run(&url, &["export", "nothing"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("point-cards"), "{unknown:?}");
}

/// Whether a process has a handler of its own for SIGTERM.
fn listens_for_its_end(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & (1 << 14) != 0
}

/// Issue 3 C: whoever is told where the server is may ask it to end at once: it listens for that before it tells. Nobody reads here what it
/// tells, so that it stands still there.
#[test]
fn the_end_is_listened_for_before_anybody_is_told() {
    let place = Place::sqlite();
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    while (&theirs).write(&[b'\n'; 1024]).is_ok() {}
    while (&theirs).write(b"\n").is_ok() {}
    theirs.set_nonblocking(false).unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--json"];
    let mut child = baodao(&place.url(), &arguments).stdout(OwnedFd::from(theirs)).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while !listens_for_its_end(child.id()) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    let listened = listens_for_its_end(child.id());
    let reading = std::thread::spawn(move || std::io::copy(&mut ours, &mut std::io::sink()));
    if listened {
        end(&mut child);
    } else {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    reading.join().unwrap().unwrap();
    assert!(listened, "it told where it is first");
}

/// Design §5: `serve` on a fresh ledger adopts the policy by the real commands; SIGTERM ends it in order; what it acknowledged
/// is there when it starts again.
async fn the_ledger_is_served_and_served_again(place: Place) {
    let url = place.url();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for is_fresh in [true, false] {
        let mut child =
            baodao(&url, &["serve", "--listen", "127.0.0.1:0", "--json", "--command-bytes", "1000"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(told["fresh"], is_fresh);
        let base = told["listening"].as_str().unwrap().to_owned();
        let history: Value =
            client.get(format!("{base}v1/streams/policy/ledger")).send().await.unwrap().json().await.unwrap();
        assert_eq!(history["items"][0]["type"], "PolicyAdopted");
        assert_eq!(
            (history["items"][0]["role"].as_str(), history["items"][0]["actor"].as_str()),
            (Some("system"), Some("genesis"))
        );
        let division = json!({"code": "5202", "name": "六盘水市"});
        let answer =
            client.post(format!("{base}v1/commands/register-division")).json(&division).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let receipt: Value = answer.json().await.unwrap();
        assert_eq!(receipt["events"].as_array().unwrap().len(), usize::from(is_fresh));
        let long = json!({"code": "5202", "name": "市".repeat(400)});
        let answer =
            client.post(format!("{base}v1/commands/register-division")).json(&long).send().await.unwrap();
        assert_eq!(answer.status(), 413);
        assert!(client.get(format!("{base}readyz")).send().await.unwrap().status().is_success());
        let killed = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
        assert!(killed.success() && child.wait().unwrap().success());
    }
    assert_eq!(run(&url, &["verify"]).code, 0);
}

/// A backup never takes the place of anything, makes no ledger by asking, and says how PostgreSQL does it.
#[test]
fn a_backup_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let ledger = format!("sqlite://{}", path("ledger.db"));
    let refused = |url: &str, target: &str, why: &str| {
        let said = run(url, &["backup", target]);
        assert!(said.code == 1 && said.err.contains(why) && said.err.contains("next: "), "{said:?}");
    };
    refused(&ledger, &path("copy.db"), "there is no ledger");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    settle(&ledger);
    refused(&ledger, &path("nowhere/copy.db"), "could not be copied");
    refused("postgres://nobody@127.0.0.1/none", &path("copy.db"), "pg_basebackup");
    let said = run(&ledger, &["backup", &path("copy.db"), "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    refused(&ledger, &path("copy.db"), "is there already");
    let left = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".partial"))
    });
    assert_eq!(left.count(), 0);
    assert_eq!(run(&format!("sqlite://{}", path("copy.db")), &["verify"]).code, 0);
}

on_both!(
    commands_are_submitted_from_a_file,
    a_stream_is_replayed,
    rows_are_verified_and_rebuilt,
    a_journal_that_was_tampered_with_is_found,
    rows_are_exported,
    the_ledger_is_served_and_served_again,
);

/// Issue 2, policy as data: shipped ones are listed and adopted; a faulty file is refused with its line.
#[test]
fn policies_are_listed_checked_and_adopted() {
    let place = Place::sqlite();
    let url = place.url();
    let listed = run(&url, &["policy", "list", "--json"]).json();
    assert!(listed.as_array().unwrap().iter().all(|one| one["where"] == "shipped"));
    assert_eq!(run(&url, &["policy", "adopt", "liupanshui"]).code, 0);
    assert_eq!(run(&url, &["policy", "adopt", "duties-qianxinan"]).code, 0);
    let listed = run(&url, &["policy", "list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().iter().filter(|one| one["where"] == "adopted").count(), 2);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.toml");
    let shown = run(&url, &["policy", "show", "liupanshui"]).out;
    std::fs::write(
        &file,
        shown.replace("backfill_days = { value = 7", "backfill_days = { value = \"seven\""),
    )
    .unwrap();
    let line = shown.lines().position(|line| line.starts_with("backfill_days")).unwrap() + 1;
    for command in ["check", "adopt"] {
        let said = run(&url, &["policy", command, file.to_str().unwrap()]);
        assert_eq!(said.code, 1);
        assert!(said.err.contains(&format!("line {line}")), "{said:?}");
    }
    std::fs::write(&file, shown).unwrap();
    assert_eq!(run(&url, &["policy", "check", file.to_str().unwrap()]).code, 0);
}

/// Design §5: what cannot be done exits non-zero and says what to do next; asking makes no ledger.
#[test]
fn failures_say_what_to_do_next() {
    let place = Place::sqlite();
    let url = place.url();
    for arguments in [&["replay", "member", "m-1"][..], &["verify"], &["rebuild"], &["export", "members"]] {
        let said = run(&url, arguments);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains("next: ") && said.out.is_empty(), "{said:?}");
    }
    let told = run(&url, &["replay", "member", "m-1", "--json"]);
    assert!(serde_json::from_str::<Value>(&told.err).unwrap()["next"].is_string());
    let early = baodao(&url, &["submit", "-"]).stdin(Stdio::null()).output().unwrap();
    assert!(early.status.success());
    for arguments in [&["replay", "sheep", "1"][..], &["serve", "--listen", "here"], &["fly"], &[]] {
        assert_eq!(run(&url, arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(run("mysql://h/d", &["verify"]).code, 1);
    assert_eq!(run(&url, &["submit", "/nowhere.jsonl"]).code, 1);
    assert_eq!(run(&url, &["--as", "system/x", "replay", "member", "m-1"]).code, 1);
}
