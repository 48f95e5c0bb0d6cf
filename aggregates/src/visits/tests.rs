use super::*;
use crate::policy::Sourced;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn sourced<T>(value: T) -> Sourced<T> {
    Sourced { value, source: Some("test".to_owned()), assumed: None }
}

/// Monthly, 春节 中秋 国庆 with a week's lead, three days on demand.
fn policy() -> PairingPolicy {
    PairingPolicy {
        households_max: sourced(1),
        visits_per_month: sourced(1),
        holidays: sourced(vec![Holiday::SpringFestival, Holiday::MidAutumn, Holiday::NationalDay]),
        holiday_lead_days: sourced(7),
        on_demand_days: sourced(3),
    }
}

fn pair(from: &str, to: Option<&str>) -> PairTime {
    PairTime { from: day(from), to: to.map(day) }
}

fn visit(on: &str, kind: VisitKind) -> Visit {
    Visit { on: day(on), kind }
}

fn request(id: &str, on: &str) -> VisitRequest {
    VisitRequest { id: DemandId::new(id).expect("an id"), on: day(on) }
}

fn period(from: &str, to: &str) -> Period {
    Period { from: day(from), to: day(to) }
}

/// `due state done_on` of each, in the order given.
fn told(dues: &[DueVisit]) -> Vec<String> {
    dues.iter()
        .map(|due| {
            let what = match &due.occasion {
                Occasion::Month { year, month, nth } => format!("{year}-{month:02}#{nth}"),
                Occasion::Feast { holiday, .. } => format!("{holiday:?}"),
                Occasion::Request { id } => id.to_string(),
            };
            let done = due.done_on.map_or(String::new(), |on| format!(" {on}"));
            format!("{what} by {} {:?}{done}", due.due, due.state)
        })
        .collect()
}

/// C9: months are due from the first full one, to the last full one before the end.
#[test]
fn months_are_due_from_the_first_full_one_to_the_last_full_one() {
    let year = period("2026-01-01", "2026-12-31");
    let months = |pair: &PairTime| -> Vec<u32> {
        visits_due(&policy(), pair, &[], &[], year, day("2026-12-31"))
            .into_iter()
            .filter_map(|due| match due.occasion {
                Occasion::Month { month, .. } => Some(month),
                _ => None,
            })
            .collect()
    };
    assert_eq!(months(&pair("2026-03-02", Some("2026-07-30"))), [4, 5, 6]);
    assert_eq!(months(&pair("2026-03-01", Some("2026-07-31"))), [3, 4, 5, 6, 7]);
}

/// C9: a month's visit is done by any visit in the month, open until its last day is over, overdue afterwards.
#[test]
fn a_month_is_done_open_or_overdue() {
    let spring = period("2026-03-01", "2026-05-31");
    let visits = [visit("2026-03-31", VisitKind::OnDemand), visit("2026-06-01", VisitKind::Monthly)];
    let asked = |as_of: &str| {
        told(&visits_due(&policy(), &pair("2026-03-01", None), &[], &visits, spring, day(as_of)))
    };
    assert_eq!(
        asked("2026-04-30"),
        [
            "2026-03#1 by 2026-03-31 Done 2026-03-31",
            "2026-04#1 by 2026-04-30 Open",
            "2026-05#1 by 2026-05-31 Open"
        ]
    );
    assert_eq!(
        asked("2026-06-02"),
        [
            "2026-03#1 by 2026-03-31 Done 2026-03-31",
            "2026-04#1 by 2026-04-30 Overdue",
            "2026-05#1 by 2026-05-31 Overdue"
        ]
    );
}

/// C9: two visits a month need two visits.
#[test]
fn two_visits_a_month_need_two_visits() {
    let twice = PairingPolicy { visits_per_month: sourced(2), ..policy() };
    let may = period("2026-05-01", "2026-05-31");
    let one = [visit("2026-05-08", VisitKind::Monthly)];
    let dues = visits_due(&twice, &pair("2026-01-01", None), &[], &one, may, day("2026-06-01"));
    assert_eq!(told(&dues), ["2026-05#1 by 2026-05-31 Done 2026-05-08", "2026-05#2 by 2026-05-31 Overdue"]);
}

/// C9: a visit in the week before a holiday or on it counts for the holiday and for its month; the day after does not.
#[test]
fn a_visit_around_a_holiday_counts_for_the_holiday_and_the_month() {
    let february = period("2026-02-01", "2026-02-28");
    let state = |on: &str| {
        let visits = [visit(on, VisitKind::Holiday)];
        told(&visits_due(&policy(), &pair("2026-01-01", None), &[], &visits, february, day("2026-03-01")))
    };
    let month = |on: &str| format!("2026-02#1 by 2026-02-28 Done {on}");
    assert_eq!(
        state("2026-02-10"),
        ["SpringFestival by 2026-02-17 Done 2026-02-10".to_owned(), month("2026-02-10")]
    );
    assert_eq!(
        state("2026-02-17"),
        ["SpringFestival by 2026-02-17 Done 2026-02-17".to_owned(), month("2026-02-17")]
    );
    assert_eq!(state("2026-02-09"), ["SpringFestival by 2026-02-17 Overdue".to_owned(), month("2026-02-09")]);
    assert_eq!(state("2026-02-18"), ["SpringFestival by 2026-02-17 Overdue".to_owned(), month("2026-02-18")]);
}

/// C9: where the windows of 中秋 (25 September 2026) and 国庆 overlap, each needs a visit of its own.
#[test]
fn overlapping_holidays_need_a_visit_each() {
    let autumn = period("2026-09-20", "2026-10-02");
    let feasts = |visits: &[Visit]| {
        let dues = visits_due(&policy(), &pair("2026-01-01", None), &[], visits, autumn, day("2026-10-03"));
        told(
            &dues
                .into_iter()
                .filter(|due| matches!(due.occasion, Occasion::Feast { .. }))
                .collect::<Vec<_>>(),
        )
    };
    let one = [visit("2026-09-25", VisitKind::Holiday)];
    assert_eq!(
        feasts(&one),
        ["MidAutumn by 2026-09-25 Done 2026-09-25", "NationalDay by 2026-10-01 Overdue"]
    );
    let two = [visit("2026-09-25", VisitKind::Holiday), visit("2026-09-25", VisitKind::Holiday)];
    assert_eq!(
        feasts(&two),
        ["MidAutumn by 2026-09-25 Done 2026-09-25", "NationalDay by 2026-10-01 Done 2026-09-25"]
    );
}

/// C9: a pair that begins within a holiday's window does not owe that holiday, nor does one that ends before it.
#[test]
fn a_holiday_is_owed_only_when_the_pair_runs_through_its_window() {
    let february = period("2026-02-01", "2026-02-20");
    let owed = |pair: &PairTime| visits_due(&policy(), pair, &[], &[], february, day("2026-12-01")).len();
    assert_eq!(owed(&pair("2026-02-10", None)), 1);
    assert_eq!(owed(&pair("2026-02-11", None)), 0);
    assert_eq!(owed(&pair("2026-01-02", Some("2026-02-16"))), 0);
}

/// C9: a request is answered by a visit on demand on its day or later, in time or late; other visits do not answer it.
#[test]
fn a_request_needs_a_visit_on_demand() {
    let may = period("2026-05-01", "2026-05-30");
    let requests = [request("d1", "2026-05-10")];
    let state = |visits: &[Visit], as_of: &str| {
        told(&visits_due(&policy(), &pair("2026-01-01", None), &requests, visits, may, day(as_of)))
    };
    assert_eq!(state(&[], "2026-05-09"), [] as [&str; 0], "not asked yet");
    assert_eq!(state(&[], "2026-05-13"), ["d1 by 2026-05-13 Open"]);
    assert_eq!(state(&[], "2026-05-14"), ["d1 by 2026-05-13 Overdue"]);
    let other = [visit("2026-05-11", VisitKind::Monthly), visit("2026-05-09", VisitKind::OnDemand)];
    assert_eq!(state(&other, "2026-05-14"), ["d1 by 2026-05-13 Overdue"]);
    let late = [visit("2026-05-20", VisitKind::OnDemand)];
    assert_eq!(state(&late, "2026-05-21"), ["d1 by 2026-05-13 Done 2026-05-20"]);
    assert_eq!(state(&late, "2026-05-19"), ["d1 by 2026-05-13 Overdue"], "the visit is not made yet");
}

/// C9: one visit on demand answers one request, the oldest first.
#[test]
fn one_visit_answers_one_request() {
    let may = period("2026-05-01", "2026-05-30");
    let requests = [request("later", "2026-05-11"), request("earlier", "2026-05-10")];
    let visits = [visit("2026-05-12", VisitKind::OnDemand)];
    let dues = visits_due(&policy(), &pair("2026-01-01", None), &requests, &visits, may, day("2026-05-20"));
    assert_eq!(told(&dues), ["earlier by 2026-05-13 Done 2026-05-12", "later by 2026-05-14 Overdue"]);
}

/// C9: a request unanswered at the pair's end is owed only if it had fallen due by then.
#[test]
fn a_request_is_not_owed_when_the_pair_ends_first() {
    let may = period("2026-05-01", "2026-05-30");
    let requests = [request("d1", "2026-05-10")];
    let owed = |end: &str| {
        visits_due(&policy(), &pair("2026-01-01", Some(end)), &requests, &[], may, day("2026-06-30")).len()
    };
    assert_eq!(owed("2026-05-12"), 0);
    assert_eq!(owed("2026-05-13"), 1);
}

/// C9: what is listed for a month does not depend on how long a period is asked for.
#[test]
fn the_list_does_not_depend_on_the_period_asked_for() {
    let visits: Vec<Visit> = (1..=12)
        .step_by(3)
        .filter_map(|month| NaiveDate::from_ymd_opt(2026, month, 14))
        .map(|on| Visit { on, kind: VisitKind::OnDemand })
        .collect();
    let requests: Vec<VisitRequest> =
        (1..=12).map(|month| request(&format!("d{month}"), &format!("2026-{month:02}-12"))).collect();
    let asked = |from: NaiveDate, to: NaiveDate| {
        visits_due(
            &policy(),
            &pair("2025-06-15", None),
            &requests,
            &visits,
            Period { from, to },
            day("2026-11-30"),
        )
    };
    let whole = asked(day("2026-01-01"), day("2026-12-31"));
    let mut pieces = Vec::new();
    let mut from = day("2026-01-01");
    while from < day("2027-01-01") {
        let next = next_month(from).expect("a month");
        pieces.extend(asked(from, next.pred_opt().expect("a day")));
        from = next;
    }
    assert_eq!(told(&whole), told(&pieces));
    assert_eq!(whole.len(), 12 + 3 + 11, "no request after the day of asking");
}
