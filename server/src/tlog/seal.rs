//! The way to whoever signs the log: in this process, or on another machine.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use proofs::growth::{Refusal, Request};
use proofs::note::{Note, Verifier};
use proofs::{Checkpoint, Hash};
use tokio::task::spawn_blocking;

use super::signer::{LogSigner, SignError};

/// How long the other machine may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The tree does not continue what was signed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be asked, or cannot sign now.
    #[error("the signer cannot sign: {0}")]
    Unavailable(String),
}

/// Whoever signs the log.
#[async_trait]
pub trait Seal: Send + Sync {
    /// The public key; its name is the origin of the log.
    fn verifier(&self) -> &Verifier;
    /// The public SM2 key of a second line, where it is known that there is one.
    fn second(&self) -> Option<&Verifier> {
        None
    }
    /// What was signed last.
    async fn last(&self) -> Result<Option<Note>, SealError>;
    /// Sizes and roots that were signed, oldest first; of long ago not all.
    async fn history(&self) -> Result<Vec<(u64, Hash)>, SealError>;
    /// Signs the checkpoint of a request that continues what was signed.
    async fn sign(&self, request: Request) -> Result<Note, SealError>;
}

#[async_trait]
impl Seal for Arc<LogSigner> {
    fn verifier(&self) -> &Verifier {
        LogSigner::verifier(self)
    }

    fn second(&self) -> Option<&Verifier> {
        LogSigner::second(self)
    }

    async fn last(&self) -> Result<Option<Note>, SealError> {
        Ok(LogSigner::last(self))
    }

    async fn history(&self) -> Result<Vec<(u64, Hash)>, SealError> {
        Ok(LogSigner::history(self))
    }

    async fn sign(&self, request: Request) -> Result<Note, SealError> {
        let signer = Self::clone(self);
        let signed = spawn_blocking(move || LogSigner::sign(&signer, &request)).await;
        signed.map_err(|error| SealError::Unavailable(error.to_string()))?.map_err(|error| match error {
            SignError::Refused(refusal) => SealError::Refused(refusal),
            other => SealError::Unavailable(other.to_string()),
        })
    }
}

/// A signer behind HTTP.
pub struct Remote {
    url: String,
    token: String,
    verifier: Verifier,
    client: reqwest::Client,
}

impl Remote {
    /// The signer at this address with this public key; the file holds the token that it let us in with.
    pub fn new(url: &str, token: &Path, verifier: Verifier) -> Result<Self, SealError> {
        let unavailable = |what: String| SealError::Unavailable(what);
        let text = std::fs::read_to_string(token)
            .map_err(|error| unavailable(format!("{}: {error}", token.display())))?;
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(|error| unavailable(error.to_string()))?;
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            token: text.trim().to_owned(),
            verifier,
            client,
        })
    }

    async fn ask(&self, path: &str, body: Option<String>) -> Result<(StatusCode, String), SealError> {
        let address = format!("{}/{path}", self.url);
        let request = match body {
            Some(body) => self.client.post(address).body(body),
            None => self.client.get(address),
        };
        let failed = |error: reqwest::Error| SealError::Unavailable(error.without_url().to_string());
        let answer = request.bearer_auth(&self.token).send().await.map_err(failed)?;
        let status = answer.status();
        Ok((status, answer.text().await.map_err(failed)?))
    }

    fn note(&self, text: &str) -> Result<Note, SealError> {
        let note = Note::parse(text.as_bytes()).map_err(|error| SealError::Unavailable(error.to_string()))?;
        note.verify(std::slice::from_ref(&self.verifier))
            .map_err(|error| SealError::Unavailable(error.to_string()))?;
        Ok(note)
    }
}

/// The paths of a signer.
pub mod paths {
    /// What was signed last.
    pub const LAST: &str = "checkpoint";
    /// Sizes and roots.
    pub const HISTORY: &str = "history";
    /// A request to sign.
    pub const SIGN: &str = "sign";
}

#[async_trait]
impl Seal for Remote {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    async fn last(&self) -> Result<Option<Note>, SealError> {
        match self.ask(paths::LAST, None).await? {
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (StatusCode::OK, text) => self.note(&text).map(Some),
            (status, text) => Err(SealError::Unavailable(format!("{status}: {text}"))),
        }
    }

    async fn history(&self) -> Result<Vec<(u64, Hash)>, SealError> {
        let (status, text) = self.ask(paths::HISTORY, None).await?;
        let entry = |line: &str| {
            let (size, root) = line.split_once(' ')?;
            Some((proofs::encoding::decimal(size)?, Hash::parse(root)?))
        };
        match text.lines().map(entry).collect::<Option<Vec<_>>>() {
            Some(history) if status == StatusCode::OK => Ok(history),
            _ => Err(SealError::Unavailable(format!("{status}: {text}"))),
        }
    }

    async fn sign(&self, request: Request) -> Result<Note, SealError> {
        let unreadable = |error: proofs::note::NoteError| SealError::Unavailable(error.to_string());
        let new = Checkpoint::parse(&request.rest).map_err(unreadable)?.size;
        match self.ask(paths::SIGN, Some(request.text())).await? {
            (StatusCode::OK, text) => self.note(&text),
            (StatusCode::CONFLICT, text) => {
                let size = text.trim().parse().map_err(|_| SealError::Unavailable(text))?;
                Err(Refusal::Elsewhere(size).into())
            }
            (StatusCode::BAD_REQUEST, _) if request.old > new => {
                Err(Refusal::Backwards { old: request.old, new }.into())
            }
            (StatusCode::UNPROCESSABLE_ENTITY, _) => {
                Err(Refusal::Inconsistent { old: request.old, new }.into())
            }
            (status, text) => Err(SealError::Unavailable(format!("{status}: {text}"))),
        }
    }
}
