//! A witness (见证方, C2SP tlog-witness): another body that remembers what each log has shown, and cosigns only what continues it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use proofs::Checkpoint;
use proofs::growth::{Refusal, Request};
use proofs::note::{Kind, Note, NoteError, Signature, Signer, Verifier};
use proofs::policy::{Distrust, Policy};
use sha2::{Digest, Sha256};

use super::home::{Home, HomeError};

/// Why nothing is cosigned.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The body is no request, or holds no checkpoint.
    #[error("expected an old size, a proof and a checkpoint: {0}")]
    Malformed(String),
    /// Of a log that is not ours to witness.
    #[error("the log {0} is not witnessed here")]
    UnknownLog(String),
    /// The log has not signed it.
    #[error("it is not signed by the log: {0}")]
    BadSignature(Distrust),
    /// It does not continue what was cosigned.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The folder fails.
    #[error(transparent)]
    Home(#[from] HomeError),
}

/// The witness.
pub struct Witness {
    home: Home,
    key: Signer,
    policy: Policy,
    /// The last cosigned note of each log. Whole, so that a log that shows something else can be convicted.
    seen: Mutex<HashMap<String, Note>>,
}

impl Witness {
    /// Takes up where it left off. The logs are those of the policy.
    pub fn open(home: Home, policy: &Policy) -> Result<Self, HomeError> {
        let key = home.key()?;
        if key.verifier().kind() != Kind::Cosignature {
            let what = "the key is one of a log, a witness needs one of its own".to_owned();
            return Err(HomeError::Damaged { path: home.path("private.key"), what });
        }
        let mut seen = HashMap::new();
        for origin in policy.logs().iter().map(|log| &log.name) {
            let name = file(origin);
            let Some(text) = home.read(&name)? else { continue };
            let damaged =
                |error: NoteError| HomeError::Damaged { path: home.path(&name), what: error.to_string() };
            let note = Note::parse(text.as_bytes()).map_err(damaged)?;
            note.verify(&[key.verifier().clone()]).map_err(damaged)?;
            seen.insert(origin.clone(), note);
        }
        Ok(Self { home, key, policy: policy.clone(), seen: Mutex::new(seen) })
    }

    /// The public key.
    pub fn verifier(&self) -> &Verifier {
        self.key.verifier()
    }

    /// The last cosigned checkpoint of the log whose origin has this SHA-256 hash, in hex.
    pub fn checkpoint(&self, origin_hash: &str) -> Option<Note> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().find(|(origin, _)| hashed(origin) == origin_hash).map(|(_, note)| note.clone())
    }

    /// Cosigns the checkpoint in the request, if it continues what was cosigned, now in seconds since 1970. It is on disk before
    /// the signature is handed out. Blocks.
    pub fn cosign(&self, request: &Request, now: u64) -> Result<Signature, WitnessError> {
        let malformed = |error: NoteError| WitnessError::Malformed(error.to_string());
        let note = Note::parse(request.rest.as_bytes()).map_err(malformed)?;
        let checkpoint = Checkpoint::of(&note).map_err(malformed)?;
        if !self.policy.logs().iter().any(|log| log.name == checkpoint.origin) {
            return Err(WitnessError::UnknownLog(checkpoint.origin));
        }
        self.policy.trust_log(&note).map_err(WitnessError::BadSignature)?;
        // Check and write in one: between them nobody may go further.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let last = seen.get(&checkpoint.origin).map(Checkpoint::of).transpose().map_err(malformed)?;
        request.check(last.as_ref(), &checkpoint)?;
        let signature = self.key.sign(&note.text, now);
        let of_log = note.signatures.iter().filter(|one| one.name == checkpoint.origin).cloned();
        let kept = Note { signatures: of_log.chain([signature.clone()]).collect(), text: note.text.clone() };
        self.home.write(&file(&checkpoint.origin), &kept.to_string())?;
        seen.insert(checkpoint.origin.clone(), kept);
        Ok(signature)
    }
}

fn hashed(origin: &str) -> String {
    hex::encode(Sha256::digest(origin))
}

fn file(origin: &str) -> String {
    format!("{}.checkpoint", hashed(origin))
}
