//! Trials of policies under way and lately done: in the memory of the process, a few at a time, each for whoever asked for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aggregates::circumstance::Actor;
use axum::http::StatusCode;
use projections::{Going, PolicyTrial};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use super::problem::Problem;

/// Trials that read the journal at the same time: the rest of the house goes before them.
const AT_WORK_MAX: usize = 2;
/// Trials that are kept.
const KEPT_MAX: usize = 16;
/// How long one is kept.
const KEPT_FOR: Duration = Duration::from_secs(900);

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The journal is being read.
    Running,
    /// It is done, and the result is there.
    Done,
    /// It was stopped.
    Stopped,
    /// It could not be finished.
    Failed,
}

/// A trial of a policy as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrialState {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: Standing,
    /// The position that has been read up to.
    pub done: u64,
    /// The position that will be.
    pub of: u64,
    /// What came of it, once it is done.
    pub result: Option<PolicyTrial>,
}

/// What came of a trial.
pub(super) type Outcome = Option<Result<Arc<PolicyTrial>, Standing>>;

/// One.
#[derive(Clone)]
pub(super) struct Entry {
    by: Actor,
    begun: Instant,
    pub(super) going: Arc<Going>,
    pub(super) outcome: watch::Receiver<Outcome>,
}

impl Entry {
    fn is_at_work(&self) -> bool {
        self.outcome.borrow().is_none()
    }

    /// As it stands.
    pub(super) fn state(&self, id: Uuid) -> TrialState {
        let (done, of) = self.going.far();
        let (state, result) = match &*self.outcome.borrow() {
            None => (Standing::Running, None),
            Some(Ok(result)) => (Standing::Done, Some(PolicyTrial::clone(result))),
            Some(Err(standing)) => (*standing, None),
        };
        TrialState { id: id.to_string(), state, done, of, result }
    }
}

/// Those of a ledger.
#[derive(Default)]
pub(crate) struct Trials(Mutex<HashMap<Uuid, Entry>>);

impl Trials {
    /// Room for one more, or why not. Tells its id, and where its outcome is to be put.
    pub(super) fn begin(&self, by: &Actor) -> Result<(Uuid, Arc<Going>, watch::Sender<Outcome>), Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, entry| entry.begun.elapsed() < KEPT_FOR || entry.is_at_work());
        if all.values().filter(|entry| entry.is_at_work()).count() >= AT_WORK_MAX {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "what_if.busy",
                "正在试算的太多，请稍后再试",
                "others are trying policies now; try again in a while",
            )
            .retry(5));
        }
        if all.len() >= KEPT_MAX {
            let oldest =
                all.iter().filter(|(_, entry)| !entry.is_at_work()).min_by_key(|(_, entry)| entry.begun);
            if let Some(id) = oldest.map(|(id, _)| *id) {
                all.remove(&id);
            }
        }
        let (id, going) = (Uuid::now_v7(), Arc::new(Going::default()));
        let (sender, outcome) = watch::channel(None);
        let entry = Entry { by: by.clone(), begun: Instant::now(), going: Arc::clone(&going), outcome };
        all.insert(id, entry);
        Ok((id, going, sender))
    }

    /// The one of this id, if it is the actor's own.
    pub(super) fn of(&self, id: &str, actor: &Actor) -> Result<(Uuid, Entry), Problem> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = Uuid::parse_str(id).ok().and_then(|id| Some((id, all.get(&id)?.clone())));
        found.filter(|(_, entry)| entry.by == *actor).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "what_if.unknown",
                "没有这次试算，或已过期",
                "there is no such trial, or it has expired",
            )
        })
    }
}
