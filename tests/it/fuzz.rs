//! The short form of every fuzzing target: all inputs of its corpus, and a bounded number of mutated ones, the same each time.
//! `cargo run -p tests --bin fuzz -- NAME` goes on from there, guided by coverage (docs/reliability.md).

use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use aggregates::ledger::versions;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tests::fuzz::{TARGETS, Target, find, mutation};

/// An input that is worked on for so long is taken for one that is worked on for ever; no other takes a thousandth of it.
const FOR_EVER: Duration = Duration::from_secs(300);

/// One test for each target: its name, and how many mutated inputs it is given.
macro_rules! short_forms {
    ($($test:ident: $name:literal $cases:literal),+ $(,)?) => {
        const SHORT: &[&str] = &[$($name),+];
        $(
            #[test]
            fn $test() {
                holds(find($name).unwrap(), $cases);
            }
        )+
    };
}

short_forms![
    stored_events_are_read_or_refused: "events" 4000,
    commands_are_decided_or_refused: "commands" 4000,
    requests_are_answered_or_refused: "requests" 1500,
    text_files_are_imported_whole_or_not_at_all: "imports" 2500,
    workbooks_are_imported_whole_or_not_at_all: "workbooks" 1000,
    proofs_are_believed_or_refused: "proofs" 6000,
];

/// Runs the target on a thread of its own, so that one that never ends is noticed and its input shown.
fn holds(target: &'static Target, cases: u32) {
    let (begin, begun) = channel::<Vec<u8>>();
    let worker = std::thread::spawn(move || {
        for input in target.corpus() {
            begin.send(input.clone()).unwrap();
            (target.run)(&input);
        }
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let dice = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let outcome = TestRunner::new_with_rng(config, dice).run(&mutation::of(target.corpus()), |input| {
            begin.send(input.clone()).map_err(|error| TestCaseError::fail(error.to_string()))?;
            (target.run)(&input);
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{}: {error}", target.name);
        }
    });
    let mut last = vec![];
    loop {
        match begun.recv_timeout(FOR_EVER) {
            Ok(input) => last = input,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{} does not come to an end with {:?}", target.name, String::from_utf8_lossy(&last));
            }
        }
    }
    let shown = String::from_utf8_lossy(&last);
    assert!(worker.join().is_ok(), "{} fails; the last input was\n{shown}", target.name);
}

/// Every target has its short form here, and docs/reliability.md tells of it.
#[test]
fn every_target_runs_and_is_told() {
    assert_eq!(TARGETS.iter().map(|target| target.name).collect::<Vec<_>>(), SHORT);
    let told = include_str!("../../docs/reliability.md");
    let untold = SHORT.iter().filter(|name| !told.contains(&format!("`{name}`")));
    assert_eq!(untold.collect::<Vec<_>>(), [&""; 0]);
}

/// The corpus begins with everything that there is: each command, each fact in each version, each kind of file.
#[test]
fn the_corpus_has_one_of_everything() {
    let inputs = |name: &str| -> BTreeSet<String> {
        let corpus = find(name).unwrap().corpus();
        corpus.iter().map(|input| String::from_utf8_lossy(input).into_owned()).collect()
    };
    let commands = inputs("commands");
    for name in commands::registry::NAMES {
        let named = format!("\"command\":\"{name}\"");
        assert!(commands.iter().any(|line| line.contains(&named)), "add a line for {name} to commands.jsonl");
    }
    let events = inputs("events");
    for (stream, name, version) in versions() {
        let head = format!("{stream} {name} {version}\n");
        assert!(events.iter().any(|event| event.starts_with(&head)), "no golden event for {head}");
    }
    for target in ["imports", "workbooks"] {
        let files = inputs(target);
        for kind in server::exchange::NAMES {
            assert!(files.iter().any(|file| file.starts_with(&format!("{kind}\n"))), "{target}: {kind}");
        }
    }
}
