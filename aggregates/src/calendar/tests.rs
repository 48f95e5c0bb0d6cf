use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};

use super::*;
use crate::policy::{Holiday, Span, SpanUnit};
use crate::when::{Moment, moment};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn at(text: &str, time: (u32, u32, u32)) -> Moment {
    moment(day(text), NaiveTime::from_hms_opt(time.0, time.1, time.2).expect("a time"))
}

fn free(text: &str) -> DayOverride {
    DayOverride { date: day(text), work: false, source: "test".to_owned() }
}

fn worked(text: &str) -> DayOverride {
    DayOverride { date: day(text), work: true, source: "test".to_owned() }
}

/// C11: the data of the notices is read whole, so that a change of its layout in the crate cannot pass unseen.
#[test]
fn every_record_of_the_national_notices_is_read() {
    assert_eq!(national::records() * 13, tyme4rs::tyme::holiday::LEGAL_HOLIDAY_DATA.len());
    assert!((2002..=2026).all(national::covers));
    assert!(!national::covers(2001) && !national::covers(2027));
}

/// C11: every make-up working day of the notices for 2024, 2025 and 2026, and no other weekend, is worked.
#[test]
fn make_up_days_of_three_years_are_worked_and_no_other_weekend_is() {
    let made_up = [
        "2024-02-04",
        "2024-02-18",
        "2024-04-07",
        "2024-04-28",
        "2024-05-11",
        "2024-09-14",
        "2024-09-29",
        "2024-10-12",
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
    .map(day);
    let calendar = WorkCalendar::default();
    for date in day("2024-01-01").iter_days().take_while(|date| date.year() < 2027) {
        if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
            assert_eq!(calendar.is_workday(date), made_up.contains(&date), "{date}");
        }
    }
}

/// C11: the weekdays that the notices for 2024, 2025 and 2026 free are not worked, and no other weekday is free.
#[test]
fn freed_weekdays_of_three_years_are_free_and_no_other_weekday_is() {
    let blocks = [
        ("2024-01-01", 1),
        ("2024-02-10", 8),
        ("2024-04-04", 3),
        ("2024-05-01", 5),
        ("2024-06-08", 3),
        ("2024-09-15", 3),
        ("2024-10-01", 7),
        ("2025-01-01", 1),
        ("2025-01-28", 8),
        ("2025-04-04", 3),
        ("2025-05-01", 5),
        ("2025-05-31", 3),
        ("2025-10-01", 8),
        ("2026-01-01", 3),
        ("2026-02-15", 9),
        ("2026-04-04", 3),
        ("2026-05-01", 5),
        ("2026-06-19", 3),
        ("2026-09-25", 3),
        ("2026-10-01", 7),
    ];
    let off: Vec<NaiveDate> =
        blocks.iter().flat_map(|(first, count)| day(first).iter_days().take(*count)).collect();
    let calendar = WorkCalendar::default();
    for date in day("2024-01-01").iter_days().take_while(|date| date.year() < 2027) {
        if !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
            assert_eq!(calendar.is_workday(date), !off.contains(&date), "{date}");
        }
    }
}

/// C9: the feasts of 2024 to 2028 fall on the dates of the published almanac.
#[test]
fn feasts_fall_on_their_published_dates() {
    let expected = [
        (Holiday::SpringFestival, ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26"]),
        (Holiday::Qingming, ["2024-04-04", "2025-04-04", "2026-04-05", "2027-04-05", "2028-04-04"]),
        (Holiday::DragonBoat, ["2024-06-10", "2025-05-31", "2026-06-19", "2027-06-09", "2028-05-28"]),
        (Holiday::MidAutumn, ["2024-09-17", "2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03"]),
        (Holiday::DoubleNinth, ["2024-10-11", "2025-10-29", "2026-10-18", "2027-10-08", "2028-10-26"]),
        (Holiday::NewYear, ["2024-01-01", "2025-01-01", "2026-01-01", "2027-01-01", "2028-01-01"]),
        (Holiday::LabourDay, ["2024-05-01", "2025-05-01", "2026-05-01", "2027-05-01", "2028-05-01"]),
        (Holiday::NationalDay, ["2024-10-01", "2025-10-01", "2026-10-01", "2027-10-01", "2028-10-01"]),
    ];
    for (holiday, dates) in expected {
        for (year, date) in (2024..).zip(dates) {
            assert_eq!(holiday_date(holiday, year), day(date), "{holiday:?} {year}");
        }
    }
}

/// C11: a year without a notice is provisional and follows the law: the thirteen days off, made up for when they fall
/// on a weekend (in 2027: 除夕 is a Friday, 初一 and 初二 a weekend; 1 and 2 May and 2 and 3 October are weekends).
#[test]
fn a_year_without_a_notice_follows_the_law_and_says_so() {
    let calendar = WorkCalendar::default();
    assert!(!calendar.is_provisional(2026));
    assert!(calendar.is_provisional(2027));
    let off = [
        "2027-01-01",
        "2027-02-05",
        "2027-02-08",
        "2027-02-09",
        "2027-02-10",
        "2027-04-05",
        "2027-05-03",
        "2027-05-04",
        "2027-06-09",
        "2027-09-15",
        "2027-10-01",
        "2027-10-04",
        "2027-10-05",
    ]
    .map(day);
    for date in day("2027-01-01").iter_days().take_while(|date| date.year() == 2027) {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        assert_eq!(calendar.is_workday(date), !weekend && !off.contains(&date), "{date}");
    }
}

/// C11: when 中秋 falls into 国庆 (3 October 2028), the day that both claim is made up for.
#[test]
fn a_day_that_two_holidays_claim_is_made_up_for() {
    let calendar = WorkCalendar::default();
    let october: Vec<u32> = (1..=8)
        .filter(|d| !calendar.is_workday(NaiveDate::from_ymd_opt(2028, 10, *d).expect("a date")))
        .collect();
    // 1 October 2028 is a Sunday, 7 and 8 October are a weekend: 4 and 5 October make up for the Sunday and for 中秋.
    assert_eq!(october, [1, 2, 3, 4, 5, 7, 8]);
}

/// C11: a city's override counts before the national notice.
#[test]
fn an_override_counts_before_the_notice() {
    let calendar = WorkCalendar::new(&[worked("2026-10-01"), free("2026-11-09"), worked("2026-11-08")]);
    assert!(calendar.is_workday(day("2026-10-01")));
    assert!(!calendar.is_workday(day("2026-11-09")));
    assert!(calendar.is_workday(day("2026-11-08")));
    assert!(!calendar.is_workday(day("2026-10-02")));
}

/// C11: overrides that free all seven holidays of a year announce it: it is no longer provisional, and days that only
/// the law made free are worked.
#[test]
fn overrides_can_announce_a_year() {
    let notice =
        ["2027-01-01", "2027-02-06", "2027-04-05", "2027-05-01", "2027-06-09", "2027-09-15", "2027-10-01"];
    let whole = WorkCalendar::new(&notice.map(free));
    assert!(!whole.is_provisional(2027));
    assert!(whole.is_workday(day("2027-05-03")), "made up for by the law alone");
    let lacking = WorkCalendar::new(&notice[1..].iter().map(|date| free(date)).collect::<Vec<_>>());
    assert!(lacking.is_provisional(2027));
    assert!(!lacking.is_workday(day("2027-05-03")));
}

/// C11: working days skip the long National Day leave and count its make-up Saturday.
#[test]
fn working_days_skip_leave_and_count_make_up_days() {
    let calendar = WorkCalendar::default();
    assert_eq!(calendar.add_workdays(day("2026-09-30"), 1), day("2026-10-08"));
    assert_eq!(calendar.add_workdays(day("2026-09-30"), 3), day("2026-10-10"));
    assert_eq!(calendar.add_workdays(day("2026-09-30"), 4), day("2026-10-12"));
    assert_eq!(calendar.add_workdays(day("2026-10-03"), 0), day("2026-10-03"));
    assert_eq!(calendar.add_workdays(NaiveDate::MAX, 5), NaiveDate::MAX);
}

/// C11: for every start in three years, each further working day is later, is worked, and a later start never ends earlier.
#[test]
fn adding_working_days_is_monotone() {
    let calendar = WorkCalendar::default();
    let mut before = [NaiveDate::MIN; 16];
    for start in day("2025-12-01").iter_days().take(800) {
        let mut last = start;
        for n in 1..=15_u32 {
            let end = calendar.add_workdays(start, n);
            assert!(end > last && calendar.is_workday(end), "{start} + {n}");
            assert!(end >= before[n as usize], "{start} + {n}");
            before[n as usize] = end;
            last = end;
        }
    }
}

/// C11: hours are exact; days and working days end with the last second of their last day, in the business zone.
#[test]
fn spans_end_by_the_clock_or_with_their_last_day() {
    let calendar = WorkCalendar::default();
    let from = at("2026-09-30", (16, 30, 0));
    let span = |amount, unit| Span { amount, unit };
    assert_eq!(calendar.due(from, span(2, SpanUnit::Hour)), at("2026-09-30", (18, 30, 0)));
    assert_eq!(calendar.due(from, span(9, SpanUnit::Hour)), at("2026-10-01", (1, 30, 0)));
    assert_eq!(calendar.due(from, span(5, SpanUnit::Day)), at("2026-10-05", (23, 59, 59)));
    assert_eq!(calendar.due(from, span(5, SpanUnit::Workday)), at("2026-10-13", (23, 59, 59)));
    let abroad = from.with_timezone(&chrono::FixedOffset::west_opt(8 * 3600).expect("an offset"));
    assert_eq!(calendar.due(abroad, span(1, SpanUnit::Day)), at("2026-10-01", (23, 59, 59)));
    assert!(calendar.due(from, span(u32::MAX, SpanUnit::Day)) > from);
}

/// C11: the span of calendar days never depends on the year being known.
#[test]
fn a_span_may_cross_into_a_provisional_year() {
    let calendar = WorkCalendar::default();
    let from = at("2026-12-31", (10, 0, 0));
    let end = calendar.due(from, Span { amount: 1, unit: SpanUnit::Workday });
    assert_eq!(end, at("2027-01-04", (23, 59, 59)));
    assert_eq!(day("2026-12-31") + Days::new(4), day("2027-01-04"));
}
