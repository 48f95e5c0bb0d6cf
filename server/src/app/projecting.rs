//! The projector at work in the background: woken by every append, looking by itself every so often, and never giving up.

use std::sync::Arc;
use std::time::Duration;

use projections::ports::{Feed, Shelf, Slot, StoreError};
use projections::projector::{Projector, Step};
use projections::rebuild::rebuild;
use projections::sheets;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::store::Store;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Having worked for so long, the next trouble is a new one.
const SOUND: Duration = Duration::from_secs(60);
/// Before trying again what another process crossed.
const CROSSED: Duration = Duration::from_millis(20);

/// What the projector of this process is doing.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The slots as it last saw them.
    pub slots: Vec<Slot>,
    /// What it is struggling with, until it works again.
    pub trouble: Option<String>,
}

impl Progress {
    /// The position up to which a projection is folded, as far as this process knows.
    pub fn checkpoint(&self, name: &str) -> Option<u64> {
        self.slots.iter().find(|slot| slot.name == name).map(|slot| slot.checkpoint)
    }
}

/// The way to the projector's task.
pub struct Projecting {
    progress: watch::Receiver<Progress>,
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Projecting {
    /// Starts the task.
    pub fn start(store: Arc<Store>, poll: Duration) -> Self {
        let (news, progress) = watch::channel(Progress::default());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(Task { store, news, stopped, poll }.run());
        Self { progress, stop, task: Mutex::new(Some(task)) }
    }

    /// What it is doing.
    pub fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Changes with every step.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Ends the task after the step under way.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the projector ended badly");
        }
    }
}

#[derive(Clone)]
struct Task {
    store: Arc<Store>,
    news: watch::Sender<Progress>,
    stopped: watch::Receiver<bool>,
    poll: Duration,
}

impl Task {
    /// Works, and starts anew after every trouble, even a panic.
    async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        while !*self.stopped.borrow() {
            let started = Instant::now();
            let trouble = match tokio::spawn(self.clone().keep()).await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error.to_string(),
                Err(error) => format!("the projector broke off: {error}"),
            };
            if started.elapsed() > SOUND {
                pause = FIRST_PAUSE;
            }
            tracing::error!(ledger = %self.store.name(), trouble, ?pause, "projecting failed and will be tried again");
            self.store.measures().projector_troubles.count();
            self.news.send_modify(|progress| progress.trouble = Some(trouble));
            let _ = tokio::time::timeout(pause, self.stopped.wait_for(|stopped| *stopped)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn keep(mut self) -> Result<(), StoreError> {
        let mut wakeups = self.store.wakeups();
        let mut projector = Projector::live(self.store.clone(), self.store.clone(), sheets::folds()).await?;
        loop {
            let step = projector.step().await;
            match step {
                Ok(Step::Advanced(_)) => self.tell(&projector),
                Err(StoreError::Fenced(_)) => tokio::time::sleep(CROSSED).await,
                Err(error) => return Err(error),
                Ok(Step::Idle | Step::Poisoned(_)) => {
                    self.tell(&projector);
                    tokio::select! {
                        // A closed channel would wake for ever: then only the time wakes.
                        Ok(()) = wakeups.changed() => {}
                        () = tokio::time::sleep(self.poll) => {}
                        _ = self.stopped.wait_for(|stopped| *stopped) => return Ok(()),
                    }
                }
            }
            if *self.stopped.borrow() {
                return Ok(());
            }
        }
    }

    fn tell(&self, projector: &Projector) {
        let progress = Progress { slots: projector.slots().cloned().collect(), trouble: None };
        self.news.send_replace(progress);
    }
}

/// Rebuilds the projections whose live rows were folded by other versions of the code.
pub async fn renew(store: &Arc<Store>) -> Result<(), StoreError> {
    let mut stale = Vec::new();
    for fold in sheets::folds() {
        let sheet = fold.sheet();
        let live = store.live(&sheet).await?;
        if live.version != sheet.version {
            tracing::warn!(
                ledger = %store.name(),
                projection = sheet.name,
                from = live.version,
                to = sheet.version,
                "rebuilding rows of another version"
            );
            stale.push(fold);
        }
    }
    if !stale.is_empty() {
        rebuild(store.clone(), store.clone(), stale, &|_| {}).await?;
    }
    Ok(())
}
