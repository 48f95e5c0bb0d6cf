//! One subject per file: short, and named after it. (The length of functions is clippy's: `too_many_lines`.)

use super::{File, none, tracked};

const LINES: usize = 400;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[(
    "aggregates/src/member/event.rs",
    "one enum: a member's own stream tells everything that the member did",
)];

/// Names that say nothing of what is inside.
const BANNED: &[&str] =
    &["utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "shared", "stuff"];

fn too_long(files: &[File], longer: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let lines = file.text.lines().count();
        let excused = longer.iter().any(|(path, reason)| *path == file.path && !reason.is_empty());
        if lines > LINES && !excused {
            found.push(format!("{}: {lines} lines; over {LINES} needs a reason in LONGER", file.path));
        }
        if lines <= LINES && excused {
            found.push(format!("{}: {lines} lines; take it out of LONGER", file.path));
        }
    }
    for (path, _) in longer {
        if !files.iter().any(|file| file.path == *path) {
            found.push(format!("{path}: named in LONGER, and does not exist"));
        }
    }
    found
}

/// The name of the module that a line declares.
fn declared_module(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (before, name) =
        if let Some(name) = line.strip_prefix("mod ") { ("", name) } else { line.split_once(" mod ")? };
    (before.is_empty() || before.starts_with("pub")).then(|| super::words(name).next())?
}

fn badly_named(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let path = file.path.strip_suffix(".rs").unwrap_or(&file.path);
        for part in path.split('/').filter(|part| BANNED.contains(part)) {
            found.push(format!("{}: '{part}' does not say what is inside", file.path));
        }
        for (number, line) in file.text.lines().enumerate() {
            if let Some(name) = declared_module(line).filter(|name| BANNED.contains(name)) {
                found.push(format!(
                    "{}:{}: module '{name}' does not say what is inside",
                    file.path,
                    number + 1
                ));
            }
        }
    }
    found
}

#[test]
fn no_file_is_longer_than_its_subject() {
    none(&too_long(&tracked(), LONGER));
}

#[test]
fn no_file_or_module_has_an_empty_name() {
    none(&badly_named(&tracked()));
}

#[test]
fn a_long_file_is_found_unless_its_reason_is_given() {
    let long = "//\n".repeat(LINES + 1);
    let files = [File::new("server/src/long.rs", &long), File::new("docs/long.md", &long)];
    assert_eq!(too_long(&files, &[]).len(), 1);
    assert_eq!(too_long(&files, &[("server/src/long.rs", "")]).len(), 1);
    assert_eq!(too_long(&files, &[("server/src/long.rs", "a table")]).len(), 0);
    assert_eq!(
        too_long(&[File::new("server/src/short.rs", "//\n")], &[("server/src/short.rs", "once")]).len(),
        1
    );
    assert_eq!(too_long(&[], &[("server/src/gone.rs", "once")]).len(), 1);
}

#[test]
fn an_empty_name_is_found() {
    for path in ["server/src/utils.rs", "server/src/common/mod.rs", "tests/src/helpers.rs"] {
        assert_eq!(badly_named(&[File::new(path, "")]).len(), 1, "{path}");
    }
    for line in ["    pub mod manager {", "mod misc;", "pub(crate) mod helper;"] {
        assert_eq!(badly_named(&[File::new("server/src/lib.rs", line)]).len(), 1, "{line}");
    }
    assert_eq!(badly_named(&[File::new("server/src/lib.rs", "// mod manager\npub mod desk;")]).len(), 0);
}
