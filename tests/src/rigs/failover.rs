//! A PostgreSQL cluster loses its leader, gets two, or loses those who elect it, under load.

use std::time::Duration;

use super::crowd::{Crowd, head_of};
use super::patroni::Patroni;
use super::report::Report;
use super::served::{Served, found};
use super::shell::signal;
use super::verified;

const CLIENTS: usize = 8;
/// How long a frozen node sleeps.
const FROZEN: Duration = Duration::from_secs(15);
/// How long commands may not be taken at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every process of the leader's node is killed.
    LeaderKilled,
    /// Every process of the leader's node stops, and goes on after another has become leader.
    LeaderFrozen,
    /// The leader's agent alone is killed: its PostgreSQL stays a primary beside the new one.
    SecondPrimary,
    /// One of three etcd is killed.
    EtcdOne,
    /// Two of three etcd are killed; Patroni's failsafe mode keeps the leader.
    EtcdTwo,
}

/// One fault under load on a new cluster.
pub(super) async fn round(fault: Fault) -> anyhow::Result<Report> {
    let patroni = Patroni::start().await?;
    let url = patroni.url();
    found(&url)?;
    let served = Served::start(&url, &patroni.folder().join("served.log"))?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(100, PATIENCE).await?;
    strike(&patroni, fault).await?;
    crowd.progress(200, PATIENCE).await?;
    let known = crowd.stop().await;
    Ok(Report::of(verified(&url, known.settle(&served.base, before).await?)?))
}

async fn strike(patroni: &Patroni, fault: Fault) -> anyhow::Result<()> {
    let leader = patroni.leader().await.ok_or_else(|| anyhow::anyhow!("there is no leader"))?;
    let (next, last) = ((leader + 1) % 3, (leader + 2) % 3);
    match fault {
        Fault::LeaderKilled => signal("KILL", &patroni.node(leader)),
        Fault::LeaderFrozen => {
            let node = patroni.node(leader);
            signal("STOP", &node);
            tokio::time::sleep(FROZEN).await;
            signal("CONT", &node);
        }
        Fault::SecondPrimary => signal("KILL", &patroni.agent_of(leader)),
        Fault::EtcdOne => signal("KILL", &patroni.etcd_of(next)),
        Fault::EtcdTwo => signal("KILL", &[patroni.etcd_of(next), patroni.etcd_of(last)].concat()),
    }
    if matches!(fault, Fault::LeaderKilled | Fault::SecondPrimary) {
        another_leads(patroni, leader).await?;
    } else if fault == Fault::EtcdTwo {
        // Longer than the leader's key lives.
        tokio::time::sleep(Duration::from_secs(8)).await;
    }
    Ok(())
}

async fn another_leads(patroni: &Patroni, than: usize) -> anyhow::Result<()> {
    let waited = tokio::time::timeout(PATIENCE, async {
        while patroni.leader().await.is_none_or(|leader| leader == than) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    waited.await.map_err(|_| anyhow::anyhow!("nobody else becomes leader"))
}
