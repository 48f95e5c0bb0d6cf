//! When a span of hours, days or working days is over (C11).

use chrono::{Days, Duration, NaiveDate, NaiveTime};

use super::WorkCalendar;
use crate::policy::{Span, SpanUnit};
use crate::when::{Moment, date_of, moment, zone};

impl WorkCalendar {
    /// The last moment of a span that starts at `from`, told in the business zone: hours are exact on the clock; days end
    /// at 23:59:59 of the n-th calendar day after the business date of `from`; working days at 23:59:59 of the n-th working
    /// day after it (C11). A span beyond the dates that can be written ends at the last of them.
    pub fn due(&self, from: Moment, span: Span) -> Moment {
        let start = date_of(&from);
        match span.unit {
            SpanUnit::Hour => from
                .checked_add_signed(Duration::hours(i64::from(span.amount)))
                .map_or_else(|| end_of(NaiveDate::MAX), |end| end.with_timezone(&zone())),
            SpanUnit::Day => {
                end_of(start.checked_add_days(Days::new(u64::from(span.amount))).unwrap_or(NaiveDate::MAX))
            }
            SpanUnit::Workday => end_of(self.add_workdays(start, span.amount)),
        }
    }
}

/// The last second of a business date.
fn end_of(date: NaiveDate) -> Moment {
    moment(date, NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default())
}
