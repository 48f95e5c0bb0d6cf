//! What must not stand in which files: clocks and chance in the domain, SQL outside the edges, machines anywhere.

use super::{File, code, none, tracked};

/// Words that bring time or chance into a decision or a fold.
const CLOCK_AND_CHANCE: &[&str] = &[
    "Utc::now",
    "Local::now",
    "SystemTime",
    "Instant::now",
    "rand::",
    "thread_rng",
    "new_v4",
    "now_v7",
    "now_v1",
];
/// Words that bring the machine into the domain.
const MACHINE: &[&str] = &["std::fs", "std::net", "std::env", "std::process", "std::thread", "tokio::"];
/// Words of SQL, as we write them.
const SQL: &[&str] = &["SELECT ", "INSERT ", "DELETE FROM", "CREATE TABLE", "UPDATE events", "ORDER BY"];

/// Hosts of package registries: which one a machine uses is the machine's matter.
const REGISTRIES: &[&str] = &[
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("pypi", ".org"),
    concat!("deb.", "debian.org"),
    concat!("security.", "debian.org"),
    concat!("proxy.", "golang.org"),
];
/// Where somebody's own machine shows.
const HOMES: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:", "\\"),
];

/// Lines of code of the named crates that mention one of the words.
fn mentions(files: &[File], crates: &[&str], banned: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() && crates.contains(&file.crate_name())) {
        for (number, line) in file.text.lines().enumerate() {
            for word in banned.iter().filter(|word| code(line).contains(*word)) {
                found.push(format!("{}:{}: '{}' does not belong here", file.path, number + 1, word.trim()));
            }
        }
    }
    found
}

/// Whether an absolute path starts at this place of a line, rather than a part of an address.
fn starts_a_path(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || "._-/}~".contains(c)))
}

/// Lines of any file that name a registry's host or a path of one machine.
fn tied_to_a_machine(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for host in REGISTRIES.iter().filter(|host| line.contains(*host)) {
                found.push(format!("{}:{}: names the registry host {host}", file.path, number + 1));
            }
            for home in HOMES {
                if line.match_indices(home).any(|(at, _)| starts_a_path(&line[..at])) {
                    found.push(format!("{}:{}: names a path of one machine, {home}", file.path, number + 1));
                }
            }
        }
    }
    found
}

/// Packages of the lock file that come from elsewhere than the one public registry.
fn foreign_sources(lock: &str) -> Vec<String> {
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("Cargo.lock lists packages");
    packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, package.get("source")?.as_str()?)))
        .filter(|(_, source)| *source != "registry+https://github.com/rust-lang/crates.io-index")
        .map(|(name, source)| format!("Cargo.lock: {name} comes from {source}"))
        .collect()
}

#[test]
fn no_decision_and_no_fold_reads_a_clock_or_chance() {
    none(&mentions(&tracked(), &["aggregates", "projections"], CLOCK_AND_CHANCE));
}

#[test]
fn no_aggregate_knows_the_machine() {
    none(&mentions(&tracked(), &["aggregates"], MACHINE));
}

#[test]
fn only_the_server_knows_sql() {
    none(&mentions(&tracked(), &["aggregates", "projections", "commands"], SQL));
}

#[test]
fn no_tracked_file_is_tied_to_a_machine() {
    none(&tied_to_a_machine(&tracked()));
}

#[test]
fn every_dependency_comes_from_the_public_registry() {
    none(&foreign_sources(&super::read("Cargo.lock")));
}

#[test]
fn a_clock_in_the_domain_is_found_and_a_comment_about_it_is_not() {
    let bad = [
        File::new("aggregates/src/member/decide.rs", "let at = chrono::Utc::now();"),
        File::new("projections/src/card.rs", "    let id = Uuid::new_v4();"),
    ];
    assert_eq!(mentions(&bad, &["aggregates", "projections"], CLOCK_AND_CHANCE).len(), 2);
    let fine = [
        File::new("aggregates/src/member/decide.rs", "// never Utc::now"),
        File::new("server/src/clock.rs", "chrono::Utc::now()"),
    ];
    assert_eq!(mentions(&fine, &["aggregates", "projections"], CLOCK_AND_CHANCE).len(), 0);
    assert_eq!(
        mentions(&[File::new("aggregates/src/a.rs", "use std::fs;")], &["aggregates"], MACHINE).len(),
        1
    );
}

#[test]
fn sql_outside_the_server_is_found() {
    let query = "sqlx::query(\"SELECT body FROM rows\")";
    let crates = ["aggregates", "projections", "commands"];
    assert_eq!(mentions(&[File::new("commands/src/desk.rs", query)], &crates, SQL).len(), 1);
    assert_eq!(mentions(&[File::new("server/src/store/shelf.rs", query)], &crates, SQL).len(), 0);
}

#[test]
fn a_machine_in_a_file_is_found() {
    let bad = [
        format!("see {}", concat!("/ro", "ot/.cargo")),
        format!("[source]\nregistry = \"https://{}/\"", concat!("index.", "crates.io")),
        format!("cd {}", concat!("/ho", "me/someone/baodao")),
    ];
    for text in &bad {
        assert_eq!(tied_to_a_machine(&[File::new("docs/a.md", text)]).len(), 1, "{text}");
    }
    let fine = "GET https://example.org/v1/home/page, $HOME/work/baodao, https://crates.io/crates/serde";
    assert_eq!(tied_to_a_machine(&[File::new("docs/a.md", fine)]).len(), 0);
}

#[test]
fn a_dependency_from_a_repository_is_found() {
    let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://example.org/a#1\"\n";
    assert_eq!(foreign_sources(lock).len(), 1);
    assert_eq!(foreign_sources("[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n").len(), 0);
}
