//! Opening a ledger: where it is, and what can be wrong with that.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgConnectOptions;

use super::LedgerName;

/// The time that appends are recorded with.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a store works.
#[derive(Clone)]
pub struct Settings {
    /// What the ledger is called among those of this process.
    pub ledger: LedgerName,
    /// Source of `recorded_at`.
    pub clock: Clock,
    /// Appends that may wait; one more is refused as overload.
    pub queue: usize,
    /// Connections for reading.
    pub connections: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { ledger: LedgerName::default(), clock: Arc::new(Utc::now), queue: 4096, connections: 8 }
    }
}

/// Why a ledger could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not an address of a ledger.
    #[error("{0} is not a ledger's address: use sqlite://FILE or postgres://USER@HOST/DATABASE?schema=NAME")]
    Address(String),
    /// A schema name that PostgreSQL would need to quote.
    #[error("{0:?} cannot name a schema: small letters, digits and _ only, at most 40, a letter first")]
    SchemaName(String),
    /// The file cannot be opened, made or written.
    #[error("{} cannot be opened for writing: {reason}. Does its folder exist, and may this user write there?", file.display())]
    NotWritable {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// Something else is in the file.
    #[error("{} is not a ledger: {reason}", file.display())]
    NotALedger {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// No server answers, or it does not let us in.
    #[error("the database at {place} cannot be reached: {reason}")]
    Unreachable {
        /// Host, port and database; never the password.
        place: String,
        /// What went wrong.
        reason: String,
    },
    /// A newer Baodao has been here.
    #[error("the ledger has schema version {found}, this program knows {known}: use a newer baodao")]
    NewerSchema {
        /// In the ledger.
        found: i64,
        /// In this program.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("the ledger's schema could not be brought to version {version}: {reason}")]
    Migration {
        /// The version tried.
        version: i64,
        /// What the database says.
        reason: String,
    },
}

/// A ledger's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server, and the schema of the ledger.
    Postgres {
        /// Address without our own parameters.
        url: String,
        /// One ledger's.
        schema: String,
        /// Whether row-level security is to hold, too (docs/adr/0018).
        second_lock: bool,
    },
}

impl Address {
    /// Reads `sqlite://FILE` or `postgres://…?schema=NAME` (default schema: `baodao`; `second_lock=off` where an engine has no row-level security).
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        if let Some(file) = url.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            if file.is_empty() || file.starts_with(':') {
                return Err(OpenError::Address(url.to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(file)));
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::Address(without_password(url)));
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut schema = "baodao".to_owned();
        let (mut kept, mut second_lock) = (Vec::new(), true);
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("schema", name)) => name.clone_into(&mut schema),
                Some(("second_lock", "on")) => second_lock = true,
                Some(("second_lock", "off")) => second_lock = false,
                // A lock that somebody meant to have must not be missing for a slip of the pen.
                Some(("second_lock", _)) => return Err(OpenError::Address(without_password(url))),
                _ => kept.push(parameter),
            }
        }
        if !is_schema_name(&schema) {
            return Err(OpenError::SchemaName(schema));
        }
        let url = if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) };
        Ok(Self::Postgres { url, schema, second_lock })
    }

    /// The same for two addresses of one ledger, whoever opens it and however the file is written.
    fn place(&self) -> Result<String, OpenError> {
        match self {
            Self::Sqlite(file) => {
                let whole = std::path::absolute(file).unwrap_or_else(|_| file.clone());
                // The file itself may not be there yet.
                let whole = whole.canonicalize().unwrap_or_else(|_| {
                    let folder = whole.parent().and_then(|folder| folder.canonicalize().ok());
                    folder.zip(whole.file_name()).map_or(whole.clone(), |(folder, name)| folder.join(name))
                });
                Ok(whole.display().to_string())
            }
            Self::Postgres { url, schema, .. } => {
                let options: PgConnectOptions =
                    url.parse().map_err(|error: sqlx::Error| OpenError::Address(error.to_string()))?;
                let database = options.get_database().unwrap_or(options.get_username());
                let socket = options.get_socket().map(|folder| folder.display().to_string());
                let host = socket.as_deref().unwrap_or(options.get_host());
                Ok(format!("{host}:{}/{database} {schema}", options.get_port()))
            }
        }
    }
}

/// Where the ledger of this address is: equal for two addresses of the same one.
pub fn place(url: &str) -> Result<String, OpenError> {
    Address::parse(url)?.place()
}

/// The file of a ledger in SQLite; none of another.
pub fn file(url: &str) -> Option<PathBuf> {
    match Address::parse(url) {
        Ok(Address::Sqlite(file)) => Some(file),
        _ => None,
    }
}

fn is_schema_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// An address as it may be shown: what stands between `://` and `@` can hold a password.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}://…{}", url.get(..scheme).unwrap_or_default(), url.get(at..).unwrap_or_default())
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §5: the two kinds of address, and the schema of a ledger.
    #[test]
    fn addresses_are_read() {
        assert_eq!(Address::parse("sqlite://a/b.db").unwrap(), Address::Sqlite("a/b.db".into()));
        assert_eq!(Address::parse("sqlite:///a/b.db").unwrap(), Address::Sqlite("/a/b.db".into()));
        let postgres = |url: &str, schema: &str| Address::Postgres {
            url: url.to_owned(),
            schema: schema.to_owned(),
            second_lock: true,
        };
        assert_eq!(Address::parse("postgres://u@h/d").unwrap(), postgres("postgres://u@h/d", "baodao"));
        assert_eq!(
            Address::parse("postgresql://u@h/d?sslmode=require&schema=p5202").unwrap(),
            postgres("postgresql://u@h/d?sslmode=require", "p5202")
        );
        let off = Address::parse("postgres://u@h/d?second_lock=off&schema=p1").unwrap();
        assert!(matches!(off, Address::Postgres { second_lock: false, schema, .. } if schema == "p1"));
        assert!(Address::parse("postgres://u@h/d?second_lock=no").is_err());
    }

    /// Issue 3 C: one ledger is not served twice by one process, so two addresses of it are known as the same.
    #[test]
    fn addresses_of_one_ledger_are_known() {
        let same = |one: &str, other: &str| place(one).unwrap() == place(other).unwrap();
        assert!(same("postgres://u@h/d?schema=p1", "postgresql://v:x@h:5432/d?sslmode=prefer&schema=p1"));
        assert!(!same("postgres://u@h/d?schema=p1", "postgres://u@h/d?schema=p2"));
        assert!(!same("postgres://u@h/d", "postgres://u@h/e"));
        assert!(!same("postgres:///d?host=/run/a", "postgres:///d?host=/run/b"));
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| format!("sqlite://{}/{name}", folder.path().display());
        assert!(same(&file("a.db"), &file("./a.db")));
        assert!(!same(&file("a.db"), &file("b.db")));
        std::fs::write(folder.path().join("a.db"), "").unwrap();
        std::os::unix::fs::symlink(folder.path().join("a.db"), folder.path().join("c.db")).unwrap();
        assert!(same(&file("a.db"), &file("c.db")));
    }

    /// Design §5: an address that is none is refused, and the password in it is not shown.
    #[test]
    fn other_addresses_are_refused() {
        for url in ["mysql://h/d", "sqlite::memory:", "sqlite://", "ledger.db"] {
            assert!(matches!(Address::parse(url), Err(OpenError::Address(_))), "{url}");
        }
        assert!(matches!(Address::parse("postgres://h/d?schema=a;drop"), Err(OpenError::SchemaName(_))));
        assert!(!Address::parse("mysql://u:secret@h/d").unwrap_err().to_string().contains("secret"));
    }
}
