//! Drives a script through the desk, and the projector behind it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use commands::{Submission, Trouble};
use indicatif::{ProgressBar, ProgressStyle};
use projections::{Projector, StoreError, sheets};
use tokio::sync::watch;

use super::script::Step;
use super::{STEPS_TOGETHER, Stage};
use crate::store::Store;

/// What came of a script.
#[derive(Debug, Clone, Default)]
pub struct Driven {
    /// Commands accepted.
    pub accepted: u64,
    /// Refusals that were meant, by code.
    pub refused: BTreeMap<String, u64>,
    /// Refusals that were not, by command and code: the script ran into a rule.
    pub surprises: BTreeMap<String, u64>,
    /// Time for commands and projections together.
    pub took: Duration,
}

impl Stage {
    /// Submits all steps in order, sets the clock as they go, and keeps the projections up to date.
    /// `place` is how many steps of the same seed went before.
    pub async fn drive(
        &self,
        steps: &[Step],
        seed: u64,
        mut place: u64,
        show_progress: bool,
    ) -> anyhow::Result<Driven> {
        let started = Instant::now();
        let bar = if show_progress { bar(steps.len() as u64) } else { ProgressBar::hidden() };
        let (stop, stopped) = watch::channel(false);
        let projecting = tokio::spawn(project(Arc::clone(&self.store), stopped));
        let mut driven = Driven::default();
        for together in steps
            .chunk_by(|one, next| one.at.date_naive() == next.at.date_naive())
            .flat_map(|day| day.chunks(STEPS_TOGETHER))
        {
            let submissions: Vec<Submission> = together
                .iter()
                .map(|step| {
                    place += 1;
                    step.submission(seed, place)
                })
                .collect::<anyhow::Result<_>>()?;
            if let Some(latest) = together.iter().map(|step| step.at).max() {
                self.clock.set(latest.to_utc());
                bar.set_message(latest.format("%Y-%m-%d").to_string());
            }
            for (step, answer) in together.iter().zip(self.desk.submit_in_order(&submissions).await) {
                driven.take(step, answer)?;
            }
            bar.inc(together.len() as u64);
        }
        stop.send_replace(true);
        projecting.await??;
        bar.finish_and_clear();
        driven.took = started.elapsed();
        Ok(driven)
    }
}

impl Driven {
    /// Adds what came of a later part.
    pub(super) fn join(&mut self, later: Self) {
        self.accepted += later.accepted;
        self.took += later.took;
        for (all, more) in [(&mut self.refused, later.refused), (&mut self.surprises, later.surprises)] {
            for (code, count) in more {
                *all.entry(code).or_default() += count;
            }
        }
    }

    fn take(&mut self, step: &Step, answer: Result<commands::Reply, Trouble>) -> anyhow::Result<()> {
        match answer {
            Ok(_) => self.accepted += 1,
            Err(Trouble::Refused(refusal)) if step.meant_to_be_refused => {
                *self.refused.entry(refusal.code.to_string()).or_default() += 1;
            }
            Err(Trouble::Refused(refusal)) => {
                tracing::debug!(command = step.command, %refusal, body = %step.body, "refused");
                *self.surprises.entry(format!("{}: {}", step.command, refusal.code)).or_default() += 1;
            }
            Err(trouble) => bail!("{} at {}: {trouble}", step.command, step.at),
        }
        Ok(())
    }
}

/// Keeps the projections up to date until it is told to stop, and then until nothing is left.
async fn project(store: Arc<Store>, stopped: watch::Receiver<bool>) -> Result<(), StoreError> {
    let mut projector = Projector::live(store.clone(), store, sheets::folds()).await?;
    loop {
        let last_round = *stopped.borrow();
        projector.catch_up().await?;
        if last_round {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template(
        "{msg:>10} [{bar:40.green}] {pos}/{len} commands, {per_sec}, {eta} left",
    );
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
