//! Members (在职党员、干部). A member's own stream tells the member's whole history: enrolment, reports, posts,
//! groups, pairs, services, points, misconduct.

mod card;
pub mod discipline;
mod enrolment;
mod event;
mod network;
mod praise;
pub mod refusal;
mod service;
mod state;

pub use card::SERVICE;
pub use event::{
    DwellingKind, ExclusionReason, LedgerKind, MemberEvent, MemberRank, MisconductGround, VisitKind,
};
pub use state::{Member, Residence};
