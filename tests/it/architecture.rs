//! The rules of the house, read from the files as they are tracked. Each rule is a function from text to findings, so
//! that each can be shown to fail on a bad sample.

mod dialect;
mod files;
mod layers;
mod locks;
mod prose;
mod purity;
mod rules;
mod security;
mod sight;
mod texts;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The five crates, in the order in which they may know each other.
const CRATES: [&str; 5] = ["aggregates", "projections", "commands", "server", "tests"];

/// Crates inside the folder of another: the proofs are for a reader who takes nothing else of us, and so is their program.
const NESTED: [&str; 2] = ["aggregates/proofs", "server/verifier"];

/// A file of the project.
struct File {
    /// From the root, with `/`.
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn is_rust(&self) -> bool {
        ends_in(&self.path, "rs")
    }

    /// The crate that the file belongs to; empty for the files around the crates.
    fn crate_name(&self) -> &str {
        let top = self.path.split('/').next().unwrap_or_default();
        if CRATES.contains(&top) { top } else { "" }
    }
}

/// Whether the name of a file has this extension.
fn ends_in(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_owned()
}

/// The paths of all files that git tracks or would track: what a clone brings, and what the next commit may add.
fn paths() -> Vec<String> {
    let listing = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the tracked files");
    assert!(listing.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listing.stderr));
    let paths = String::from_utf8(listing.stdout).expect("file names are UTF-8");
    paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

/// Those that are texts.
fn tracked() -> Vec<File> {
    let files: Vec<File> = paths()
        .iter()
        .filter_map(|path| Some(File::new(path, &std::fs::read_to_string(root().join(path)).ok()?)))
        .collect();
    assert!(
        files.iter().any(|file| file.path == "Cargo.toml"),
        "the list of files lacks the workspace itself"
    );
    files
}

/// A tracked file that must exist.
fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A line of Rust without its comment. A `//` inside a text stays.
fn code(line: &str) -> &str {
    line.match_indices("//")
        .find(|(at, _)| line[..*at].matches('"').count().is_multiple_of(2))
        .map_or(line, |(at, _)| &line[..at])
}

/// The identifiers and words of a text, in order.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "{} finding(s):\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn a_comment_is_cut_and_an_address_in_a_text_is_not() {
    assert_eq!(code("let now = 1; // SELECT "), "let now = 1; ");
    assert_eq!(code(r#"let at = "http://127.0.0.1"; // why"#), r#"let at = "http://127.0.0.1"; "#);
    assert_eq!(code("/// Utc::now"), "");
}
