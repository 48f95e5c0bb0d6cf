//! A year's appraisal of a member or unit: the feedback card (反馈卡) from draft over objection and human signature to
//! filing with its recipients, and the score merged with the unit's own (综合评价) (D2, D3, E6, E10).
//!
//! The card is computed, shown with its figures, open to objection, and counts only when a human has signed it. What a
//! draft tells is compared with the point card when it is signed and again when it is filed: moved points or a changed
//! eligibility make a new draft necessary. A filed card is never changed: a correction by two people outdates it, and
//! the next revision goes the whole way again.

mod draft;
mod event;
mod merge;
pub mod refusal;
mod sign;
mod state;

pub use draft::Findings;
pub use event::{AppraisalEvent, ObjectionGround, Recipient, RejectionReason};
pub use merge::{Weight, merged_hundredths};
pub use state::{Appraisal, Stage};

use crate::points::Holder;

/// The stream of a holder's year.
pub fn stream(holder: &Holder, year: i32) -> String {
    format!("{}-{}-{year}", holder.kind(), holder.id())
}

#[cfg(test)]
mod tests;
