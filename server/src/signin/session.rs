//! Sessions: what a browser holds is random; here is its hash.

use std::net::IpAddr;

use aggregates::circumstance::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use projections::ports::StoreError;

use super::{Known, NotSignedIn, Proof, SignIn, password, secret};
use crate::store::logins::SessionRow;

/// A session ends when it was not used for so long.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// It ends after so long, used or not.
pub const ABSOLUTE: TimeDelta = TimeDelta::hours(10);
/// Its use is noted no more often.
const NOTED: TimeDelta = TimeDelta::minutes(1);

/// A session that began.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What the browser holds.
    pub secret: String,
    /// The login.
    pub login: String,
    /// In what capacity it acts.
    pub actor: Actor,
    /// When it ends at the latest.
    pub ends_at: DateTime<Utc>,
}

impl SignIn {
    /// Signs in with a password.
    pub async fn sign_in(&self, login: &str, password: &str, from: IpAddr) -> Result<Opened, NotSignedIn> {
        if !self.proves(login, password, from).await? {
            return Err(NotSignedIn::Wrong);
        }
        self.open(login, Proof::Password, from).await
    }

    /// Whether this is the login's password, counted like an attempt to sign in.
    pub async fn proves(&self, login: &str, password: &str, from: IpAddr) -> Result<bool, NotSignedIn> {
        if let Err(wait) = self.attempts.count(login, from) {
            self.tell(login, Proof::Password, from, "too_many");
            return Err(NotSignedIn::TooMany(wait));
        }
        let kept = self.store.logins().password(login).await?;
        let proves = password::is(password, kept).await;
        if !proves {
            self.tell(login, Proof::Password, from, "wrong");
        }
        Ok(proves)
    }

    /// Begins a session of a login that has proved itself, if it has a capacity.
    pub async fn open(&self, login: &str, proof: Proof, from: IpAddr) -> Result<Opened, NotSignedIn> {
        let Some(actor) = self.capacity(login).await? else {
            self.tell(login, proof, from, "no_access");
            return Err(NotSignedIn::Wrong);
        };
        let (secret, now) = (secret::random(), self.clock.now());
        let session = SessionRow {
            session: secret::hash(&secret),
            login: login.to_owned(),
            seen_at: now,
            ends_at: now + ABSOLUTE,
        };
        self.store.logins().begin_session(&session).await?;
        self.tell(login, proof, from, "in");
        Ok(Opened { secret, login: session.login, actor, ends_at: session.ends_at })
    }

    /// Who is signed in with this.
    pub async fn session(&self, held: &str) -> Result<Option<Known>, StoreError> {
        let key = secret::hash(held);
        if let Some(known) = self.recall(&key) {
            return Ok(Some(known));
        }
        let Some(session) = self.store.logins().session(&key).await? else { return Ok(None) };
        let now = self.clock.now();
        if now >= session.ends_at || now - session.seen_at >= IDLE {
            self.store.logins().end_session(&key).await?;
            return Ok(None);
        }
        let Some(actor) = self.capacity(&session.login).await? else { return Ok(None) };
        if now - session.seen_at >= NOTED {
            self.store.logins().see_session(&key, now).await?;
        }
        let known = Known { login: session.login, actor, scopes: None };
        self.remember(key, &known);
        Ok(Some(known))
    }

    /// Signs out; `everywhere` ends the login's other sessions, too.
    pub async fn sign_out(&self, held: &str, everywhere: bool) -> Result<(), StoreError> {
        let key = secret::hash(held);
        if let Some(session) = self.store.logins().session(&key).await? {
            if everywhere {
                self.store.logins().end_sessions_of(&session.login).await?;
            }
            self.store.logins().end_session(&key).await?;
            self.note(&session.login, if everywhere { "signed out everywhere" } else { "signed out" });
        }
        self.forget_seen();
        Ok(())
    }
}
