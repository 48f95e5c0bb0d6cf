//! The program itself, as people run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// Where the program is; built first, as it is now.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // …/target/debug/deps/it-0123456789abcdef, …/target/debug/soak
        let own = std::env::current_exe().unwrap();
        let folder = own.parent().unwrap();
        let profile = if folder.ends_with("deps") { folder.parent().unwrap() } else { folder };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        // The same packages as the tests, so that no dependency is built anew with other features.
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // What cargo tells a test of its own package would look like a change to build scripts of others.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "LD_LIBRARY_PATH"
            {
                cargo.env_remove(&*name);
            }
        }
        let built = cargo
            .args([
                "build",
                "--locked",
                "--quiet",
                "--package",
                "server",
                "--package",
                "tests",
                "--bin",
                "baodao",
            ])
            .arg("--target-dir")
            .arg(profile.parent().unwrap())
            .current_dir(root)
            .stdin(Stdio::null())
            .status()
            .unwrap();
        assert!(built.success(), "the program cannot be built");
        profile.join("baodao")
    })
}

/// The program with arguments, on the ledger at the address.
pub fn baodao(database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(arguments)
        .env("BAODAO_DATABASE", database)
        .env("LC_ALL", "en_US.UTF-8")
        .env("RUST_LOG", "warn");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("BAODAO_") && name != "BAODAO_DATABASE" {
            command.env_remove(&*name);
        }
    }
    // Whoever a test tells of is whom it says, unless it lets people sign in.
    command.env("BAODAO_CALLERS", "trusted");
    command
}

/// What a run of the program said.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs the program to its end.
pub fn run(database: &str, arguments: &[&str]) -> Said {
    baodao(database, arguments).stdin(Stdio::null()).output().unwrap().into()
}

/// Asks a process to end (SIGTERM), and waits until it has ended well.
pub fn end(process: &mut std::process::Child) {
    let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let status = process.wait().unwrap();
    assert!(status.success(), "{status}");
}
