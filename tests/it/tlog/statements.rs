//! What a recording organisation states of a record: believed where it is signed, and what the events come to.

use proofs::encoding::{base64url, from_base64url};
use proofs::note::{Kind, Signer};
use proofs::policy::Policy;
use proofs::record::{Brought, Claims, Disclosure, Outcome, Record, issue};
use serde_json::{Value, json};
use tests::place::Place;
use tests::town::{Stop, Town};

use super::records::{Signed, judged_by};
use super::twice::judge;

type Edit = fn(&mut Claims);

/// The key of an organisation, which signs what it likes.
fn organisation() -> Signer {
    Signer::new("tax.example", Kind::Statement, &[5; 32]).unwrap()
}

async fn signed() -> (Signed, Stop) {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    (Signed::new(town).await, stop)
}

/// What is stated, and what is shown beside it.
fn stated(record: &Record) -> (Claims, Vec<String>) {
    let mut parts = record.statement.as_ref().unwrap().split('~');
    let jwt = parts.next().unwrap().split('.').nth(1).unwrap();
    let shown = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    (serde_json::from_slice(&from_base64url(jwt).unwrap()).unwrap(), shown)
}

/// The record with another statement, signed by the organisation, who is believed.
fn restated(signed: &Signed, record: &Record, edit: impl FnOnce(&mut Claims)) -> (Outcome, Vec<String>) {
    let (mut claims, _) = stated(record);
    claims.withheld.clear();
    edit(&mut claims);
    with_statement(signed, record, issue(claims, &[], &organisation()))
}

/// The same with this statement.
fn with_statement(signed: &Signed, record: &Record, statement: Option<String>) -> (Outcome, Vec<String>) {
    let policy = Policy::of_log(signed.publisher.seal().verifier().clone());
    let policy = policy.with_issuer(organisation().verifier().clone()).unwrap();
    let record = Record { statement, ..record.clone() };
    judged_by(&record, &Brought { policy, ..signed.brought() })
}

/// Issue 4 B: a statement tells what the events come to, for this purpose, by this checkpoint, and shows the name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_says_what_the_events_come_to() {
    let (signed, stop) = signed().await;
    let record = signed.record(None).await;
    let verdict = judge(&serde_json::to_vec(&record).unwrap(), &signed.brought());
    let told = verdict.statement.clone().unwrap();
    assert!(told.is_signed && told.name.as_deref() == Some("张三"), "{told:?}");
    assert!(verdict.text(true).contains(&format!("证明编号: {}", told.certificate)));
    let claims = told.claims;
    let period = claims.period.clone().unwrap();
    assert_eq!((claims.unit.as_deref(), claims.sub.as_str()), (Some("u-tax"), "m-1"));
    assert_eq!((period.from.as_str(), period.to.as_str()), ("2026-03-02", "2026-03-02"));
    assert_eq!((claims.totals.voluntary.minutes, claims.totals.cards.len()), (135, 1));
    // Withheld, it is as true, and says less.
    let jwt = record.statement.as_ref().unwrap().split_once('~').unwrap().0;
    let without = Record { statement: Some(format!("{jwt}~")), ..record.clone() };
    let verdict = judge(&serde_json::to_vec(&without).unwrap(), &signed.brought());
    assert_eq!((verdict.outcome, verdict.statement.unwrap().name), (Outcome::ValidWithWarnings, None));
    assert!(!serde_json::to_string(&without).unwrap().contains(&base64url("张三".as_bytes())));
    // The same on the same day for the same purpose is the same certificate.
    let (again, _) = stated(&signed.record(None).await);
    assert_eq!((again.certificate, again.checkpoint), (claims.certificate, claims.checkpoint));
    stop.now().await;
}

/// Whom nobody told to believe is named as such; whom nobody named is not believed; and what has none is told to have none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_believed_of_whom_the_reader_names() {
    let (signed, stop) = signed().await;
    let record = signed.record(None).await;
    let of_log = Policy::of_log(signed.publisher.seal().verifier().clone());
    let nobody = Brought { policy: of_log.clone(), ..signed.brought() };
    let (outcome, reasons) = judged_by(&record, &nobody);
    assert!(
        outcome == Outcome::ValidWithWarnings && reasons[0].contains("no issuer was told"),
        "{reasons:?}"
    );
    let other = of_log.clone().with_issuer(organisation().verifier().clone()).unwrap();
    let (outcome, reasons) = judged_by(&record, &Brought { policy: other, ..signed.brought() });
    assert!(outcome == Outcome::Invalid && reasons[0].contains("whom the policy does not name"));
    let (outcome, reasons) = judged_by(&Record { statement: None, ..record }, &signed.brought());
    assert!(outcome == Outcome::ValidWithWarnings && reasons[0].contains("no statement"), "{reasons:?}");
    // A key of a log is none for statements.
    assert!(of_log.clone().with_issuer(of_log.logs()[0].key.clone()).is_err());
    let text = format!("log {}\nquorum none\nissuer {}\n", of_log.logs()[0].key, organisation().verifier());
    assert_eq!(Policy::parse(&text).unwrap().issuers(), [organisation().verifier().clone()]);
    for wrong in [text.replace("issuer ", "log "), text.clone() + text.lines().last().unwrap()] {
        assert!(Policy::parse(&wrong).is_err(), "{wrong}");
    }
    stop.now().await;
}

/// Issue 4, attacks: an organisation states what the events do not come to, or of somebody else, or for something else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_statement_that_is_false() {
    let (signed, stop) = signed().await;
    let record = signed.record(None).await;
    assert_eq!(restated(&signed, &record, |_| {}), (Outcome::ValidWithWarnings, vec![]));
    let edits: [(&str, Edit); 9] = [
        ("its totals", |claims| claims.totals.voluntary.minutes += 60),
        ("its totals", |claims| claims.totals.cards.get_mut(&2026).unwrap().total += 1),
        ("of somebody else", |claims| claims.sub = "m-2".to_owned()),
        ("of somebody else", |claims| claims.kind = "unit".to_owned()),
        ("for another purpose", |claims| claims.purpose = "评优".to_owned()),
        ("another checkpoint", |claims| claims.ledger = "other.example".to_owned()),
        ("another checkpoint", |claims| claims.checkpoint = proofs::Hash::of(b"x")),
        ("the unit or the period", |claims| claims.unit = Some("u-hospital".to_owned())),
        ("the unit or the period", |claims| claims.period.as_mut().unwrap().to = "2027-01-01".to_owned()),
    ];
    for (reason, edit) in edits {
        let (outcome, reasons) = restated(&signed, &record, edit);
        assert!(outcome == Outcome::Invalid && reasons[0].contains(reason), "{reason}: {reasons:?}");
    }
    let (outcome, reasons) = restated(&signed, &record, |claims| claims.exp = Some(1_700_000_000));
    assert!(outcome == Outcome::ValidWithWarnings && reasons[0].contains("expired"), "{reasons:?}");
    // Whose key has signed it and who it says to be of are one.
    let (mut claims, _) = stated(&record);
    claims.withheld.clear();
    let text = issue(claims, &[], &organisation()).unwrap();
    let [header, payload, _] = text.split('.').collect::<Vec<_>>()[..] else { panic!("{text}") };
    let of_another =
        payload_of(payload, |text| text.replace("\"iss\":\"tax.example\"", "\"iss\":\"other.example\""));
    assert_ne!(of_another, payload);
    let message = format!("{header}.{of_another}");
    let signature = base64url(&organisation().state(message.as_bytes()).unwrap());
    let (outcome, reasons) = with_statement(&signed, &record, Some(format!("{message}.{signature}~")));
    assert!(outcome == Outcome::Invalid && reasons[0].contains("signature is wrong"), "{reasons:?}");
    // One of another record, for another purpose, is no statement on this one.
    let mut later = record.clone();
    later.purpose = "评优".to_owned();
    assert_eq!(signed.judged(&later).0, Outcome::Invalid);
    signed.serve("d-3", 60).await;
    let newer = signed.record(None).await;
    let mixed = Record { statement: newer.statement, ..record };
    assert_eq!(signed.judged(&mixed).0, Outcome::Invalid);
    stop.now().await;
}

/// Issue 4, attacks: a statement is edited in its holder's hands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_statement_that_is_edited() {
    let (signed, stop) = signed().await;
    let record = signed.record(None).await;
    let text = record.statement.clone().unwrap();
    let (jwt, shown) = text.split_once('~').unwrap();
    let parts: Vec<&str> = jwt.split('.').collect();
    let [header, payload, signature] = *parts else { unreachable!() };
    let json = |part: &str| -> Value { serde_json::from_slice(&from_base64url(part).unwrap()).unwrap() };
    let with = |part: &str, name: &str, value: Value| {
        let mut json = json(part);
        json[name] = value;
        base64url(json.to_string().as_bytes())
    };
    let disclosed = |name: &str, value: &str| Disclosure::new([1; 16], name, value.into());
    let shown_text =
        |name: &str, value: &str| base64url(json!([base64url(&[1; 16]), name, value]).to_string().as_bytes());
    assert_eq!(disclosed("name", "李四").digest().len(), 43);
    let inflated = payload_of(payload, |text| text.replace("\"minutes\":135", "\"minutes\":999"));
    let twice = payload_of(payload, |text| text.replacen('{', "{\"sub\":\"m-1\",", 1));
    for wrong in [
        String::new(),
        "~".to_owned(),
        jwt.to_owned(),
        format!("{text}{text}"),
        format!("{header}.{inflated}.{signature}~{shown}"),
        format!("{header}.{twice}.{signature}~{shown}"),
        format!("{}.{payload}.{signature}~{shown}", with(header, "alg", json!("none"))),
        format!("{}.{payload}.~{shown}", with(header, "alg", json!("none"))),
        format!("{}.{payload}.{signature}~{shown}", with(header, "typ", json!("JWT"))),
        format!("{}.{payload}.{signature}~{shown}", with(header, "jwk", json!({"kty": "OKP"}))),
        format!("{}.{payload}.{signature}~{shown}", with(header, "crit", json!(["b64"]))),
        format!("{header}.{payload}.{}~{shown}", &signature[..signature.len() - 2]),
        format!("{header}.{payload}.{signature}=~{shown}"),
        // Another name, the same one twice, or one beside it.
        format!("{jwt}~{}~", shown_text("name", "李四")),
        format!("{jwt}~{shown}{shown}"),
        format!("{jwt}~{shown}{}~", shown_text("totals", "{}")),
        format!("{jwt}~{shown}{}", "key.binding.jwt"),
        text.replace('~', "~~"),
    ] {
        let edited = Record { statement: Some(wrong.clone()), ..record.clone() };
        assert_eq!(signed.judged(&edited).0, Outcome::Invalid, "{wrong}");
    }
    stop.now().await;
}

fn payload_of(payload: &str, edit: impl FnOnce(String) -> String) -> String {
    base64url(edit(String::from_utf8(from_base64url(payload).unwrap()).unwrap()).as_bytes())
}
