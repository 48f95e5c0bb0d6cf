//! Reactions and timers at work in the background: woken by every append, looking by themselves every so often, and never
//! giving up. What is done twice after a crash counts once (see [`commands::reactions`]).

use std::sync::Arc;
use std::time::Duration;

use commands::Desk;
use commands::reactions::{
    ForgetContacts, LapseClaims, Ran, Reactor, ReactorError, SendReminders, ShelfBookmarks, TurnExclusions,
};
use projections::ports::Feed;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::store::Store;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The reactor over all reactions and timers that there are. A new one is a line here.
pub fn reactor(store: &Arc<Store>, desk: &Arc<Desk>) -> Reactor {
    let bookmarks = Arc::new(ShelfBookmarks::new(store.clone()));
    Reactor::new(
        Arc::clone(desk),
        store.clone(),
        bookmarks,
        vec![Box::new(SendReminders)],
        vec![
            Box::new(LapseClaims::new(store.clone())),
            Box::new(TurnExclusions::new(store.clone())),
            Box::new(ForgetContacts::new(store.clone())),
        ],
    )
}

/// Answers everything new in the journal, and everything that has come due.
pub async fn react(reactor: &Reactor) -> Result<Ran, ReactorError> {
    // An event that no reaction can read does not hold up what has come due.
    let answered = reactor.catch_up().await;
    let ticked = reactor.tick().await?;
    Ok(answered?.and(ticked))
}

/// The way to the reactor's task.
pub struct Reacting {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Reacting {
    /// Starts the task; without `every` there is none.
    pub fn start(store: &Arc<Store>, desk: &Arc<Desk>, every: Option<Duration>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = every.map(|every| {
            let task = Task { reactor: reactor(store, desk), store: Arc::clone(store), stopped, every };
            tokio::spawn(task.run())
        });
        Self { stop, task: Mutex::new(task) }
    }

    /// Ends the task after the command under way.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the reactor ended badly");
        }
    }
}

struct Task {
    reactor: Reactor,
    store: Arc<Store>,
    stopped: watch::Receiver<bool>,
    every: Duration,
}

impl Task {
    async fn run(mut self) {
        let mut wakeups = self.store.wakeups();
        let mut pause = FIRST_PAUSE;
        while !*self.stopped.borrow() {
            let wait = match react(&self.reactor).await {
                Ok(_) => {
                    pause = FIRST_PAUSE;
                    self.every
                }
                Err(error) => {
                    tracing::error!(ledger = %self.store.name(), %error, ?pause, "a reaction failed and will be tried again");
                    self.store.measures().reaction_troubles.count();
                    let wait = pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    // Only the time wakes then: an append is no reason to try sooner.
                    let _ = tokio::time::timeout(wait, self.stopped.wait_for(|stopped| *stopped)).await;
                    continue;
                }
            };
            tokio::select! {
                // A closed channel would wake for ever: then only the time wakes.
                Ok(()) = wakeups.changed() => {}
                () = tokio::time::sleep(wait) => {}
                _ = self.stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }
}
