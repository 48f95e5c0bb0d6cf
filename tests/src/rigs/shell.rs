//! Other programs: run to their end, or ended.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Runs a program to its end; what it said when it fails.
pub(super) fn sh(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    run(Command::new(program).args(arguments))
}

/// Runs a command to its end; what it said when it fails.
pub(super) fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{command:?} cannot be started: is its Debian package installed?"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program until it succeeds, for a bounded time.
pub(super) async fn until(program: &str, arguments: &[&str], patience: Duration) -> anyhow::Result<String> {
    let started = Instant::now();
    loop {
        match sh(program, arguments) {
            Err(error) if started.elapsed() > patience => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            done => return done,
        }
    }
}

/// A process and all that it started, by their numbers.
pub(super) fn family(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        found.extend(
            children.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()),
        );
    }
    found
}

/// Sends a signal (`KILL`, `STOP` …) to processes; those that are gone already are no fault.
pub(super) fn signal(name: &str, pids: &[u32]) {
    for pid in pids {
        let _ = sh("kill", &[&format!("-{name}"), &pid.to_string()]);
    }
}

/// Refuses to go on without root.
pub(super) fn must_be_root() -> anyhow::Result<()> {
    let own = std::fs::metadata("/proc/self")?;
    if std::os::unix::fs::MetadataExt::uid(&own) != 0 {
        bail!("this rig mounts file systems or drops packets, and needs root");
    }
    Ok(())
}

/// The end of a log.
pub(super) fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(3).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
