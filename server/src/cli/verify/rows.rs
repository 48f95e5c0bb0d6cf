//! A projection: its live rows against rows folded anew in memory. The live ones may move on meanwhile.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use aggregates::Recorded;
use projections::StoreError;
use projections::fold::AnyFold;
use projections::ports::{Feed, Sheet, Shelf};

use super::Finding;
use crate::cli::Failure;
use crate::store::Store;

/// Events and rows read at once.
const PAGE: usize = 2_000;
/// How often a row is looked at that moves on while it is compared.
const TRIES: u32 = 20;
/// Events named for a row that differs.
const TOLD: usize = 5;

/// Rows folded anew.
struct Anew {
    fold: Box<dyn AnyFold>,
    rows: BTreeMap<String, String>,
    position: u64,
}

impl Anew {
    async fn advance(&mut self, feed: &dyn Feed, until: u64) -> Result<(), StoreError> {
        while self.position < until {
            let stored = feed.after(self.position, PAGE).await?;
            let events: Vec<Recorded> = stored
                .iter()
                .take_while(|event| event.position <= until)
                .map(|event| event.decode().map_err(|error| StoreError::Damaged(error.to_string())))
                .collect::<Result<_, _>>()?;
            let Some(last) = events.last().map(|event| event.position) else {
                return Err(StoreError::Damaged(format!("no event behind position {}", self.position)));
            };
            let missing = self.fold.missing(&events);
            let bodies: HashMap<String, String> =
                missing.iter().filter_map(|key| Some((key.clone(), self.rows.get(key)?.clone()))).collect();
            self.fold.load(missing, &bodies)?;
            self.fold.fold(&events);
            for write in self.fold.drain()? {
                match write.body {
                    Some(body) => self.rows.insert(write.key, body),
                    None => self.rows.remove(&write.key),
                };
            }
            self.position = last;
        }
        Ok(())
    }
}

impl Anew {
    /// The last positions up to here whose events touch a row: one of them, or the row, was changed.
    async fn touching(&mut self, feed: &dyn Feed, key: &str) -> Result<String, StoreError> {
        // With nothing in memory, every key that an event touches is missing.
        self.fold.forget();
        let (mut found, mut at) = (VecDeque::new(), 0);
        while at < self.position {
            let page = feed.after(at, PAGE).await?;
            let Some(last) = page.last() else { break };
            at = last.position;
            for event in page.iter().filter(|event| event.position <= self.position) {
                let decoded = event.decode().map_err(|error| StoreError::Damaged(error.to_string()))?;
                if self.fold.missing(&[decoded]).iter().any(|touched| touched == key) {
                    found.push_back(event.position.to_string());
                }
            }
            while found.len() > TOLD {
                found.pop_front();
            }
        }
        Ok(Vec::from(found).join(", "))
    }
}

/// Compares every row.
pub(super) async fn check(store: &Store, fold: Box<dyn AnyFold>) -> Result<Finding, Failure> {
    let sheet = fold.sheet();
    let mut anew = Anew { fold, rows: BTreeMap::new(), position: 0 };
    let difference = match compare(store, &sheet, &mut anew).await {
        Ok(difference) => difference,
        Err(StoreError::Damaged(reason)) => Some(reason),
        Err(error) => return Err(error.into()),
    };
    Ok(Finding { check: format!("rows of {}", sheet.name), checked: anew.rows.len() as u64, difference })
}

async fn compare(store: &Store, sheet: &Sheet, anew: &mut Anew) -> Result<Option<String>, StoreError> {
    let slot = store.live(sheet).await?;
    if let Some(poison) = slot.poison {
        return Ok(Some(format!("stopped: {poison}")));
    }
    anew.advance(store, slot.checkpoint).await?;
    let mut suspects: Vec<String> = vec![];
    let mut seen: HashSet<String> = HashSet::new();
    let mut after: Option<String> = None;
    loop {
        let page = match store.scan(sheet, &slot, after.as_deref(), PAGE).await {
            // A rebuild took the place of these rows: look at each by itself.
            Err(StoreError::Fenced(_)) => break,
            page => page?,
        };
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (key, body) in page {
            if anew.rows.get(&key) != Some(&body) {
                suspects.push(key.clone());
            }
            seen.insert(key);
        }
    }
    suspects.extend(anew.rows.keys().filter(|key| !seen.contains(*key)).cloned());
    for key in suspects {
        if let Some(difference) = compare_row(store, sheet, anew, &key).await? {
            return Ok(Some(difference));
        }
    }
    Ok(None)
}

/// Compares one row at the position that it reflects.
async fn compare_row(
    store: &Store,
    sheet: &Sheet,
    anew: &mut Anew,
    key: &str,
) -> Result<Option<String>, StoreError> {
    for _ in 0..TRIES {
        let (live, checkpoint) = store.get(sheet, key).await?;
        if checkpoint < anew.position {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        anew.advance(store, checkpoint).await?;
        return Ok(match (live, anew.rows.get(key)) {
            (Some(live), Some(own)) if live == *own => None,
            (None, None) => None,
            (live, own) => {
                let what = match (live, own) {
                    (Some(_), Some(_)) => "is not what its events make",
                    (Some(_), None) => "should not be there",
                    _ => "is missing",
                };
                let events = anew.touching(store, key).await?;
                Some(format!("row {key} {what} (position {checkpoint}; its events: {events})"))
            }
        });
    }
    Ok(Some(format!("row {key} does not hold still")))
}
