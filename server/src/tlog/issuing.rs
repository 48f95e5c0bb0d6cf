//! Statements on records: what the recording organisation certifies under its own key (谁记录谁证明).

use std::path::{Path, PathBuf};

use aggregates::when::zone;
use chrono::{DateTime, Utc};
use proofs::note::{Kind, Signer};
use proofs::record::{Claims, Disclosure, Facts, Record, issue};
use proofs::{Checkpoint, Hash};
use serde_json::Value;

use super::home::{self, HomeError};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Who issues statements, as it is configured.
#[derive(Debug, Clone, Default)]
pub struct Issuing {
    /// The file with its private key. By default one is made beside the key of the log, where that is in a folder of this process.
    pub key: Option<PathBuf>,
    /// What it is called on certificates; the name of its key by default.
    pub organisation: Option<String>,
    /// For how many days a statement may be used; without end by default.
    pub days: Option<u32>,
}

impl Issuing {
    /// The issuer with the key in its file. None where no file is named.
    pub fn issuer(&self) -> Result<Option<Issuer>, HomeError> {
        self.key.as_deref().map(|file| self.with(home::key_in(file)?, file)).transpose()
    }

    /// The issuer with this key out of a file.
    pub fn with(&self, key: Signer, file: &Path) -> Result<Issuer, HomeError> {
        if key.verifier().kind() != Kind::Statement {
            let what = "the key is one of a log or witness, statements need one of their own (baodao key --statement)";
            return Err(HomeError::Damaged { path: file.to_owned(), what: what.to_owned() });
        }
        let organisation = self.organisation.clone().unwrap_or_else(|| key.verifier().name().to_owned());
        Ok(Issuer { key, organisation, days: self.days })
    }
}

/// Who issues statements.
#[derive(Debug)]
pub struct Issuer {
    key: Signer,
    organisation: String,
    days: Option<u32>,
}

impl Issuer {
    /// The public key.
    pub fn key(&self) -> &proofs::note::Verifier {
        self.key.verifier()
    }

    /// The statement on a record, which was found to come to these facts. The member's name can be withheld by whoever holds it.
    pub fn state(
        &self,
        record: &Record,
        facts: &Facts,
        checkpoint: &Checkpoint,
        (name, notes): (Option<&str>, Option<&str>),
        now: DateTime<Utc>,
    ) -> Option<String> {
        let day = now.with_timezone(&zone()).date_naive();
        let claims = Claims {
            iat: now.timestamp(),
            exp: self.days.map(|days| now.timestamp() + i64::from(days) * DAY),
            issuer: self.organisation.clone(),
            certificate: number(record, checkpoint, &day.format("%Y%m%d").to_string()),
            issued_on: day.to_string(),
            notes: notes.map(str::to_owned),
            ..Claims::of(record, facts, checkpoint)
        };
        let shown: Vec<Disclosure> =
            name.map(|name| Disclosure::new(rand::random(), "name", Value::from(name))).into_iter().collect();
        issue(claims, &shown, &self.key)
    }
}

/// The number of a certificate: day, position in the ledger, and what tells it from others of that day. The same record for the same
/// purpose has the same number.
fn number(record: &Record, checkpoint: &Checkpoint, day: &str) -> String {
    let of = format!("{}\n{}\n{}\n{day}\n{checkpoint}", record.kind, record.id, record.purpose);
    let [a, b, c, d, ..] = Hash::of(of.as_bytes()).0;
    format!("{day}-{:06}-{:08X}", checkpoint.size, u32::from_be_bytes([a, b, c, d]))
}
