//! Processor time, from `/proc`: the figure that other work on the machine disturbs least.

use std::time::Duration;

/// Clock ticks a second in `/proc`: fixed by the kernel's interface.
const TICKS: f64 = 100.0;

/// Whose time is asked for.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    /// The postmaster, or another server, whose children count with it.
    pub server: Option<u32>,
}

/// Ticks so far.
#[derive(Debug, Clone, Copy)]
pub struct Ticks {
    client: u64,
    server: u64,
    machine: u64,
}

/// Seconds of processor time in an interval.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// This process and the children that it has waited for.
    pub client: f64,
    /// The server watched.
    pub server: f64,
    /// The share of the machine that others used.
    pub foreign: f64,
}

impl Watched {
    /// The time until now.
    pub fn now(&self) -> Ticks {
        let own = stat(std::process::id()).map_or(0, |stat| stat.own + stat.waited);
        let server = self.server.map_or(0, family);
        Ticks { client: own, server, machine: machine() }
    }
}

impl Ticks {
    /// What was spent from this moment to a later one.
    pub fn until(self, later: Self, elapsed: Duration) -> Spent {
        let seconds = |from: u64, to: u64| to.saturating_sub(from) as f64 / TICKS;
        let (client, server) = (seconds(self.client, later.client), seconds(self.server, later.server));
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let all = seconds(self.machine, later.machine);
        Spent { client, server, foreign: ((all - client - server) / elapsed.as_secs_f64() / cores).max(0.0) }
    }
}

struct Stat {
    parent: u32,
    own: u64,
    waited: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold spaces.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let at = |field: usize| fields.get(field).and_then(|text| text.parse::<u64>().ok());
    Some(Stat { parent: at(1)? as u32, own: at(11)? + at(12)?, waited: at(13)? + at(14)? })
}

/// The parent of a process.
pub fn parent(pid: u32) -> Option<u32> {
    stat(pid).map(|stat| stat.parent)
}

/// A process, the children that it has, and those that it had.
fn family(head: u32) -> u64 {
    let Ok(all) = std::fs::read_dir("/proc") else { return 0 };
    let pids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let living = pids.filter_map(stat).filter(|stat| stat.parent == head).map(|stat| stat.own);
    living.sum::<u64>() + stat(head).map_or(0, |stat| stat.own + stat.waited)
}

/// What all cores did but idle and wait.
fn machine() -> u64 {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<u64> = text
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .filter_map(|field| field.parse().ok())
        .collect();
    [0, 1, 2, 5, 6].iter().filter_map(|at| fields.get(*at)).sum()
}
