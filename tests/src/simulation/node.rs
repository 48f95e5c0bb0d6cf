//! A process of the simulation: a desk, a projector and a reactor that end at any await, all at once, and start anew.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use commands::journal::JournalError;
use commands::reactions::{LapseClaims, Reactor, SendReminders, ShelfBookmarks, TurnExclusions};
use commands::{AnyCommand, Clock, Desk, Envelope, Reply, Trouble};
use projections::{Projector, rebuild, sheets};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::ground::{Dice, Ground};

/// When simulated time begins: after the shipped policy came into force.
pub const BEGIN: &str = "2026-03-02T01:00:00Z";

/// Simulated time, with a jump of its own.
pub struct SimClock {
    start: Instant,
    days: AtomicI64,
}

impl SimClock {
    /// A clock that begins now.
    pub fn new() -> Self {
        Self { start: Instant::now(), days: AtomicI64::new(0) }
    }

    /// Shows so many days more or fewer than it should.
    pub fn jump(&self, days: i64) {
        self.days.store(days, Ordering::SeqCst);
    }
}

impl Default for SimClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SimClock {
    fn now(&self) -> DateTime<Utc> {
        let begin: DateTime<Utc> = BEGIN.parse().unwrap();
        // A second is an hour, so that deadlines pass.
        let elapsed = TimeDelta::from_std(self.start.elapsed() * 3600).unwrap();
        begin + elapsed + TimeDelta::days(self.days.load(Ordering::SeqCst))
    }
}

/// A process.
pub struct Node {
    ground: Arc<Ground>,
    dice: Arc<Dice>,
    /// Of its desk.
    pub clock: Arc<SimClock>,
    running: Mutex<Running>,
}

struct Running {
    desk: Arc<Desk>,
    tasks: JoinSet<()>,
}

impl Node {
    /// Starts one.
    pub fn start(ground: &Arc<Ground>, dice: &Arc<Dice>) -> Arc<Self> {
        let clock = Arc::new(SimClock::new());
        let running = Mutex::new(run(ground, dice, &clock));
        Arc::new(Self { ground: ground.clone(), dice: dice.clone(), clock, running })
    }

    /// As `kill -9` and a start: nothing in memory is left, and what was under way is where it was.
    pub fn crash(&self) {
        *self.running.lock().unwrap() = run(&self.ground, &self.dice, &self.clock);
    }

    /// Ends it.
    pub fn stop(&self) {
        self.running.lock().unwrap().tasks.abort_all();
    }

    /// Submits a command to whatever desk it has now. None when it crashed meanwhile.
    pub async fn submit(&self, envelope: Envelope, command: Arc<dyn AnyCommand>) -> Result<Reply, Trouble> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        {
            let mut running = self.running.lock().unwrap();
            let desk = running.desk.clone();
            running.tasks.spawn(async move {
                let _ = reply.send(desk.submit(&envelope, command.as_ref()).await);
            });
        }
        answer.await.unwrap_or(Err(Trouble::Journal(JournalError::OutcomeUnknown)))
    }
}

/// The reactions and timers that there are, over the ports given.
pub fn reactor(ground: &Arc<Ground>, desk: &Arc<Desk>) -> Reactor {
    Reactor::new(
        desk.clone(),
        ground.clone(),
        Arc::new(ShelfBookmarks::new(ground.clone())),
        vec![Box::new(SendReminders)],
        vec![Box::new(LapseClaims::new(ground.clone())), Box::new(TurnExclusions::new(ground.clone()))],
    )
}

fn run(ground: &Arc<Ground>, dice: &Arc<Dice>, clock: &Arc<SimClock>) -> Running {
    let desk = Arc::new(Desk::new(ground.clone(), clock.clone()));
    let mut tasks = JoinSet::new();
    tasks.spawn(project(ground.clone(), dice.clone()));
    let (reacting, own) = (reactor(ground, &desk), dice.clone());
    tasks.spawn(async move {
        loop {
            let _ = reacting.step().await;
            let _ = reacting.tick().await;
            rest(&own).await;
        }
    });
    Running { desk, tasks }
}

/// As the projector of a running house: whatever fails begins anew. Now and then it rebuilds instead.
async fn project(ground: Arc<Ground>, dice: Arc<Dice>) {
    loop {
        if dice.chance(100) {
            let mut folds = sheets::folds();
            let chosen = folds.swap_remove(dice.below(folds.len() as u64) as usize);
            let _ = rebuild::rebuild(ground.clone(), ground.clone(), vec![chosen], &|_| {}).await;
        }
        let Ok(mut projector) = Projector::live(ground.clone(), ground.clone(), sheets::folds()).await else {
            rest(&dice).await;
            continue;
        };
        for _ in 0..20 {
            match projector.step().await {
                Ok(_) | Err(projections::StoreError::Fenced(_)) => rest(&dice).await,
                Err(_) => break,
            }
        }
    }
}

async fn rest(dice: &Dice) {
    tokio::time::sleep(Duration::from_millis(1 + dice.below(60))).await;
}
