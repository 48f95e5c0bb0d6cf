//! The guided fuzzer is a workspace of its own and is built `--locked`: its lock must know what our crates depend on today.

use std::collections::{BTreeMap, BTreeSet};

use super::layers::dependencies;
use super::{CRATES, NESTED, none, read};

/// What each package depends on, by a lock. A name that several versions share has one behind it.
fn packages(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
    let lock: toml::Table = lock.parse().expect("a lock is TOML");
    let text = |value: &toml::Value| value.as_str().unwrap_or_default().to_owned();
    let packages = lock["package"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let listed = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
            let names = listed.map(|line| text(line).split(' ').next().unwrap_or_default().to_owned());
            (text(&package["name"]), names.collect())
        })
        .collect()
}

/// What a manifest depends on that the lock does not know of. What is for its tests alone, the lock of another workspace leaves out.
fn unknown(lock: &BTreeMap<String, BTreeSet<String>>, manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let name = manifest["package"]["name"].as_str().expect("a name");
    let Some(known) = lock.get(name) else { return vec![] };
    let wanted = dependencies(&manifest).into_iter().filter(|(section, _)| section != "dev-dependencies");
    wanted
        .filter(|(_, wanted)| !known.contains(wanted))
        .map(|(_, wanted)| {
            format!(
                "tests/fuzz/Cargo.lock: {name} depends on {wanted}, too: run cargo update --workspace there"
            )
        })
        .collect()
}

/// Issue 3 C: fuzzing can go on from any commit.
#[test]
fn the_fuzzer_s_lock_knows_the_tree() {
    let lock = packages(&read("tests/fuzz/Cargo.lock"));
    assert!(lock["guided"].contains("tests"), "the fuzzer is built from the tree");
    let manifests = CRATES.iter().chain(&NESTED).map(|folder| read(&format!("{folder}/Cargo.toml")));
    none(&manifests.flat_map(|manifest| unknown(&lock, &manifest)).collect::<Vec<_>>());
}

#[test]
fn a_lock_that_lags_is_found() {
    let lock =
        packages("[[package]]\nname = \"tests\"\nversion = \"0.1.0\"\ndependencies = [\"serde 1.0.0\"]\n");
    let manifest =
        |more: &str| format!("[package]\nname = \"tests\"\n[dependencies]\nserde.workspace = true\n{more}");
    assert!(unknown(&lock, &manifest("[dev-dependencies]\nproptest = \"1\"\n")).is_empty());
    assert_eq!(unknown(&lock, &manifest("lru = \"0.19\"\n")).len(), 1);
}
