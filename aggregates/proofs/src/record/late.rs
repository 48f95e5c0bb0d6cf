//! What was recorded long after it happened, or put in later by two people.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Weekday};
use serde_json::Value;

use super::verdict::{Finding, Outcome};
use crate::leaf;

/// Working days within which a service is to be recorded (Ministry's order 67, article 11).
const WORKING_DAYS: u32 = 10;

/// Warnings, if there are any such events.
pub(super) fn findings<'a>(events: impl Iterator<Item = &'a leaf::Read>) -> Vec<Finding> {
    let (mut late, mut backed, mut found) = (0, 0, vec![]);
    for read in events {
        let Ok(meta) = serde_json::from_str::<Value>(&read.metadata) else { continue };
        backed += usize::from(meta.get("approved_by").is_some_and(Value::is_string));
        let occurred = meta
            .get("occurred_at")
            .and_then(Value::as_str)
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let recorded = DateTime::parse_from_rfc3339(&read.recorded_at).ok();
        late += usize::from(occurred.zip(recorded).is_some_and(|(then, now)| {
            is_late(then.date_naive(), now.with_timezone(then.offset()).date_naive())
        }));
    }
    if late > 0 {
        found.push(Finding::new(
            Outcome::ValidWithWarnings,
            &format!("{late} 个事件在发生 {WORKING_DAYS} 个工作日后才记录"),
            &format!("{late} events were recorded more than {WORKING_DAYS} working days after they happened"),
        ));
    }
    if backed > 0 {
        found.push(Finding::new(
            Outcome::ValidWithWarnings,
            &format!("{backed} 个事件为补录，经第二人批准"),
            &format!("{backed} events were recorded after the fact, approved by a second person"),
        ));
    }
    found
}

/// Whether more working days went by. Holidays are not known here: they would make it later, never earlier.
fn is_late(occurred: NaiveDate, recorded: NaiveDate) -> bool {
    let mut day = occurred;
    let mut gone = 0;
    while day < recorded {
        day += TimeDelta::days(1);
        gone += u32::from(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
        if gone > WORKING_DAYS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Order 67, article 11: ten working days. Saturdays and Sundays are none.
    #[test]
    fn late_is_after_ten_working_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // From a Monday: ten working days end on the Monday two weeks later.
        for (recorded, late) in [
            ("2026-03-01", false),
            ("2026-03-02", false),
            ("2026-03-16", false),
            ("2026-03-17", true),
            ("9999-12-31", true),
        ] {
            assert_eq!(is_late(day("2026-03-02"), day(recorded)), late, "{recorded}");
        }
        // From a Friday, two weekends lie between.
        assert!(!is_late(day("2026-03-06"), day("2026-03-22")));
        assert!(is_late(day("2026-03-06"), day("2026-03-23")));
    }
}
