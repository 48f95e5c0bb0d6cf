//! Demands, pairs, households and visits (C1–C5, C8–C14, F15).

mod askers;
#[cfg(test)]
mod chronicle;
mod demands;
mod due_visits;
mod help_pairs;
mod households;
mod suggested_takers;

pub use askers::{Asker, Askers};
pub use demands::{
    DeadlineLine, DemandPhase, DemandRow, Demands, DisputeLine, RoundLine, ServedLine, WhistleLine,
};
pub use due_visits::{DueVisitRow, due_visits};
pub use help_pairs::{HelpPair, HelpPairs, PairPeriod, PairStatus, RequestLine, VisitLine};
pub use households::{HelperLine, HouseholdRow, Households};
pub use suggested_takers::{SuggestedTaker, SuggestedTakers, Surroundings, TakerReason, suggested_takers};
