//! Who signs a ledger's log, as it is configured.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proofs::note::{Kind, NoteError, Verifier};
use proofs::policy::{Policy, PolicyError};

use super::home::{Home, HomeError};
use super::issuing::{Issuer, Issuing};
use super::publish::Publisher;
use super::seal::{Remote, Seal, SealError};
use super::signer::LogSigner;
use crate::store::{LedgerName, Store};

/// Who signs, and who is to witness.
#[derive(Debug, Clone, Default)]
pub struct Signing {
    /// Who signs.
    pub by: By,
    /// The policy file that names the witnesses; without one there are none.
    pub policy: Option<PathBuf>,
    /// Who issues statements on records.
    pub issuing: Issuing,
    /// The SM suite.
    pub sm: SmSuite,
}

/// The SM suite of a log 国密: off, where nothing else is said.
#[derive(Debug, Clone, Default)]
pub struct SmSuite {
    /// The file with the SM2 key that signs a second line.
    pub key: Option<PathBuf>,
    /// Whether a second tree grows, with SM3.
    pub has_tree: bool,
}

/// Who signs.
#[derive(Debug, Clone, Default)]
pub enum By {
    /// Nobody: the tree grows, and there are no checkpoints.
    #[default]
    Nobody,
    /// This process, with the key in this folder; one is made when there is none.
    Folder(PathBuf),
    /// Another process.
    Remote {
        /// Its address.
        url: String,
        /// The file with the token that it asks for.
        token: PathBuf,
        /// Its public key.
        key: String,
    },
}

/// Who signs the ledgers of one process.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Nobody.
    pub is_off: bool,
    /// Where the folders of the keys are, one for each ledger. By default beside the file of a ledger in SQLite.
    pub folder: Option<PathBuf>,
    /// Another process, for the ledger at the root.
    pub remote: Option<By>,
    /// The policy file, for the ledger at the root.
    pub policy: Option<PathBuf>,
    /// Who issues statements; its key is for the ledger at the root.
    pub issuing: Issuing,
    /// The SM suite; its key is for the ledger at the root.
    pub sm: SmSuite,
}

impl Plan {
    /// Who signs the ledger of this name at this address.
    pub fn of(&self, name: &LedgerName, url: &str) -> Signing {
        if self.is_off {
            return Signing::default();
        }
        let is_root = *name == LedgerName::default();
        let beside = || crate::store::file(url).map(|file| beside(&file));
        let folder = self.folder.as_ref().map(|folder| folder.join(name.as_str())).or_else(beside);
        let remote = self.remote.clone().filter(|_| is_root);
        let by = remote.or(folder.map(By::Folder)).unwrap_or_default();
        let issuing = Issuing { key: self.issuing.key.clone().filter(|_| is_root), ..self.issuing.clone() };
        let sm = SmSuite { key: self.sm.key.clone().filter(|_| is_root), ..self.sm };
        Signing { by, policy: self.policy.clone().filter(|_| is_root), issuing, sm }
    }
}

/// The folder beside the file of a ledger: `ledger.db-log`.
pub fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push("-log");
    file.with_file_name(name)
}

/// Why nobody can sign.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The folder cannot be worked in.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The signer elsewhere cannot be reached.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The key of the signer elsewhere is none.
    #[error("the signer's public key: {0}")]
    Key(#[from] NoteError),
    /// The policy is none.
    #[error("{}: {error}", path.display())]
    Policy {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        error: PolicyError,
    },
    /// The policy cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The policy does not believe the log.
    #[error("{} does not name this log: it needs the line `log {key}`", path.display())]
    NotNamed {
        /// Its file.
        path: PathBuf,
        /// The log's public key.
        key: String,
    },
}

impl Signing {
    /// Makes ready to publish. None where nobody signs.
    pub fn publisher(&self, store: &Arc<Store>) -> Result<Option<Arc<Publisher>>, SigningError> {
        let issuer = self.issuing.issuer()?;
        let (seal, issuer): (Box<dyn Seal>, Option<Issuer>) = match &self.by {
            By::Nobody => return Ok(None),
            By::Folder(folder) => {
                let (signer, beside) = embedded(folder, &self.issuing)?;
                let signer = signer.with_second(self.sm.key.as_deref())?;
                (Box::new(Arc::new(signer)), issuer.or(beside))
            }
            By::Remote { url, token, key } => {
                (Box::new(Remote::new(url, token, Verifier::parse(key)?)?), issuer)
            }
        };
        let policy = self.policy.as_deref().map(read).transpose()?;
        if let (Some(policy), Some(path)) = (&policy, &self.policy)
            && !policy.logs().iter().any(|log| log.key == *seal.verifier())
        {
            return Err(SigningError::NotNamed { path: path.clone(), key: seal.verifier().to_string() });
        }
        let publisher = Publisher::new(Arc::clone(store), seal, policy);
        Ok(Some(Arc::new(publisher.with_issuer(issuer).with_sm3(self.sm.has_tree))))
    }
}

/// The policy in a file.
pub fn read(path: &Path) -> Result<Policy, SigningError> {
    let unreadable = |error| SigningError::Unreadable { path: path.to_owned(), error };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Policy::parse(&text).map_err(|error| SigningError::Policy { path: path.to_owned(), error })
}

/// The signer in a folder, with a key of its own from the first time on, and one for statements. The origin of a log must be unlike any
/// other's.
fn embedded(folder: &Path, issuing: &Issuing) -> Result<(LogSigner, Option<Issuer>), HomeError> {
    let home = Home::open(folder)?;
    if !home.has_key() {
        home.make_key(&format!("baodao.local/{}", uuid::Uuid::new_v4().simple()), Kind::Note)?;
    }
    let issuer = if issuing.key.is_some() {
        None
    } else {
        let (key, file) = home.statement_key(home.log_key()?.verifier().name())?;
        Some(issuing.with(key, &file)?)
    };
    Ok((LogSigner::open(home)?, issuer))
}
