//! Feedback cards, merged evaluations, disqualifications and praise (D2, D3, E6, E9, E10).

mod disqualifications;
mod feedback_cards;
mod merged_evaluations;
mod opinions;
mod praise;

pub use disqualifications::{
    Appeal, CaseLine, DisqualificationRow, DisqualificationStatus, Disqualifications,
};
pub use feedback_cards::{CardStatus, FeedbackCard, FeedbackCards, FiledRevision, ObjectionLine};
pub use merged_evaluations::{MergedEvaluation, MergedEvaluations, MergerLine};
pub use opinions::{OpinionRow, Opinions};
pub use praise::{Praise, PraiseLine};
