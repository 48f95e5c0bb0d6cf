//! Facts of access.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::circumstance::Role;
use crate::ids::ActorId;

/// A fact of access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AccessEvent {
    /// Whoever signs in under this name acts in this capacity from now on, and in no other.
    AccessGranted {
        /// The capacity.
        role: Role,
        /// Opaque id that stands in what he does: of a member the member's.
        actor: ActorId,
        /// The body on whose behalf: a unit id or a division code.
        organisation: Option<ActorId>,
    },
    /// Nobody signs in under this name any more.
    AccessRevoked {},
}

crate::facts!(AccessEvent: AccessGranted "1.0", AccessRevoked "1.0");
