//! Fuzzing guided by coverage, for as long as one likes: `cargo run -p tests --bin fuzz -- NAME [--seconds N]`
//!
//! Builds everything with counters at every branch (a few minutes, once) and hands the target to libFuzzer, which begins with
//! the corpus and keeps what leads to new branches in `target/fuzz/NAME`. An input at fault is left there as `crash-…`: mend
//! what it shows, and put it into `tests/corpus/NAME` under a name that tells what it is. Needs a C++ compiler (`apt-get install g++`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use tests::fuzz::{TARGETS, Target, find};

/// The compiler's own flags: the stable toolchain has the pass that libFuzzer reads its counters from, cargo has no word for it.
const COUNTERS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
/// With the target named, build scripts and macros are spared the counters.
const MACHINE: &str =
    if cfg!(target_arch = "aarch64") { "aarch64-unknown-linux-gnu" } else { "x86_64-unknown-linux-gnu" };

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(target) = arguments.first().and_then(|name| find(name)) else {
        for target in TARGETS {
            println!("{:10} {}", target.name, target.what);
        }
        return ExitCode::from(2);
    };
    let seconds = arguments.iter().position(|argument| argument == "--seconds");
    let seconds = seconds.map_or("60", |at| arguments.get(at + 1).expect("a number of seconds"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("fuzz");
    let program = built(root, &folder);
    let found = filled(target, &folder);
    let status = Command::new(program)
        .env("BAODAO_FUZZ", target.name)
        .arg(&found)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        // Bounded work: what takes longer or more than this is a fault. (No leak detector: that needs another toolchain.)
        .args([
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-malloc_limit_mb=1024",
            "-max_len=65536",
            "-detect_leaks=0",
        ])
        .status()
        .unwrap();
    ExitCode::from(u8::from(!status.success()))
}

fn built(root: &Path, folder: &Path) -> PathBuf {
    let manifest = root.join("tests/fuzz/Cargo.toml");
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--target", MACHINE, "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(folder.join("build"))
        .env("RUSTFLAGS", COUNTERS)
        .status()
        .unwrap();
    assert!(built.success(), "the fuzzer cannot be built: is there a C++ compiler (apt-get install g++)?");
    folder.join("build").join(MACHINE).join("release/guided")
}

/// The folder that libFuzzer works in, with the corpus in it.
fn filled(target: &Target, folder: &Path) -> PathBuf {
    let folder = folder.join(target.name);
    std::fs::create_dir_all(&folder).unwrap();
    for (number, input) in target.corpus().iter().enumerate() {
        std::fs::write(folder.join(format!("corpus-{number:04}")), input).unwrap();
    }
    folder
}
