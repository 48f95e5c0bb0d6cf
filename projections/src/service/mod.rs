//! Demands, pairs, households and visits (C1–C5, C8–C14, F15).

#[cfg(test)]
mod chronicle;
mod demands;
mod help_pairs;
mod households;

pub use demands::{
    DeadlineLine, DemandPhase, DemandRow, Demands, DisputeLine, RoundLine, ServedLine, WhistleLine,
};
pub use help_pairs::{HelpPair, HelpPairs, PairPeriod, PairStatus, RequestLine, VisitLine, due_visits};
pub use households::{HelperLine, HouseholdRow, Households};
