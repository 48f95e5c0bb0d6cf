//! Misconduct on duty, disqualification, appeal (E6).

mod decide_appeal;
mod disqualify_member;
mod file_appeal;
mod record_misconduct;

pub use decide_appeal::DecideAppeal;
pub use disqualify_member::DisqualifyMember;
pub use file_appeal::FileAppeal;
pub use record_misconduct::RecordMisconduct;
