//! A throw-away PostgreSQL server for one test process.
//!
//! `DATABASE_URL` names another one to use instead. The throw-away one ends with the process, also when that is killed.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

struct Cluster {
    url: String,
    /// The watchman stops the server when this end of its pipe closes, which the death of this process does for certain.
    _lifeline: Option<ChildStdin>,
}

/// Address of a superuser's connection to an empty database, without a schema.
pub fn url() -> &'static str {
    &CLUSTER.get_or_init(start).url
}

fn start() -> Cluster {
    if let Ok(url) = std::env::var("DATABASE_URL")
        && url.starts_with("postgres")
    {
        return Cluster { url, _lifeline: None };
    }
    let bin = programs();
    let home = tempfile::Builder::new().prefix("baodao-postgres-").tempdir().unwrap().keep();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o777)).unwrap();
    let (data, log) = (home.join("data"), home.join("log"));
    let port = free_port();
    run(command(&bin.join("initdb"))
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(&data));
    let options = format!(
        "-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=64MB -c log_min_messages=fatal",
        home = home.display()
    );
    // Before the server, so that there is no moment at which nobody would stop it.
    let lifeline = watchman(&bin, &home, &data);
    run(command(&bin.join("pg_ctl"))
        .args(["-w", "-t", "60", "-o", &options, "-l"])
        .arg(&log)
        .arg("-D")
        .arg(&data)
        .arg("start"));
    Cluster { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), _lifeline: Some(lifeline) }
}

/// Where `initdb` and `pg_ctl` are.
pub(crate) fn programs() -> PathBuf {
    let mut places: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    places
        .into_iter()
        .find(|place| place.join("initdb").exists() && place.join("pg_ctl").exists())
        .expect("these tests need PostgreSQL's initdb and pg_ctl: `apt-get install postgresql`, or name a server in DATABASE_URL")
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`.
pub(crate) fn command(program: &Path) -> Command {
    let Some(user) = other_user() else {
        return Command::new(program);
    };
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--"]).arg(program);
    command
}

pub(crate) fn other_user() -> Option<&'static str> {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    is_root
        .then(|| if users.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" })
}

pub(crate) fn run(command: &mut Command) {
    // pg_ctl's server would keep a pipe open: the output goes to a file.
    let report = tempfile::tempfile().unwrap();
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(report.try_clone().unwrap())
        .stderr(report.try_clone().unwrap())
        .status()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    if !status.success() {
        let mut said = String::new();
        let mut report = report;
        std::io::Seek::rewind(&mut report).unwrap();
        std::io::Read::read_to_string(&mut report, &mut said).unwrap();
        panic!("{command:?} failed: {said}");
    }
}

/// Waits until the pipe to it closes, then stops the server and clears up. In a process group of its own, so that Ctrl-C does not
/// reach it.
fn watchman(bin: &Path, home: &Path, data: &Path) -> ChildStdin {
    let mut stop = command(&bin.join("pg_ctl"));
    stop.args(["-m", "immediate", "-w", "-D"]).arg(data).arg("stop");
    let mut watchman = Command::new("sh");
    watchman
        .args(["-c", r#"read -r _; home=$1; shift; "$@" >/dev/null 2>&1; rm -rf "$home""#, "watchman"])
        .arg(home)
        .arg(stop.get_program())
        .args(stop.get_args())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    watchman.spawn().unwrap().stdin.take().unwrap()
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
