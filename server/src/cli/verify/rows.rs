//! Projections: their live rows against rows folded anew, all at once, in a scratch ledger. The live ones may move on meanwhile.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use projections::ports::{Feed, Sheet, Shelf, Slot};
use projections::rebuild::Builder;
use projections::{StoreError, sheets};

use super::Finding;
use crate::cli::{Failure, ledger};
use crate::store::Store;

/// Rows read at once.
const PAGE: usize = 2_000;
/// How often a row is looked at that moves on while it is compared.
const TRIES: u32 = 20;
/// Events named for a row that differs.
const TOLD: usize = 5;

/// Compares every row of every projection.
pub(super) async fn check(store: &Arc<Store>) -> Result<Vec<Finding>, Failure> {
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(
            format!("no folder for the rows folded anew: {error}"),
            "name one with room for them by TMPDIR",
        )
    })?;
    let scratch = format!("sqlite://{}", folder.path().join("anew.db").display());
    let scratch = Arc::new(Store::open(&scratch).await?);
    let findings = compare_all(store, &scratch).await;
    scratch.close().await;
    findings
}

async fn compare_all(store: &Arc<Store>, scratch: &Arc<Store>) -> Result<Vec<Finding>, Failure> {
    let (mut findings, mut folds, mut until) = (Vec::new(), Vec::new(), 0);
    for fold in sheets::folds() {
        let live = store.live(&fold.sheet()).await?;
        if let Some(poison) = live.poison {
            findings.push(finding(&live.name, 0, Some(format!("stopped: {poison}"))));
        } else {
            until = until.max(live.checkpoint);
            folds.push(fold);
        }
    }
    let sheets: Vec<Sheet> = folds.iter().map(|fold| fold.sheet()).collect();
    let mut anew = Anew {
        store: Arc::clone(store),
        scratch: Arc::clone(scratch),
        builder: Builder::begin(Arc::<Store>::clone(store), Arc::<Store>::clone(scratch), folds).await?,
    };
    let bar = ledger::progress("folding anew", store.head().await?);
    let folded = anew.builder.advance(until, &|position| bar.set_position(position)).await;
    bar.finish_and_clear();
    for sheet in sheets {
        let (rows, difference) = match &folded {
            Ok(()) => anew.compare(&sheet).await?,
            Err(StoreError::Damaged(reason)) => (0, Some(reason.clone())),
            Err(error) => return Err(StoreError::Unavailable(error.to_string()).into()),
        };
        findings.push(finding(sheet.name, rows, difference));
    }
    Ok(findings)
}

fn finding(sheet: &str, checked: u64, difference: Option<String>) -> Finding {
    Finding { check: format!("rows of {sheet}"), checked, difference }
}

/// Rows folded anew beside the live ones.
struct Anew {
    store: Arc<Store>,
    scratch: Arc<Store>,
    builder: Builder,
}

impl Anew {
    /// How many rows there are to be, and the first difference.
    async fn compare(&mut self, sheet: &Sheet) -> Result<(u64, Option<String>), StoreError> {
        let mut live = Rows::new(Arc::clone(&self.store), sheet, self.store.live(sheet).await?);
        let own = self.builder.slots().find(|slot| slot.name == sheet.name).cloned();
        let own = own.ok_or_else(|| StoreError::Misused(format!("{} is not folded anew", sheet.name)))?;
        let mut own = Rows::new(Arc::clone(&self.scratch), sheet, own);
        let mut count = 0;
        loop {
            let (ours, theirs) = (own.peek().await?, live.peek().await?);
            let suspect = match (&ours, &theirs) {
                (None, None) => return Ok((count, None)),
                (Some(our), Some(their)) if our == their => None,
                (Some((our, _)), Some((their, _))) => Some(our.min(their).clone()),
                (Some((only, _)), None) | (None, Some((only, _))) => Some(only.clone()),
            };
            let key = suspect.as_ref().or(ours.as_ref().map(|(key, _)| key)).cloned();
            for (rows, row) in [(&mut own, ours), (&mut live, theirs)] {
                if row.map(|(found, _)| found) == key {
                    rows.advance();
                }
            }
            count += 1;
            if let Some(key) = suspect
                && let Some(difference) = self.compare_row(sheet, own.slot(), &key).await?
            {
                return Ok((count, Some(difference)));
            }
        }
    }

    /// Compares one row at the position that it reflects.
    async fn compare_row(
        &mut self,
        sheet: &Sheet,
        own: &Slot,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        for _ in 0..TRIES {
            let (live, checkpoint) = self.store.get(sheet, key).await?;
            if checkpoint < self.builder.position() {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            self.builder.advance(checkpoint, &|_| {}).await?;
            let rows = self.scratch.rows(sheet, own, &[key.into()]).await?;
            let what = match (live, rows.get(key)) {
                (Some(live), Some(own)) if live == *own => return Ok(None),
                (None, None) => return Ok(None),
                (Some(_), Some(_)) => "is not what its events make",
                (Some(_), None) => "should not be there",
                (None, Some(_)) => "is missing",
            };
            let events = self.touching(sheet, key, checkpoint).await?;
            return Ok(Some(format!("row {key} {what} (position {checkpoint}; its events: {events})")));
        }
        Ok(Some(format!("row {key} does not hold still")))
    }

    /// The last events up to a position that touch a row: one of them, or the row, was changed.
    async fn touching(&self, sheet: &Sheet, key: &str, until: u64) -> Result<String, StoreError> {
        // To a fold with nothing in memory, every key that an event touches is missing.
        let fold = sheets::folds().into_iter().find(|fold| fold.sheet().name == sheet.name);
        let fold = fold.ok_or_else(|| StoreError::Misused(format!("no fold makes {}", sheet.name)))?;
        let (mut found, mut at) = (VecDeque::new(), 0);
        while at < until {
            let page = self.store.after(at, PAGE).await?;
            let Some(last) = page.last() else { break };
            at = last.position;
            for event in page.iter().filter(|event| event.position <= until) {
                let decoded = event.decode().map_err(|error| StoreError::Damaged(error.to_string()))?;
                if !fold.missing(&[decoded], &|touched| touched == key).is_empty() {
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

/// The rows of a slot by key, a page in memory at a time.
struct Rows {
    store: Arc<Store>,
    sheet: Sheet,
    slot: Slot,
    page: VecDeque<(String, String)>,
    last: Option<String>,
    is_over: bool,
}

impl Rows {
    fn new(store: Arc<Store>, sheet: &Sheet, slot: Slot) -> Self {
        Self { store, sheet: *sheet, slot, page: [].into(), last: None, is_over: false }
    }

    fn slot(&self) -> &Slot {
        &self.slot
    }

    async fn peek(&mut self) -> Result<Option<(String, String)>, StoreError> {
        while self.page.is_empty() && !self.is_over {
            match self.store.scan(&self.sheet, &self.slot, self.last.as_deref(), PAGE).await {
                Ok(page) => self.page = page.into(),
                // A rebuild took the place of these rows: on with those that are live now.
                Err(StoreError::Fenced(_)) => {
                    self.slot = self.store.live(&self.sheet).await?;
                    continue;
                }
                Err(error) => return Err(error),
            }
            self.is_over = self.page.is_empty();
            self.last = self.page.back().map(|(key, _)| key.clone()).or(self.last.take());
        }
        Ok(self.page.front().cloned())
    }

    fn advance(&mut self) {
        self.page.pop_front();
    }
}
