//! The notices of the State Council's General Office on each year's days off (国务院办公厅关于部分节假日安排的通知), as
//! crate tyme4rs carries them. Its own lookup compiles a regular expression each time, so its data is read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use tyme4rs::tyme::holiday::LEGAL_HOLIDAY_DATA;

/// Characters of one record: `YYYYMMDD`, `0` worked or `1` free, the holiday's index, and the signed distance to it.
const RECORD: usize = 13;

/// First year whose notice the data holds whole.
const FIRST_YEAR: i32 = 2002;

/// Every day that a notice names: true for worked, false for free.
static DECLARED: LazyLock<BTreeMap<NaiveDate, bool>> =
    LazyLock::new(|| LEGAL_HOLIDAY_DATA.as_bytes().chunks(RECORD).filter_map(record).collect());

fn record(bytes: &[u8]) -> Option<(NaiveDate, bool)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let date = NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok()?;
    match text.get(8..9)? {
        "0" => Some((date, true)),
        "1" => Some((date, false)),
        _ => None,
    }
}

/// What a notice says of the date: worked, free, or nothing.
pub(super) fn declared(date: NaiveDate) -> Option<bool> {
    DECLARED.get(&date).copied()
}

/// Whether the notice for the year is known.
pub(super) fn covers(year: i32) -> bool {
    let last = DECLARED.last_key_value().map_or(0, |(date, _)| date.year());
    (FIRST_YEAR..=last).contains(&year)
}

#[cfg(test)]
pub(super) fn records() -> usize {
    DECLARED.len()
}
