//! Peers whose dependencies do not fit beside ours (see rivals/Cargo.toml): programs of their own, built when they are first run.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::measure::Sample;
use crate::postgres;
use crate::rounds::Contender;
use crate::work::Work;

/// What a build tried, so that a program that cannot be built is told of once.
type Built = OnceCell<Result<PathBuf, String>>;

/// esrs on PostgreSQL.
pub fn esrs(work: Work) -> Contender {
    static BUILT: Built = OnceCell::const_new();
    Contender::new("esrs", move || {
        let work = work.clone();
        async move {
            let program = built(&BUILT, "esrs", "libssl-dev pkg-config").await?;
            let postmaster = postgres::watched().await?.server;
            run(&program, &json!({"work": work, "url": postgres::url(), "postmaster": postmaster})).await
        }
    })
}

/// UmaDB, its own server.
pub fn umadb(work: Work) -> Contender {
    static BUILT: Built = OnceCell::const_new();
    Contender::new("UmaDB", move || {
        let work = work.clone();
        async move {
            let program = built(&BUILT, "umadb", "protobuf-compiler g++").await?;
            let folder = tempfile::tempdir()?;
            run(&program, &json!({"work": work, "folder": folder.path()})).await
        }
    })
}

async fn run(program: &Path, asked: &Value) -> anyhow::Result<Sample> {
    let output = Command::new(program).arg(asked.to_string()).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(serde_json::from_slice(&output.stdout)?)
}

async fn built(once: &Built, name: &'static str, needs: &str) -> anyhow::Result<PathBuf> {
    once.get_or_init(|| async { build(name, needs).await.map_err(|error| format!("{error:#}")) })
        .await
        .clone()
        .map_err(anyhow::Error::msg)
}

/// Beside what cargo builds for us, so that `cargo clean` takes it away as well.
async fn build(name: &str, needs: &str) -> anyhow::Result<PathBuf> {
    eprintln!("building {name} and all that it needs (once)");
    let own = std::env::current_exe()?;
    // …/target/release/deps/peers-0123456789abcdef
    let target = own.ancestors().nth(3).context("no target folder")?.join("rivals");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/rivals/Cargo.toml");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "LD_LIBRARY_PATH"
        {
            cargo.env_remove(&*name);
        }
    }
    let output = cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--bin",
            name,
            "--features",
            name,
            "--manifest-path",
        ])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(&target)
        .stdin(Stdio::null())
        .output()
        .await?;
    ensure!(
        output.status.success(),
        "cannot be built ({}; it may need `apt-get install {needs}`)",
        first_error(&output.stderr)
    );
    Ok(target.join("release").join(name))
}

/// The line that says why.
fn first_error(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    said.lines().find(|line| line.starts_with("error")).unwrap_or("cargo did not say why").to_owned()
}
