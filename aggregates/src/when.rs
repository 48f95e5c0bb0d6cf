//! Times. Business time is told in the zone of Shanghai (+08:00, no summer time since 1991).

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Timelike, Utc};

/// A moment of business time.
pub type Moment = DateTime<FixedOffset>;

const EAST_EIGHT_SECONDS: i32 = 8 * 3600;

/// The business zone.
pub fn zone() -> FixedOffset {
    FixedOffset::east_opt(EAST_EIGHT_SECONDS)
        .unwrap_or_else(|| FixedOffset::east_opt(0).unwrap_or(chrono::Offset::fix(&Utc)))
}

/// The same instant, told in the business zone.
pub fn local(instant: DateTime<Utc>) -> Moment {
    instant.with_timezone(&zone())
}

/// A time of day on a date, in the business zone.
pub fn moment(date: NaiveDate, time: NaiveTime) -> Moment {
    let naive = date.and_time(time);
    zone().from_local_datetime(&naive).single().unwrap_or_else(|| naive.and_utc().with_timezone(&zone()))
}

/// The business date of a moment.
pub fn date_of(moment: &Moment) -> NaiveDate {
    moment.with_timezone(&zone()).date_naive()
}

/// The business year of a moment.
pub fn year_of(moment: &Moment) -> i32 {
    date_of(moment).year()
}

/// A moment as sheets write it: in the business zone, to the second (`2026-03-02T09:00:00+08:00`), so that the order of the
/// texts is the order of the moments.
pub fn stamp(moment: &Moment) -> String {
    let local = moment.with_timezone(&zone()).naive_local();
    let (date, time) = (local.date(), local.time());
    // Written out: chrono reads its pattern anew for every text, and rows hold several of them.
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+08:00",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
