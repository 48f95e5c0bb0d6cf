//! Dates, times and numbers as people write them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use crate::http::language::Language;

/// `2026-11-28` or a time: 2026年11月28日, 28 Nov 2026. What is neither stays as it is.
pub(super) fn day(language: Language, text: &str) -> String {
    let date = text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    date.map_or_else(|| text.to_owned(), |date| written(language, date))
}

fn written(language: Language, date: NaiveDate) -> String {
    match language {
        Language::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Language::En => date.format("%-d %b %Y").to_string(),
    }
}

/// A time as RFC 3339 has it, in the business zone: 2026年11月28日 14:05.
pub(super) fn time(language: Language, text: &str) -> String {
    let Ok(instant) = DateTime::parse_from_rfc3339(text) else { return day(language, text) };
    let local: DateTime<FixedOffset> = aggregates::when::local(instant.to_utc());
    format!("{} {}", written(language, local.date_naive()), local.format("%H:%M"))
}

/// 12 345 as 12,345, in both languages.
pub(super) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value < 0 { format!("−{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_business_zone() {
        assert_eq!(time(Language::Zh, "2026-11-27T20:05:00Z"), "2026年11月28日 04:05");
        assert_eq!(time(Language::En, "2026-11-27T20:05:00+08:00"), "27 Nov 2026 20:05");
        assert_eq!(day(Language::Zh, "2026-01-02"), "2026年1月2日");
        assert_eq!(day(Language::Zh, "soon"), "soon");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            (grouped(1_234_567), grouped(999), grouped(-1000)),
            ("1,234,567".to_owned(), "999".to_owned(), "−1,000".to_owned())
        );
    }
}
