//! The rulebook of a ledger (办法与职责清单): policies and duty catalogues, adopted by events with an effective date.

mod catalogue;
mod catalogue_read;
mod decide;
mod event;
mod state;

pub use catalogue::{DutyCatalogue, DutyEntry, DutyOwner, DutyPart};
pub use catalogue_read::{SHIPPED_CATALOGUES, read_catalogue};
pub use decide::CATALOGUE as REFUSALS;
pub use decide::none_in_force;
pub use event::RulebookEvent;
pub use state::Rulebook;

/// The one stream of this kind in a ledger.
pub const STREAM: &str = "ledger";
