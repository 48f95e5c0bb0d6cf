//! The beginning of a ledger: without a policy nothing can be decided, so a fresh one adopts what is shipped.

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use aggregates::policy::PRESETS;
use aggregates::rulebook::{Rulebook, SHIPPED_CATALOGUES, STREAM};
use commands::{AdoptDutyCatalogue, AdoptPolicy, AnyCommand, Desk, Envelope, Trouble};
use uuid::Uuid;

/// The name space of the commands that begin a ledger: two processes that begin the same one do it once.
const GENESIS: Uuid = Uuid::from_u128(0xba0d_a000_0000_4000_8000_0000_0000_0001);

/// Why a ledger could not begin.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// No such policy is shipped.
    #[error("no policy {0} is shipped")]
    NoSuchPolicy(String),
    /// The commands did not succeed.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Adopts the shipped policy of this name and the shipped duty catalogue, if the ledger has no policy yet; tells whether it had
/// none.
pub async fn begin(desk: &Desk, policy: &str) -> Result<bool, GenesisError> {
    if !desk.look::<Rulebook>(STREAM).await?.policies().is_empty() {
        return Ok(false);
    }
    let (_, text) = PRESETS
        .iter()
        .find(|(name, _)| *name == policy)
        .ok_or_else(|| GenesisError::NoSuchPolicy(policy.to_owned()))?;
    adopt(desk, "policy", text, &AdoptPolicy { text: (*text).to_owned() }).await?;
    for (name, text) in SHIPPED_CATALOGUES {
        adopt(desk, name, text, &AdoptDutyCatalogue { text: (*text).to_owned() }).await?;
    }
    Ok(true)
}

async fn adopt(desk: &Desk, name: &str, text: &str, command: &dyn AnyCommand) -> Result<(), Trouble> {
    let actor =
        Actor { id: ActorId::new("genesis").unwrap_or_default(), role: Role::System, organisation: None };
    let key = Uuid::new_v5(&GENESIS, format!("{name}\n{text}").as_bytes());
    desk.submit(&Envelope::new(actor).keyed(key), command).await.map(drop)
}
