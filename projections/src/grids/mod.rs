//! Grids and rosters as they are read (B1–B17): the register with each grid's roster, posts, who holds how many, counts
//! by division, duties, and the chain from grid to household.

mod chains;
mod counts;
mod duties;
mod post_holders;
mod posts;
mod register;
mod roster;

pub use chains::{ChainBuilding, ChainGrid, ChainMember, ChainRow, GridChains};
pub use counts::{CountRow, GridCounts, Tally};
pub use duties::{DutyRow, GridDuties};
pub use post_holders::{HeldPost, HolderPosts, PostHolders};
pub use posts::{PostRow, Posts, Term as PostTerm};
pub use register::{GridRow, Grids};
pub use roster::{HolderRow, SlotRow};

use aggregates::grid::GridEvent;
use aggregates::{LedgerEvent, Recorded, when};
use chrono::NaiveDate;
use serde::Serialize;

/// The fact, when it is a grid's.
fn fact(event: &Recorded) -> Option<&GridEvent> {
    match &event.event {
        LedgerEvent::Grid(fact) => Some(fact),
        _ => None,
    }
}

/// The business day of an event.
fn day(event: &Recorded) -> NaiveDate {
    when::date_of(&event.meta.occurred_at)
}

/// The word by which JSON names the choice.
fn word(choice: impl Serialize) -> String {
    serde_json::to_value(choice)
        .ok()
        .and_then(|value| value.as_str().map(ToOwned::to_owned))
        .unwrap_or_default()
}

/// How a column tells a yes or no.
fn yes_no(answer: bool) -> String {
    if answer { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests;
