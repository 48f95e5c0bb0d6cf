//! Times. Business time is told in the zone of Shanghai (+08:00, no summer time since 1991).

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use serde::de::{self, Deserializer, Visitor};

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

/// The business month of a moment: `2026-03`.
pub fn month_of(moment: &Moment) -> String {
    let mut text = stamp(moment);
    text.truncate("2026-03".len());
    text
}

/// The last decimal digit of a number.
fn digit(number: u32) -> char {
    char::from_digit(number % 10, 10).unwrap_or('0')
}

/// A moment as sheets write it: in the business zone, to the second (`2026-03-02T09:00:00+08:00`), so that the order of the
/// texts is the order of the moments.
pub fn stamp(moment: &Moment) -> String {
    written(moment.with_timezone(&zone()).naive_local(), "+08:00")
}

/// An instant as timers look for it: in UTC, to the second (`2026-03-02T01:00:00Z`).
pub fn stamp_utc(instant: DateTime<Utc>) -> String {
    written(instant.naive_utc(), "Z")
}

/// Digit by digit: rows hold several of them, and formatting was a twentieth of a rebuild. Days of the ledger lie between 1900 and 2199; what is
/// beyond four digits stays the last of them.
fn written(local: NaiveDateTime, zone: &str) -> String {
    let (date, time) = (local.date(), local.time());
    let mut text = String::with_capacity("2026-03-02T09:00:00+08:00".len());
    let mut put = |number: u32, behind: &str| {
        text.push(digit(number / 10));
        text.push(digit(number));
        text.push_str(behind);
    };
    let year = date.year().clamp(0, 9_999).cast_unsigned();
    put(year / 100, "");
    put(year % 100, "-");
    put(date.month(), "-");
    put(date.day(), "T");
    put(time.hour(), ":");
    put(time.minute(), ":");
    put(time.second(), zone);
    text
}

/// As [`stamp`] writes it digit by digit, since every event has one; whatever else RFC 3339 allows, by chrono.
fn read(text: &str) -> chrono::ParseResult<Moment> {
    stamped(text).map_or_else(|| DateTime::parse_from_rfc3339(text), Ok)
}

/// Reads a moment, for serde.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = Moment;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a moment as in RFC 3339")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Moment, E> {
            read(text).map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text)
}

fn stamped(text: &str) -> Option<Moment> {
    const SHAPE: &str = "dddd-dd-ddTdd:dd:dd+08:00";
    let is_as = |(byte, shape): (u8, u8)| if shape == b'd' { byte.is_ascii_digit() } else { byte == shape };
    if text.len() != SHAPE.len() || !text.bytes().zip(SHAPE.bytes()).all(is_as) {
        return None;
    }
    let number = |digits: std::ops::Range<usize>| text.get(digits)?.parse::<u32>().ok();
    let date = NaiveDate::from_ymd_opt(number(0..4)?.cast_signed(), number(5..7)?, number(8..10)?)?;
    zone().from_local_datetime(&date.and_hms_opt(number(11..13)?, number(14..16)?, number(17..19)?)?).single()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Design §4: whatever chrono reads is read the same, and what it refuses is refused; a byte off included.
        #[test]
        fn a_moment_is_read_as_chrono_reads_it(seconds in -2_208_988_800_i64..7_258_118_400, at in 0_usize..25, byte in 0_u8..128) {
            let text = stamp(&local(DateTime::from_timestamp(seconds, 0).unwrap()));
            prop_assert_eq!(read(&text), DateTime::parse_from_rfc3339(&text));
            prop_assert!(stamped(&text).is_some());
            let mut bent = text.into_bytes();
            bent[at] = byte;
            let bent = String::from_utf8(bent).unwrap();
            prop_assert_eq!(read(&bent), DateTime::parse_from_rfc3339(&bent));
        }
    }

    /// Design §4: the order of the texts is the order of the moments, whatever zone they were told in.
    #[test]
    fn a_stamp_is_the_moment_in_the_business_zone() {
        let first = DateTime::from_timestamp(-2_208_988_800, 0).unwrap();
        let mut before = String::new();
        for step in 0..20_000_i32 {
            // About 300 years from 1900 on, at all times of day.
            let moment = first + chrono::TimeDelta::seconds(i64::from(step) * 472_009);
            let west = FixedOffset::west_opt(step % 40_000).unwrap();
            let text = stamp(&moment.with_timezone(&west));
            assert_eq!(text, local(moment).format("%Y-%m-%dT%H:%M:%S+08:00").to_string());
            assert_eq!(month_of(&moment.with_timezone(&west)), local(moment).format("%Y-%m").to_string());
            assert_eq!(stamp_utc(moment), moment.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            assert!(before < text);
            before = text;
        }
        assert!(before.as_str() > "2199", "{before}");
        assert_eq!(stamp_utc(DateTime::<Utc>::MAX_UTC), "9999-12-31T23:59:59Z", "later than all that is due");
    }
}
