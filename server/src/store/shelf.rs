//! The shelf: generations of projections, their rows and checkpoints (design §4). Written once for both databases.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use projections::ports::{Find, FoundRow, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError};

use super::reader::as_signed;
use super::sheet::{self, Statement};
use super::sql::{Bind, Cells, Dialect, SheetDb, SheetTx, SqlFailure};

const SLOT: &str = "name, CAST(generation AS text), CAST(version AS text), CAST(checkpoint AS text), poison";
/// How often something is tried that another process crosses.
const TRIES: u32 = 8;

/// Sheets in a database.
pub(super) struct Sheets<D> {
    db: D,
    /// The generation that was live when last seen: a guess, checked by every statement that uses it.
    live: Mutex<HashMap<&'static str, u32>>,
}

impl<D: SheetDb> Sheets<D> {
    pub(super) fn new(db: D) -> Self {
        Self { db, live: Mutex::new(HashMap::new()) }
    }

    pub(super) async fn close(&self) {
        self.db.close().await;
    }

    /// Locks rows of the registry until the transaction ends. SQLite's transaction has the whole file already.
    fn locking(&self) -> &'static str {
        match self.db.dialect() {
            Dialect::Postgres => " FOR UPDATE",
            Dialect::Sqlite => "",
        }
    }

    fn guess(&self, sheet: &Sheet) -> Option<u32> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).get(sheet.name).copied()
    }

    fn remember(&self, sheet: &Sheet, generation: Option<u32>) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        match generation {
            Some(generation) => live.insert(sheet.name, generation),
            None => live.remove(sheet.name),
        };
    }

    async fn registered_live(&self, sheet: &Sheet) -> Result<Option<Slot>, StoreError> {
        let sql = format!("SELECT {SLOT} FROM projections WHERE name = $1 AND state = 'live'");
        let rows = self.db.read(&sql, vec![Bind::Text(sheet.name.to_owned())]).await?;
        rows.into_iter().next().map(slot).transpose()
    }

    /// Asks the live generation's table, and asks again when a switch went between. None when there is no generation at all.
    /// The statement's first column is the generation that was live in its snapshot.
    async fn ask_live(&self, sheet: &Sheet, statement: impl Fn(&str) -> Result<Statement, StoreError> + Send + Sync) -> Result<Option<Vec<Cells>>, StoreError> {
        sheet::check(sheet)?;
        let mut reason = String::new();
        for _ in 0..TRIES {
            let generation = match self.guess(sheet) {
                Some(generation) => generation,
                None => match self.registered_live(sheet).await? {
                    Some(slot) => slot.generation,
                    None => return Ok(None),
                },
            };
            let (sql, binds) = statement(&sheet::table(sheet.name, generation))?;
            match self.db.read(&sql, binds).await {
                Ok(rows) if rows.first().map(|row| number(row, 0)).transpose()? == Some(u64::from(generation)) => {
                    self.remember(sheet, Some(generation));
                    return Ok(Some(rows));
                }
                Ok(_) => "another generation went live".clone_into(&mut reason),
                Err(SqlFailure::Moved(moved)) => reason = moved,
                Err(failure) => return Err(failure.into()),
            }
            self.remember(sheet, None);
        }
        Err(StoreError::Unavailable(format!("the sheet {} does not hold still: {reason}", sheet.name)))
    }

    /// Runs a step of the registry again when another process crossed it.
    async fn attempt<T>(&self, step: impl AsyncFn(&mut dyn SheetTx) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let mut reason = String::new();
        for attempt in 0..TRIES {
            let mut tx = self.db.begin().await?;
            let outcome = match step(tx.as_mut()).await {
                Ok(value) => tx.commit().await.map(|()| value).map_err(Trouble::Sql),
                Err(trouble) => Err(trouble),
            };
            match outcome {
                Ok(value) => return Ok(value),
                Err(Trouble::Sql(SqlFailure::Contention(why) | SqlFailure::Moved(why))) => reason = why,
                Err(Trouble::Sql(failure)) => return Err(failure.into()),
                Err(Trouble::Store(error)) => return Err(error),
            }
            tokio::time::sleep(std::time::Duration::from_millis(u64::from(attempt) * 10)).await;
        }
        Err(StoreError::Unavailable(reason))
    }

    /// All generations of a projection, locked, oldest first, with whether each is live.
    async fn generations(&self, tx: &mut dyn SheetTx, name: &str) -> Result<Vec<(Slot, bool)>, Trouble> {
        let sql = format!("SELECT {SLOT}, state FROM projections WHERE name = $1 ORDER BY generation{}", self.locking());
        let rows = tx.run(&sql, vec![Bind::Text(name.to_owned())]).await?;
        rows.into_iter()
            .map(|mut row| {
                let live = row.pop().flatten().as_deref() == Some("live");
                Ok((slot(row)?, live))
            })
            .collect()
    }

    async fn make(&self, tx: &mut dyn SheetTx, sheet: &Sheet, generation: u32, state: &str) -> Result<Slot, Trouble> {
        let table = sheet::table(sheet.name, generation);
        let sql = format!("INSERT INTO projections (name, generation, version, checkpoint, state, table_name) VALUES ($1, $2, $3, 0, '{state}', $4)");
        let binds = vec![
            Bind::Text(sheet.name.to_owned()),
            Bind::Number(i64::from(generation)),
            Bind::Number(i64::from(sheet.version)),
            Bind::Text(table.clone()),
        ];
        // The registry first: it is where a second process is held up or turned away.
        tx.run(&sql, binds).await?;
        for statement in sheet::create(self.db.dialect(), sheet, &table) {
            tx.run(&statement, vec![]).await?;
        }
        Ok(Slot { name: sheet.name.to_owned(), generation, version: sheet.version, checkpoint: 0, poison: None })
    }

    /// Locks the slots, always in one order so that two processes cannot hold each other up for ever, and makes sure that each
    /// is what the step began with.
    async fn lock_slots(&self, tx: &mut dyn SheetTx, writes: &[(Sheet, SlotWrite)]) -> Result<(), Trouble> {
        let tables = writes.iter().map(|(sheet, write)| sheet::table(sheet.name, write.slot.generation)).collect();
        let which = sheet::each(self.db.dialect());
        let sql = format!("SELECT {SLOT} FROM projections WHERE table_name IN ({which}) ORDER BY table_name{}", self.locking());
        let found: Vec<Slot> = tx.run(&sql, vec![Bind::Texts(tables)]).await?.into_iter().map(slot).collect::<Result<_, _>>()?;
        let is_same = |now: &&Slot, then: &Slot| now.name == then.name && now.generation == then.generation && now.version == then.version && now.checkpoint == then.checkpoint;
        match writes.iter().find(|(_, write)| !found.iter().any(|now| is_same(&now, &write.slot))) {
            Some((sheet, _)) => Err(StoreError::Fenced(sheet.name.to_owned()).into()),
            None => Ok(()),
        }
    }

    async fn write_rows(&self, tx: &mut dyn SheetTx, sheet: &Sheet, slot: &Slot, rows: &[RowWrite]) -> Result<(), Trouble> {
        // The last word on a key counts; one statement must not touch a row twice.
        let last: BTreeMap<&str, &RowWrite> = rows.iter().map(|row| (row.key.as_str(), row)).collect();
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        for row in last.into_values() {
            match &row.body {
                Some(body) => put.push((row, body.as_str())),
                None => gone.push(row.key.clone()),
            }
        }
        let table = sheet::table(sheet.name, slot.generation);
        if !put.is_empty() {
            let (sql, binds) = sheet::upsert(self.db.dialect(), sheet, &table, &put)?;
            tx.run(&sql, binds).await?;
        }
        if !gone.is_empty() {
            let (sql, binds) = sheet::delete(self.db.dialect(), &table, gone);
            tx.run(&sql, binds).await?;
        }
        Ok(())
    }
}

/// Why a step of the registry did not go through.
enum Trouble {
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

async fn discard(tx: &mut dyn SheetTx, slot: &Slot) -> Result<(), Trouble> {
    let which = vec![Bind::Text(slot.name.clone()), Bind::Number(i64::from(slot.generation))];
    tx.run("DELETE FROM projections WHERE name = $1 AND generation = $2", which).await?;
    tx.run(&format!(r#"DROP TABLE IF EXISTS "{}""#, sheet::table(&slot.name, slot.generation)), vec![]).await?;
    Ok(())
}

fn cell(row: &Cells, column: usize) -> Result<&str, StoreError> {
    row.get(column).and_then(Option::as_deref).ok_or_else(|| StoreError::Damaged("the registry of projections lacks a value".to_owned()))
}

fn number(row: &Cells, column: usize) -> Result<u64, StoreError> {
    cell(row, column)?.parse().map_err(|error| StoreError::Damaged(format!("the registry of projections: {error}")))
}

fn small(row: &Cells, column: usize) -> Result<u32, StoreError> {
    u32::try_from(number(row, column)?).map_err(|error| StoreError::Damaged(format!("the registry of projections: {error}")))
}

fn slot(row: Cells) -> Result<Slot, StoreError> {
    Ok(Slot {
        name: cell(&row, 0)?.to_owned(),
        generation: small(&row, 1)?,
        version: small(&row, 2)?,
        checkpoint: number(&row, 3)?,
        poison: row.into_iter().nth(4).flatten(),
    })
}

#[async_trait]
impl<D: SheetDb> Shelf for Sheets<D> {
    async fn live(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        sheet::check(sheet)?;
        if let Some(slot) = self.registered_live(sheet).await? {
            return Ok(slot);
        }
        self.attempt(async |tx| {
            let generations = self.generations(tx, sheet.name).await?;
            let next = generations.last().map_or(1, |(slot, _)| slot.generation.saturating_add(1));
            match generations.into_iter().find(|(_, live)| *live) {
                Some((slot, _)) => Ok(slot),
                None => self.make(tx, sheet, next, "live").await,
            }
        })
        .await
    }

    async fn begin_rebuild(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        sheet::check(sheet)?;
        self.attempt(async |tx| {
            let generations = self.generations(tx, sheet.name).await?;
            // Numbers are never used again: a process that still holds the old slot must not write into the new one.
            let next = generations.last().map_or(1, |(slot, _)| slot.generation.saturating_add(1));
            for (slot, live) in &generations {
                if !live {
                    discard(tx, slot).await?;
                }
            }
            self.make(tx, sheet, next, "building").await
        })
        .await
    }

    async fn rows(&self, sheet: &Sheet, slot: &Slot, keys: &[String]) -> Result<HashMap<String, String>, StoreError> {
        sheet::check(sheet)?;
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let (sql, binds) = sheet::rows(self.db.dialect(), &sheet::table(sheet.name, slot.generation), keys);
        let rows = self.db.read(&sql, binds).await.map_err(|failure| fenced(failure, slot))?;
        rows.into_iter().map(|row| Ok((cell(&row, 0)?.to_owned(), cell(&row, 1)?.to_owned()))).collect()
    }

    async fn store(&self, writes: &[(Sheet, SlotWrite)]) -> Result<(), StoreError> {
        for (sheet, write) in writes {
            sheet::check(sheet)?;
            if sheet.name != write.slot.name {
                return Err(StoreError::Misused(format!("a row of {} was to be put into {}", sheet.name, write.slot.name)));
            }
        }
        if writes.is_empty() {
            return Ok(());
        }
        self.attempt(async |tx| {
            self.lock_slots(tx, writes).await?;
            let mut reached: BTreeMap<u64, Vec<String>> = BTreeMap::new();
            for (sheet, write) in writes {
                self.write_rows(tx, sheet, &write.slot, &write.rows).await?;
                reached.entry(write.checkpoint).or_default().push(sheet::table(sheet.name, write.slot.generation));
            }
            // Projections that keep pace reach the same position together: most often this is one statement.
            for (checkpoint, tables) in reached {
                let sql = format!("UPDATE projections SET checkpoint = $2, poison = NULL WHERE table_name IN ({})", sheet::each(self.db.dialect()));
                tx.run(&sql, vec![Bind::Texts(tables), Bind::Number(as_signed(checkpoint))]).await?;
            }
            Ok(())
        })
        .await
    }

    async fn switch(&self, sheet: &Sheet, rebuilt: &Slot) -> Result<bool, StoreError> {
        sheet::check(sheet)?;
        let switched = self
            .attempt(async |tx| {
                let generations = self.generations(tx, sheet.name).await?;
                if !generations.iter().any(|(slot, live)| !live && slot == rebuilt) {
                    return Err(StoreError::Fenced(sheet.name.to_owned()).into());
                }
                if let Some((live, _)) = generations.iter().find(|(_, live)| *live) {
                    if live.checkpoint > rebuilt.checkpoint {
                        return Ok(false);
                    }
                    discard(tx, live).await?;
                }
                let which = vec![Bind::Text(sheet.name.to_owned()), Bind::Number(i64::from(rebuilt.generation))];
                tx.run("UPDATE projections SET state = 'live' WHERE name = $1 AND generation = $2", which).await?;
                Ok(true)
            })
            .await?;
        if switched {
            self.remember(sheet, Some(rebuilt.generation));
        }
        Ok(switched)
    }

    async fn poison(&self, slot: &Slot, reason: &str) -> Result<(), StoreError> {
        self.attempt(async |tx| {
            let binds = vec![
                Bind::Text(reason.to_owned()),
                Bind::Text(slot.name.clone()),
                Bind::Number(i64::from(slot.generation)),
                Bind::Number(as_signed(slot.checkpoint)),
            ];
            let sql = "UPDATE projections SET poison = $1 WHERE name = $2 AND generation = $3 AND checkpoint = $4 RETURNING name";
            if tx.run(sql, binds).await?.is_empty() { Err(StoreError::Fenced(slot.name.clone()).into()) } else { Ok(()) }
        })
        .await
    }

    async fn get(&self, sheet: &Sheet, key: &str) -> Result<(Option<String>, u64), StoreError> {
        let rows = self.ask_live(sheet, |table| Ok(sheet::get(sheet, table, key))).await?;
        let Some(row) = rows.and_then(|rows| rows.into_iter().next()) else {
            return Ok((None, 0));
        };
        let checkpoint = number(&row, 1)?;
        Ok((row.into_iter().nth(2).flatten(), checkpoint))
    }

    async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        let rows = self.ask_live(sheet, |table| sheet::find(sheet, table, find)).await?.unwrap_or_default();
        let checkpoint = rows.first().map(|row| number(row, 1)).transpose()?.unwrap_or(0);
        // Without any row found, the registry's row stands alone.
        let found = rows.into_iter().filter_map(|row| {
            let mut cells = row.into_iter().skip(2);
            let (key, order, body) = (cells.next().flatten()?, cells.next().flatten()?, cells.next().flatten()?);
            Some(FoundRow { key, order, body })
        });
        Ok((found.collect(), checkpoint))
    }

    async fn scan(&self, sheet: &Sheet, slot: &Slot, after_key: Option<&str>, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        sheet::check(sheet)?;
        let (sql, binds) = sheet::scan(&sheet::table(sheet.name, slot.generation), after_key, limit);
        let rows = self.db.read(&sql, binds).await.map_err(|failure| fenced(failure, slot))?;
        rows.iter().map(|row| Ok((cell(row, 0)?.to_owned(), cell(row, 1)?.to_owned()))).collect()
    }

    async fn checkpoints(&self) -> Result<Vec<Slot>, StoreError> {
        let sql = format!("SELECT {SLOT} FROM projections WHERE state = 'live' ORDER BY name");
        self.db.read(&sql, vec![]).await?.into_iter().map(slot).collect()
    }
}

/// A generation whose table is gone was replaced or thrown away.
fn fenced(failure: SqlFailure, slot: &Slot) -> StoreError {
    match failure {
        SqlFailure::Moved(_) => StoreError::Fenced(slot.name.clone()),
        other => other.into(),
    }
}
