//! Audits that are run from within: one at a time, beside everything else, and their results kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aggregates::circumstance::Actor;
use chrono::{DateTime, Utc};
use commands::Clock;
use projections::ports::{Feed as _, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::store::Store;
use crate::store::audits::AuditRow;
use crate::tlog::audit::{self, Brought, Finding};

/// How often is noted how far an audit came.
const BEAT: Duration = Duration::from_secs(2);
/// An audit of another process that has not told of itself for so long is over.
const SILENCE: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// How an audit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditState {
    /// It is under way.
    Running,
    /// It read everything, and found no difference.
    Sound,
    /// It found a difference.
    Differences,
    /// Somebody ended it.
    Cancelled,
    /// It could not go on.
    Failed,
    /// Whoever ran it was ended.
    Interrupted,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditCheck {
    /// What: a stable name.
    pub check: String,
    /// How many of it.
    pub checked: u64,
    /// The first difference; none when it is sound.
    pub difference: Option<String>,
}

/// An audit run from within.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditRun {
    /// Its id.
    pub audit: String,
    /// How it stands.
    pub state: AuditState,
    /// Opaque id of whoever asked for it.
    pub asked_by: String,
    /// In what capacity.
    pub asked_role: String,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// When it ended, RFC 3339.
    pub ended_at: Option<String>,
    /// Where the ledger ended when it began.
    pub head: u64,
    /// The position reached.
    pub position: u64,
    /// What was checked, each with the first difference.
    pub checks: Vec<AuditCheck>,
    /// Why it failed.
    pub trouble: Option<String>,
}

/// Why no audit began.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    /// Another one is under way.
    #[error("the audit {0} is under way")]
    Running(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The audit under way.
struct Under {
    audit: String,
    position: Arc<AtomicU64>,
    cancel: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Audits of one ledger.
pub struct Auditing {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    under: Mutex<Option<Under>>,
}

impl Auditing {
    /// Of a ledger; none is under way.
    pub fn new(store: &Arc<Store>, clock: &Arc<dyn Clock>) -> Self {
        Self { store: Arc::clone(store), clock: Arc::clone(clock), under: Mutex::default() }
    }

    /// Begins one.
    pub async fn begin(&self, actor: &Actor, brought: Brought) -> Result<AuditRun, NotBegun> {
        let mut under = self.under.lock().await;
        if let Some(running) = self.running(under.as_ref()).await? {
            return Err(NotBegun::Running(running));
        }
        let now = self.clock.now();
        let row = AuditRow {
            audit: Uuid::now_v7().to_string(),
            asked_by: actor.id.to_string(),
            asked_role: actor.role.name().to_owned(),
            started_at: now,
            beat_at: now,
            ended_at: None,
            state: name(AuditState::Running),
            head: self.store.head().await?,
            position: 0,
            findings: String::new(),
            trouble: None,
        };
        self.store.audits().keep(&row).await?;
        let (position, (cancel, cancelled)) = (Arc::<AtomicU64>::default(), watch::channel(false));
        let work = Work {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            position: Arc::clone(&position),
            cancelled,
            row: row.clone(),
        };
        let task = tokio::spawn(work.run(brought));
        *under = Some(Under { audit: row.audit.clone(), position, cancel, task });
        Ok(told(row, now))
    }

    /// The newest ones, at most so many.
    pub async fn list(&self, limit: usize) -> Result<Vec<AuditRun>, StoreError> {
        let rows = self.store.audits().newest(limit).await?;
        let mut all = vec![];
        for row in rows {
            all.push(self.live(row).await);
        }
        Ok(all)
    }

    /// The one of this id.
    pub async fn one(&self, audit: &str) -> Result<Option<AuditRun>, StoreError> {
        match self.store.audits().one(audit).await? {
            Some(row) => Ok(Some(self.live(row).await)),
            None => Ok(None),
        }
    }

    /// Ends one; whether it was under way here.
    pub async fn cancel(&self, audit: &str) -> bool {
        let mut under = self.under.lock().await;
        let Some(running) = under.take_if(|one| one.audit == audit && !one.task.is_finished()) else {
            return false;
        };
        running.end().await;
        true
    }

    /// Ends the one under way.
    pub async fn stop(&self) {
        if let Some(running) = self.under.lock().await.take() {
            running.end().await;
        }
    }

    /// The id of the one that is under way, here or in another process.
    async fn running(&self, under: Option<&Under>) -> Result<Option<String>, StoreError> {
        if let Some(own) = under.filter(|one| !one.task.is_finished()) {
            return Ok(Some(own.audit.clone()));
        }
        let now = self.clock.now();
        let newest = self.store.audits().newest(5).await?;
        let own = under.map(|one| one.audit.as_str());
        let other = newest.into_iter().filter(|row| own != Some(row.audit.as_str()));
        let mut other = other.map(|row| told(row, now));
        Ok(other.find(|run| run.state == AuditState::Running).map(|run| run.audit))
    }

    /// How far the one that is under way here came is known to the moment.
    async fn live(&self, row: AuditRow) -> AuditRun {
        let mut run = told(row, self.clock.now());
        let under = self.under.lock().await;
        if let Some(own) = under.as_ref().filter(|one| one.audit == run.audit)
            && matches!(run.state, AuditState::Running | AuditState::Interrupted)
        {
            run.position = own.position.load(Ordering::Relaxed);
            run.state = if own.task.is_finished() { AuditState::Interrupted } else { AuditState::Running };
        }
        run
    }
}

impl Under {
    async fn end(self) {
        self.cancel.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "an audit ended badly");
        }
    }
}

/// The work of one audit.
struct Work {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    position: Arc<AtomicU64>,
    cancelled: watch::Receiver<bool>,
    row: AuditRow,
}

impl Work {
    async fn run(mut self, brought: Brought) {
        let (store, position) = (Arc::clone(&self.store), Arc::clone(&self.position));
        let progress = move |at| position.store(at, Ordering::Relaxed);
        let work = audit::audit(&store, &brought, &progress);
        tokio::pin!(work);
        let mut cancelled = self.cancelled.clone();
        let found = loop {
            let ended = tokio::select! {
                found = &mut work => Some(Some(found)),
                _ = cancelled.wait_for(|cancelled| *cancelled) => Some(None),
                () = tokio::time::sleep(BEAT) => None,
            };
            match ended {
                Some(found) => break found,
                None => self.keep(AuditState::Running).await,
            }
        };
        let state = match found {
            None => AuditState::Cancelled,
            Some(Ok(findings)) => self.take(findings),
            // What cannot be read at all is a difference, too.
            Some(Err(error)) => {
                self.row.trouble = Some(error.to_string());
                if matches!(error, StoreError::Damaged(_)) {
                    AuditState::Differences
                } else {
                    AuditState::Failed
                }
            }
        };
        self.row.ended_at = Some(self.clock.now());
        if state == AuditState::Differences {
            let ledger = self.store.name();
            tracing::error!(target: "baodao::alarm", %ledger, audit = self.row.audit, "AN AUDIT FOUND A DIFFERENCE");
        }
        self.keep(state).await;
    }

    fn take(&mut self, findings: Vec<Finding>) -> AuditState {
        let is_sound = findings.iter().all(|finding| finding.difference.is_none());
        let checks: Vec<AuditCheck> = findings
            .into_iter()
            .map(|Finding { check, checked, difference }| AuditCheck {
                check: check.to_owned(),
                checked,
                difference,
            })
            .collect();
        self.row.findings = serde_json::to_string(&checks).unwrap_or_default();
        if is_sound { AuditState::Sound } else { AuditState::Differences }
    }

    /// A result that cannot be kept is told to whoever runs the house; the audit goes on.
    async fn keep(&mut self, state: AuditState) {
        self.row.state = name(state);
        self.row.position = self.position.load(Ordering::Relaxed);
        self.row.beat_at = self.clock.now();
        if let Err(error) = self.store.audits().keep(&self.row).await {
            tracing::error!(%error, audit = self.row.audit, state = self.row.state, "how an audit stands cannot be kept");
        }
    }
}

fn name(state: AuditState) -> String {
    serde_json::to_value(state).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A kept audit as it is told. One that is silent is over.
fn told(row: AuditRow, now: DateTime<Utc>) -> AuditRun {
    let state = serde_json::from_value(row.state.into()).unwrap_or(AuditState::Failed);
    let is_silent = state == AuditState::Running && now - row.beat_at > SILENCE;
    AuditRun {
        audit: row.audit,
        state: if is_silent { AuditState::Interrupted } else { state },
        asked_by: row.asked_by,
        asked_role: row.asked_role,
        started_at: row.started_at.to_rfc3339(),
        ended_at: row.ended_at.map(|at| at.to_rfc3339()),
        head: row.head,
        position: row.position,
        checks: serde_json::from_str(&row.findings).unwrap_or_default(),
        trouble: row.trouble,
    }
}
