//! How events stand in the log: what the newest checkpoint says, who vouches for it, and whether an event is proved to be in it.

use chrono::{DateTime, SecondsFormat};
use projections::ports::StoreError;
use proofs::note::Note;
use proofs::policy::Policy;
use proofs::{Checkpoint, Hash, tree};
use schemars::JsonSchema;
use serde::Serialize;

use super::prove;
use crate::store::Store;

/// A witness's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Witnessed {
    /// What the policy calls the witness.
    pub name: String,
    /// When it cosigned, RFC 3339.
    pub at: String,
}

/// The newest checkpoint, and who vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Signed {
    /// Events that it covers.
    pub size: u64,
    /// The root of its tree, Base 64.
    pub root: String,
    /// What the log is called.
    pub origin: String,
    /// When it was published, RFC 3339.
    pub published_at: Option<String>,
    /// Whether the log's signature was verified, and enough witnesses cosigned; none where this process knows no key.
    pub is_trusted: Option<bool>,
    /// The witnesses who cosigned.
    pub witnesses: Vec<Witnessed>,
    /// What is wrong with it.
    pub trouble: Option<String>,
}

/// Whether an event is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Its path leads to the root that was signed.
    Proved,
    /// No checkpoint covers it yet.
    Waiting,
    /// There is no checkpoint.
    Unsigned,
    /// A checkpoint covers this position, and the event is not the one that was logged.
    Differs,
}

/// The newest checkpoint, read once for all that is held against it.
pub struct Standing {
    signed: Option<(Signed, Checkpoint)>,
}

impl Standing {
    /// Of a ledger; the policy says whose signatures are believed.
    pub async fn read(store: &Store, policy: Option<&Policy>) -> Result<Self, StoreError> {
        let Some(published) = store.log().latest().await? else { return Ok(Self { signed: None }) };
        let damaged = |what: &dyn std::fmt::Display| StoreError::Damaged(format!("the checkpoint: {what}"));
        let note = Note::parse(published.note.as_bytes()).map_err(|error| damaged(&error))?;
        let checkpoint = Checkpoint::of(&note).map_err(|error| damaged(&error))?;
        let trusted = policy.map(|policy| policy.trust(&note));
        let witnessed = policy.and_then(|policy| policy.trust_log(&note).ok()).map(|log| log.witnessed);
        let at = store.log().published_at(published.size).await?;
        let signed = Signed {
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            origin: checkpoint.origin.clone(),
            published_at: at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            is_trusted: trusted.as_ref().map(Result::is_ok),
            witnesses: witnessed.unwrap_or_default().into_iter().map(witness).collect(),
            trouble: trusted.and_then(Result::err).map(|distrust| distrust.to_string()),
        };
        Ok(Self { signed: Some((signed, checkpoint)) })
    }

    /// The checkpoint.
    pub fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref().map(|(signed, _)| signed)
    }

    /// Whether each of the events, told by position and the hash of its leaf, is in it. The tree is read once for all of them.
    pub async fn prove(&self, store: &Store, events: &[(u64, Hash)]) -> Result<Vec<Proof>, StoreError> {
        let Some((_, checkpoint)) = &self.signed else { return Ok(vec![Proof::Unsigned; events.len()]) };
        let covered =
            |position: u64| position.checked_sub(1).and_then(|index| tree::inclusion(index, checkpoint.size));
        let paths: Vec<_> = events.iter().map(|(position, _)| covered(*position)).collect();
        let ranges: Vec<_> = paths.iter().flatten().flatten().cloned().collect();
        let hashes = match prove::hashes(store, checkpoint.size, &ranges).await {
            Ok(hashes) => hashes,
            // A tree with gaps proves nothing.
            Err(StoreError::Damaged(_)) => vec![],
            Err(error) => return Err(error),
        };
        let mut rest = hashes.as_slice();
        let told = events.iter().zip(&paths).map(|((position, leaf), path)| {
            let Some(path) = path else { return Proof::Waiting };
            let (own, after) = rest.split_at(path.len().min(rest.len()));
            rest = after;
            let is_in = tree::is_included(*leaf, position - 1, checkpoint.size, own, checkpoint.root);
            if is_in { Proof::Proved } else { Proof::Differs }
        });
        Ok(told.collect())
    }
}

fn witness((name, at): (String, u64)) -> Witnessed {
    let at = i64::try_from(at).ok().and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_default();
    Witnessed { name, at: at.to_rfc3339_opts(SecondsFormat::Secs, true) }
}
