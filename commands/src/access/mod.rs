//! Who signs in under which name, and in what capacity (授权).

mod grant_access;
mod revoke_access;

pub use grant_access::GrantAccess;
pub use revoke_access::RevokeAccess;
