//! Publishing in the background: every so often, if something was recorded, and never giving up.

use std::sync::Arc;
use std::time::Duration;

use projections::ports::Feed;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::home::HomeError;
use super::signing::{Signing, SigningError};
use super::{PublishError, Publisher, grow};
use crate::store::Store;
use crate::store::log::Published;

/// So many events are taken into the tree at once when they wait, however long it is until the next checkpoint: a bulk is grown beside
/// its own storing, and not all of it afterwards.
pub const BEHIND: u64 = 20_000;
/// Between two tries while something is wrong.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How the last try went.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Leaves of the newest checkpoint that this process published.
    pub published: Option<u64>,
    /// What is wrong, until it is right again.
    pub trouble: Option<String>,
    /// Whether that is a history that was rewritten or cut off: an alarm, not a failure that passes.
    pub is_alarm: bool,
}

/// Who publishes, or will: of several processes on one ledger only one can hold the folder of its key. When that one ends, another
/// takes it.
pub struct Waiting {
    publisher: Option<Arc<Publisher>>,
    /// To be tried again.
    signing: Option<Signing>,
}

impl Waiting {
    /// Takes the key, or waits for it.
    pub fn new(signing: &Signing, store: &Arc<Store>) -> Result<Self, SigningError> {
        match signing.publisher(store) {
            Err(SigningError::Home(HomeError::Taken(folder))) => {
                tracing::info!(folder = %folder.display(), "another process signs the log of this ledger");
                Ok(Self { publisher: None, signing: Some(signing.clone()) })
            }
            taken => Ok(Self { publisher: taken?, signing: None }),
        }
    }

    fn again(&mut self, store: &Arc<Store>) -> Option<&Arc<Publisher>> {
        if let Some(Ok(Some(publisher))) = self.signing.as_ref().map(|signing| signing.publisher(store)) {
            *self = Self { publisher: Some(publisher), signing: None };
        }
        self.publisher.as_ref()
    }
}

/// The way to the task.
pub struct Publishing {
    publisher: watch::Receiver<Option<Arc<Publisher>>>,
    state: watch::Sender<State>,
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Publishing {
    /// Starts the task. Where nobody publishes the tree grows all the same.
    pub fn start(store: &Arc<Store>, waiting: Waiting, every: Option<Duration>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let state = watch::Sender::new(State::default());
        let (news, publisher) = watch::channel(waiting.publisher.clone());
        let task = every.map(|every| {
            let task = Task { store: Arc::clone(store), waiting, news, state: state.clone(), stopped, every };
            tokio::spawn(task.run())
        });
        Self { publisher, state, stop, task: Mutex::new(task) }
    }

    /// How it goes.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Who publishes; none where nobody signs, or another process does.
    pub fn publisher(&self) -> Option<Arc<Publisher>> {
        self.publisher.borrow().clone()
    }

    /// Ends the task after the step under way.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "publishing ended badly");
        }
    }
}

struct Task {
    store: Arc<Store>,
    waiting: Waiting,
    news: watch::Sender<Option<Arc<Publisher>>>,
    state: watch::Sender<State>,
    stopped: watch::Receiver<bool>,
    every: Duration,
}

impl Task {
    async fn run(mut self) {
        let (mut pause, mut done) = (self.every, None);
        while !*self.stopped.borrow() {
            let head = self.store.head().await.ok();
            if head.is_none() || head != done {
                match self.step().await {
                    Ok(size) => {
                        (pause, done) = (self.every, size);
                        self.state.send_replace(State { published: size, ..State::default() });
                    }
                    Err(error) => {
                        let is_alarm =
                            matches!(error, PublishError::WentBack { .. } | PublishError::Rewritten { .. });
                        tracing::error!(ledger = %self.store.name(), %error, is_alarm, ?pause, "there is no new checkpoint");
                        self.store.measures().publish_troubles.count();
                        let trouble = Some(error.to_string());
                        self.state.send_modify(|state| (state.trouble, state.is_alarm) = (trouble, is_alarm));
                        pause = (pause * 2).min(PAUSE_MAX.max(self.every));
                    }
                }
            }
            self.rest(pause, head.unwrap_or_default()).await;
        }
    }

    /// Until it is time again, or it is to stop; meanwhile the tree, which had grown to there, keeps up with bulks.
    async fn rest(&mut self, pause: Duration, mut grown: u64) {
        let end = Instant::now() + pause;
        let mut heads = self.store.wakeups();
        loop {
            let much = async {
                if heads.wait_for(|head| *head >= grown + BEHIND).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                _ = tokio::time::timeout_at(end, self.stopped.wait_for(|stopped| *stopped)) => return,
                () = much => {}
            }
            // What fails is tried again, and told, with the next checkpoint.
            grown = grow::grow(&self.store).await.map_or(u64::MAX - BEHIND, |edge| edge.size());
        }
    }

    /// Tells how far it got.
    async fn step(&mut self) -> Result<Option<u64>, PublishError> {
        if self.waiting.signing.is_some()
            && let Some(publisher) = self.waiting.again(&self.store)
        {
            self.news.send_replace(Some(Arc::clone(publisher)));
        }
        match &self.waiting.publisher {
            Some(publisher) => publisher.publish().await.map(|Published { size, .. }| Some(size)),
            None => Ok(Some(grow::grow(&self.store).await?.size())),
        }
    }
}
