//! Estates and dormitory buildings (小区、单位宿舍楼): the places that two of the three residence ledgers are kept by
//! (A4), and where members serve who have reported to the community (A8).

mod decide;
mod event;
pub mod refusal;
mod state;

pub use decide::Particulars;
pub use event::EstateEvent;
pub use state::Estate;
