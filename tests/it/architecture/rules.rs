//! docs/RULES.md keeps its word: every mechanism of the field has one row, and what a row calls built exists and is tested.

use std::collections::{BTreeMap, BTreeSet};

use super::{CRATES, File, code, none, read, tracked, words};

/// The mechanisms: letter of the area, how many, and the numbers that were never given.
const AREAS: [(char, u32, &[u32]); 6] =
    [('A', 8, &[]), ('B', 18, &[]), ('C', 20, &[]), ('D', 8, &[]), ('E', 10, &[8]), ('F', 18, &[])];

/// Words behind which Rust declares a name.
const DECLARING: [&str; 8] = ["fn", "struct", "enum", "trait", "mod", "const", "static", "type"];

fn ids() -> Vec<String> {
    AREAS
        .iter()
        .flat_map(|(area, last, gaps)| {
            (1..=*last).filter(|number| !gaps.contains(number)).map(move |number| format!("{area}{number}"))
        })
        .collect()
}

/// A row of the table.
struct Row {
    line: usize,
    id: String,
    functions: Vec<String>,
    tests: Vec<String>,
    state: String,
    /// The cells of function and test as they are written.
    cells: [String; 2],
}

/// The names in backticks of a cell.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(|name| name.trim_end_matches("()").to_owned()).collect()
}

/// The rows of every table whose first cell is an id.
fn rows(text: &str) -> Vec<Result<Row, String>> {
    let id =
        |cell: &str| cell.starts_with(|c: char| c.is_ascii_uppercase()) && cell[1..].parse::<u32>().is_ok();
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if !id(cells[0]) {
            continue;
        }
        found.push(match cells[..] {
            [id, zh, en, function, test, state] if !zh.is_empty() && !en.is_empty() => Ok(Row {
                line: number + 1,
                id: id.to_owned(),
                functions: names(function),
                tests: names(test),
                state: state.to_owned(),
                cells: [function.to_owned(), test.to_owned()],
            }),
            _ => Err(format!(
                "docs/RULES.md:{}: expected six cells: id, 机制, what, function, test, state",
                number + 1
            )),
        });
    }
    found
}

/// What the code declares: names with the files that declare them, and tests with the words said above them.
#[derive(Default)]
struct Code {
    declared: BTreeMap<String, BTreeSet<String>>,
    tests: BTreeMap<String, BTreeSet<String>>,
}

impl Code {
    fn of(files: &[File]) -> Self {
        let mut this = Self::default();
        for file in files.iter().filter(|file| file.is_rust()) {
            let lines: Vec<&str> = file.text.lines().collect();
            for (number, line) in lines.iter().enumerate() {
                let words: Vec<&str> = words(code(line)).collect();
                for pair in words.windows(2).filter(|pair| DECLARING.contains(&pair[0])) {
                    this.declared.entry(pair[1].to_owned()).or_default().insert(file.path.clone());
                    if pair[0] == "fn" {
                        this.learn_test(file, &lines[..number], pair[1]);
                    }
                }
            }
        }
        this
    }

    /// A function is a test when an attribute above it says so, or when a story macro of the tests crate holds it.
    fn learn_test(&mut self, file: &File, above: &[&str], name: &str) {
        let heading: Vec<&str> = above
            .iter()
            .rev()
            .map(|line| line.trim())
            .take_while(|line| line.starts_with("//") || line.starts_with("#["))
            .collect();
        let marked =
            heading.iter().any(|line| line.starts_with("#[") && words(line).any(|word| word == "test"));
        if marked || file.path.starts_with("tests/it/") && heading.iter().any(|line| line.starts_with("///"))
        {
            let said = heading.iter().filter(|line| line.starts_with("///")).flat_map(|line| words(line));
            self.tests.entry(name.to_owned()).or_default().extend(said.map(str::to_owned));
        }
    }

    /// Whether `crate::module::Type::function` is declared in that crate, in a file of that module.
    fn declares(&self, path: &str) -> bool {
        let segments: Vec<&str> = path.split("::").collect();
        let [krate, modules @ .., name] = &segments[..] else { return false };
        let modules: Vec<&str> = modules
            .iter()
            .copied()
            .filter(|segment| segment.starts_with(|c: char| c.is_ascii_lowercase()))
            .collect();
        CRATES.contains(krate)
            && self.declared.get(*name).is_some_and(|files| {
                files.iter().any(|file| {
                    let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
                    parts[0] == *krate && modules.iter().all(|module| parts.contains(module))
                })
            })
    }
}

/// Where the table does not keep its word.
fn findings(text: &str, expected: &[String], code: &Code) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeMap::<String, usize>::new();
    for row in rows(text) {
        match row {
            Ok(row) => {
                *seen.entry(row.id.clone()).or_default() += 1;
                found.extend(
                    unkept(&row, code).into_iter().map(|f| format!("docs/RULES.md:{}: {f}", row.line)),
                );
            }
            Err(finding) => found.push(finding),
        }
    }
    found.extend(expected.iter().filter(|id| !seen.contains_key(*id)).map(|id| format!("{id} has no row")));
    found.extend(
        seen.keys().filter(|id| !expected.contains(id)).map(|id| format!("{id} is no known mechanism")),
    );
    found.extend(
        seen.iter().filter(|(_, times)| **times > 1).map(|(id, times)| format!("{id} has {times} rows")),
    );
    found
}

/// What one row promises and the code does not hold.
fn unkept(row: &Row, code: &Code) -> Vec<String> {
    let id = &row.id;
    match row.state.as_str() {
        "not yet built" if row.cells.iter().all(|cell| cell == "–") => Vec::new(),
        "not yet built" => vec![format!("{id} is not yet built, so function and test are '–'")],
        "built" | "in part" => {
            let mut found = Vec::new();
            if row.functions.is_empty() || row.tests.is_empty() {
                found.push(format!(
                    "{id} is called {}, and names no function or no test in backticks",
                    row.state
                ));
            }
            for path in row.functions.iter().filter(|path| !code.declares(path)) {
                found.push(format!("{id}: there is no `{path}` (write crate::module::name)"));
            }
            for test in &row.tests {
                let name = test.rsplit("::").next().unwrap_or(test);
                match code.tests.get(name) {
                    None => found.push(format!("{id}: there is no test `{test}`")),
                    Some(said) if !said.contains(id) => {
                        found.push(format!("{id}: the doc comment of test `{test}` does not name {id}"));
                    }
                    Some(_) => {}
                }
            }
            found
        }
        other => vec![format!("{id}: state '{other}' is none of: built, in part, not yet built")],
    }
}

#[test]
fn the_table_of_rules_keeps_its_word() {
    none(&findings(&read("docs/RULES.md"), &ids(), &Code::of(&tracked())));
}

#[test]
fn every_mechanism_of_the_field_is_expected() {
    let ids = ids();
    assert_eq!(ids.len(), 81);
    assert!(ids.contains(&"E10".to_owned()) && !ids.contains(&"E8".to_owned()));
}

/// A small ledger of code: one decision, one test that names A2.
fn sample() -> Code {
    Code::of(&[
        File::new("aggregates/src/member/decide.rs", "impl Member {\n    pub fn report(&self) {}\n}"),
        File::new(
            "aggregates/src/member/tests.rs",
            "/// A2: twice.\n#[test]\nfn a_member_reports_twice() {}\nfn help() {}",
        ),
        File::new(
            "tests/it/stories/report.rs",
            "both! {\n    /// A3, A6.\n    async fn a_batch(town: Town) {}\n}",
        ),
    ])
}

fn judged(row: &str) -> Vec<String> {
    findings(row, &["A2".to_owned()], &sample())
}

#[test]
fn a_row_that_keeps_its_word_passes() {
    none(&judged(
        "| A2 | 双报到 | double report | `aggregates::member::Member::report` | `a_member_reports_twice` | built |",
    ));
    none(&judged("| A2 | 双报到 | double report | – | – | not yet built |"));
    let story = "| A3 | 单位报到 | unit report | `aggregates::member::Member::report()` | `report::a_batch` | in part |";
    none(&findings(story, &["A3".to_owned()], &sample()));
}

#[test]
fn a_row_that_breaks_its_word_is_found() {
    let start = "| A2 | 双报到 | double report |";
    for (cells, why) in [
        ("`aggregates::member::Member::vanish` | `a_member_reports_twice` | built |", "no such function"),
        ("`commands::member::Member::report` | `a_member_reports_twice` | built |", "another crate"),
        ("`aggregates::unit::Unit::report` | `a_member_reports_twice` | built |", "another module"),
        ("`report` | `a_member_reports_twice` | built |", "no path"),
        ("`aggregates::member::Member::report` | `a_member_reports_thrice` | built |", "no such test"),
        ("`aggregates::member::Member::report` | `help` | built |", "no test at all"),
        ("`aggregates::member::Member::report` | `a_batch` | built |", "a test of other ids"),
        ("`aggregates::member::Member::report` | – | built |", "no test named"),
        ("– | `a_member_reports_twice` | in part |", "no function named"),
        ("– | – | soon |", "no such state"),
        ("soon | – | not yet built |", "a promise"),
        ("– | not yet built |", "too few cells"),
    ] {
        let found = judged(&format!("{start} {cells}"));
        assert!(!found.is_empty(), "{why}: {cells}");
    }
}

#[test]
fn a_missing_a_doubled_and_an_unknown_row_are_found() {
    let row = "| A2 | 双报到 | double report | – | – | not yet built |";
    assert_eq!(judged(""), ["A2 has no row"]);
    assert_eq!(judged(&format!("{row}\n{row}")), ["A2 has 2 rows"]);
    assert_eq!(judged(&format!("{row}\n{}", row.replace("A2", "A9"))), ["A9 is no known mechanism"]);
}
