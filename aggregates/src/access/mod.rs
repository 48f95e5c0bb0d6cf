//! Access (授权): under which name somebody signs in, and in what capacity he then acts. Who was given which, by whom and when, is in the
//! journal like everything else; secrets are not.

mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use decide::{Access, CATALOGUE as REFUSALS};
pub use event::AccessEvent;
