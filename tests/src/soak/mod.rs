//! Faults, each with a way to bring it about: short in CI (tests/it/faults.rs), for as long as one likes by
//! `cargo run -p tests --bin soak`. A new one is a function in a module of its own and a line in [`FAULTS`].

mod kills;
mod outages;

use std::pin::Pin;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::place::Place;
use crate::rigs::{self, Durability, Kind};

/// One go at a fault.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// All that is left to chance comes from it, but for the order in which processes run.
    pub seed: u64,
    /// 1 is the short form; a larger one does more of the same.
    pub size: u32,
}

impl Round {
    fn dice(self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.seed)
    }
}

/// What a round returns: figures to be shown.
pub type Figures = Pin<Box<dyn Future<Output = String> + Send>>;

/// A fault.
pub struct Fault {
    /// As `--faults` takes it.
    pub name: &'static str,
    /// In the catalogue of docs/reliability.md.
    pub number: u8,
    /// In words.
    pub what: &'static str,
    /// Whether CI runs the short form. Those that need root, daemons or minutes do not run there.
    pub in_ci: bool,
    /// Brings it about and checks what must hold; panics when something does not.
    pub run: fn(Round) -> Figures,
}

macro_rules! faults {
    ($( $name:literal $number:literal $ci:literal $what:literal => $run:expr; )+) => {
        /// All faults.
        pub const FAULTS: &[Fault] = &[$( Fault {
            name: $name, number: $number, what: $what, in_ci: $ci, run: |round| Box::pin($run(round)),
        } ),+];
    };
}

faults![
    "simulation" 22 true "simulated lives of desk, projector and reactions, a seed each" => simulated;
    "killed-sqlite" 1 true "the server killed at random and at fault points" => |round| kills::server(Place::sqlite(), round);
    "killed-postgres" 1 true "the server killed at random and at fault points" => |round| kills::server(Place::postgres(), round);
    "rebuild-killed-sqlite" 1 true "rebuild and import killed at fault points" => |round| kills::tools(Place::sqlite(), round);
    "rebuild-killed-postgres" 1 true "rebuild and import killed at fault points" => |round| kills::tools(Place::postgres(), round);
    "doubled-sqlite" 14 true "two servers on one ledger, one killed again and again" => |round| kills::doubled(Place::sqlite(), round);
    "doubled-postgres" 14 true "two servers on one ledger, one killed again and again" => |round| kills::doubled(Place::postgres(), round);
    "database-killed" 4 true "PostgreSQL killed -9, its postmaster or all of it, and started again" => outages::killed;
    "database-frozen" 4 true "PostgreSQL stopped by a signal, and going on" => outages::frozen;
    "wire" 8 true "the wire to PostgreSQL cut, dragging and stalled" => outages::wire;
    "stopped-sqlite" 1 true "the server asked to stop under load (SIGTERM)" => |_| rigs::stopped(Kind::Sqlite);
    "stopped-postgres" 1 true "the server asked to stop under load (SIGTERM)" => |_| rigs::stopped(Kind::Postgres);
    "cancelled-commit" 6 true "commits that wait for a standby cancelled" => |_| rigs::cancelled_commit();
    "restore-sqlite" 19 true "a backup under load, restored and compared" => |_| rigs::restore(Kind::Sqlite);
    "restore-postgres" 19 true "base backup and log, wound to a moment under load" => |_| rigs::restore(Kind::Postgres);
    "packets-lost" 8 false "packets to and from PostgreSQL dropped in the kernel, from few to nearly all" => |_| rigs::packets_lost();
    "power-cut-sqlite" 3 false "the disk under the ledger loses its power" => |round| rigs::power_cut(Kind::Sqlite, Durability::Full, round);
    "power-cut-sqlite-unsynced" 3 false "the same without syncs: must lose" => |round| rigs::power_cut(Kind::Sqlite, Durability::None, round);
    "power-cut-postgres" 3 false "the disk under PostgreSQL loses its power" => |round| rigs::power_cut(Kind::Postgres, Durability::Full, round);
    "power-cut-postgres-unsynced" 3 false "the same with fsync=off: must lose" => |round| rigs::power_cut(Kind::Postgres, Durability::None, round);
    "disk-full-sqlite" 9 false "no space left, then space again" => |_| rigs::disk_full(Kind::Sqlite);
    "disk-full-postgres" 9 false "no space left, then space again" => |_| rigs::disk_full(Kind::Postgres);
    "leader-killed" 4 false "every process on the leader's node killed (Patroni)" => |_| rigs::failover(rigs::Fault::LeaderKilled);
    "leader-frozen" 4 false "the leader's node stands still for 15 s" => |_| rigs::failover(rigs::Fault::LeaderFrozen);
    "second-primary" 5 false "the leader's Patroni alone killed: two primaries" => |_| rigs::failover(rigs::Fault::SecondPrimary);
    "etcd-one" 7 false "one of three etcd killed" => |_| rigs::failover(rigs::Fault::EtcdOne);
    "etcd-two" 7 false "two of three etcd killed, failsafe mode" => |_| rigs::failover(rigs::Fault::EtcdTwo);
];

/// The fault of a name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().find(|fault| fault.name == name)
}

/// Twenty lives for each size, none of which another seed lives.
async fn simulated(round: Round) -> String {
    let lives = 20 * u64::from(round.size);
    let (mut crashes, mut stored) = (0, 0);
    for seed in round.seed * lives..(round.seed + 1) * lives {
        // Each makes a runtime of its own, which is not allowed inside another.
        let life = tokio::task::spawn_blocking(move || crate::simulation::live(seed)).await;
        let life = life.unwrap_or_else(|error| panic!("life {seed}: {error}"));
        crashes += life.crashes;
        stored += life.checked.acknowledged;
    }
    format!("{lives} lives, {crashes} crashes, {stored} commands")
}
