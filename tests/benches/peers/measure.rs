//! The closed loop: so many clients, each with one request at a time, for a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cpu::{Spent, Watched};

/// How hard and how long.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Pace {
    /// Clients at once.
    pub clients: usize,
    /// Seconds before counting begins.
    pub warm: f64,
    /// Seconds that count.
    pub window: f64,
}

/// What one run of one contender came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sample {
    /// Units of work a second.
    pub rate: f64,
    /// Median latency, milliseconds.
    pub p50: Option<f64>,
    /// 99th percentile, milliseconds.
    pub p99: Option<f64>,
    /// Processor time of the client a unit, microseconds.
    pub client: Option<f64>,
    /// Processor time of the server a unit, microseconds.
    pub server: Option<f64>,
    /// The share of the machine that others used meanwhile.
    pub foreign: Option<f64>,
}

impl Sample {
    /// So many units in that time, at that expense.
    pub fn of(units: u64, elapsed: Duration, spent: Spent) -> Self {
        let each = |seconds: f64| (units > 0).then(|| seconds * 1e6 / units as f64);
        Self {
            rate: units as f64 / elapsed.as_secs_f64(),
            client: each(spent.client),
            server: each(spent.server),
            foreign: Some(spent.foreign),
            ..Self::default()
        }
    }

    /// With the latencies of its units.
    pub fn with_latencies(mut self, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |permille: usize| {
            times.get((times.len().max(1) - 1) * permille / 1000).map(|time| time.as_secs_f64() * 1e3)
        };
        (self.p50, self.p99) = (at(500), at(990));
        self
    }
}

/// Every client calls `work(client, n)` again and again; what answers `true` inside the window counts.
pub async fn closed_loop<W, F>(pace: Pace, watched: &Watched, work: W) -> anyhow::Result<Sample>
where
    W: Fn(usize, u64) -> F + Send + Sync + 'static,
    F: Future<Output = anyhow::Result<bool>> + Send,
{
    let work = Arc::new(work);
    let begin = Instant::now() + Duration::from_secs_f64(pace.warm);
    let end = begin + Duration::from_secs_f64(pace.window);
    let clients: Vec<_> = (0..pace.clients)
        .map(|client| {
            let work = Arc::clone(&work);
            tokio::spawn(async move {
                let mut times = Vec::new();
                for n in 0.. {
                    let started = Instant::now();
                    if started >= end {
                        break;
                    }
                    let counts = work(client, n).await?;
                    let ended = Instant::now();
                    if counts && ended >= begin && ended < end {
                        times.push(ended - started);
                    }
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    tokio::time::sleep_until(begin.into()).await;
    let (before, from) = (watched.now(), Instant::now());
    tokio::time::sleep_until(end.into()).await;
    let (after, to) = (watched.now(), Instant::now());
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let window = Duration::from_secs_f64(pace.window);
    Ok(Sample::of(times.len() as u64, window, before.until(after, to - from)).with_latencies(times))
}
