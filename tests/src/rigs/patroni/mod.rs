//! A PostgreSQL cluster that fails over by itself: three nodes, each with etcd, Patroni and PostgreSQL with a synchronous standby,
//! behind HAProxy, on one machine and as another user than root.

mod config;

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;

use super::shell::{family, last_lines, signal};
use crate::cluster;
use config::Ports;

/// The cluster; all of it is killed when dropped.
pub(super) struct Patroni {
    folder: TempDir,
    ports: [Ports; 3],
    front: u16,
    http: Client,
    etcds: Vec<Daemon>,
    agents: Vec<Daemon>,
    _haproxy: Daemon,
}

/// A process that runs until it is killed.
struct Daemon(Child);

impl Daemon {
    /// Starts a program as the user who may run PostgreSQL; what it says goes to a file.
    fn start(program: &str, arguments: &[String], log: &Path) -> anyhow::Result<Self> {
        let log = std::fs::File::options().create(true).append(true).open(log)?;
        let child = cluster::command(Path::new(program))
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{program} cannot be started"))?;
        Ok(Self(child))
    }

    fn pids(&self) -> Vec<u32> {
        family(self.0.id())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        signal("KILL", &self.pids());
        let _ = self.0.wait();
    }
}

impl Patroni {
    /// Starts everything, and waits for a leader with a synchronous standby and one more replica.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("baodao-patroni-").tempdir()?;
        let home = folder.path().to_owned();
        std::fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
        let free = cluster::free_port;
        let ports = [(); 3].map(|()| Ports { etcd: free(), peer: free(), rest: free(), postgres: free() });
        let front = free();
        let peers: Vec<String> = (0..3).map(|n| format!("e{n}=http://127.0.0.1:{}", ports[n].peer)).collect();
        let mut etcds = vec![];
        for (number, own) in ports.iter().enumerate() {
            etcds.push(Daemon::start(
                "etcd",
                &etcd(&home, number, *own, &peers.join(",")),
                &home.join("etcd.log"),
            )?);
        }
        let config = home.join("haproxy.cfg");
        std::fs::write(&config, config::haproxy(front, &ports))?;
        let haproxy = ["-db".to_owned(), "-f".to_owned(), config.display().to_string()];
        let haproxy = Daemon::start("/usr/sbin/haproxy", &haproxy, &home.join("haproxy.log"))?;
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        let mut patroni = Self { folder, ports, front, http, etcds, agents: vec![], _haproxy: haproxy };
        for number in 0..3 {
            let agent = patroni.agent(number)?;
            patroni.agents.push(agent);
        }
        patroni.healthy(Duration::from_secs(60)).await?;
        Ok(patroni)
    }

    fn agent(&self, number: usize) -> anyhow::Result<Daemon> {
        let home = self.folder.path();
        let config = home.join(format!("patroni{number}.yml"));
        // Patroni wants them all in one folder, and PATH may only have links to some.
        let initdb = cluster::programs().join("initdb").canonicalize()?;
        let bin = initdb.parent().context("a program without a folder")?;
        std::fs::write(&config, config::patroni(home, bin, number, &self.ports))?;
        Daemon::start("patroni", &[config.display().to_string()], &home.join(format!("patroni{number}.log")))
    }

    /// A place for what belongs to the rig.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address that leads to the leader.
    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.front)
    }

    async fn members(&self) -> Vec<Value> {
        for ports in self.ports {
            let answer = self.http.get(format!("http://127.0.0.1:{}/cluster", ports.rest)).send().await;
            if let Ok(answer) = answer
                && let Ok(told) = answer.json::<Value>().await
            {
                return told["members"].as_array().cloned().unwrap_or_default();
            }
        }
        vec![]
    }

    /// The number of the leader, if there is one that runs.
    pub(super) async fn leader(&self) -> Option<usize> {
        let members = self.members().await;
        let leader =
            members.iter().find(|member| member["role"] == "leader" && member["state"] == "running")?;
        leader["name"].as_str()?.strip_prefix('n')?.parse().ok()
    }

    async fn healthy(&self, patience: Duration) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let members = self.members().await;
            let has = |role: &str| members.iter().any(|member| member["role"] == role);
            if members.len() == 3 && has("leader") && has("sync_standby") && self.leader().await.is_some() {
                return Ok(());
            }
            if started.elapsed() > patience {
                let log = last_lines(&self.folder.path().join("patroni0.log"));
                anyhow::bail!("the cluster does not come up: {members:?} {log}");
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    fn data(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("data{number}"))
    }

    /// Every process of PostgreSQL on a node.
    fn postgres(&self, number: usize) -> Vec<u32> {
        let told = std::fs::read_to_string(self.data(number).join("postmaster.pid")).unwrap_or_default();
        told.lines().next().and_then(|pid| pid.trim().parse().ok()).map(family).unwrap_or_default()
    }

    /// Every process of a node: etcd, Patroni, PostgreSQL.
    pub(super) fn node(&self, number: usize) -> Vec<u32> {
        [self.agents[number].pids(), self.postgres(number), self.etcds[number].pids()].concat()
    }

    /// The processes of Patroni on a node.
    pub(super) fn agent_of(&self, number: usize) -> Vec<u32> {
        self.agents[number].pids()
    }

    /// The processes of etcd on a node.
    pub(super) fn etcd_of(&self, number: usize) -> Vec<u32> {
        self.etcds[number].pids()
    }
}

impl Drop for Patroni {
    fn drop(&mut self) {
        // The agents first: they would start PostgreSQL again.
        self.agents.clear();
        for number in 0..3 {
            signal("KILL", &self.postgres(number));
        }
    }
}

fn etcd(home: &Path, number: usize, own: Ports, peers: &str) -> Vec<String> {
    let (client, peer) = (format!("http://127.0.0.1:{}", own.etcd), format!("http://127.0.0.1:{}", own.peer));
    [
        ("name", format!("e{number}")),
        ("data-dir", home.join(format!("etcd{number}")).display().to_string()),
        ("listen-client-urls", client.clone()),
        ("advertise-client-urls", client),
        ("listen-peer-urls", peer.clone()),
        ("initial-advertise-peer-urls", peer),
        ("initial-cluster", peers.to_owned()),
        ("initial-cluster-state", "new".to_owned()),
        ("enable-v2", "true".to_owned()),
    ]
    .into_iter()
    .flat_map(|(name, value)| [format!("--{name}={value}")])
    .collect()
}
