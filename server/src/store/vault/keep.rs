//! Keeping entries, with the keys of their subjects.

use std::collections::{HashMap, HashSet};

use super::{EntryRow, Kept, KeyRow, key_row, text};
use crate::store::generations::Trouble;
use crate::store::sheet::each;
use crate::store::sql::{Bind, Dialect, SheetTx};

/// The name of the vault's key, held so that nobody changes it before this transaction ends.
async fn held_kek(tx: &mut dyn SheetTx, dialect: Dialect) -> Result<Option<String>, Trouble> {
    let hold = if dialect == Dialect::Postgres { " FOR UPDATE" } else { "" };
    let rows = tx.run(&format!("SELECT id FROM vault_kek WHERE one = 1{hold}"), vec![]).await?;
    Ok(rows.first().and_then(|row| row.first().cloned().flatten()))
}

/// Keeps entries in one transaction.
pub(super) struct Keeping<'a> {
    pub(super) dialect: Dialect,
    pub(super) kek_id: &'a str,
    pub(super) new: &'a [KeyRow],
    pub(super) known: &'a [KeyRow],
    pub(super) entries: &'a [EntryRow],
    pub(super) now: &'a str,
}

impl Keeping<'_> {
    pub(super) async fn run(&self, tx: &mut dyn SheetTx) -> Result<Kept, Trouble> {
        if held_kek(tx, self.dialect).await?.as_deref() != Some(self.kek_id) {
            return Ok(Kept::OtherKek);
        }
        let subjects: Vec<String> =
            self.new.iter().chain(self.known).map(|key| key.subject.clone()).collect();
        let sql = format!(
            "SELECT subject, owner, wrapped FROM vault_keys WHERE subject IN ({})",
            each(self.dialect)
        );
        let rows = tx.run(&sql, vec![Bind::Texts(subjects)]).await?;
        let there = rows.iter().map(key_row).map(|row| row.map(|row| (row.subject.clone(), row)));
        let there: HashMap<_, _> = there.collect::<Result<_, _>>().map_err(Trouble::Store)?;
        let is_same = |key: &KeyRow| there.get(&key.subject).is_some_and(|row| row.wrapped == key.wrapped);
        if self.new.iter().any(|key| there.contains_key(&key.subject)) || !self.known.iter().all(is_same) {
            return Ok(Kept::Moved);
        }
        for KeyRow { subject, owner, wrapped } in self.new {
            let owner = owner.clone().unwrap_or_default();
            let sql = "INSERT INTO vault_keys (subject, owner, wrapped, made_at) VALUES ($1, nullif($2, ''), $3, $4)";
            tx.run(sql, vec![text(subject), Bind::Text(owner), text(wrapped), text(self.now)]).await?;
        }
        for KeyRow { subject, owner, .. } in self.known {
            if let Some(owner) = owner
                && there.get(subject).is_some_and(|row| row.owner.is_none())
            {
                let sql = "UPDATE vault_keys SET owner = $2 WHERE subject = $1";
                tx.run(sql, vec![text(subject), text(owner)]).await?;
            }
        }
        self.entries(tx).await?;
        Ok(Kept::Kept)
    }

    async fn entries(&self, tx: &mut dyn SheetTx) -> Result<(), Trouble> {
        let digests: Vec<String> = self.entries.iter().map(|entry| entry.digest.clone()).collect();
        let among = each(self.dialect);
        let sql = format!("SELECT digest FROM vault_entries WHERE digest IN ({among})");
        let rows = tx.run(&sql, vec![Bind::Texts(digests.clone())]).await?;
        let mut there: HashSet<String> = rows.into_iter().filter_map(|row| row.into_iter().next()?).collect();
        if !there.is_empty() {
            // Told again: its time before it is swept begins anew.
            let sql = format!("UPDATE vault_entries SET stored_at = $2 WHERE digest IN ({among})");
            tx.run(&sql, vec![Bind::Texts(digests), text(self.now)]).await?;
        }
        let id = if self.dialect == Dialect::Postgres { "CAST($4 AS uuid)" } else { "$4" };
        let sql = format!(
            "INSERT INTO vault_entries (digest, subject, field, command_id, stored_at, sealed) VALUES ($1, $2, $3, {id}, $5, $6)"
        );
        for entry in self.entries.iter().filter(|entry| there.insert(entry.digest.clone())) {
            let EntryRow { digest, subject, field, command_id, sealed, .. } = entry;
            let binds = [digest, subject, field, command_id].map(|value| text(value));
            let binds = binds.into_iter().chain([text(self.now), text(sealed)]).collect();
            tx.run(&sql, binds).await?;
        }
        Ok(())
    }
}
