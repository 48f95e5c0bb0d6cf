//! Rosters as they were told for a day, kept for as long as the row is the same: reading a row and writing it anew costs more than all else
//! of an answer.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use lru::LruCache;
use projections::GridRow;
use projections::ports::StoreError;

/// Rosters kept.
const KEPT: NonZeroUsize = NonZeroUsize::new(2_000).unwrap();
/// A longer row is told anew each time.
const ROW_BYTES_MAX: usize = 32_768;

/// By grid, the one that was told last.
pub(crate) struct Rosters(Mutex<LruCache<String, Told>>);

struct Told {
    row: String,
    date: NaiveDate,
    roster: String,
}

impl Default for Rosters {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Rosters {
    /// The roster of a grid on a day, told from its row.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the row is none.
    pub(super) fn on(&self, grid: &str, row: String, date: NaiveDate) -> Result<String, StoreError> {
        if let Some(told) = self.with(|kept| kept.get(grid).and_then(|told| told.of(&row, date))) {
            return Ok(told);
        }
        let damaged = |error: serde_json::Error| StoreError::Damaged(format!("grid {grid}: {error}"));
        let known: GridRow = serde_json::from_str(&row).map_err(damaged)?;
        let roster = serde_json::to_string(&known.on(date)).map_err(damaged)?;
        if row.len() <= ROW_BYTES_MAX {
            let told = Told { row, date, roster: roster.clone() };
            self.with(|kept| kept.put(grid.to_owned(), told));
        }
        Ok(roster)
    }

    fn with<T>(&self, act: impl FnOnce(&mut LruCache<String, Told>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Told {
    fn of(&self, row: &str, date: NaiveDate) -> Option<String> {
        (self.date == date && self.row == row).then(|| self.roster.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row(households: u32) -> String {
        let holder = json!({"holder_kind": "member", "holder": "m-1", "source": "full_time_officer", "work": "duty", "on_behalf_of": null,
            "estate": null, "from": "2026-03-10", "until": "2026-03-20", "duty_roles": []});
        let slot = json!({"slot": "officer", "title": "专职网格员", "title_en": "full-time grid officer", "min": 1, "max": 1, "public": true,
            "missing": 0, "holders": [holder], "duties": 0, "duties_done": 0, "duties_late": 0});
        let mut grid = serde_json::to_value(GridRow { households, ..GridRow::default() }).unwrap();
        grid["slots"] = json!([slot]);
        grid.to_string()
    }

    fn vacancies(rosters: &Rosters, row: String, date: &str) -> u64 {
        let told = rosters.on("g-1", row, date.parse().unwrap()).unwrap();
        serde_json::from_str::<Value>(&told).unwrap()["vacancies"].as_u64().unwrap()
    }

    /// B3: what was told for another day, or of another row, is not told again.
    #[test]
    fn a_roster_is_told_of_its_row_and_for_its_day() {
        let rosters = Rosters::default();
        for _ in 0..2 {
            assert_eq!(vacancies(&rosters, row(300), "2026-03-09"), 1, "not there yet");
            assert_eq!(vacancies(&rosters, row(300), "2026-03-10"), 0);
            assert_eq!(vacancies(&rosters, row(300), "2026-03-10"), 0, "as kept");
            assert_eq!(vacancies(&rosters, row(300), "2026-03-20"), 1, "gone");
        }
        let told = |households| {
            let told = rosters.on("g-1", row(households), "2026-03-10".parse().unwrap()).unwrap();
            serde_json::from_str::<GridRow>(&told).unwrap().households
        };
        assert_eq!((told(300), told(301), told(301), told(300)), (300, 301, 301, 300));
        let damaged = rosters.on("g-2", "{".to_owned(), "2026-03-10".parse().unwrap());
        assert!(matches!(damaged, Err(StoreError::Damaged(reason)) if reason.contains("g-2")));
    }
}
