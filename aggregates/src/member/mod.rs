//! Members (在职党员、干部). A member's own stream tells the member's whole history: enrolment, reports, posts,
//! groups, pairs, services, points, misconduct.

mod card;
pub mod discipline;
mod enrolment;
mod event;
mod exclusion;
mod kinds;
mod muster;
mod network;
mod praise;
pub mod refusal;
mod residence;
mod service;
mod standing;
mod state;

pub use card::SERVICE;
pub use event::MemberEvent;
pub use kinds::{
    DwellingKind, ExclusionReason, LedgerKind, MemberRank, MemberStatus, MisconductGround, VisitKind,
};
pub use service::Rendered;
pub use standing::{Residence, Standing};
pub use state::{Member, Post};

#[cfg(test)]
mod tests;
