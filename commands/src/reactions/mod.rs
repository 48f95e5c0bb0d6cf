//! Reactions: an event in, commands out; and timers: a day that is past, commands out (design §4).
//!
//! Each reaction reads the journal behind a bookmark of its own and submits through the Desk like anybody else. An event
//! may be delivered twice (a crash between a submission and the bookmark), but the ids of the commands derive from
//! the reaction's name and the event's id, so that the second delivery gets the first answer: exactly once in effect.
//! Reactions are no projections: a rebuild never runs them.

mod bookmarks;
mod forget_contacts;
mod lapse_claims;
mod reaction;
mod reactor;
mod send_reminders;
mod turn_exclusions;

pub use bookmarks::{Bookmarks, ShelfBookmarks};
pub use forget_contacts::ForgetContacts;
pub use lapse_claims::LapseClaims;
pub use reaction::{Reaction, Timer, Wake};
pub use reactor::{Ran, Reactor, ReactorError};
pub use send_reminders::SendReminders;
pub use turn_exclusions::TurnExclusions;
