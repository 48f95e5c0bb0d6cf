//! Where a ledger is kept in a rig: a file, or a PostgreSQL server of its own, on a given disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::shell::{family, run, sh, signal};
use crate::cluster;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

/// A ledger's database.
pub(super) enum Keeper {
    Sqlite { file: PathBuf },
    Postgres(Postgres),
}

impl Keeper {
    /// An empty database in a folder; what PostgreSQL says goes to a folder beside it.
    pub(super) fn new(kind: Kind, folder: &Path, beside: &Path, options: &str) -> anyhow::Result<Self> {
        Ok(match kind {
            Kind::Sqlite => Self::Sqlite { file: folder.join("ledger.db") },
            Kind::Postgres => {
                let postgres = Postgres::init(&folder.join("data"), beside, options)?;
                postgres.start()?;
                Self::Postgres(postgres)
            }
        })
    }

    /// The ledger's address.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite://{}", file.display()),
            Self::Postgres(postgres) => postgres.url(),
        }
    }

    /// Ends the database as a power cut does.
    pub(super) fn kill(&self) {
        if let Self::Postgres(postgres) = self {
            postgres.kill();
        }
    }

    /// Starts it again, unless it runs.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        match self {
            Self::Postgres(postgres) if !postgres.runs() => postgres.start(),
            _ => Ok(()),
        }
    }
}

/// A PostgreSQL server; killed when dropped.
pub(super) struct Postgres {
    data: PathBuf,
    log: PathBuf,
    port: u16,
    options: String,
}

impl Postgres {
    /// Makes an empty one, which does not run yet.
    pub(super) fn init(data: &Path, beside: &Path, options: &str) -> anyhow::Result<Self> {
        run(cluster::command(&cluster::programs().join("initdb"))
            .current_dir("/")
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--wal-segsize=1",
                "-D",
            ])
            .arg(data))?;
        Self::at(data, beside, options)
    }

    /// One whose files are there already.
    pub(super) fn at(data: &Path, beside: &Path, options: &str) -> anyhow::Result<Self> {
        let logs = beside.join("log");
        std::fs::create_dir_all(&logs)?;
        std::fs::set_permissions(&logs, std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
        let (log, port) = (logs.join("postgres"), cluster::free_port());
        Ok(Self { data: data.to_owned(), log, port, options: options.to_owned() })
    }

    /// Its address for the superuser.
    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Its port on loopback.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, also after a crash; waits until it serves.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        // What a killed server leaves behind names a process that may by now be another.
        let _ = std::fs::remove_file(self.data.join("postmaster.pid"));
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60 -c shared_buffers=32MB {}",
            self.port, self.options
        );
        // pg_ctl's server would keep a pipe open: only its exit code is looked at.
        let started = cluster::command(&cluster::programs().join("pg_ctl"))
            .current_dir("/")
            .args(["-w", "-s", "-t", "60", "-o", &options, "-l"])
            .arg(&self.log)
            .arg("-D")
            .arg(&self.data)
            .arg("start")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()?;
        anyhow::ensure!(started.success(), "PostgreSQL does not start: see {}", self.log.display());
        Ok(())
    }

    fn postmaster(&self) -> anyhow::Result<u32> {
        let told = std::fs::read_to_string(self.data.join("postmaster.pid"))?;
        told.lines().next().and_then(|pid| pid.trim().parse().ok()).context("no process id")
    }

    /// Whether it runs.
    pub(super) fn runs(&self) -> bool {
        self.postmaster().is_ok_and(|pid| Path::new(&format!("/proc/{pid}/exe")).exists())
    }

    /// As `kill -9` of every process of it.
    pub(super) fn kill(&self) {
        if let Ok(pid) = self.postmaster() {
            signal("KILL", &family(pid));
        }
    }

    /// Runs statements as the superuser; the rows as text.
    pub(super) fn sql(&self, sql: &str) -> anyhow::Result<String> {
        sh("psql", &["-XAtq", "-d", &self.url(), "-c", sql])
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
        std::thread::sleep(Duration::from_millis(50));
    }
}
