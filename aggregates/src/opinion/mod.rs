//! Opinions (征求意见): before a promotion, an appointment or an award the communities where somebody serves are asked (E1). Asking
//! gives a right for a time, to see the verified record of that person and nobody else's.

mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use decide::{Asked, CATALOGUE as REFUSALS, Opinion};
pub use event::{OpinionEvent, OpinionPurpose, Stance};
