//! What reads input from outside, and what must hold whatever it is given: nothing panics, nothing goes on for ever, what is
//! read is written again the same, and who is refused is told which field or cell it was.
//!
//! A target takes bytes. The tests hand it every seed and a bounded number of mutated ones (tests/it/fuzz.rs); libFuzzer, guided
//! by coverage, as many as one likes: `cargo run -p tests --bin fuzz -- NAME`. A new target is a file here and a line in [`TARGETS`].

mod commands;
mod events;
mod folds;
mod imports;
mod ledger;
pub mod mutation;
mod proofs;
mod requests;
mod workbooks;

use std::path::PathBuf;

/// Something that reads input from outside.
pub struct Target {
    /// Its name, and that of its folder in `tests/corpus`.
    pub name: &'static str,
    /// In words.
    pub what: &'static str,
    /// Reads the input; panics when what must hold does not.
    pub run: fn(&[u8]),
    /// Inputs that are made of the project's own data.
    seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "events",
        what: "stored events of every version, decoded, written again, and folded",
        run: events::run,
        seeds: events::seeds,
    },
    Target {
        name: "commands",
        what: "lines of a batch: envelope, every command's input, and its decision",
        run: commands::run,
        seeds: commands::seeds,
    },
    Target {
        name: "requests",
        what: "paths, parameters, cursors and headers of requests",
        run: requests::run,
        seeds: requests::seeds,
    },
    Target {
        name: "imports",
        what: "text files of every kind, read and recorded",
        run: imports::run,
        seeds: imports::seeds,
    },
    Target {
        name: "workbooks",
        what: "Excel workbooks of every kind, whole or as the parts that are zipped in them",
        run: workbooks::run,
        seeds: workbooks::seeds,
    },
    Target {
        name: "proofs",
        what: "records, notes, policies, requests, leaves and tiles, as a suspicious reader reads them",
        run: proofs::run,
        seeds: proofs::seeds,
    },
];

/// The target of a name.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

impl Target {
    /// Where inputs are kept that once were at fault, or are hostile on purpose.
    pub fn folder(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(self.name)
    }

    /// All inputs to begin with: those made of the project's own data and those kept.
    pub fn corpus(&self) -> Vec<Vec<u8>> {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let kept = files.iter().map(|file| std::fs::read(file).unwrap());
        (self.seeds)().into_iter().chain(kept).collect()
    }
}

/// The first line, and what stands behind it.
fn first_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, rest) = input.split_at(end);
    (line, rest.get(1..).unwrap_or_default())
}
