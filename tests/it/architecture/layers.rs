//! `aggregates ← projections ← commands ← server`: a straight line, and what each layer may take from outside.

use super::{CRATES, NESTED, none, read};

/// What a layer may depend on.
struct Layer {
    name: &'static str,
    /// Third-party crates; none means any.
    outside: Option<&'static [&'static str]>,
}

/// Types, serialisation and arithmetic: nothing that reads a clock, a file, a socket or a random number.
const PURE: &[&str] = &[
    "chrono",
    "cqrs-es",
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "smol_str",
    "thiserror",
    "toml",
    "tyme4rs",
    "uuid",
];
/// The above, and what waiting and caching need. No SQL, no HTTP, no command line.
const ASYNC: &[&str] = &[
    "async-trait",
    "chrono",
    "cqrs-es",
    "fastbloom",
    "futures",
    "hex",
    "lru",
    "schemars",
    "serde",
    "serde_json",
    "serde_path_to_error",
    "sha2",
    "smol_str",
    "thiserror",
    "tokio",
    "tracing",
    "uuid",
];
/// For tests inside a layer only.
const FOR_TESTS: &[&str] = &["proptest", "tempfile", "tokio"];

const LAYERS: [Layer; 5] = [
    Layer { name: "aggregates", outside: Some(PURE) },
    Layer { name: "projections", outside: Some(ASYNC) },
    Layer { name: "commands", outside: Some(ASYNC) },
    Layer { name: "server", outside: None },
    Layer { name: "tests", outside: None },
];

/// Every dependency of a manifest as (section, crate).
pub(super) fn dependencies(manifest: &toml::Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (key, value) in manifest {
        let Some(table) = value.as_table() else { continue };
        if key.ends_with("dependencies") {
            for (name, how) in table {
                let package = how.get("package").and_then(toml::Value::as_str).unwrap_or(name);
                found.push((key.clone(), package.to_owned()));
            }
        } else if key == "target" {
            found.extend(table.values().filter_map(toml::Value::as_table).flat_map(dependencies));
        }
    }
    found
}

/// Where a manifest leaves the line.
fn findings(layer: &Layer, manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let rank = |name: &str| CRATES.iter().position(|known| *known == name);
    let own = rank(layer.name).expect("a layer is a crate");
    let mut found = Vec::new();
    for (section, name) in dependencies(&manifest) {
        let fits = match (rank(&name), layer.outside) {
            (Some(other), _) => other < own,
            (None, Some(outside)) => {
                outside.contains(&name.as_str())
                    || section == "dev-dependencies" && FOR_TESTS.contains(&name.as_str())
            }
            (None, None) => true,
        };
        if !fits {
            found
                .push(format!("{}/Cargo.toml: [{section}] {name} does not belong in this layer", layer.name));
        }
    }
    found
}

/// What the proofs may depend on: hashes, signatures and texts. None of our crates.
const PROVING: &[&str] = &[
    "base64",
    "chrono",
    "ed25519-dalek",
    "proptest",
    "serde",
    "serde_json",
    "sha2",
    "sm2",
    "sm3",
    "thiserror",
];

/// Issue 4 B: a suspicious reader can build the proofs alone.
#[test]
fn the_proofs_depend_on_nothing_of_ours() {
    let manifest: toml::Table = read("aggregates/proofs/Cargo.toml").parse().expect("a manifest is TOML");
    let foreign: Vec<String> = dependencies(&manifest)
        .into_iter()
        .filter(|(_, name)| !PROVING.contains(&name.as_str()))
        .map(|(_, name)| format!("aggregates/proofs: {name}"))
        .collect();
    none(&foreign);
    let verifier: toml::Table = read("server/verifier/Cargo.toml").parse().expect("a manifest is TOML");
    assert_eq!(dependencies(&verifier), [("dependencies".to_owned(), "proofs".to_owned())]);
}

#[test]
fn every_layer_keeps_to_the_line() {
    let found: Vec<String> = LAYERS
        .iter()
        .flat_map(|layer| findings(layer, &read(&format!("{}/Cargo.toml", layer.name))))
        .collect();
    none(&found);
}

#[test]
fn the_workspace_has_no_crate_that_the_line_does_not_know() {
    let workspace: toml::Table = read("Cargo.toml").parse().expect("a manifest is TOML");
    let members: Vec<&str> = workspace["workspace"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let (nested, line): (Vec<&str>, Vec<&str>) = members.iter().partition(|member| member.contains('/'));
    assert_eq!((line, nested), (CRATES.to_vec(), NESTED.to_vec()));
}

#[test]
fn a_step_against_the_line_is_found() {
    let back = "[dependencies]\nserde.workspace = true\ncommands.workspace = true";
    assert_eq!(
        findings(&LAYERS[1], back),
        ["projections/Cargo.toml: [dependencies] commands does not belong in this layer"]
    );
    assert_eq!(findings(&LAYERS[0], "[dev-dependencies]\ntests = { path = \"../tests\" }").len(), 1);
    assert_eq!(findings(&LAYERS[3], "[dependencies]\ntests.workspace = true").len(), 1);
    assert_eq!(findings(&LAYERS[3], "[dependencies]\ncommands.workspace = true\nanything = \"1\"").len(), 0);
}

#[test]
fn a_crate_that_a_layer_may_not_use_is_found_however_it_is_written() {
    for manifest in [
        "[dependencies]\ntokio.workspace = true",
        "[dependencies.sqlx]\nversion = \"0.8\"",
        "[dependencies]\nclock = { package = \"rand\", version = \"0.9\" }",
        "[build-dependencies]\nreqwest = \"0.12\"",
        "[target.'cfg(unix)'.dependencies]\naxum = \"0.8\"",
    ] {
        assert_eq!(findings(&LAYERS[0], manifest).len(), 1, "{manifest}");
    }
    for name in ["sqlx", "axum", "clap"] {
        let manifest = format!("[dependencies]\n{name}.workspace = true");
        assert_eq!(findings(&LAYERS[1], &manifest).len(), 1);
        assert_eq!(findings(&LAYERS[2], &manifest).len(), 1);
    }
    assert_eq!(findings(&LAYERS[0], "[dev-dependencies]\nproptest.workspace = true").len(), 0);
    assert_eq!(findings(&LAYERS[0], "[dependencies]\nproptest.workspace = true").len(), 1);
}
