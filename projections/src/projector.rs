//! The projector: reads the journal after its checkpoints, folds, stores rows and checkpoints in one transaction.
//!
//! A crash anywhere loses nothing and repeats nothing. An event that cannot be decoded stops the projections at it; a row
//! that cannot be read, or a fold that breaks off, stops its own projection. They are marked poisoned and never skip.

use smol_str::SmolStr;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use aggregates::Recorded;

use crate::fold::AnyFold;
use crate::ports::{Feed, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError};

/// Events of one step.
const STEP_EVENTS: usize = 2_000;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Folded events up to this position.
    Advanced(u64),
    /// Nothing new.
    Idle,
    /// Stopped at an event that cannot be decoded, at this position.
    Poisoned(u64),
}

struct Lane {
    fold: Box<dyn AnyFold>,
    sheet: Sheet,
    slot: Slot,
}

impl Lane {
    /// Whether this program may fold on: not behind a poison event, and not into rows that another version of it makes.
    fn goes_on(&self) -> bool {
        self.slot.poison.is_none() && self.slot.version == self.sheet.version
    }

    /// Folds the events into rows; why not, when this projection cannot.
    fn take(
        &mut self,
        events: &[Recorded],
        missing: Vec<SmolStr>,
        bodies: &HashMap<String, String>,
    ) -> Result<Vec<RowWrite>, String> {
        self.fold.load(missing, bodies).map_err(|error| error.to_string())?;
        catch_unwind(AssertUnwindSafe(|| self.fold.fold(events)))
            .map_err(|_| "the fold broke off".to_owned())?;
        self.fold.drain().map_err(|error| error.to_string())
    }
}

/// Keeps a set of projections up to date with the journal.
pub struct Projector {
    feed: Arc<dyn Feed>,
    shelf: Arc<dyn Shelf>,
    lanes: Vec<Lane>,
}

impl Projector {
    /// A projector over the live rows of the projections given.
    pub async fn live(
        feed: Arc<dyn Feed>,
        shelf: Arc<dyn Shelf>,
        folds: Vec<Box<dyn AnyFold>>,
    ) -> Result<Self, StoreError> {
        let mut lanes = Vec::with_capacity(folds.len());
        for fold in folds {
            let sheet = fold.sheet();
            // The program may be another one than that which stopped at a poison event: it tries once more.
            let slot = Slot { poison: None, ..shelf.live(&sheet).await? };
            lanes.push(Lane { fold, sheet, slot });
        }
        Ok(Self { feed, shelf, lanes })
    }

    /// Folds the next events into all lanes that are behind. Steps of lanes at the same checkpoint share one
    /// transaction.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        let going = self.lanes.iter().filter(|lane| lane.goes_on());
        let Some(from) = going.map(|lane| lane.slot.checkpoint).min() else { return self.revise().await };
        let stored = self.feed.after(from, STEP_EVENTS).await?;
        let Some(last) = stored.last().map(|event| event.position) else { return self.revise().await };
        let mut events: Vec<Recorded> = Vec::with_capacity(stored.len());
        let mut poison = None;
        for event in &stored {
            match event.decode() {
                Ok(event) => events.push(event),
                Err(error) => {
                    poison = Some((event.position, error.to_string()));
                    break;
                }
            }
        }
        let until = events.last().map_or(from, |event| event.position);
        if until > from {
            let outcome = self.store(from, until, &events).await;
            if outcome.is_err() {
                self.reread().await?;
            }
            outcome?;
        }
        match poison {
            Some((position, reason)) if position <= last => {
                for lane in self.lanes.iter_mut().filter(|lane| lane.slot.checkpoint + 1 == position) {
                    let reason = format!("position {position}: {reason}");
                    tracing::error!(projection = lane.sheet.name, reason, "a projection stopped");
                    self.shelf.poison(&lane.slot, &reason).await?;
                    lane.slot.poison = Some(reason);
                }
                Ok(Step::Poisoned(position))
            }
            _ => Ok(Step::Advanced(until)),
        }
    }

    async fn store(&mut self, from: u64, until: u64, events: &[Recorded]) -> Result<(), StoreError> {
        let mut writes = Vec::with_capacity(self.lanes.len());
        let due = |lane: &&mut Lane| lane.goes_on() && lane.slot.checkpoint == from;
        for lane in self.lanes.iter_mut().filter(due) {
            let missing = lane.fold.missing(events, &|_| true);
            let bodies = self.shelf.rows(&lane.sheet, &lane.slot, &missing).await?;
            match lane.take(events, missing, &bodies) {
                Ok(rows) => {
                    writes.push((lane.sheet, SlotWrite { slot: lane.slot.clone(), checkpoint: until, rows }));
                }
                // One projection stops; the others go on.
                Err(reason) => {
                    lane.fold.forget();
                    let reason = format!("behind position {from}: {reason}");
                    tracing::error!(projection = lane.sheet.name, reason, "a projection stopped");
                    self.shelf.poison(&lane.slot, &reason).await?;
                    lane.slot.poison = Some(reason);
                }
            }
        }
        self.shelf.store(&writes).await?;
        for lane in self.lanes.iter_mut().filter(due) {
            lane.slot.checkpoint = until;
        }
        Ok(())
    }

    /// With nothing to do, looks whether somebody else changed what is live: a rebuild has mended a projection that stopped, or a
    /// database that crashed or was restored has older rows.
    async fn revise(&mut self) -> Result<Step, StoreError> {
        let live = self.shelf.checkpoints().await?;
        let mut step = Step::Idle;
        for lane in &mut self.lanes {
            let Some(now) = live.iter().find(|slot| slot.name == lane.slot.name) else { continue };
            let then = &lane.slot;
            let is_same = (now.generation, now.version, now.checkpoint)
                == (then.generation, then.version, then.checkpoint);
            if is_same && (then.poison.is_none() || now.poison.is_some()) {
                continue;
            }
            lane.fold.forget();
            lane.slot = now.clone();
            if lane.goes_on() {
                step = Step::Advanced(now.checkpoint);
            }
        }
        Ok(step)
    }

    /// Reads the checkpoints again, after somebody else moved them or a step failed.
    async fn reread(&mut self) -> Result<(), StoreError> {
        for lane in &mut self.lanes {
            lane.fold.forget();
            lane.slot = self.shelf.live(&lane.sheet).await?;
        }
        Ok(())
    }

    /// Steps until nothing is new; tells the lowest checkpoint reached.
    pub async fn catch_up(&mut self) -> Result<u64, StoreError> {
        loop {
            match self.step().await {
                Ok(Step::Advanced(_)) | Err(StoreError::Fenced(_)) => {}
                Ok(Step::Idle | Step::Poisoned(_)) => {
                    return Ok(self.lanes.iter().map(|lane| lane.slot.checkpoint).min().unwrap_or(0));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The slots as this projector sees them.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.lanes.iter().map(|lane| &lane.slot)
    }
}
