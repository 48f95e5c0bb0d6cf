//! Steps in the registry of projections: each in one transaction, with the rows that belong to it (design §4).

use std::collections::BTreeMap;

use projections::ports::{Remainder, RowWrite, Sheet, Slot, SlotWrite, StoreError};

use super::reader::as_signed;
use super::sheet;
use super::sql::{Bind, Cells, Dialect, SheetTx, SqlFailure};
use crate::fault;

/// What [`slot`] reads.
pub(super) const SLOT: &str =
    "name, CAST(generation AS text), CAST(version AS text), CAST(checkpoint AS text), poison";
/// How often something is tried that another process crosses.
pub(super) const TRIES: u32 = 8;

/// Why a step did not go through.
pub(super) enum Trouble {
    Sql(SqlFailure),
    Store(StoreError),
}

impl From<SqlFailure> for Trouble {
    fn from(failure: SqlFailure) -> Self {
        Self::Sql(failure)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Counts how often a step was crossed by another process.
#[derive(Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Commits a step that went well. None when it is to be done again from the beginning.
    pub(super) async fn settle<T>(
        &mut self,
        tx: Box<dyn SheetTx>,
        step: Result<T, Trouble>,
    ) -> Option<Result<T, StoreError>> {
        let outcome = match step {
            Ok(value) => tx.commit().await.map(|()| value).map_err(Trouble::Sql),
            Err(trouble) => {
                drop(tx);
                Err(trouble)
            }
        };
        match outcome {
            Ok(value) => Some(Ok(value)),
            Err(Trouble::Sql(SqlFailure::Contention(_) | SqlFailure::Moved(_))) if self.0 < TRIES => {
                self.0 += 1;
                tokio::time::sleep(std::time::Duration::from_millis(u64::from(self.0) * 10)).await;
                None
            }
            Err(Trouble::Sql(failure)) => Some(Err(failure.into())),
            Err(Trouble::Store(error)) => Some(Err(error)),
        }
    }
}

/// One transaction on the registry.
pub(super) struct Step<'a> {
    pub tx: &'a mut dyn SheetTx,
    pub dialect: Dialect,
}

impl Step<'_> {
    /// The live slot; makes the first one.
    pub(super) async fn live(&mut self, sheet: &Sheet) -> Result<Slot, Trouble> {
        let generations = self.generations(sheet.name).await?;
        let next = behind(&generations);
        if let Some((slot, _)) = generations.into_iter().find(|(_, live)| *live) {
            return Ok(slot);
        }
        let slot = self.make(sheet, next, "live").await?;
        let table = sheet::table(sheet.name, slot.generation);
        self.tx.point(sheet, &table).await?;
        let columns = sheet.columns.iter().filter_map(|column| sheet::index(sheet, &table, column));
        for statement in std::iter::once(sheet::key(&table)).chain(columns) {
            self.tx.run(&statement, vec![]).await?;
        }
        Ok(slot)
    }

    /// Locks a live generation that another version made, as this one does.
    pub(super) async fn guard(&mut self, sheet: &Sheet, slot: &Slot) -> Result<(), Trouble> {
        if self
            .generations(sheet.name)
            .await?
            .iter()
            .any(|(now, live)| *live && now.generation == slot.generation)
        {
            let table = sheet::table(sheet.name, slot.generation);
            self.tx.guard(sheet, &table).await?;
            self.tx.point(sheet, &table).await?;
        }
        Ok(())
    }

    /// Makes the next generation, without key and indexes yet, and throws away what was being built.
    pub(super) async fn begin_rebuild(&mut self, sheet: &Sheet) -> Result<Slot, Trouble> {
        let generations = self.generations(sheet.name).await?;
        for (slot, live) in &generations {
            if !live {
                self.discard(slot).await?;
            }
        }
        self.make(sheet, behind(&generations), "building").await
    }

    /// Stores rows and checkpoints.
    pub(super) async fn store(&mut self, writes: &[(Sheet, SlotWrite)]) -> Result<(), Trouble> {
        self.lock(writes).await?;
        let mut reached: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (sheet, write) in writes {
            self.write_rows(sheet, &write.slot, &write.rows).await?;
            reached
                .entry(write.checkpoint)
                .or_default()
                .push(sheet::table(sheet.name, write.slot.generation));
        }
        fault::point("before_checkpoint");
        // Projections that keep pace reach the same position together: most often this is one statement.
        for (checkpoint, tables) in reached {
            let sql = format!(
                "UPDATE projections SET checkpoint = $2, poison = NULL WHERE table_name IN ({})",
                sheet::each(self.dialect)
            );
            self.tx.run(&sql, vec![Bind::Texts(tables), Bind::Number(as_signed(checkpoint))]).await?;
        }
        Ok(())
    }

    /// Puts rows into a generation that holds none of their keys.
    pub(super) async fn add(&mut self, sheet: &Sheet, slot: &Slot, rows: &[RowWrite]) -> Result<(), Trouble> {
        let unmoved = SlotWrite { slot: slot.clone(), checkpoint: slot.checkpoint, rows: vec![] };
        self.lock(&[(*sheet, unmoved)]).await?;
        let put: Vec<_> = rows.iter().filter_map(|row| Some((row, row.body.as_deref()?))).collect();
        sheet::check_widths(sheet, &put)?;
        let table = sheet::table(sheet.name, slot.generation);
        Ok(self.tx.fill(sheet, &table, &put).await?)
    }

    /// Makes the rebuilt generation live, and writes what it lacks until then.
    pub(super) async fn switch(
        &mut self,
        sheet: &Sheet,
        rebuilt: &Slot,
        remainder: &mut dyn Remainder,
    ) -> Result<Slot, Trouble> {
        // From here on the live generation stands still: whoever wants to move it waits for this transaction.
        let generations = self.generations(sheet.name).await?;
        if !generations.iter().any(|(slot, live)| !live && slot == rebuilt) {
            return Err(StoreError::Fenced(sheet.name.to_owned()).into());
        }
        // Whoever has no rows, or never had to look for one, may not have asked for it.
        let key = sheet::key(&sheet::table(sheet.name, rebuilt.generation));
        self.tx.run(&key, vec![]).await?;
        let live = generations.iter().find_map(|(slot, live)| live.then_some(slot));
        let checkpoint = live.map_or(0, |live| live.checkpoint).max(rebuilt.checkpoint);
        if checkpoint > rebuilt.checkpoint {
            let rows = remainder.until(checkpoint).await?;
            self.write_rows(sheet, rebuilt, &rows).await?;
        }
        self.tx.point(sheet, &sheet::table(sheet.name, rebuilt.generation)).await?;
        if let Some(live) = live {
            self.discard(live).await?;
        }
        fault::point("in_switch");
        let which = vec![
            Bind::Number(as_signed(checkpoint)),
            Bind::Text(sheet.name.to_owned()),
            Bind::Number(i64::from(rebuilt.generation)),
        ];
        let sql =
            "UPDATE projections SET state = 'live', checkpoint = $1 WHERE name = $2 AND generation = $3";
        self.tx.run(sql, which).await?;
        Ok(Slot { checkpoint, ..rebuilt.clone() })
    }

    /// Notes why a projection stopped, if it still stands where it stopped.
    pub(super) async fn poison(&mut self, slot: &Slot, reason: &str) -> Result<(), Trouble> {
        let binds = vec![
            Bind::Text(reason.to_owned()),
            Bind::Text(slot.name.clone()),
            Bind::Number(i64::from(slot.generation)),
            Bind::Number(as_signed(slot.checkpoint)),
        ];
        let sql = "UPDATE projections SET poison = $1 WHERE name = $2 AND generation = $3 AND checkpoint = $4 RETURNING name";
        if self.tx.run(sql, binds).await?.is_empty() {
            Err(StoreError::Fenced(slot.name.clone()).into())
        } else {
            Ok(())
        }
    }

    /// Locks rows of the registry until the transaction ends. SQLite's transaction has the whole file already.
    fn locking(&self) -> &'static str {
        match self.dialect {
            Dialect::Postgres => " FOR UPDATE",
            Dialect::Sqlite => "",
        }
    }

    /// All generations of a projection, locked, oldest first, with whether each is live.
    async fn generations(&mut self, name: &str) -> Result<Vec<(Slot, bool)>, Trouble> {
        let sql = format!(
            "SELECT {SLOT}, state FROM projections WHERE name = $1 ORDER BY table_name{}",
            self.locking()
        );
        let mut found = Vec::new();
        for mut row in self.tx.run(&sql, vec![Bind::Text(name.to_owned())]).await? {
            let live = row.pop().flatten().as_deref() == Some("live");
            found.push((slot(row)?, live));
        }
        found.sort_by_key(|(slot, _)| slot.generation);
        Ok(found)
    }

    async fn make(&mut self, sheet: &Sheet, generation: u32, state: &str) -> Result<Slot, Trouble> {
        let table = sheet::table(sheet.name, generation);
        let sql = format!(
            "INSERT INTO projections (name, generation, version, checkpoint, state, table_name) VALUES ($1, $2, $3, 0, '{state}', $4)"
        );
        let binds = vec![
            Bind::Text(sheet.name.to_owned()),
            Bind::Number(i64::from(generation)),
            Bind::Number(i64::from(sheet.version)),
            Bind::Text(table.clone()),
        ];
        // The registry first: it is where a second process is held up or turned away.
        self.tx.run(&sql, binds).await?;
        self.tx.run(&sheet::create(self.dialect, sheet, &table), vec![]).await?;
        self.tx.guard(sheet, &table).await?;
        Ok(Slot {
            name: sheet.name.to_owned(),
            generation,
            version: sheet.version,
            checkpoint: 0,
            poison: None,
        })
    }

    async fn discard(&mut self, slot: &Slot) -> Result<(), Trouble> {
        let which = vec![Bind::Text(slot.name.clone()), Bind::Number(i64::from(slot.generation))];
        self.tx.run("DELETE FROM projections WHERE name = $1 AND generation = $2", which).await?;
        self.tx
            .run(&format!(r#"DROP TABLE IF EXISTS "{}""#, sheet::table(&slot.name, slot.generation)), vec![])
            .await?;
        Ok(())
    }

    /// Locks the slots, always in one order so that two processes cannot hold each other up for ever, and makes sure that each
    /// is what the step began with.
    async fn lock(&mut self, writes: &[(Sheet, SlotWrite)]) -> Result<(), Trouble> {
        let tables =
            writes.iter().map(|(sheet, write)| sheet::table(sheet.name, write.slot.generation)).collect();
        let which = sheet::each(self.dialect);
        let sql = format!(
            "SELECT {SLOT} FROM projections WHERE table_name IN ({which}) ORDER BY table_name{}",
            self.locking()
        );
        let found: Vec<Slot> = self
            .tx
            .run(&sql, vec![Bind::Texts(tables)])
            .await?
            .into_iter()
            .map(slot)
            .collect::<Result<_, _>>()?;
        let is_same = |now: &&Slot, then: &Slot| {
            now.name == then.name
                && now.generation == then.generation
                && now.version == then.version
                && now.checkpoint == then.checkpoint
        };
        match writes.iter().find(|(_, write)| !found.iter().any(|now| is_same(&now, &write.slot))) {
            Some((sheet, _)) => Err(StoreError::Fenced(sheet.name.to_owned()).into()),
            None => Ok(()),
        }
    }

    async fn write_rows(&mut self, sheet: &Sheet, slot: &Slot, rows: &[RowWrite]) -> Result<(), Trouble> {
        // The last word on a key counts; one statement must not touch a row twice.
        let last: BTreeMap<&str, &RowWrite> = rows.iter().map(|row| (row.key.as_str(), row)).collect();
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        for row in last.into_values() {
            match &row.body {
                Some(body) => put.push((row, body.as_str())),
                None => gone.push(row.key.to_string()),
            }
        }
        let table = sheet::table(sheet.name, slot.generation);
        if !put.is_empty() {
            for (sql, binds) in sheet::upsert(self.dialect, sheet, &table, &put)? {
                self.tx.run(&sql, binds).await?;
            }
        }
        if !gone.is_empty() {
            let (sql, binds) = sheet::delete(self.dialect, &table, gone);
            self.tx.run(&sql, binds).await?;
        }
        Ok(())
    }
}

/// The number of the next generation. Numbers are never used again: a process that still holds the slot of one that was thrown
/// away must not write into another.
fn behind(generations: &[(Slot, bool)]) -> u32 {
    generations.last().map_or(1, |(slot, _)| slot.generation.saturating_add(1))
}

/// A value that must be there.
pub(super) fn cell(row: &Cells, column: usize) -> Result<&str, StoreError> {
    row.get(column)
        .and_then(Option::as_deref)
        .ok_or_else(|| StoreError::Damaged("the registry of projections lacks a value".to_owned()))
}

/// A number that must be there.
pub(super) fn number(row: &Cells, column: usize) -> Result<u64, StoreError> {
    cell(row, column)?
        .parse()
        .map_err(|error| StoreError::Damaged(format!("the registry of projections: {error}")))
}

fn small(row: &Cells, column: usize) -> Result<u32, StoreError> {
    u32::try_from(number(row, column)?)
        .map_err(|error| StoreError::Damaged(format!("the registry of projections: {error}")))
}

/// The columns of [`SLOT`].
pub(super) fn slot(row: Cells) -> Result<Slot, StoreError> {
    Ok(Slot {
        name: cell(&row, 0)?.to_owned(),
        generation: small(&row, 1)?,
        version: small(&row, 2)?,
        checkpoint: number(&row, 3)?,
        poison: row.into_iter().nth(4).flatten(),
    })
}
