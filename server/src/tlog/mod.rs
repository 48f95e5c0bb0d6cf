//! The transparency log of a ledger (透明日志): its tree, who signs it, who witnesses it, and what can be proved with it.
//!
//! The tree grows behind the journal, from where it stands: nobody who appends waits for it. The one who signs keeps a state of its own
//! and signs only what continues it; where that is another machine, whoever holds the database cannot rewrite history unseen.

pub mod audit;
pub mod device;
pub mod grow;
pub mod home;
pub mod issuing;
pub mod leaf;
pub mod prove;
pub mod publish;
pub mod publishing;
pub mod record;
pub mod seal;
pub mod signer;
pub mod signing;
pub mod standing;
pub mod witness;

pub use publish::{PublishError, Publisher};
