//! docs/security.md keeps its word: the tests that it names are there, and no item of the standard stands in it twice.

use std::collections::BTreeSet;

use super::{File, code, none, read, tracked, words};

/// How long a name in backticks is that must be a test: shorter ones are tables and columns.
const WORDS: usize = 4;

fn tests(files: &[File]) -> BTreeSet<&str> {
    let lines = files.iter().filter(|file| file.is_rust()).flat_map(|file| file.text.lines());
    let declared = lines.filter_map(|line| code(line).split_once("fn "));
    declared.filter_map(|(_, rest)| words(rest).next()).collect()
}

/// Names of tests that are none, and items that stand twice.
fn broken(text: &str, tests: &BTreeSet<&str>) -> Vec<String> {
    let mut found = vec![];
    for name in text.split('`').skip(1).step_by(2) {
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let is_metric = name.starts_with("baodao_");
        if is_name && !is_metric && name.split('_').count() >= WORDS && !tests.contains(name) {
            found.push(format!("docs/security.md: there is no test {name}"));
        }
    }
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cell = line.trim_start_matches("| ").split(" |").next().unwrap_or_default();
        for item in cell.split(", ").filter(|item| item.starts_with(|c: char| c.is_ascii_digit())) {
            if !seen.insert(item) {
                found.push(format!("docs/security.md: {item} stands twice"));
            }
        }
    }
    found
}

#[test]
fn the_threat_model_names_tests_that_there_are() {
    let files = tracked();
    none(&broken(&read("docs/security.md"), &tests(&files)));
}

#[test]
fn a_claim_without_its_test_is_found() {
    let files = [File::new("tests/it/a.rs", "async fn nobody_gets_in_twice() {}\n")];
    let known = tests(&files);
    assert_eq!(broken("`nobody_gets_in_twice` and `login_sessions` and `server/src/a.rs`", &known).len(), 0);
    assert_eq!(broken("`nobody_gets_out_at_all`", &known).len(), 1);
    assert_eq!(broken("| 1.1.1, 1.1.2 | met | x |\n| 1.1.2 | met | y |", &known).len(), 1);
}
