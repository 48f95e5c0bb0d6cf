//! Checkpoints: the tree is grown, signed, cosigned and published. What the policy asks for is what is published, or nothing is.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use futures::future::join_all;
use projections::ports::StoreError;
use proofs::Checkpoint;
use proofs::growth::{Refusal, Request};
use proofs::note::{Note, Signature};
use proofs::policy::{Distrust, Party, Policy};
use tokio::sync::Mutex;

use super::issuing::Issuer;
use super::seal::{Seal, SealError};
use super::{grow, prove};
use crate::store::Store;
use crate::store::log::Published;

/// How long a witness may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a signer or witness that stands elsewhere is asked again.
const TRIES: u32 = 3;

/// Why there is no new checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The ledger cannot be read, or its log not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signer has signed more than there is: a backup was restored, or the end was cut off.
    #[error(
        "the ledger ends at position {size}, yet {signed} were signed: what was recorded since is missing. Nothing is signed until it is back"
    )]
    WentBack {
        /// Leaves of the tree.
        size: u64,
        /// Leaves of the last signed one.
        signed: u64,
    },
    /// What was signed is not what is there.
    #[error(
        "history was rewritten: the first difference is at a position from {from} to {to}. Nothing is signed any more"
    )]
    Rewritten {
        /// The first position that may differ.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// The signer cannot sign.
    #[error(transparent)]
    Seal(SealError),
    /// Too few witnesses cosign.
    #[error("{why}; {}", troubles.join("; "))]
    Unwitnessed {
        /// What the policy says.
        why: Distrust,
        /// What became of those who did not.
        troubles: Vec<String>,
    },
}

/// Makes checkpoints.
pub struct Publisher {
    store: Arc<Store>,
    seal: Box<dyn Seal>,
    policy: Policy,
    issuer: Option<Issuer>,
    has_sm3: bool,
    client: reqwest::Client,
    /// One at a time.
    turn: Mutex<()>,
}

impl Publisher {
    /// Of a ledger, signed by this one; the policy names the witnesses.
    pub fn new(store: Arc<Store>, seal: Box<dyn Seal>, policy: Option<Policy>) -> Self {
        let policy = policy.unwrap_or_else(|| Policy::of_log(seal.verifier().clone()));
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap_or_default();
        Self { store, seal, policy, issuer: None, has_sm3: false, client, turn: Mutex::default() }
    }

    /// The same, with whoever states what records come to.
    pub fn with_issuer(self, issuer: Option<Issuer>) -> Self {
        Self { issuer, ..self }
    }

    /// The same, with the root of a second tree in every checkpoint, or without.
    pub fn with_sm3(self, has_sm3: bool) -> Self {
        Self { has_sm3, ..self }
    }

    /// Whoever signs.
    pub fn seal(&self) -> &dyn Seal {
        self.seal.as_ref()
    }

    /// Who is believed.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Who issues statements on records.
    pub fn issuer(&self) -> Option<&Issuer> {
        self.issuer.as_ref()
    }

    /// A checkpoint of all that is in the journal now, signed and cosigned.
    pub async fn publish(&self) -> Result<Published, PublishError> {
        let _turn = self.turn.lock().await;
        let (edge, sm3) = grow::trees(self.store.as_ref(), self.store.log(), self.has_sm3).await?;
        let checkpoint = Checkpoint {
            origin: self.seal.verifier().name().to_owned(),
            size: edge.size(),
            root: edge.root(),
            sm3: sm3.map(|tree| tree.root()),
        };
        let size = checkpoint.size;
        // What the database says was signed is believed where the signer says so, too: whoever stole its key can sign what he likes.
        if let Some(latest) = self.store.log().latest().await?
            && latest.size == size
            && self.is_trusted(&latest.note, &checkpoint)
            && self.last().await?.is_some_and(|last| says(&last, &checkpoint))
        {
            return Ok(latest);
        }
        let mut note = self.signed(&checkpoint).await?;
        let cosigned =
            join_all(self.policy.witnesses().iter().map(|witness| self.cosigned(witness, &note, size))).await;
        let mut troubles = vec![];
        for (witness, cosigned) in self.policy.witnesses().iter().zip(cosigned) {
            match cosigned {
                Ok(signatures) => note.signatures.extend(signatures),
                Err(trouble) => troubles.push(format!("{}: {trouble}", witness.name)),
            }
        }
        if let Err(why) = self.policy.trust(&note) {
            return Err(PublishError::Unwitnessed { why, troubles });
        }
        if !troubles.is_empty() {
            tracing::warn!(?troubles, "some witnesses did not cosign; those who did are enough");
        }
        let published = Published { size, note: note.to_string() };
        self.store.log().publish(&published, Utc::now()).await?;
        Ok(published)
    }

    fn is_trusted(&self, note: &str, wanted: &Checkpoint) -> bool {
        let Ok(note) = Note::parse(note.as_bytes()) else { return false };
        let has_second = self.seal.second().is_none_or(|key| note.verify(std::slice::from_ref(key)).is_ok());
        has_second && self.policy.trust(&note).is_ok_and(|trusted| says(&trusted.checkpoint, wanted))
    }

    /// What the signer has signed last.
    async fn last(&self) -> Result<Option<Checkpoint>, PublishError> {
        let last = self.seal.last().await.map_err(PublishError::Seal)?;
        let last = last.map(|note| Checkpoint::of(&note)).transpose();
        last.map_err(|error| PublishError::Seal(SealError::Unavailable(error.to_string())))
    }

    async fn signed(&self, checkpoint: &Checkpoint) -> Result<Note, PublishError> {
        let size = checkpoint.size;
        for _ in 0..TRIES {
            let last = self.last().await?;
            let old = last.as_ref().map_or(0, |last| last.size);
            if old > size {
                return Err(PublishError::WentBack { size, signed: old });
            }
            let proof = prove::consistency(&self.store, old, size).await?;
            let request = Request { old, proof, rest: checkpoint.to_string() };
            match self.seal.sign(request).await {
                Ok(note) => return Ok(note),
                // Another server was faster.
                Err(SealError::Refused(Refusal::Elsewhere(_))) => {}
                Err(SealError::Refused(Refusal::Inconsistent { old, .. })) => {
                    return self.rewritten(old).await;
                }
                Err(other) => return Err(PublishError::Seal(other)),
            }
        }
        Err(PublishError::Seal(SealError::Unavailable("others sign at the same time".to_owned())))
    }

    /// Where the tree parts from what was signed: between the last signed size that still fits and the next.
    async fn rewritten<T>(&self, signed: u64) -> Result<T, PublishError> {
        let history = self.seal.history().await.map_err(PublishError::Seal)?;
        let mut from = 1;
        for (size, root) in history {
            if prove::root(&self.store, size).await? != root {
                return Err(PublishError::Rewritten { from, to: size });
            }
            from = size + 1;
        }
        Err(PublishError::Rewritten { from: 1, to: signed })
    }

    /// The cosignatures of a witness.
    async fn cosigned(&self, witness: &Party, note: &Note, size: u64) -> Result<Vec<Signature>, String> {
        let url = witness.url.as_deref().ok_or("the policy does not tell its address")?;
        let mut old = 0;
        for _ in 0..TRIES {
            let proof =
                prove::consistency(&self.store, old, size).await.map_err(|error| error.to_string())?;
            let request = Request { old, proof, rest: note.to_string() };
            let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
            let answer = self.client.post(address).body(request.text()).send().await;
            let answer = answer.map_err(|error| error.without_url().to_string())?;
            let (status, text) = (
                answer.status().as_u16(),
                answer.text().await.map_err(|error| error.without_url().to_string())?,
            );
            match status {
                200 => return right(witness, note, &text),
                409 => match text.trim().parse() {
                    Ok(seen) if seen > size => {
                        return Err(format!("it has seen {seen} leaves, more than there are"));
                    }
                    Ok(seen) => old = seen,
                    Err(_) => return Err(format!("{status}: {text}")),
                },
                _ => return Err(format!("{status}: {}", text.trim())),
            }
        }
        Err("others ask it at the same time".to_owned())
    }
}

/// Whether a checkpoint says what is wanted, or more.
fn says(told: &Checkpoint, wanted: &Checkpoint) -> bool {
    (told.size, told.root) == (wanted.size, wanted.root) && (wanted.sm3.is_none() || wanted.sm3 == told.sm3)
}

/// Those of its signatures that hold.
fn right(witness: &Party, note: &Note, lines: &str) -> Result<Vec<Signature>, String> {
    let signatures: Result<Vec<Signature>, _> = lines.lines().map(Signature::parse).collect();
    let signatures = signatures.map_err(|error| error.to_string())?;
    let key = std::slice::from_ref(&witness.key);
    let holds = |signature: &Signature| {
        Note { text: note.text.clone(), signatures: vec![signature.clone()] }.verify(key).is_ok()
    };
    let right: Vec<Signature> = signatures.into_iter().filter(holds).collect();
    if right.is_empty() { Err("it answered with no signature of its key".to_owned()) } else { Ok(right) }
}
