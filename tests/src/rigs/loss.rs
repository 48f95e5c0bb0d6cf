//! Packets lost in the kernel: of every hundred on the way to PostgreSQL or back a few are dropped, and then for a while nearly
//! all. TCP sends them again, late; where it cannot, the connection stands still without a word.

use std::time::Duration;

use super::crowd::{Crowd, head_of};
use super::report::Report;
use super::served::{Served, found};
use super::server::Postgres;
use super::shell::{must_be_root, sh};
use super::verified;

const CLIENTS: usize = 8;
/// Percent of the packets that are dropped, and for how long; the last is a wire that is nearly gone.
const LOSSES: [(u32, Duration); 4] = [
    (1, Duration::from_secs(2)),
    (10, Duration::from_secs(4)),
    (30, Duration::from_secs(4)),
    (95, Duration::from_secs(8)),
];

/// A table of nftables that drops packets of a port on loopback; it goes with this value.
struct Loss {
    table: String,
    port: u16,
}

impl Loss {
    /// None are dropped yet.
    fn of(port: u16) -> anyhow::Result<Self> {
        must_be_root()?;
        let loss = Self { table: format!("baodao_loss_{port}"), port };
        loss.rules("")?;
        Ok(loss)
    }

    /// So many of a hundred packets are dropped, either way.
    fn drop(&self, percent: u32) -> anyhow::Result<()> {
        let of_port = |side: &str| {
            let port = self.port;
            format!("tcp {side} {port} numgen random mod 100 < {percent} counter drop;")
        };
        self.rules(&format!("{} {}", of_port("dport"), of_port("sport")))
    }

    fn rules(&self, rules: &str) -> anyhow::Result<()> {
        let table = &self.table;
        let chain = format!("type filter hook input priority 0; {rules}");
        // In one transaction: the old rules go as the new ones come.
        sh("nft", &[&format!("add table inet {table}; delete table inet {table}; table inet {table} {{ chain loss {{ {chain} }}; }};")])
            .map(drop)
    }

    /// How many packets were dropped since the rules were set.
    fn dropped(&self) -> anyhow::Result<u64> {
        let told = sh("nft", &["list", "table", "inet", &self.table])?;
        let counts =
            told.split("packets ").skip(1).filter_map(|rest| rest.split(' ').next()?.parse::<u64>().ok());
        Ok(counts.sum())
    }
}

impl Drop for Loss {
    fn drop(&mut self) {
        let _ = sh("nft", &["delete", "table", "inet", &self.table]);
    }
}

/// The wire loses more and more under load, nearly everything in the end, and is mended.
pub(super) async fn round() -> anyhow::Result<Report> {
    let folder = tempfile::Builder::new().prefix("baodao-loss-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
    let postgres = Postgres::init(&folder.path().join("data"), folder.path(), "")?;
    postgres.start()?;
    let url = postgres.url();
    found(&url)?;
    let served = Served::start(&url, &folder.path().join("served.log"))?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(20, Duration::from_secs(60)).await?;
    let loss = Loss::of(postgres.port())?;
    let mut untouched = vec![];
    for (percent, time) in LOSSES {
        loss.drop(percent)?;
        tokio::time::sleep(time).await;
        if loss.dropped()? == 0 {
            untouched.push(format!("nothing was dropped at {percent} %"));
        }
    }
    drop(loss);
    crowd.progress(50, Duration::from_secs(90)).await?;
    let known = crowd.stop().await;
    let mut report = Report::of(verified(&url, known.settle(&served.base, before).await?)?);
    report.faults.extend(untouched);
    Ok(report)
}
