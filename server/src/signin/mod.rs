//! Signing in: who stands behind a request, and in what capacity. The capacity is in the journal (access); here is only how a login
//! proves that it is itself: a password, then a session; or a token; or an identity provider's word.

mod attempts;
mod code;
pub mod oidc;
mod password;
mod secret;
mod session;
mod token;
mod told;

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aggregates::access::Access;
use aggregates::circumstance::Actor;
use aggregates::ids::{ActorId, LoginId};
use aggregates::{Decider, LedgerEvent, Role};
use chrono::{DateTime, TimeDelta, Utc};
use commands::{Clock, Desk, Envelope, GrantAccess, RevokeAccess, Trouble};
use lru::LruCache;
use projections::ports::{Feed, StoreError};

use crate::store::Store;
use attempts::Attempts;

pub use code::Code;
pub use password::Weak;
pub use session::{ABSOLUTE, IDLE, Opened};
pub use token::{Issued, SCOPES, Scope};
pub(crate) use told::OUTCOMES;
pub use told::Proof;

/// The login of a fresh ledger's first operator.
pub const FIRST: &str = "operator";
/// How long a capacity once read is believed: so long a revoked login may still act, at most.
const BELIEVED: TimeDelta = TimeDelta::seconds(2);
/// Sessions and tokens kept in memory.
const KEPT: usize = 10_000;

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedIn {
    /// Wrong login or password, or a login whose access was revoked: which of them is not told.
    #[error("no such login, or another password")]
    Wrong,
    /// Too many attempts.
    #[error("too many attempts; the next one counts in {0:?}")]
    TooMany(Duration),
    /// The database does not serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a login cannot be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// The password can be guessed.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// The journal refuses the capacity.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The database does not serve.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No capacity was granted to it.
    #[error("the login {0} has no access: grant it first")]
    NoAccess(String),
}

/// Who stands behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The login.
    pub login: String,
    /// In what capacity.
    pub actor: Actor,
    /// What the request may be for; everything when absent.
    pub scopes: Option<Vec<Scope>>,
}

/// The door of one ledger.
pub struct SignIn {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    attempts: Attempts,
    seen: Mutex<LruCache<String, (DateTime<Utc>, Known)>>,
}

impl SignIn {
    /// The door of a ledger.
    pub fn new(store: &Arc<Store>, clock: &Arc<dyn Clock>) -> Self {
        let kept = NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN);
        Self {
            store: Arc::clone(store),
            clock: Arc::clone(clock),
            attempts: Attempts::default(),
            seen: Mutex::new(LruCache::new(kept)),
        }
    }

    /// In what capacity a login acts now, as the journal tells; none when it has none.
    pub async fn capacity(&self, login: &str) -> Result<Option<Actor>, StoreError> {
        let mut access = Access::default();
        for stored in self.store.stream(Access::TYPE, login, i64::MAX as u64).await? {
            let event = stored.decode().map_err(|error| StoreError::Damaged(error.to_string()))?;
            if let LedgerEvent::Access(fact) = event.event {
                access.evolve(&fact);
            }
        }
        Ok(access.held().cloned())
    }

    /// Gives a login its capacity, as the actor does who gives it.
    pub async fn grant(desk: &Desk, giver: &Actor, login: &LoginId, wanted: &Actor) -> Result<(), Trouble> {
        let command = GrantAccess {
            login: login.clone(),
            role: wanted.role,
            actor: Some(wanted.id.clone()),
            organisation: wanted.organisation.clone().and_then(|body| ActorId::new(body).ok()),
        };
        desk.submit(&Envelope::new(giver.clone()), &command).await.map(drop)
    }

    /// Takes a login its capacity, and everything that it proved itself with.
    pub async fn close(&self, desk: &Desk, taker: &Actor, login: &LoginId) -> Result<(), NotSet> {
        let command = RevokeAccess { login: login.clone() };
        desk.submit(&Envelope::new(taker.clone()), &command).await?;
        self.forget_seen();
        self.note(login.as_str(), "access closed");
        Ok(self.store.logins().forget(login.as_str()).await?)
    }

    /// Sets a login's password, and ends its sessions.
    pub async fn set_password(&self, login: &str, password: &str) -> Result<(), NotSet> {
        if self.capacity(login).await?.is_none() {
            return Err(NotSet::NoAccess(login.to_owned()));
        }
        password::check(login, password)?;
        let hash = password::hash(password).await;
        self.store.logins().set_password(login, &hash, self.clock.now()).await?;
        self.forget_seen();
        self.note(login, "password set");
        Ok(())
    }

    /// A password nobody can guess, for a login that has none yet.
    pub fn new_password() -> String {
        secret::readable()
    }

    /// Makes the first operator of a ledger in which nobody can sign in yet; the password, which is told this once.
    pub async fn begin(&self, desk: &Desk) -> Result<Option<String>, NotSet> {
        if self.store.logins().has_any().await? {
            return Ok(None);
        }
        let login = LoginId::new(FIRST).unwrap_or_default();
        let house =
            |id| Actor { id: ActorId::new(id).unwrap_or_default(), role: Role::System, organisation: None };
        let operator =
            Actor { id: ActorId::new(FIRST).unwrap_or_default(), role: Role::Operator, organisation: None };
        Self::grant(desk, &house("genesis"), &login, &operator).await?;
        let password = Self::new_password();
        self.set_password(FIRST, &password).await?;
        Ok(Some(password))
    }

    /// Counts a code that somebody enters.
    pub fn count_code(&self, from: IpAddr) -> Result<(), NotSignedIn> {
        self.attempts.count("code", from).map_err(NotSignedIn::TooMany)
    }

    /// Counts a demand that somebody places without an account; how long to wait when it is one too many.
    pub fn count_asking(&self, from: IpAddr) -> Result<(), Duration> {
        self.attempts.count_asking(from)
    }

    fn recall(&self, key: &str) -> Option<Known> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = seen.get(key)?;
        ((self.clock.now() - *at).abs() < BELIEVED).then(|| known.clone())
    }

    fn remember(&self, key: String, known: &Known) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.put(key, (self.clock.now(), known.clone()));
    }

    fn forget_seen(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
