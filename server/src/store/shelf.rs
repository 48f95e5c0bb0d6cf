//! The shelf: generations of projections, their rows and checkpoints (design §4). Written once for both databases.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use aggregates::circumstance::Actor;
use async_trait::async_trait;
use projections::ports::{
    Condition, Find, FoundRow, Remainder, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError,
};
use smol_str::SmolStr;

use super::generations::{SLOT, Step, TRIES, Tries, Trouble, cell, number, slot};
use super::sheet::{self, Statement};
use super::sql::{Bind, Cells, SheetDb, SheetTx, SqlFailure};
use super::warm::Warm;
use crate::fault;

/// Sheets in a database.
pub(super) struct Sheets<D> {
    db: D,
    /// The generation that was live when last seen: a guess, checked by every statement that uses it.
    live: Mutex<HashMap<&'static str, u32>>,
    /// Generations that this process knows to be locked a second time.
    guarded: Mutex<HashSet<(&'static str, u32)>>,
    warm: Warm,
}

impl<D: SheetDb> Sheets<D> {
    pub(super) fn new(db: D) -> Self {
        Self { db, live: Mutex::new(HashMap::new()), guarded: Mutex::default(), warm: Warm::default() }
    }

    pub(super) fn db(&self) -> &D {
        &self.db
    }

    pub(super) async fn close(&self) {
        self.db.close().await;
    }

    /// The generations that are being built.
    pub(super) async fn building(&self) -> Result<Vec<Slot>, StoreError> {
        let sql = format!("SELECT {SLOT} FROM projections WHERE state = 'building' ORDER BY name");
        self.db.read(&sql, vec![]).await?.into_iter().map(slot).collect()
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
    async fn ask_live(
        &self,
        sheet: &Sheet,
        statement: impl Fn(&str) -> Result<Statement, StoreError> + Send + Sync,
    ) -> Result<Option<Vec<Cells>>, StoreError> {
        self.ask_live_beside(sheet, &[], None, |table, _| statement(table)).await
    }

    /// The same, of a statement that looks into the live tables of other sheets, too; those that have none are missing.
    async fn ask_live_beside(
        &self,
        sheet: &Sheet,
        beside: &[Sheet],
        caller: Option<&Actor>,
        statement: impl Fn(&str, &HashMap<&'static str, String>) -> Result<Statement, StoreError> + Send + Sync,
    ) -> Result<Option<Vec<Cells>>, StoreError> {
        sheet::check(sheet)?;
        let mut reason = String::new();
        for _ in 0..TRIES {
            let Some(generation) = self.live_generation(sheet).await? else { return Ok(None) };
            let mut others = HashMap::new();
            for other in beside {
                sheet::check(other)?;
                if let Some(generation) = self.live_generation(other).await? {
                    self.remember(other, Some(generation));
                    others.insert(other.name, sheet::table(other.name, generation));
                }
            }
            let (sql, binds) = statement(&sheet::table(sheet.name, generation), &others)?;
            let read = match caller {
                Some(caller) => self.db.read_for(caller, &sql, binds).await,
                None => self.db.read(&sql, binds).await,
            };
            match read {
                Ok(rows)
                    if rows.first().map(|row| number(row, 0)).transpose()? == Some(u64::from(generation)) =>
                {
                    self.remember(sheet, Some(generation));
                    return Ok(Some(rows));
                }
                Ok(_) => "another generation went live".clone_into(&mut reason),
                Err(SqlFailure::Moved(moved)) => reason = moved,
                Err(failure) => return Err(failure.into()),
            }
            self.remember(sheet, None);
            for other in beside {
                self.remember(other, None);
            }
        }
        Err(StoreError::Unavailable(format!("the sheet {} does not hold still: {reason}", sheet.name)))
    }

    /// Live rows, as they are found for a caller.
    pub(super) async fn find_for(
        &self,
        caller: Option<&Actor>,
        sheet: &Sheet,
        find: &Find,
    ) -> Result<(Vec<FoundRow>, u64), StoreError> {
        let beside: Vec<Sheet> = find.conditions.iter().flat_map(Condition::sheets).collect();
        let asked =
            |table: &str, others: &HashMap<&'static str, String>| sheet::find(sheet, table, others, find);
        let rows = self.ask_live_beside(sheet, &beside, caller, asked).await?.unwrap_or_default();
        let checkpoint = rows.first().map(|row| number(row, 1)).transpose()?.unwrap_or(0);
        // Without any row found, the registry's row stands alone.
        let found = rows.into_iter().filter_map(|row| {
            let mut cells = row.into_iter().skip(2);
            let (key, order, body) =
                (cells.next().flatten()?, cells.next().flatten()?, cells.next().flatten()?);
            Some(FoundRow { key, order, body })
        });
        Ok((found.collect(), checkpoint))
    }

    /// Locks a generation that was there before this process, if it is not as this version locks it.
    async fn guard(&self, sheet: &Sheet, slot: &Slot) -> Result<(), StoreError> {
        let known = (sheet.name, slot.generation);
        if !self.db.is_locked_twice() || slot.version != sheet.version || !self.is_new(known) {
            return Ok(());
        }
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).guard(sheet, slot).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                if done.is_err() {
                    self.guarded.lock().unwrap_or_else(PoisonError::into_inner).remove(&known);
                }
                return done;
            }
        }
    }

    fn is_new(&self, generation: (&'static str, u32)) -> bool {
        self.guarded.lock().unwrap_or_else(PoisonError::into_inner).insert(generation)
    }

    async fn live_generation(&self, sheet: &Sheet) -> Result<Option<u32>, StoreError> {
        match self.guess(sheet) {
            Some(generation) => Ok(Some(generation)),
            None => Ok(self.registered_live(sheet).await?.map(|slot| slot.generation)),
        }
    }

    /// In a transaction of its own: an index of a large sheet takes its time, and others wait to write meanwhile.
    async fn build(&self, sheet: &Sheet, statement: String) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let made = tx.build(&statement).await.map_err(|failure| match failure {
                SqlFailure::Moved(_) => Trouble::Store(StoreError::Fenced(sheet.name.to_owned())),
                other => Trouble::Sql(other),
            });
            if let Some(done) = tries.settle(tx, made).await {
                return done;
            }
        }
    }

    async fn begin(&self) -> Result<Box<dyn SheetTx>, StoreError> {
        Ok(self.db.begin().await?)
    }

    fn step<'a>(&self, tx: &'a mut Box<dyn SheetTx>) -> Step<'a> {
        Step { tx: tx.as_mut(), dialect: self.db.dialect() }
    }
}

#[async_trait]
impl<D: SheetDb> Shelf for Sheets<D> {
    async fn live(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        sheet::check(sheet)?;
        if let Some(slot) = self.registered_live(sheet).await? {
            self.guard(sheet, &slot).await?;
            self.warm.seen(&slot);
            return Ok(slot);
        }
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).live(sheet).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    async fn begin_rebuild(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        sheet::check(sheet)?;
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).begin_rebuild(sheet).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    async fn rows(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        keys: &[SmolStr],
    ) -> Result<HashMap<String, String>, StoreError> {
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
                return Err(StoreError::Misused(format!(
                    "a row of {} was to be put into {}",
                    sheet.name, write.slot.name
                )));
            }
        }
        if writes.is_empty() {
            return Ok(());
        }
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).store(writes).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                fault::point("after_checkpoint");
                if done.is_ok() {
                    for (_, write) in writes {
                        self.warm.stored(write);
                    }
                }
                return done;
            }
        }
    }

    async fn add(&self, sheet: &Sheet, rebuilt: &Slot, rows: Vec<RowWrite>) -> Result<(), StoreError> {
        sheet::check(sheet)?;
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).add(sheet, rebuilt, &rows).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    async fn key(&self, sheet: &Sheet, rebuilt: &Slot) -> Result<(), StoreError> {
        sheet::check(sheet)?;
        self.build(sheet, sheet::key(&sheet::table(sheet.name, rebuilt.generation))).await
    }

    async fn index(&self, sheet: &Sheet, rebuilt: &Slot, column: &str) -> Result<(), StoreError> {
        sheet::check(sheet)?;
        match sheet::index(sheet, &sheet::table(sheet.name, rebuilt.generation), column) {
            Some(index) => self.build(sheet, index).await,
            None => Err(StoreError::Misused(format!("{} has no column {column}", sheet.name))),
        }
    }

    async fn switch(
        &self,
        sheet: &Sheet,
        rebuilt: &Slot,
        remainder: &mut dyn Remainder,
    ) -> Result<Slot, StoreError> {
        sheet::check(sheet)?;
        fault::point("before_switch");
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).switch(sheet, rebuilt, remainder).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                if done.is_ok() {
                    self.remember(sheet, Some(rebuilt.generation));
                    self.warm.switched(sheet);
                }
                return done;
            }
        }
    }

    async fn poison(&self, slot: &Slot, reason: &str) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.begin().await?;
            let outcome = self.step(&mut tx).poison(slot, reason).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    async fn get(&self, sheet: &Sheet, key: &str) -> Result<(Option<String>, u64), StoreError> {
        if let Some(read) = self.warm.get(sheet, key) {
            return Ok(read);
        }
        let rows = self.ask_live(sheet, |table| Ok(sheet::get(sheet, table, key))).await?;
        let Some(row) = rows.and_then(|rows| rows.into_iter().next()) else {
            return Ok((None, 0));
        };
        let (generation, checkpoint) = (number(&row, 0)?, number(&row, 1)?);
        let read = (row.into_iter().nth(2).flatten(), checkpoint);
        if let Ok(generation) = u32::try_from(generation) {
            self.warm.keep(sheet, generation, key, &read);
        }
        Ok(read)
    }

    async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        self.find_for(None, sheet, find).await
    }

    async fn scan(
        &self,
        sheet: &Sheet,
        slot: &Slot,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        sheet::check(sheet)?;
        let (sql, binds) = sheet::scan(&sheet::table(sheet.name, slot.generation), after_key, limit);
        let rows = self.db.read(&sql, binds).await.map_err(|failure| fenced(failure, slot))?;
        rows.iter().map(|row| Ok((cell(row, 0)?.to_owned(), cell(row, 1)?.to_owned()))).collect()
    }

    async fn checkpoints(&self) -> Result<Vec<Slot>, StoreError> {
        let sql = format!("SELECT {SLOT} FROM projections WHERE state = 'live' ORDER BY name");
        let slots: Vec<Slot> =
            self.db.read(&sql, vec![]).await?.into_iter().map(slot).collect::<Result<_, _>>()?;
        for slot in &slots {
            self.warm.seen(slot);
        }
        Ok(slots)
    }
}

/// A generation whose table is gone was replaced or thrown away.
fn fenced(failure: SqlFailure, slot: &Slot) -> StoreError {
    match failure {
        SqlFailure::Moved(_) => StoreError::Fenced(slot.name.clone()),
        other => other.into(),
    }
}
