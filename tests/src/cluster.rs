//! Throw-away PostgreSQL servers: one for all tests of a process, and others to be killed.
//!
//! `DATABASE_URL` names another one to share instead. Throw-away ones end with the process, also when that is killed.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

static SHARED: OnceLock<Cluster> = OnceLock::new();
static NAMED: OnceLock<String> = OnceLock::new();

/// A throw-away PostgreSQL server. It ends with this value, and with the process.
pub struct Cluster {
    url: String,
    bin: PathBuf,
    home: PathBuf,
    options: String,
    /// The watchman stops the server when this end of its pipe closes, which the death of this process does for certain.
    _lifeline: ChildStdin,
}

/// Address of a superuser's connection to an empty database, without a schema: of the server that all tests of this process
/// share.
pub fn url() -> &'static str {
    if let Ok(url) = std::env::var("DATABASE_URL")
        && url.starts_with("postgres")
    {
        return NAMED.get_or_init(|| url);
    }
    SHARED.get_or_init(|| Cluster::start("-c max_connections=300 -c shared_buffers=64MB")).url()
}

/// As [`url`], of a server with other settings (`-c name=value …`) that is this process's own whatever `DATABASE_URL` says: for
/// measuring. To be called before anything asks for the other.
pub fn own(settings: &str) -> &'static str {
    SHARED.get_or_init(|| Cluster::start(&format!("-c max_connections=300 {settings}"))).url()
}

impl Cluster {
    /// Starts a server for its caller alone, to be stopped, frozen and killed. `settings`: `-c name=value …`.
    pub fn start(settings: &str) -> Self {
        let bin = programs();
        let home = tempfile::Builder::new().prefix("baodao-postgres-").tempdir().unwrap().keep();
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o777)).unwrap();
        let (data, port) = (home.join("data"), free_port());
        run(command(&bin.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data));
        let options = format!(
            "-p {port} -k {home} -c listen_addresses=127.0.0.1 -c log_min_messages=fatal {settings}",
            home = home.display()
        );
        // Before the server, so that there is no moment at which nobody would stop it.
        let lifeline = watchman(&bin, &home, &data);
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let cluster = Self { url, bin, home, options, _lifeline: lifeline };
        run(&mut cluster.start_command());
        cluster
    }

    /// Address of a superuser's connection to an empty database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the postmaster, as `kill -9`: its children end when they notice.
    pub fn kill(&self) {
        signal("KILL", &[self.postmaster()]);
    }

    /// Kills every process of the server at once.
    pub fn kill_all(&self) {
        signal("KILL", &self.processes());
    }

    /// Starts it again after it was killed, as soon as the last of its old processes has gone.
    pub fn start_again(&self) {
        for _ in 0..100 {
            if self.start_command().output().is_ok_and(|said| said.status.success()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        run(&mut self.start_command());
    }

    /// Stops every process of the server where it is.
    pub fn freeze(&self) {
        signal("STOP", &self.processes());
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        signal("CONT", &self.processes());
    }

    fn start_command(&self) -> Command {
        let mut start = command(&self.bin.join("pg_ctl"));
        start.args(["-w", "-t", "60", "-o", &self.options, "-l"]);
        start.arg(self.home.join("log")).arg("-D").arg(self.home.join("data")).arg("start");
        start.current_dir("/").stdin(Stdio::null());
        start
    }

    fn postmaster(&self) -> u32 {
        let file = std::fs::read_to_string(self.home.join("data/postmaster.pid")).unwrap();
        file.lines().next().unwrap().trim().parse().unwrap()
    }

    /// The postmaster and its children.
    fn processes(&self) -> Vec<u32> {
        let postmaster = self.postmaster();
        let is_child = |pid: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // After the name in brackets: state and parent.
            let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
            parent.and_then(|parent| parent.parse().ok()) == Some(postmaster)
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        std::iter::once(postmaster).chain(pids.filter(is_child)).collect()
    }
}

fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    // One of them may have gone meanwhile.
    let _ = Command::new("sh").args(["-c", &format!("kill -{name} {pids}")]).stderr(Stdio::null()).status();
}

/// The folder with PostgreSQL's `initdb` and `pg_ctl`.
pub(crate) fn programs() -> PathBuf {
    with_programs(&["initdb", "pg_ctl"]).expect(
        "these tests need PostgreSQL's initdb and pg_ctl: `apt-get install postgresql`, or name a server in DATABASE_URL",
    )
}

/// The first folder that has all these programs of PostgreSQL.
pub fn with_programs(names: &[&str]) -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    places.into_iter().find(|place| names.iter().all(|name| place.join(name).exists()))
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
