//! Taking a command in: what is personal of it goes to the vault, and only digests go on.

use sha2::{Digest, Sha256};

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope, Reply, repeated};
use crate::sitting::{Ahead, Sitting};
use crate::trouble::Trouble;
use crate::vault::{Sealing, Seals, forgotten};

/// A command's input as the journal may know it.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// Hex SHA-256 of name, input and digests: what the idempotency key is bound to.
    pub(crate) hash: String,
    /// The digests of its personal fields.
    pub(crate) seals: Seals,
}

/// What taking in came to.
pub(crate) enum Intake {
    /// To be decided.
    New(Input),
    /// Answered before.
    Answered(Reply),
}

impl Desk {
    /// Takes a command in. What is personal of it is kept before it is decided; of one that is never recorded it is swept away later.
    pub(crate) async fn take_in(
        &self,
        envelope: &Envelope,
        command: &dyn AnyCommand,
        ahead: Option<&Ahead>,
        how: Sealing,
    ) -> Result<Intake, Trouble> {
        if !command.is_personal() {
            return Ok(Intake::New(Input {
                hash: input_hash(envelope, command, &Seals::default()),
                seals: Seals::default(),
            }));
        }
        let id = envelope.command_id;
        let mut sitting = Sitting::begin(self, envelope, ahead).await?;
        let told = command.disclose(&mut sitting).await?;
        if !envelope.fresh
            && let Some(answer) = self.journal().answer(id).await?
        {
            let sealed = self.vault().seal(id, &told, Sealing::Recall).await?.ok_or_else(forgotten)?;
            let hash = input_hash(envelope, command, &Seals::of(&told, sealed));
            return repeated(id, &answer, &hash).map(Intake::Answered);
        }
        let sealed = self.vault().seal(id, &told, how).await?.ok_or_else(forgotten)?;
        let seals = Seals::of(&told, sealed);
        Ok(Intake::New(Input { hash: input_hash(envelope, command, &seals), seals }))
    }
}

fn input_hash(envelope: &Envelope, command: &dyn AnyCommand, seals: &Seals) -> String {
    let mut hasher = Sha256::new();
    hasher.update(command.name());
    hasher.update([0]);
    hasher.update(command.canonical());
    hasher.update([0]);
    if let Some(at) = envelope.at {
        hasher.update(at.to_rfc3339());
    }
    for sealed in seals.in_order() {
        hasher.update([0]);
        hasher.update(sealed.as_str());
    }
    hex::encode(hasher.finalize())
}
