//! Lines of point cards by hand: bonuses, penalties, reversals (D1).

mod award_bonus;
mod record_penalty;
mod reverse_points;

pub use award_bonus::AwardBonus;
pub use record_penalty::RecordPenalty;
pub use reverse_points::ReversePoints;
