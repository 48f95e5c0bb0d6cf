use std::fmt::Write as _;

use super::*;
use crate::Hash;
use crate::note::Signer;

fn key(name: &str, kind: Kind, seed: u8) -> Signer {
    Signer::new(name, kind, &[seed; 32]).unwrap()
}

fn log() -> Signer {
    key("ledger.example", Kind::Note, 1)
}

fn witness(seed: u8) -> Signer {
    key(&format!("witness.example/{seed}"), Kind::Cosignature, seed)
}

fn two_levels() -> Policy {
    let mut text = format!("# who is believed\n\nlog {} https://ledger.example/\n", log().verifier());
    for (name, seed) in [("X1", 11), ("X2", 12), ("X3", 13), ("Y1", 21), ("Y2", 22)] {
        let _ = writeln!(text, " witness\t{name}  {}", witness(seed).verifier());
    }
    text.push_str("group X 2 X1 X2 X3\ngroup Y any Y1 Y2\ngroup both all X Y\nquorum both\n");
    Policy::parse(&text).unwrap()
}

fn note(origin: &str, by: &[Signer]) -> Note {
    let text =
        Checkpoint { origin: origin.to_owned(), size: 3, root: Hash::of(b"root"), sm3: None }.to_string();
    let signatures = by.iter().map(|signer| signer.sign(&text, 1_700_000_000)).collect();
    Note { text, signatures }
}

#[test]
fn a_quorum_of_two_levels_is_kept() {
    let policy = two_levels();
    for (witnesses, passes) in [
        (&[][..], false),
        (&[11, 12], false),
        (&[21, 22], false),
        (&[11, 21], false),
        (&[11, 13, 22], true),
        (&[11, 12, 13, 21, 22], true),
        (&[11, 11, 21], false),
        (&[31, 32, 33], false),
    ] {
        let by: Vec<Signer> =
            std::iter::once(log()).chain(witnesses.iter().map(|seed| witness(*seed))).collect();
        assert_eq!(policy.trust(&note("ledger.example", &by)).is_ok(), passes, "{witnesses:?}");
        assert!(policy.trust_log(&note("ledger.example", &by)).is_ok());
    }
    let by = [log(), witness(11), witness(13), witness(22)];
    let names: Vec<String> = policy
        .trust(&note("ledger.example", &by))
        .unwrap()
        .witnessed
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["X1", "X3", "Y2"]);
}

#[test]
fn only_a_log_of_the_policy_is_believed_and_only_for_itself() {
    let policy = Policy::of_log(log().verifier().clone());
    assert!(policy.trust(&note("ledger.example", &[log()])).is_ok());
    assert!(matches!(policy.trust(&note("other.example", &[log()])), Err(Distrust::OtherOrigin { .. })));
    let forged = key("ledger.example", Kind::Note, 9);
    assert_eq!(policy.trust(&note("ledger.example", &[forged])), Err(Distrust::Note(NoteError::Unsigned)));
    // The log's own key, as a witness.
    let posing = key("ledger.example", Kind::Cosignature, 1);
    assert_eq!(policy.trust(&note("ledger.example", &[posing])), Err(Distrust::Note(NoteError::Unsigned)));
    assert_eq!(two_levels().trust(&note("ledger.example", &[witness(11)])), Err(Distrust::NotOurLog));
}

#[test]
fn a_policy_that_is_none_is_refused_and_the_line_named() {
    let (log, one) = (log().verifier().to_string(), witness(11).verifier().to_string());
    let posing = key("w", Kind::Cosignature, 1).verifier().to_string();
    for (text, line) in [
        (format!("log {log}\n"), 0),
        (format!("log {log}\nlog {log}\nquorum none"), 2),
        (format!("log {one}\nquorum none"), 1),
        (format!("witness a {log}\nquorum a"), 1),
        (format!("log {log}\nwitness a {posing}\nquorum a"), 2),
        (format!("witness a {one}\nwitness b {one}\nquorum a"), 2),
        (format!("witness none {one}\nquorum none"), 1),
        ("quorum a".to_owned(), 1),
        (format!("quorum a\nwitness a {one}"), 1),
        (format!("witness a {one}\nquorum a\nquorum a"), 3),
        (format!("witness a {one}\ngroup g 2 a\nquorum g"), 2),
        (format!("witness a {one}\ngroup g 0 a\nquorum g"), 2),
        (format!("witness a {one}\ngroup g any\nquorum g"), 2),
        (format!("witness a {one}\ngroup g any a\ngroup h any a\nquorum h"), 3),
        (format!("witness a {one}\ngroup a any a\nquorum a"), 2),
        (format!("log {log} https://a https://b\nquorum none"), 1),
        ("quorum none\r\n".to_owned(), 1),
        ("qourum none".to_owned(), 1),
    ] {
        assert_eq!(Policy::parse(&text).map_err(|error| error.line), Err(line), "{text}");
    }
}

/// Issue 4 A: who names an SM2 key asks for its line; who does not is not disturbed by it.
#[test]
fn a_policy_with_an_sm2_key_asks_for_its_line() {
    let (sm, other) = (key("ledger.example", Kind::Sm2, 7), key("ledger.example", Kind::Sm2, 8));
    let (plain, second) = (log().verifier().to_string(), sm.verifier().to_string());
    let of = |text: String| Policy::parse(&text).unwrap();
    let without = of(format!("log {plain}\nquorum none\n"));
    let with = of(format!("log {plain}\nlog {second}\nquorum none\n"));
    let alone = of(format!("log {second}\nquorum none\n"));
    let rotated = of(format!("log {plain}\nlog {second}\nlog {}\nquorum none\n", other.verifier()));
    let signed = |by: &[&Signer]| {
        let mut whole = note("ledger.example", &[]);
        whole.signatures = by.iter().map(|signer| signer.sign(&whole.text, 0)).collect();
        whole
    };
    let trusts = |note: &Note| [&without, &with, &alone, &rotated].map(|policy| policy.trust(note).is_ok());
    let log = log();
    assert_eq!(trusts(&signed(&[&log, &sm])), [true; 4]);
    assert_eq!(trusts(&signed(&[&log])), [true, false, false, false], "the line was taken away");
    assert_eq!(trusts(&signed(&[&log, &other])), [true, false, false, true], "another key");
    assert_eq!(trusts(&signed(&[&sm])), [false, false, true, false]);
    let mut forged = signed(&[&log, &sm]);
    forged.signatures[1].bytes[40] ^= 1;
    assert_eq!(trusts(&forged), [true, false, false, false]);
    let half = Distrust::Half { origin: "ledger.example".to_owned(), kind: "SM2" };
    assert_eq!(with.trust(&signed(&[&log])), Err(half));
    let elsewhere = key("other.example", Kind::Sm2, 7);
    let for_another = of(format!("log {plain}\nlog {}\nquorum none\n", elsewhere.verifier()));
    assert!(for_another.trust(&signed(&[&log])).is_ok(), "the key of another log");
    let witness = format!("witness a {second}\nquorum a");
    assert_eq!(Policy::parse(&witness).map_err(|error| error.line), Err(1));
}
