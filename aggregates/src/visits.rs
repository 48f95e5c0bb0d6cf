//! Which visits a pair owes, and which of them are made (C9: 每月必访、重大节日必访、居民有需求必访).
//!
//! The rule, exactly. A pair runs from its start date to its end date, both included. Facts dated after the day of
//! asking are not known yet and count for nothing; so a pair that ends later still runs. Visits outside the pair's
//! time count for nothing.
//!
//! - **Monthly**: each calendar month that lies wholly within the pair's time owes the policy's number of visits, due on
//!   the month's last day. Any visit made in the month counts, whatever occasion it was recorded under.
//! - **Holiday**: each of the policy's holidays owes one visit in its window, from so many days before it through the
//!   holiday itself, provided the pair runs through the whole window. Any visit in the window counts.
//! - **Demand**: each request made while the pair runs owes one visit within the policy's days. Only a visit recorded as
//!   made on demand, on the day of the request or later, counts; one after the due date still answers it, late. A request
//!   that is unanswered when the pair ends before its due date is no longer owed.
//!
//! One visit may count once for each of the three occasions, never twice for the same one: two visits a month need two
//! visits, holidays whose windows overlap need one each, two requests need two visits on demand. Within an occasion the
//! earliest due takes the earliest visit that fits and is still free.

use chrono::{Datelike, Days, Months, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::holiday_date;
use crate::ids::DemandId;
use crate::member::VisitKind;
use crate::policy::{Holiday, PairingPolicy};

/// A visit that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The business date.
    pub on: NaiveDate,
    /// The occasion that it was recorded under.
    pub kind: VisitKind,
}

/// A visit that the household asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRequest {
    /// The demand that asks.
    pub id: DemandId,
    /// The business date of asking.
    pub on: NaiveDate,
}

/// A pair of a member and a household, as far as visits need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairTime {
    /// First day.
    pub from: NaiveDate,
    /// Last day, when it has ended.
    pub to: Option<NaiveDate>,
}

/// Why a visit is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The `nth` visit, from 1, of a calendar month.
    Month {
        /// Civil year.
        year: i32,
        /// 1 to 12.
        month: u32,
        /// From 1 to the policy's visits per month.
        nth: u32,
    },
    /// A major holiday.
    Feast {
        /// Which.
        holiday: Holiday,
        /// Its date.
        date: NaiveDate,
    },
    /// A request of the household.
    Request {
        /// The demand that asks.
        id: DemandId,
    },
}

/// Where a due visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// Made.
    Done,
    /// Not made, and the due date is not over.
    Open,
    /// Not made, and the due date is over.
    Overdue,
}

/// A visit that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DueVisit {
    /// Why.
    pub occasion: Occasion,
    /// First date that counts.
    pub from: NaiveDate,
    /// Last date that is in time.
    pub due: NaiveDate,
    /// The visit that counted for it; on demand it may be later than due.
    pub done_on: Option<NaiveDate>,
    /// Where it stands on the day of asking.
    pub state: VisitState,
}

/// The business dates that a list speaks of, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First date.
    pub from: NaiveDate,
    /// Last date.
    pub to: NaiveDate,
}

/// The visits of a pair that fall due in the period, as they stand at the end of the day `as_of`, by due date, months
/// before feasts before requests. The exact rule is told [at the head of this file](self) (C9).
pub fn visits_due(
    policy: &PairingPolicy,
    pair: &PairTime,
    requests: &[VisitRequest],
    visits: &[Visit],
    period: Period,
    as_of: NaiveDate,
) -> Vec<DueVisit> {
    let pair = PairTime { from: pair.from, to: pair.to.filter(|end| *end <= as_of) };
    let mut made: Vec<Visit> =
        visits.iter().copied().filter(|visit| visit.on <= as_of && pair.holds(visit.on)).collect();
    made.sort_by_key(|visit| visit.on);
    let on_demand: Vec<NaiveDate> =
        made.iter().filter(|visit| visit.kind == VisitKind::OnDemand).map(|visit| visit.on).collect();
    let any: Vec<NaiveDate> = made.iter().map(|visit| visit.on).collect();

    // Matching starts with the pair, not with the period: what a visit counted for must not depend on what is asked.
    let last = period.to.min(pair.to.unwrap_or(NaiveDate::MAX));
    let mut dues = settle(months(policy, &pair, last), &any, false);
    dues.extend(settle(feasts(policy, &pair, last), &any, false));
    let known: Vec<&VisitRequest> =
        requests.iter().filter(|request| request.on <= as_of && pair.holds(request.on)).collect();
    let mut asked = settle(demands(policy, &known), &on_demand, true);
    asked.retain(|due| due.done_on.is_some() || pair.holds(due.due));
    dues.extend(asked);

    dues.retain(|due| (period.from..=period.to).contains(&due.due));
    for due in &mut dues {
        due.state = match due.done_on {
            Some(_) => VisitState::Done,
            None if as_of <= due.due => VisitState::Open,
            None => VisitState::Overdue,
        };
    }
    dues.sort_by(|a, b| (a.due, &a.occasion).cmp(&(b.due, &b.occasion)));
    dues
}

impl PairTime {
    fn holds(&self, date: NaiveDate) -> bool {
        self.from <= date && self.to.is_none_or(|end| date <= end)
    }
}

fn owed(occasion: Occasion, from: NaiveDate, due: NaiveDate) -> DueVisit {
    DueVisit { occasion, from, due, done_on: None, state: VisitState::Open }
}

/// Months wholly within the pair's time whose last day is not after `last`.
fn months(policy: &PairingPolicy, pair: &PairTime, last: NaiveDate) -> Vec<DueVisit> {
    let mut dues = Vec::new();
    let mut first = match pair.from.day() {
        1 => Some(pair.from),
        _ => next_month(pair.from),
    };
    while let Some(month) = first {
        let after = next_month(month);
        let Some(end) = after.and_then(|date| date.pred_opt()) else { break };
        if end > last {
            break;
        }
        dues.extend(
            (1..=policy.visits_per_month.value).map(|nth| {
                owed(Occasion::Month { year: month.year(), month: month.month(), nth }, month, end)
            }),
        );
        first = after;
    }
    dues
}

fn next_month(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?.checked_add_months(Months::new(1))
}

/// Holidays not after `last` whose whole window lies within the pair's time, by date.
fn feasts(policy: &PairingPolicy, pair: &PairTime, last: NaiveDate) -> Vec<DueVisit> {
    let lead = Days::new(u64::from(policy.holiday_lead_days.value));
    let mut dues: Vec<DueVisit> = (pair.from.year()..=last.year())
        .flat_map(|year| {
            policy.holidays.value.iter().map(move |holiday| (*holiday, holiday_date(*holiday, year)))
        })
        .filter_map(|(holiday, date)| {
            let opens = date.checked_sub_days(lead)?;
            (pair.holds(opens) && date <= last).then(|| owed(Occasion::Feast { holiday, date }, opens, date))
        })
        .collect();
    dues.sort_by_key(|due| due.due);
    dues
}

fn demands(policy: &PairingPolicy, requests: &[&VisitRequest]) -> Vec<DueVisit> {
    let within = Days::new(u64::from(policy.on_demand_days.value));
    let mut dues: Vec<DueVisit> = requests
        .iter()
        .map(|request| {
            let due = request.on.checked_add_days(within).unwrap_or(NaiveDate::MAX);
            owed(Occasion::Request { id: request.id.clone() }, request.on, due)
        })
        .collect();
    dues.sort_by(|a, b| (a.due, &a.occasion).cmp(&(b.due, &b.occasion)));
    dues
}

/// Gives each due, earliest first, the earliest visit that fits and that no earlier due of the same occasion has.
fn settle(mut dues: Vec<DueVisit>, visits: &[NaiveDate], late_counts: bool) -> Vec<DueVisit> {
    let mut taken = vec![false; visits.len()];
    for due in &mut dues {
        let fits = |on: NaiveDate| due.from <= on && (late_counts || on <= due.due);
        let found = visits.iter().zip(&mut taken).find(|(on, taken)| !**taken && fits(**on));
        if let Some((on, taken)) = found {
            *taken = true;
            due.done_on = Some(*on);
        }
    }
    dues
}

#[cfg(test)]
mod tests;
