//! Tokens: what other systems call with, on a login's behalf, for some uses and a time.

use chrono::{DateTime, TimeDelta, Utc};
use projections::ports::StoreError;

use super::{Known, NotSet, SignIn, secret};
use crate::store::logins::TokenRow;

/// How a token begins, so that scanners of repositories find one that was left behind.
const PREFIX: &str = "baodao_";
/// Days that a token lasts at most.
pub(crate) const DAYS_MAX: u32 = 366;

/// What a token may be used for. The login's role limits it further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Queries and files.
    Read,
    /// Commands and imports.
    Submit,
    /// The journal: events, entries of the log, records.
    Events,
}

/// Every scope by its name.
pub const SCOPES: [(&str, Scope); 3] =
    [("read", Scope::Read), ("submit", Scope::Submit), ("events", Scope::Events)];

/// A token that was made.
#[derive(Debug, Clone)]
pub struct Issued {
    /// What the other system sends: told this once.
    pub text: String,
    /// Its public part.
    pub token: String,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

impl SignIn {
    /// Makes a token of a login that has a capacity.
    pub async fn issue(
        &self,
        login: &str,
        label: &str,
        scopes: &[Scope],
        days: u32,
    ) -> Result<Issued, NotSet> {
        if self.capacity(login).await?.is_none() {
            return Err(NotSet::NoAccess(login.to_owned()));
        }
        let (token, held, now) = (secret::short(), secret::random(), self.clock.now());
        let names = SCOPES.iter().filter(|(_, scope)| scopes.contains(scope)).map(|(name, _)| *name);
        let row = TokenRow {
            token: token.clone(),
            hash: secret::hash(&held),
            login: login.to_owned(),
            label: label.to_owned(),
            scopes: names.collect::<Vec<_>>().join(" "),
            made_at: now,
            ends_at: now + TimeDelta::days(i64::from(days.min(DAYS_MAX))),
        };
        self.store.logins().add_token(&row).await?;
        Ok(Issued { text: format!("{PREFIX}{token}_{held}"), token, ends_at: row.ends_at })
    }

    /// On whose behalf this token is sent.
    pub async fn token(&self, text: &str) -> Result<Option<Known>, StoreError> {
        let key = secret::hash(text);
        if let Some(known) = self.recall(&key) {
            return Ok(Some(known));
        }
        let parts = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_'));
        let Some((token, held)) = parts else { return Ok(None) };
        let Some(row) = self.store.logins().token(token).await? else { return Ok(None) };
        if !secret::same(&row.hash, &secret::hash(held)) || self.clock.now() >= row.ends_at {
            return Ok(None);
        }
        let Some(actor) = self.capacity(&row.login).await? else { return Ok(None) };
        let granted: Vec<&str> = row.scopes.split(' ').collect();
        let scopes = SCOPES.iter().filter(|(name, _)| granted.contains(name)).map(|(_, scope)| *scope);
        let known = Known { login: row.login, actor, scopes: Some(scopes.collect()) };
        self.remember(key, &known);
        Ok(Some(known))
    }

    /// All tokens, by login.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.store.logins().tokens().await
    }

    /// Takes a token away; whether there was one.
    pub async fn withdraw(&self, token: &str) -> Result<bool, StoreError> {
        let was = self.store.logins().remove_token(token).await?;
        self.forget_seen();
        Ok(was)
    }
}
