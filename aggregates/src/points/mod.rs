//! The yearly point card (积分卡): base + bonuses − penalties, a line for each, shared by members and units (D1).
//!
//! The card is a fold of its lines. Every line names its clause, the policy and the act behind it, and is never
//! edited: it is reversed.

mod card;

pub use card::{CATALOGUE as REFUSALS, Card, Cards, Opening, PointLine, Reversal, Work};
