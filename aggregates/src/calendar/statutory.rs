//! The holidays that the law itself fixes, for years without a notice, and the dates of feasts.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::{Datelike, Days, NaiveDate};
use tyme4rs::tyme::lunar::LunarDay;
use tyme4rs::tyme::solar::{SolarDay, SolarTerm};

use super::is_weekend;
use crate::policy::Holiday;

/// The law behind the provisional calendar. Article 2 fixes the thirteen days, article 6 that a day off which falls on
/// a Saturday or Sunday is made up for on a working day.
pub const STATUTORY_SOURCE: &str =
    "全国年节及纪念日放假办法（国务院令第795号修订，2025年1月1日起施行）第二条、第六条";

/// Article 2: each holiday, how many days before its main day its first day off is, and how many days off it has.
const DAYS_OFF: [(Holiday, u64, u64); 7] = [
    (Holiday::NewYear, 0, 1),
    // From the eve (除夕) to the third day of the first lunar month.
    (Holiday::SpringFestival, 1, 4),
    (Holiday::Qingming, 0, 1),
    (Holiday::LabourDay, 0, 2),
    (Holiday::DragonBoat, 0, 1),
    (Holiday::MidAutumn, 0, 1),
    (Holiday::NationalDay, 0, 3),
];

const FIRST_YEAR: i64 = 2001;
const YEARS: usize = 200;

/// What the law makes of one year.
struct Year {
    main_days: [NaiveDate; 7],
    days_off: BTreeSet<NaiveDate>,
}

/// Years, computed when first asked: the lunar calendar is astronomy, not a table.
static KNOWN: [OnceLock<Year>; YEARS] = [const { OnceLock::new() }; YEARS];

impl Year {
    fn of(year: i32) -> Self {
        let main_days = DAYS_OFF.map(|(holiday, _, _)| holiday_date(holiday, year));
        Self { main_days, days_off: days_off(main_days) }
    }

    fn asked<T>(year: i32, answer: impl FnOnce(&Self) -> T) -> T {
        let known = usize::try_from(i64::from(year) - FIRST_YEAR).ok().and_then(|index| KNOWN.get(index));
        match known {
            Some(cell) => answer(cell.get_or_init(|| Self::of(year))),
            None => answer(&Self::of(year)),
        }
    }
}

/// Whether the law alone makes the date a day off, a made-up one included. Weekends are not asked here.
pub(super) fn is_day_off(date: NaiveDate) -> bool {
    Year::asked(date.year(), |year| year.days_off.contains(&date))
}

/// The main days of the seven national holidays of a year.
pub(super) fn main_days(year: i32) -> [NaiveDate; 7] {
    Year::asked(year, |year| year.main_days)
}

/// The days off of a year: the thirteen days, and for each of them that falls on a weekend, or on a day that another
/// holiday has already taken, the next day that would else be worked.
fn days_off(main_days: [NaiveDate; 7]) -> BTreeSet<NaiveDate> {
    let mut free = BTreeSet::new();
    let mut owed = Vec::new();
    for (main, (_, before, count)) in main_days.into_iter().zip(DAYS_OFF) {
        let first = main.checked_sub_days(Days::new(before)).unwrap_or(main);
        for day in (0..count).filter_map(|n| first.checked_add_days(Days::new(n))) {
            if !free.insert(day) || is_weekend(day) {
                owed.push(day);
            }
        }
    }
    for day in owed {
        let made_up = day.iter_days().find(|next| !is_weekend(*next) && !free.contains(next));
        free.extend(made_up);
    }
    free
}

/// The date of a holiday in a civil year: its main day, such as the first day of the first lunar month for 春节.
/// Lunar feasts and 清明 follow the astronomical calendar (GB/T 33661-2017).
pub fn holiday_date(holiday: Holiday, year: i32) -> NaiveDate {
    match holiday {
        Holiday::NewYear => civil(year, 1, 1),
        Holiday::SpringFestival => lunar(year, 1, 1),
        Holiday::Qingming => qingming(year),
        Holiday::LabourDay => civil(year, 5, 1),
        Holiday::DragonBoat => lunar(year, 5, 5),
        Holiday::MidAutumn => lunar(year, 8, 15),
        Holiday::NationalDay => civil(year, 10, 1),
        Holiday::DoubleNinth => lunar(year, 9, 9),
    }
}

/// Qingming is the eighth term counted from the winter solstice of the year before, index 7.
const QINGMING: isize = 7;

fn qingming(year: i32) -> NaiveDate {
    written(year, &SolarTerm::from_index(astronomical(year), QINGMING).get_solar_day())
}

fn lunar(year: i32, month: isize, day: usize) -> NaiveDate {
    match LunarDay::new(astronomical(year), month, day) {
        Ok(day) => written(year, &day.get_solar_day()),
        Err(_) => civil(year, 1, 1),
    }
}

/// The astronomy answers for the years 1 to 9999 only.
fn astronomical(year: i32) -> isize {
    year.clamp(1, 9999) as isize
}

fn written(year: i32, day: &SolarDay) -> NaiveDate {
    civil(year, day.get_month() as u32, day.get_day() as u32)
}

fn civil(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
