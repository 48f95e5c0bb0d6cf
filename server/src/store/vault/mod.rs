//! What the vault keeps in the database: wrapped keys, and sealed entries. Written once for both databases; nothing here can open them.

mod keep;

use std::collections::HashMap;

use aggregates::demand::DemandWords;
use chrono::{DateTime, SecondsFormat, Utc};
use projections::ports::StoreError;

use crate::store::generations::{Tries, Trouble, cell, number};
use crate::store::sheet::each;
use crate::store::sql::{Bind, Cells, SheetDb, SheetTx};
use keep::Keeping;

/// A subject's key, wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Whose.
    pub subject: String,
    /// With whom it is forgotten, too.
    pub owner: Option<String>,
    /// By the vault's key, in Base 64.
    pub wrapped: String,
}

/// A sealed disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// As events tell it.
    pub digest: String,
    /// Whose.
    pub subject: String,
    /// The field.
    pub field: String,
    /// The command that told it.
    pub command_id: String,
    /// When it was kept, or told again before it was recorded: RFC 3339 in UTC.
    pub stored_at: String,
    /// By the subject's key, in Base 64.
    pub sealed: String,
}

/// How keeping ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    Kept,
    /// Somebody else made or destroyed a key meanwhile: read the keys again.
    Moved,
    /// The vault has another key now.
    OtherKek,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings {
    /// Keys of subjects.
    pub keys: u64,
    /// Entries.
    pub entries: u64,
}

/// The vault in a database.
#[derive(Clone, Copy)]
pub struct VaultStore<'a> {
    pub(super) db: &'a dyn SheetDb,
}

/// A moment as the vault tells it.
fn told(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl VaultStore<'_> {
    /// The name of the key that all others are wrapped by; none while the vault is new.
    pub async fn kek_id(&self) -> Result<Option<String>, StoreError> {
        let rows = self.db.read("SELECT id FROM vault_kek WHERE one = 1", vec![]).await?;
        rows.first().map(|row| cell(row, 0).map(str::to_owned)).transpose()
    }

    /// Names the key of a new vault; false when somebody else did.
    pub async fn begin(&self, kek_id: &str) -> Result<bool, StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = async {
                if !tx.run("SELECT id FROM vault_kek WHERE one = 1", vec![]).await?.is_empty() {
                    return Ok(false);
                }
                tx.run("INSERT INTO vault_kek (one, id) VALUES (1, $1)", vec![text(kek_id)]).await?;
                Ok(true)
            };
            let outcome = outcome.await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// The keys of these subjects, those that there are.
    pub async fn keys(&self, subjects: &[String]) -> Result<HashMap<String, KeyRow>, StoreError> {
        let sql = format!(
            "SELECT subject, owner, wrapped FROM vault_keys WHERE subject IN ({})",
            each(self.db.dialect())
        );
        let rows = self.db.read(&sql, vec![Bind::Texts(subjects.to_vec())]).await?;
        rows.iter().map(key_row).map(|row| row.map(|row| (row.subject.clone(), row))).collect()
    }

    /// Keeps entries, with the new keys of their subjects. Keys that an entry is sealed by and that are not new must still be there.
    pub async fn keep(
        &self,
        kek_id: &str,
        new: &[KeyRow],
        known: &[KeyRow],
        entries: &[EntryRow],
        now: DateTime<Utc>,
    ) -> Result<Kept, StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin_secure().await?;
            let step = Keeping { dialect: self.db.dialect(), kek_id, new, known, entries, now: &told(now) };
            let outcome = step.run(tx.as_mut()).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// The entries with these digests, those that there are.
    pub async fn entries(&self, digests: &[String]) -> Result<Vec<EntryRow>, StoreError> {
        let sql = format!("{ENTRIES} WHERE digest IN ({})", each(self.db.dialect()));
        let rows = self.db.read(&sql, vec![Bind::Texts(digests.to_vec())]).await?;
        rows.iter().map(entry_row).collect()
    }

    /// All entries, a page at a time in the order of their digests.
    pub async fn page(&self, after: &str, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
        let sql = format!("{ENTRIES} WHERE digest > $1 ORDER BY digest LIMIT $2");
        let rows = self.db.read(&sql, vec![text(after), Bind::Number(limit)]).await?;
        rows.iter().map(entry_row).collect()
    }

    /// How much is kept.
    pub async fn holdings(&self) -> Result<Holdings, StoreError> {
        let sql = "SELECT CAST((SELECT count(*) FROM vault_keys) AS text), CAST((SELECT count(*) FROM vault_entries) AS text)";
        let rows = self.db.read(sql, vec![]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Damaged("nothing was counted".to_owned()))?;
        Ok(Holdings { keys: number(row, 0)?, entries: number(row, 1)? })
    }

    /// Destroys the keys and entries of these subjects, and of all that they own.
    pub async fn forget_subjects(&self, subjects: &[String]) -> Result<(), StoreError> {
        let owned = format!(
            "SELECT subject FROM vault_keys WHERE owner IN ({0}) OR subject IN ({0})",
            each(self.db.dialect())
        );
        let entries = format!("DELETE FROM vault_entries WHERE subject IN ({owned})");
        let orphans = format!("DELETE FROM vault_entries WHERE subject IN ({})", each(self.db.dialect()));
        let keys = format!("DELETE FROM vault_keys WHERE subject IN ({owned})");
        let bind = || vec![Bind::Texts(subjects.to_vec())];
        self.forget(vec![(entries, bind()), (orphans, bind()), (keys, bind())]).await
    }

    /// Destroys the words of these demands. The key goes too, when nothing else is kept under it.
    pub async fn forget_words(&self, subjects: &[String]) -> Result<(), StoreError> {
        let whose = format!("subject IN ({})", each(self.db.dialect()));
        let entries = format!("DELETE FROM vault_entries WHERE {whose} AND field IN ({})", words());
        let keys = format!("DELETE FROM vault_keys WHERE {whose} AND {NO_ENTRIES}");
        let bind = || vec![Bind::Texts(subjects.to_vec())];
        self.forget(vec![(entries, bind()), (keys, bind())]).await
    }

    /// Destroys these entries.
    pub async fn forget_entries(&self, digests: &[String]) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM vault_entries WHERE digest IN ({})", each(self.db.dialect()));
        self.forget(vec![(sql, vec![Bind::Texts(digests.to_vec())])]).await
    }

    /// Destroys what was kept before a moment for commands that were never recorded, or recorded nothing, and keys that nothing is kept
    /// under; how many entries.
    pub async fn sweep(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let before = told(before);
        let orphans = "SELECT v.digest FROM vault_entries v LEFT JOIN commands c ON c.command_id = v.command_id \
             WHERE v.stored_at < $1 AND (c.command_id IS NULL OR CAST(c.answer AS text) LIKE '%\"events\":[]%')";
        let rows = self.db.read(orphans, vec![text(&before)]).await?;
        let digests =
            rows.iter().map(|row| cell(row, 0).map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
        let entries = format!(
            "DELETE FROM vault_entries WHERE digest IN ({}) AND stored_at < $2",
            each(self.db.dialect())
        );
        let keys = format!("DELETE FROM vault_keys WHERE made_at < $1 AND {NO_ENTRIES}");
        let count = digests.len();
        let bare = format!("SELECT subject FROM vault_keys WHERE made_at < $1 AND {NO_ENTRIES} LIMIT 1");
        if count > 0 || !self.db.read(&bare, vec![text(&before)]).await?.is_empty() {
            let doomed = vec![Bind::Texts(digests), text(&before)];
            self.forget(vec![(entries, doomed), (keys, vec![text(&before)])]).await?;
        }
        Ok(count)
    }

    /// Those of these subjects that something is kept of, or of what they own.
    pub async fn held(&self, subjects: &[String]) -> Result<Vec<String>, StoreError> {
        let among = each(self.db.dialect());
        let sql = format!(
            "SELECT subject FROM vault_keys WHERE subject IN ({among}) UNION SELECT owner FROM vault_keys WHERE owner IN ({among}) UNION SELECT subject FROM vault_entries WHERE subject IN ({among})"
        );
        let rows = self.db.read(&sql, vec![Bind::Texts(subjects.to_vec())]).await?;
        rows.iter().map(|row| cell(row, 0).map(str::to_owned)).collect()
    }

    /// Subjects with keys here of whom the journal says that they, or those who own them, were erased.
    pub async fn erased(&self) -> Result<Vec<String>, StoreError> {
        let of = |column: &str| {
            format!(
                "SELECT k.subject FROM vault_keys k JOIN events e ON e.aggregate_type = 'person' AND e.aggregate_id = k.{column} \
                 WHERE e.event_type = 'SubjectErased'"
            )
        };
        self.subjects(&format!("{} UNION {}", of("subject"), of("owner"))).await
    }

    /// Demands with words here of which the journal says that their words were forgotten.
    pub async fn forgotten_words(&self) -> Result<Vec<String>, StoreError> {
        // `demand:` and the id of the stream.
        self.subjects(&format!(
            "SELECT DISTINCT v.subject FROM vault_entries v JOIN events e ON e.aggregate_type = 'demand' AND e.aggregate_id = substr(v.subject, 8) \
             WHERE e.event_type = 'ContactForgotten' AND v.subject LIKE 'demand:%' AND v.field IN ({})",
            words()
        ))
        .await
    }

    /// Persons of whom more than one value of a detail has been kept since before a moment.
    pub async fn replaced(&self, before: DateTime<Utc>) -> Result<Vec<EntryRow>, StoreError> {
        let sql = format!(
            "{ENTRIES} WHERE stored_at < $1 AND field IN ('name', 'phone', 'address') AND subject IN (SELECT subject FROM vault_entries WHERE field IN ('name', 'phone', 'address') GROUP BY subject, field HAVING count(*) > 1)"
        );
        let rows = self.db.read(&sql, vec![text(&told(before))]).await?;
        rows.iter().map(entry_row).collect()
    }

    /// Wraps all keys anew in one step, by a key of another name. `wrap` makes of a row what is to be kept.
    pub async fn rewrap(
        &self,
        from: &str,
        to: &str,
        wrap: &(dyn Fn(&KeyRow) -> Result<String, StoreError> + Sync),
    ) -> Result<Kept, StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin_secure().await?;
            let outcome = rewrap(tx.as_mut(), from, to, wrap).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// Makes what was destroyed unreadable in the files of the database, too, as far as that is ours to do.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        Ok(self.db.scrub(&["vault_entries", "vault_keys"]).await?)
    }

    async fn subjects(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.db.read(sql, vec![]).await?;
        rows.iter().map(|row| cell(row, 0).map(str::to_owned)).collect()
    }

    async fn forget(&self, statements: Vec<(String, Vec<Bind>)>) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin_secure().await?;
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

    /// A transaction on secrets.
    async fn begin_secure(&self) -> Result<Box<dyn SheetTx>, StoreError> {
        let mut tx = self.db.begin().await?;
        tx.harden().await?;
        Ok(tx)
    }
}

const ENTRIES: &str =
    "SELECT digest, subject, field, CAST(command_id AS text), stored_at, sealed FROM vault_entries";
const NO_ENTRIES: &str = "NOT EXISTS (SELECT 1 FROM vault_entries v WHERE v.subject = vault_keys.subject)";

/// The fields of a demand's words, as a list of SQL.
fn words() -> String {
    DemandWords::FIELDS.map(|field| format!("'{field}'")).join(", ")
}

fn text(text: &str) -> Bind {
    Bind::Text(text.to_owned())
}

fn key_row(row: &Cells) -> Result<KeyRow, StoreError> {
    let owner = row.get(1).cloned().flatten();
    Ok(KeyRow { subject: cell(row, 0)?.to_owned(), owner, wrapped: cell(row, 2)?.to_owned() })
}

fn entry_row(row: &Cells) -> Result<EntryRow, StoreError> {
    let of = |column| cell(row, column).map(str::to_owned);
    Ok(EntryRow {
        digest: of(0)?,
        subject: of(1)?,
        field: of(2)?,
        command_id: of(3)?,
        stored_at: of(4)?,
        sealed: of(5)?,
    })
}

async fn rewrap(
    tx: &mut dyn SheetTx,
    from: &str,
    to: &str,
    wrap: &(dyn Fn(&KeyRow) -> Result<String, StoreError> + Sync),
) -> Result<Kept, Trouble> {
    // The write holds the row: whoever keeps something waits, and then finds another key.
    let moved = "UPDATE vault_kek SET id = $2 WHERE one = 1 AND id = $1 RETURNING id";
    if tx.run(moved, vec![text(from), text(to)]).await?.is_empty() {
        return Ok(Kept::OtherKek);
    }
    for row in tx.run("SELECT subject, owner, wrapped FROM vault_keys", vec![]).await? {
        let row = key_row(&row).map_err(Trouble::Store)?;
        let wrapped = wrap(&row).map_err(Trouble::Store)?;
        let sql = "UPDATE vault_keys SET wrapped = $2 WHERE subject = $1";
        tx.run(sql, vec![text(&row.subject), text(&wrapped)]).await?;
    }
    Ok(Kept::Kept)
}
