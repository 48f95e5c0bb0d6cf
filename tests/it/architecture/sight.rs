//! Rows are read for a caller through his sight alone (issue 4 D): there the second lock is, and it cannot be forgotten.

use super::{File, code, none, tracked};

/// Where rows are read for callers, and the one place that does so.
const EDGES: [&str; 2] = ["server/src/http/", "server/src/exchange/"];
const SIGHT: &str = "server/src/http/sight.rs";

fn findings(files: &[File]) -> Vec<String> {
    let mut found = vec![];
    let is_edge = |file: &&File| EDGES.iter().any(|edge| file.path.starts_with(edge)) && file.path != SIGHT;
    for file in files.iter().filter(is_edge) {
        // A call may go over several lines.
        let lines: String = file.text.lines().map(|line| code(line).trim().to_owned()).collect();
        for call in ["store().find(", "store.find(", "as_ref().find(&", "shelf.find(", "seen_by("] {
            if lines.contains(call) {
                found.push(format!("{}: {call}…) reads rows past {SIGHT}", file.path));
            }
        }
    }
    found
}

#[test]
fn rows_are_read_for_callers_through_their_sight() {
    none(&findings(&tracked()));
}

#[test]
fn rows_that_are_read_past_a_sight_are_found() {
    let past = "let (rows, _) = house.app.store()\n    .find(&sheet, &find).await?;";
    assert_eq!(findings(&[File::new("server/src/http/query/list.rs", past)]).len(), 1);
    assert_eq!(
        findings(&[File::new(SIGHT, past), File::new("server/src/cli/x.rs", past)]),
        Vec::<String>::new()
    );
    assert_eq!(
        findings(&[File::new("server/src/http/x.rs", "sight.find(&sheet, &find)")]),
        Vec::<String>::new()
    );
}
