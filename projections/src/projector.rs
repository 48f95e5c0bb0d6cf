//! The projector: reads the journal after its checkpoints, folds, stores rows and checkpoints in one transaction.
//!
//! A crash anywhere loses nothing and repeats nothing. An event that cannot be decoded stops the projections at it:
//! they are marked poisoned and never skip.

use std::sync::Arc;

use aggregates::Recorded;

use crate::fold::AnyFold;
use crate::ports::{Feed, Sheet, Shelf, Slot, SlotWrite, StoreError};

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
        let Some(from) = self
            .lanes
            .iter()
            .filter(|lane| lane.slot.poison.is_none())
            .map(|lane| lane.slot.checkpoint)
            .min()
        else {
            return Ok(Step::Idle);
        };
        let stored = self.feed.after(from, STEP_EVENTS).await?;
        let Some(last) = stored.last().map(|event| event.position) else { return Ok(Step::Idle) };
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
        for lane in &mut self.lanes {
            if lane.slot.poison.is_some() || lane.slot.checkpoint != from {
                continue;
            }
            let missing = lane.fold.missing(events);
            let bodies = self.shelf.rows(&lane.sheet, &lane.slot, &missing).await?;
            lane.fold.load(missing, &bodies)?;
            lane.fold.fold(events);
            let rows = lane.fold.drain()?;
            writes.push((lane.sheet, SlotWrite { slot: lane.slot.clone(), checkpoint: until, rows }));
        }
        self.shelf.store(&writes).await?;
        for lane in &mut self.lanes {
            if lane.slot.poison.is_none() && lane.slot.checkpoint == from {
                lane.slot.checkpoint = until;
            }
        }
        Ok(())
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
