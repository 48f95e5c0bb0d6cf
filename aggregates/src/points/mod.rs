//! The yearly point card (积分卡): base + bonuses − penalties, a line for each, shared by members and units (D1).
//!
//! The card is a fold of its lines. Every line names its clause, the policy and the act behind it, and is never
//! edited: it is reversed. Floor and cap bind the total that the card shows, not its lines, so that reversing a line
//! always restores what the card showed before. Percentages round half away from zero ([`crate::policy::percent_of`]).
//!
//! When the year's feedback card is filed the year is closed: a line or a reversal that falls in it is refused, unless
//! two people stand behind it (reason and second approver in the envelope). Such a correction marks the filed card as
//! outdated; a new revision must be drafted, signed and filed.

mod card;
mod line;
pub mod refusal;

pub use card::{Card, Cards, LineWanted};
pub use line::{Figures, Filing, Holder, Opening, PointLine, Reversal, ShareOf, Work};
pub use refusal::CATALOGUE as REFUSALS;

#[cfg(test)]
mod tests;
