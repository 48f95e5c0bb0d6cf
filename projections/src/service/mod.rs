//! Demands, pairs, households, visits, and their figures (C1–C5, C8–C14, F15).

#[cfg(test)]
mod chronicle;
mod demands;
mod figures;
mod help_pairs;
mod households;

pub use demands::{
    DeadlineLine, DemandPhase, DemandRow, Demands, DisputeLine, RoundLine, ServedLine, WhistleLine,
};
pub use figures::{ChannelShare, ServiceFigures, ServiceFiguresRow};
pub use help_pairs::{HelpPair, HelpPairs, PairPeriod, PairStatus, RequestLine, VisitLine, due_visits};
pub use households::{HelperLine, HouseholdRow, Households};
