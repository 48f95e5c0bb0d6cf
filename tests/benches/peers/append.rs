//! Rows `append`, `append-hot`, `append-sqlite`, `long-stream`: durable commands.

use crate::measure::Pace;
use crate::options::Options;
use crate::ours::{On, appending};
use crate::ready::ready_made;
use crate::rounds::{Contender, Line, compare};
use crate::work::Work;
use crate::{cqrs, pgbench, rivals};

fn work(options: &Options, clients: usize, streams: usize, length: usize) -> Work {
    let (warm, window) = options.pick((0.3, 1.0), (0.5, 2.0));
    Work { pace: Pace { clients, warm, window }, streams, length, hot: false }
}

/// How many streams of ten events there are.
fn short(options: &Options) -> usize {
    options.pick(1024, 4096)
}

/// Clients up to which the raw insert takes part: each of them is a connection and a process of the server.
const RAW_CLIENTS_MAX: usize = 64;

/// Clients from which batches are what limits us.
const READY_CLIENTS_MIN: usize = 64;

fn peers(work: &Work) -> Vec<Contender> {
    let mut peers =
        vec![cqrs::on_postgres(work.clone()), rivals::esrs(work.clone()), rivals::umadb(work.clone())];
    if work.pace.clients <= RAW_CLIENTS_MAX {
        peers.push(pgbench::raw_inserts(work.clone()));
    }
    peers
}

fn everybody(work: &Work, peers: Vec<Contender>) -> Vec<Contender> {
    let mut all = vec![appending(On::Postgres, work.clone())];
    all.extend(peers);
    if work.pace.clients >= READY_CLIENTS_MIN {
        all.extend(ready_made(On::Postgres, work));
    }
    all
}

/// Streams of ten events, each client its own; then all clients on one.
pub async fn append(options: &Options) -> anyhow::Result<Vec<Line>> {
    if let Some(clients) = options.clients {
        let work = work(options, clients, short(options), 10);
        let all = everybody(&work, vec![]);
        return Ok(vec![compare("append", Some(clients), "commands/s", options.rounds(), all).await?]);
    }
    let mut lines = Vec::new();
    for clients in [1, 8, 64, 512] {
        let work = work(options, clients, short(options), 10);
        let all = everybody(&work, peers(&work));
        lines.push(compare("append", Some(clients), "commands/s", options.rounds(), all).await?);
    }
    let many = work(options, 64, short(options), 10);
    let one = Work { streams: 64, hot: true, ..many.clone() };
    let contenders = vec![
        appending(On::Postgres, one.clone()),
        appending(On::Postgres, many).named("ours, many streams"),
        cqrs::on_postgres(one),
    ];
    lines.push(compare("append-hot", Some(64), "commands/s", options.rounds(), contenders).await?);
    Ok(lines)
}

/// The same on SQLite.
pub async fn append_sqlite(options: &Options) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for clients in options.pick(&[8, 64][..], &[1, 8, 64, 512]) {
        let work = work(options, *clients, short(options), 10);
        let mut contenders = vec![appending(On::Sqlite, work.clone()), cqrs::on_sqlite(work.clone())];
        if *clients >= READY_CLIENTS_MIN {
            contenders.extend(ready_made(On::Sqlite, &work));
        }
        lines.push(
            compare("append-sqlite", Some(*clients), "commands/s", options.rounds(), contenders).await?,
        );
    }
    Ok(lines)
}

/// The same on streams of a thousand events.
pub async fn long_stream(options: &Options) -> anyhow::Result<Vec<Line>> {
    let long = work(options, 64, options.pick(64, 128), 1000);
    let short = work(options, 64, short(options), 10);
    let contenders = vec![
        appending(On::Postgres, long.clone()),
        appending(On::Postgres, short).named("ours, 10-event streams"),
        cqrs::on_postgres(long),
    ];
    Ok(vec![compare("long-stream", Some(64), "commands/s", options.rounds(), contenders).await?])
}
