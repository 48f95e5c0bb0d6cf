//! What is written in two languages says the same in both, and what prose names exists.

use std::collections::BTreeSet;

use super::{File, code, ends_in, none, paths, read, tracked, words};

/// Lines outside of fenced code, and the fenced blocks, of a Markdown text.
fn split(text: &str) -> (Vec<&str>, Vec<String>) {
    let (mut prose, mut blocks, mut open) = (Vec::new(), Vec::new(), None::<String>);
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        match (&mut open, fence) {
            (None, false) => prose.push(line),
            (None, true) => open = Some(format!("{line}\n")),
            (Some(block), false) => {
                block.push_str(line);
                block.push('\n');
            }
            (Some(_), true) => blocks.extend(open.take()),
        }
    }
    blocks.extend(open.map(|block| block + "(never closed)"));
    (prose, blocks)
}

fn headings(text: &str) -> Vec<usize> {
    let level = |line: &&str| line.bytes().take_while(|byte| *byte == b'#').count();
    split(text).0.iter().filter(|line| line.starts_with('#')).map(level).collect()
}

/// Where two texts that should be twins differ in their build.
fn unlike(names: (&str, &str), one: &str, other: &str) -> Vec<String> {
    let mut found = Vec::new();
    if headings(one) != headings(other) {
        found.push(format!(
            "{} and {}: headings {:?} and {:?}",
            names.0,
            names.1,
            headings(one),
            headings(other)
        ));
    }
    let (here, there) = (split(one).1, split(other).1);
    if here.len() != there.len() {
        found.push(format!("{} has {} code blocks, {} has {}", names.0, here.len(), names.1, there.len()));
    }
    for (left, right) in here.iter().zip(&there).filter(|(left, right)| left != right) {
        found.push(format!("{} shows\n{left}but {} shows\n{right}", names.0, names.1));
    }
    found
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Rows of the glossary that are no entry in both languages, or name code that is not there. Names in `backticks`
/// must exist; a name in *italics* is planned.
fn poor_entries(glossary: &str, known: &BTreeSet<String>) -> Vec<String> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (number, line) in glossary.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if cells.iter().all(|cell| cell.chars().all(|c| c == '-' || c == ':')) || cells[0] == "中文" {
            continue;
        }
        let place = format!("docs/GLOSSARY.md:{}", number + 1);
        let [zh, en, code, meaning] = cells[..] else {
            found.push(format!("{place}: expected four cells: 中文, word, command → event, meaning"));
            continue;
        };
        if !zh.chars().any(is_han)
            || !en.chars().any(|c| c.is_ascii_alphabetic())
            || code.is_empty()
            || meaning.is_empty()
        {
            found.push(format!("{place}: a cell is empty or in the wrong language"));
        }
        if !seen.insert(zh) {
            found.push(format!("{place}: {zh} stands twice"));
        }
        for name in code.split('`').skip(1).step_by(2).filter(|name| !known.contains(*name)) {
            found.push(format!(
                "{place}: there is no `{name}` in the code (a planned name is written in *italics*)"
            ));
        }
    }
    if seen.is_empty() {
        found.push("docs/GLOSSARY.md has no entry".to_owned());
    }
    found
}

/// The facts that a source declares with `facts!(Enum: Name "version", …)`.
fn facts(source: &str) -> Vec<&str> {
    let lists = source.split("facts!(").skip(1).filter_map(|rest| rest.split_once(')'));
    let names = lists.filter_map(|(list, _)| list.split_once(':')).flat_map(|(_, names)| names.split(','));
    names.filter(|name| name.contains('"')).filter_map(|name| words(name).next()).collect()
}

/// The commands that the registry lists: `registry![ crate::Name, … ]`.
fn commands(source: &str) -> Vec<&str> {
    let lists = source.split("registry![").skip(1).filter_map(|rest| rest.split_once(']'));
    let lines = lists.flat_map(|(list, _)| list.lines()).map(|line| code(line).trim());
    lines.filter_map(|line| line.trim_end_matches(',').strip_prefix("crate::")).collect()
}

/// Facts and commands that the glossary has no word for.
fn nameless(files: &[File], glossary: &str) -> Vec<String> {
    let named: BTreeSet<&str> = glossary.split('`').skip(1).step_by(2).collect();
    let sources = files.iter().filter(|file| file.is_rust());
    sources
        .flat_map(|file| match file.crate_name() {
            "aggregates" => facts(&file.text).into_iter().map(|fact| (&file.path, fact)).collect::<Vec<_>>(),
            "commands" => commands(&file.text).into_iter().map(|command| (&file.path, command)).collect(),
            _ => Vec::new(),
        })
        .filter(|(_, name)| !named.contains(name))
        .map(|(path, name)| format!("{path}: docs/GLOSSARY.md has no entry for `{name}`"))
        .collect()
}

/// Relative links of a Markdown file that lead nowhere. `all` are the tracked paths.
fn dead_links(file: &File, all: &BTreeSet<&str>) -> Vec<String> {
    let (folder, _) = file.path.rsplit_once('/').unwrap_or_default();
    let mut found = Vec::new();
    for line in split(&file.text).0 {
        for target in line.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
            for part in target.trim_end_matches('/').split('/') {
                match part {
                    "." => {}
                    ".." => drop(parts.pop()),
                    part => parts.push(part),
                }
            }
            let path = parts.join("/");
            let exists =
                all.contains(path.as_str()) || all.iter().any(|other| other.starts_with(&format!("{path}/")));
            if !exists {
                found.push(format!("{}: the link to {target} leads nowhere", file.path));
            }
        }
    }
    found
}

/// Paths of source files in backticks that do not exist: prose about code grows old first.
fn absent_sources(file: &File, all: &BTreeSet<&str>) -> Vec<String> {
    split(&file.text)
        .0
        .iter()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|name| name.contains('/') && (ends_in(name, "rs") || ends_in(name, "sql")))
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "/_-.".contains(c)))
        .filter(|name| !all.contains(*name))
        .map(|name| format!("{}: there is no {name}", file.path))
        .collect()
}

fn markdown(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| ends_in(&file.path, "md"))
}

#[test]
fn the_two_readmes_are_twins() {
    none(&unlike(("README.md", "README.zh-CN.md"), &read("README.md"), &read("README.zh-CN.md")));
}

#[test]
fn every_word_of_the_glossary_stands_in_both_languages() {
    let files = tracked();
    let sources = files.iter().filter(|file| file.is_rust() && file.crate_name() != "tests");
    let known = sources.flat_map(|file| file.text.lines()).flat_map(|line| words(code(line)));
    let known = known.map(str::to_owned).collect();
    none(&poor_entries(&read("docs/GLOSSARY.md"), &known));
}

#[test]
fn every_fact_and_command_has_a_word_in_both_languages() {
    none(&nameless(&tracked(), &read("docs/GLOSSARY.md")));
}

#[test]
fn every_link_and_every_source_named_in_prose_exists() {
    let files = tracked();
    // A document may show a picture, which is no text.
    let paths = paths();
    let all: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    none(
        &markdown(&files)
            .flat_map(|file| [dead_links(file, &all), absent_sources(file, &all)].concat())
            .collect::<Vec<_>>(),
    );
}

#[test]
fn twins_that_differ_are_found() {
    let one = "# A\n## B\n```sh\ntests/run\n```\n";
    assert_eq!(unlike(("a", "b"), one, "# 甲\n## 乙\n```sh\ntests/run\n```\n").len(), 0);
    assert_eq!(unlike(("a", "b"), one, "# 甲\n```sh\ntests/run\n```\n").len(), 1);
    assert_eq!(unlike(("a", "b"), one, "# 甲\n## 乙\n```sh\ncargo test\n```\n").len(), 1);
    assert_eq!(unlike(("a", "b"), one, "# 甲\n## 乙\n").len(), 1);
    assert_eq!(headings("# a\n```sh\n# a comment\n```\n### b"), [1, 3]);
}

#[test]
fn a_poor_entry_is_found() {
    let known = BTreeSet::from(["Report".to_owned()]);
    let entry = |row: &str| poor_entries(row, &known).len();
    assert_eq!(
        entry("| 报到 | report | `Report` → *MemberReported* | 到社区登记 arrival at the community |"),
        0
    );
    assert_eq!(entry("| 报到 | report | `Report` → `MemberReported` | 到社区登记 |"), 1);
    assert_eq!(entry("| 报到 | 报到 | – | 到社区登记 |"), 1);
    assert_eq!(entry("| report | report | – | arrival |"), 1);
    assert_eq!(entry("| 报到 | report | – | |"), 1);
    assert_eq!(entry("| 报到 | report | – |"), 2);
    assert_eq!(entry("| 报到 | report | – | a |\n| 报到 | arrival | – | b |"), 1);
    assert_eq!(entry("no table"), 1);
}

#[test]
fn a_fact_or_command_without_a_word_is_found() {
    let source = "crate::facts!(UnitEvent:\n    UnitEnrolled \"1.0\", UnitLinked \"2.0\",\n);";
    assert_eq!(facts(source), ["UnitEnrolled", "UnitLinked"]);
    let files = [File::new("aggregates/src/unit/event.rs", source)];
    assert_eq!(nameless(&files, "| 单位 | unit | `UnitEnrolled` | x |").len(), 1);
    assert_eq!(nameless(&files, "| 单位 | unit | `UnitEnrolled`, `UnitLinked` | x |").len(), 0);

    let source = "registry![\n    // enrolment\n    crate::EnrolUnit,\n    crate::Report,\n];";
    assert_eq!(commands(source), ["EnrolUnit", "Report"]);
    let files = [File::new("commands/src/registry.rs", source)];
    assert_eq!(nameless(&files, "| 报到 | report | `Report` | x |").len(), 1);
}

#[test]
fn a_link_or_a_source_that_leads_nowhere_is_found() {
    let all = BTreeSet::from(["docs/GLOSSARY.md", "docs/adr/0001-a.md", "README.md", "server/src/main.rs"]);
    let links = |path, text| dead_links(&File::new(path, text), &all).len();
    assert_eq!(
        links("README.md", "[a](docs/GLOSSARY.md) [b](docs/adr/) [c](https://example.org/x) [d](#top)"),
        0
    );
    assert_eq!(links("docs/adr/0001-a.md", "[a](../GLOSSARY.md#x) [b](../../README.md)"), 0);
    assert_eq!(links("docs/ARCHITECTURE.md", "[a](docs/GLOSSARY.md)"), 1);
    let sources = |text| absent_sources(&File::new("docs/ARCHITECTURE.md", text), &all).len();
    assert_eq!(sources("`server/src/main.rs` and `event.rs` and `src/<screen>.rs`"), 0);
    assert_eq!(sources("`server/src/gone.rs`, `server/migrations/0001.sql`"), 2);
}
