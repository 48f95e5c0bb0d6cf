//! The program, serving, in a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use super::shell::{last_lines, signal};
use crate::program::{Said, baodao};
use crate::town::founding;

/// A serving process; killed when dropped.
pub(super) struct Served {
    process: Child,
    /// Its address, without the last slash.
    pub(super) base: String,
}

impl Served {
    /// Starts `baodao serve` on a free port of loopback. What it logs goes to `log`.
    pub(super) fn start(url: &str, log: &Path) -> anyhow::Result<Self> {
        Self::spawn(baodao(url, &["serve", "--listen", "127.0.0.1:0", "--json"]), log)
    }

    /// Starts it as this command says.
    pub(super) fn spawn(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let log_file = File::options().create(true).append(true).open(log)?;
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log_file).spawn()?;
        let stdout = process.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let Some(base) = told["listening"].as_str() else {
            let _ = process.kill();
            let _ = process.wait();
            bail!("the program does not serve: {}", last_lines(log));
        };
        Ok(Self { base: base.trim_end_matches('/').to_owned(), process })
    }

    /// Stops it where it is: it says nothing from here on. A thread that waits for the disk stops when that wait is over.
    pub(super) fn freeze(&self) -> anyhow::Result<()> {
        signal("STOP", &[self.process.id()]);
        let started = Instant::now();
        while !stands_still(self.process.id())? {
            anyhow::ensure!(started.elapsed() < Duration::from_secs(5), "SIGSTOP does not stop the program");
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// As `kill -9`.
    pub(super) fn kill(mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// SIGTERM; waits until it is gone, and tells whether it ended well.
    pub(super) async fn terminate(mut self) -> anyhow::Result<bool> {
        signal("TERM", &[self.process.id()]);
        let started = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(status.success());
            }
            anyhow::ensure!(started.elapsed() < Duration::from_secs(60), "SIGTERM does not end the program");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether all threads of a process are stopped or wait for a disk.
fn stands_still(pid: u32) -> anyhow::Result<bool> {
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let stat = std::fs::read_to_string(task?.path().join("stat"))?;
        // The state follows the name, which stands in brackets.
        let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        if !state.starts_with(['T', 'D']) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts the town into an empty ledger.
pub(super) fn found(url: &str) -> anyhow::Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    let lines: Vec<String> = founding().iter().map(Value::to_string).collect();
    std::fs::write(file.path(), lines.join("\n"))?;
    let path = file.path().to_str().context("a path that is no text")?;
    let said = Said::from(baodao(url, &["submit", path]).stdin(Stdio::null()).output()?);
    if said.code != 0 {
        bail!("the town cannot be founded: {}", said.err);
    }
    Ok(())
}
