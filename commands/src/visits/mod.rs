//! Key households, the members who help them, and visits (C8, C9, C13).

mod end_pair;
mod pair_household;
mod record_needs;
mod record_visit;
mod register_household;
mod request_visit;

pub use end_pair::EndPair;
pub use pair_household::PairHousehold;
pub use record_needs::RecordNeeds;
pub use record_visit::RecordVisit;
pub use register_household::RegisterHousehold;
pub use request_visit::RequestVisit;
