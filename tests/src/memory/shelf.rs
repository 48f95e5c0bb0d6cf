//! The shelf of the ledger in memory.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use projections::ports::{
    Condition, Find, FoundRow, Remainder, RowWrite, Sheet, Shelf, Slot, SlotWrite, StoreError,
};
use smol_str::SmolStr;

use super::{Kept, Memory};

/// A generation of a projection.
#[derive(Clone)]
pub(super) struct Generation {
    slot: Slot,
    is_live: bool,
    rows: BTreeMap<String, Row>,
}

#[derive(Clone)]
struct Row {
    body: String,
    columns: Vec<String>,
}

impl Generation {
    fn write(&mut self, rows: &[RowWrite]) {
        for row in rows {
            let columns = row.columns.iter().map(|value| value.clone().unwrap_or_default()).collect();
            match &row.body {
                Some(body) => self.rows.insert(row.key.to_string(), Row { body: body.clone(), columns }),
                None => self.rows.remove(row.key.as_str()),
            };
        }
    }
}

impl Kept {
    fn make(&mut self, sheet: &Sheet, is_live: bool) -> Slot {
        let generations = self.generations.entry(sheet.name.to_owned()).or_default();
        let generation = generations.iter().map(|one| one.slot.generation).max().unwrap_or(0) + 1;
        let (name, version) = (sheet.name.to_owned(), sheet.version);
        let slot = Slot { name, generation, version, checkpoint: 0, poison: None };
        generations.push(Generation { slot: slot.clone(), is_live, rows: BTreeMap::new() });
        slot
    }

    fn live(&self, name: &str) -> Option<&Generation> {
        self.generations.get(name)?.iter().find(|one| one.is_live)
    }

    /// The generation as the caller knows it, or that somebody else was faster.
    fn held(&mut self, slot: &Slot) -> Result<&mut Generation, StoreError> {
        let fenced = || StoreError::Fenced(slot.name.clone());
        let generations = self.generations.get_mut(&slot.name).ok_or_else(fenced)?;
        let is_same = |one: &&mut Generation| {
            let (now, then) = (&one.slot, slot);
            (now.generation, now.version, now.checkpoint) == (then.generation, then.version, then.checkpoint)
        };
        generations.iter_mut().find(is_same).ok_or_else(fenced)
    }

    fn table(&self, slot: &Slot) -> Result<&Generation, StoreError> {
        let found = self.generations.get(&slot.name);
        let found = found.and_then(|all| all.iter().find(|one| one.slot.generation == slot.generation));
        found.ok_or_else(|| StoreError::Fenced(slot.name.clone()))
    }
}

fn holds(kept: &Kept, sheet: &Sheet, key: &str, row: &Row, condition: &Condition) -> bool {
    let value = |column: &str| {
        let place = sheet.columns.iter().position(|known| *known == column).unwrap();
        row.columns[place].clone()
    };
    match condition {
        Condition::Is(column, asked) => value(column) == *asked,
        Condition::StartsWith(column, asked) => value(column).starts_with(asked),
        Condition::AtLeast(column, asked) => value(column) >= *asked,
        Condition::Below(column, asked) => {
            let value = value(column);
            !value.is_empty() && value < *asked
        }
        Condition::Key(asked) => key == asked,
        Condition::Any(all) => all.iter().any(|one| holds(kept, sheet, key, row, one)),
        Condition::All(all) => all.iter().all(|one| holds(kept, sheet, key, row, one)),
        Condition::In { column, sheet: other, select, holds: within } => {
            let own = column.map_or_else(|| key.to_owned(), value);
            let told = |key: &str, row: &Row| match select {
                None => key.to_owned(),
                Some(select) => {
                    let place = other.columns.iter().position(|known| known == select).unwrap();
                    row.columns[place].clone()
                }
            };
            kept.live(other.name).is_some_and(|live| {
                live.rows
                    .iter()
                    .any(|(key, row)| told(key, row) == own && holds(kept, other, key, row, within))
            })
        }
    }
}

#[async_trait]
impl Shelf for Memory {
    async fn live(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        let mut kept = self.kept();
        let found = kept.live(sheet.name).map(|one| one.slot.clone());
        Ok(found.unwrap_or_else(|| kept.make(sheet, true)))
    }

    async fn begin_rebuild(&self, sheet: &Sheet) -> Result<Slot, StoreError> {
        let mut kept = self.kept();
        let made = kept.make(sheet, false);
        let generations = kept.generations.get_mut(sheet.name).unwrap();
        generations.retain(|one| one.is_live || one.slot.generation == made.generation);
        Ok(made)
    }

    async fn rows(
        &self,
        _sheet: &Sheet,
        slot: &Slot,
        keys: &[SmolStr],
    ) -> Result<HashMap<String, String>, StoreError> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let kept = self.kept();
        let rows = &kept.table(slot)?.rows;
        Ok(keys
            .iter()
            .filter_map(|key| Some((key.to_string(), rows.get(key.as_str())?.body.clone())))
            .collect())
    }

    async fn store(&self, writes: &[(Sheet, SlotWrite)]) -> Result<(), StoreError> {
        let _turn = self.moving.lock().await;
        let mut kept = self.kept();
        for (sheet, write) in writes {
            kept.held(&write.slot)?;
            let fits = |count: usize| count == sheet.columns.len();
            if write.rows.iter().any(|row| row.body.is_some() && !fits(row.columns.len())) {
                return Err(StoreError::Misused(format!("columns of {}", sheet.name)));
            }
        }
        for (_, write) in writes {
            let generation = kept.held(&write.slot)?;
            generation.slot = Slot { checkpoint: write.checkpoint, poison: None, ..generation.slot.clone() };
            generation.write(&write.rows);
        }
        Ok(())
    }

    async fn switch(
        &self,
        sheet: &Sheet,
        rebuilt: &Slot,
        remainder: &mut dyn Remainder,
    ) -> Result<Slot, StoreError> {
        let _turn = self.moving.lock().await;
        let live = self.kept().live(sheet.name).map_or(0, |live| live.slot.checkpoint);
        let checkpoint = live.max(rebuilt.checkpoint);
        let rows = if live > rebuilt.checkpoint { remainder.until(checkpoint).await? } else { vec![] };
        let mut kept = self.kept();
        if kept.held(rebuilt)?.is_live {
            return Err(StoreError::Fenced(sheet.name.to_owned()));
        }
        let generation = kept.held(rebuilt)?;
        generation.write(&rows);
        generation.slot.checkpoint = checkpoint;
        let slot = generation.slot.clone();
        let generations = kept.generations.get_mut(sheet.name).unwrap();
        generations.retain(|one| !one.is_live);
        for one in generations {
            one.is_live = one.slot.generation == rebuilt.generation;
        }
        Ok(slot)
    }

    async fn poison(&self, slot: &Slot, reason: &str) -> Result<(), StoreError> {
        self.kept().held(slot)?.slot.poison = Some(reason.to_owned());
        Ok(())
    }

    async fn get(&self, sheet: &Sheet, key: &str) -> Result<(Option<String>, u64), StoreError> {
        let kept = self.kept();
        let live = kept.live(sheet.name);
        Ok(live.map_or((None, 0), |one| (one.rows.get(key).map(|row| row.body.clone()), one.slot.checkpoint)))
    }

    async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        let kept = self.kept();
        let Some(live) = kept.live(sheet.name) else { return Ok((vec![], 0)) };
        let value = |row: &Row, column: &str| {
            let place = sheet.columns.iter().position(|known| *known == column).unwrap();
            row.columns[place].clone()
        };
        let mut found: Vec<(String, String, String)> = live
            .rows
            .iter()
            .filter(|(key, _)| find.key_prefix.as_ref().is_none_or(|prefix| key.starts_with(prefix)))
            .filter(|(key, row)| find.conditions.iter().all(|one| holds(&kept, sheet, key, row, one)))
            .map(|(key, row)| {
                let order = find.order.map_or_else(String::new, |column| value(row, column));
                (order, key.clone(), row.body.clone())
            })
            .collect();
        found.sort();
        if find.descending {
            found.reverse();
        }
        let is_behind = |(order, key, _): &(String, String, String)| {
            find.after.as_ref().is_none_or(|(value, last)| {
                let (here, there) = ((order, key), (value, last));
                if find.descending { here < there } else { here > there }
            })
        };
        let rows = found.into_iter().filter(is_behind).take(find.limit).map(|(order, key, body)| FoundRow {
            key,
            order,
            body,
        });
        Ok((rows.collect(), live.slot.checkpoint))
    }

    async fn scan(
        &self,
        _sheet: &Sheet,
        slot: &Slot,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let kept = self.kept();
        let rows = kept.table(slot)?.rows.iter();
        let behind = rows.filter(|(key, _)| after_key.is_none_or(|after| key.as_str() > after));
        Ok(behind.take(limit).map(|(key, row)| (key.clone(), row.body.clone())).collect())
    }

    async fn checkpoints(&self) -> Result<Vec<Slot>, StoreError> {
        let kept = self.kept();
        Ok(kept.generations.keys().filter_map(|name| Some(kept.live(name)?.slot.clone())).collect())
    }
}
