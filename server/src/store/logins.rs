//! What logins prove themselves with: passwords, sessions, tokens, all as hashes. Written once for both databases.

use chrono::{DateTime, SecondsFormat, Utc};
use projections::ports::StoreError;

use super::generations::{Tries, cell};
use super::sql::{Bind, Cells, SheetDb};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of what the browser holds.
    pub session: String,
    /// The login.
    pub login: String,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub ends_at: DateTime<Utc>,
}

/// What another system calls with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its public part.
    pub token: String,
    /// Hash of its secret part.
    pub hash: String,
    /// On whose behalf.
    pub login: String,
    /// What it is for, in a few words.
    pub label: String,
    /// Names of what it may be used for, with blanks between.
    pub scopes: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

/// The logins of a database.
#[derive(Clone, Copy)]
pub struct LoginStore<'a> {
    pub(super) db: &'a dyn SheetDb,
}

impl LoginStore<'_> {
    /// The hash of a login's password.
    pub async fn password(&self, login: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT hash FROM login_passwords WHERE login = $1";
        let rows = self.db.read(sql, vec![text(login)]).await?;
        rows.first().map(|row| cell(row, 0).map(str::to_owned)).transpose()
    }

    /// Whether any login has a password.
    pub async fn has_any(&self) -> Result<bool, StoreError> {
        Ok(!self.db.read("SELECT login FROM login_passwords LIMIT 1", vec![]).await?.is_empty())
    }

    /// Puts a password in place of the one before, and ends all sessions of the login: whoever knew the old one is out.
    pub async fn set_password(&self, login: &str, hash: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(vec![
            ("DELETE FROM login_passwords WHERE login = $1", vec![text(login)]),
            (
                "INSERT INTO login_passwords (login, hash, changed_at) VALUES ($1, $2, $3)",
                vec![text(login), text(hash), moment(at)],
            ),
            ("DELETE FROM login_sessions WHERE login = $1", vec![text(login)]),
        ])
        .await
    }

    /// Takes everything away that a login proves itself with.
    pub async fn forget(&self, login: &str) -> Result<(), StoreError> {
        self.write(vec![
            ("DELETE FROM login_passwords WHERE login = $1", vec![text(login)]),
            ("DELETE FROM login_sessions WHERE login = $1", vec![text(login)]),
            ("DELETE FROM login_tokens WHERE login = $1", vec![text(login)]),
        ])
        .await
    }

    /// Begins a session; those that are over go.
    pub async fn begin_session(&self, session: &SessionRow) -> Result<(), StoreError> {
        let SessionRow { session, login, seen_at, ends_at } = session;
        self.write(vec![
            ("DELETE FROM login_sessions WHERE ends_at < $1", vec![moment(*seen_at)]),
            (
                "INSERT INTO login_sessions (session, login, began_at, seen_at, ends_at) VALUES ($1, $2, $3, $3, $4)",
                vec![text(session), text(login), moment(*seen_at), moment(*ends_at)],
            ),
        ])
        .await
    }

    /// The session of this hash.
    pub async fn session(&self, session: &str) -> Result<Option<SessionRow>, StoreError> {
        let sql = "SELECT session, login, seen_at, ends_at FROM login_sessions WHERE session = $1";
        let rows = self.db.read(sql, vec![text(session)]).await?;
        rows.first()
            .map(|row| {
                Ok(SessionRow {
                    session: cell(row, 0)?.to_owned(),
                    login: cell(row, 1)?.to_owned(),
                    seen_at: instant(row, 2)?,
                    ends_at: instant(row, 3)?,
                })
            })
            .transpose()
    }

    /// Notes that a session is in use.
    pub async fn see_session(&self, session: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "UPDATE login_sessions SET seen_at = $2 WHERE session = $1";
        self.write(vec![(sql, vec![text(session), moment(at)])]).await
    }

    /// Ends a session.
    pub async fn end_session(&self, session: &str) -> Result<(), StoreError> {
        self.write(vec![("DELETE FROM login_sessions WHERE session = $1", vec![text(session)])]).await
    }

    /// Ends all sessions of a login.
    pub async fn end_sessions_of(&self, login: &str) -> Result<(), StoreError> {
        self.write(vec![("DELETE FROM login_sessions WHERE login = $1", vec![text(login)])]).await
    }

    /// Keeps a token.
    pub async fn add_token(&self, token: &TokenRow) -> Result<(), StoreError> {
        let TokenRow { token, hash, login, label, scopes, made_at, ends_at } = token;
        let binds = vec![
            text(token),
            text(hash),
            text(login),
            text(label),
            text(scopes),
            moment(*made_at),
            moment(*ends_at),
        ];
        let sql = "INSERT INTO login_tokens (token, hash, login, label, scopes, made_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        self.write(vec![(sql, binds)]).await
    }

    /// The token with this public part.
    pub async fn token(&self, token: &str) -> Result<Option<TokenRow>, StoreError> {
        Ok(self.tokens_where("token = $1", vec![text(token)]).await?.pop())
    }

    /// All tokens, by login.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.tokens_where("token <> $1 ORDER BY login, made_at", vec![text("")]).await
    }

    /// Takes a token away; whether there was one.
    pub async fn remove_token(&self, token: &str) -> Result<bool, StoreError> {
        let is_there = self.token(token).await?.is_some();
        self.write(vec![("DELETE FROM login_tokens WHERE token = $1", vec![text(token)])]).await?;
        Ok(is_there)
    }

    async fn tokens_where(&self, which: &str, binds: Vec<Bind>) -> Result<Vec<TokenRow>, StoreError> {
        let sql = format!(
            "SELECT token, hash, login, label, scopes, made_at, ends_at FROM login_tokens WHERE {which}"
        );
        self.db
            .read(&sql, binds)
            .await?
            .iter()
            .map(|row| {
                let of = |number| cell(row, number).map(str::to_owned);
                Ok(TokenRow {
                    token: of(0)?,
                    hash: of(1)?,
                    login: of(2)?,
                    label: of(3)?,
                    scopes: of(4)?,
                    made_at: instant(row, 5)?,
                    ends_at: instant(row, 6)?,
                })
            })
            .collect()
    }

    async fn write(&self, statements: Vec<(&str, Vec<Bind>)>) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = async {
                for (sql, binds) in &statements {
                    tx.run(sql, binds.clone()).await?;
                }
                Ok(())
            };
            let outcome = outcome.await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }
}

fn text(text: &str) -> Bind {
    Bind::Text(text.to_owned())
}

/// Of one width, so that texts compare as times do.
fn moment(at: DateTime<Utc>) -> Bind {
    Bind::Text(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn instant(row: &Cells, number: usize) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(cell(row, number)?)
        .map(|at| at.to_utc())
        .map_err(|error| StoreError::Damaged(format!("a login's time: {error}")))
}
