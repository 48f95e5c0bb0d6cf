use super::*;

fn row(division: &str, month: &str, figures: &[(Measure, i64)]) -> MonthlyRow {
    MonthlyRow {
        division: division.to_owned(),
        month: month.to_owned(),
        figures: figures.iter().copied().collect(),
    }
}

fn ledger() -> Vec<MonthlyRow> {
    use Measure as M;
    vec![
        row("520201", "2026-01", &[(M::UnitsEnrolled, 2)]),
        row("520201016001", "2026-01", &[(M::PlacedIssue, 3), (M::IssuesSolved, 1), (M::MinutesDuty, 60)]),
        row(
            "520201016001",
            "2026-02",
            &[(M::PlacedIssue, 1), (M::IssuesSolved, 2), (M::MinutesVoluntary, 90)],
        ),
        row("520201016002", "2026-02", &[(M::Rated, 3), (M::Satisfied, 2), (M::Stars, 11)]),
        row("520203001001", "2026-03", &[(M::PlacedIssue, 5), (M::UnitLinks, -1)]),
    ]
}

fn ask(division: &str, from: Option<&str>, to: Option<&str>, by: Option<By>) -> Statistics {
    let month = |text: &str| Month::new(text).expect("a month");
    let question =
        Question { division: DivisionCode::new(division).ok(), from: from.map(month), to: to.map(month), by };
    summarise(&question, &ledger())
}

fn value(statistics: &Statistics, measure: Measure) -> i64 {
    statistics.figures.iter().find(|figure| figure.measure == measure).map_or(-1, |figure| figure.value)
}

/// C12, D1: the figures of a division are the sums of all divisions within it, in the months asked for.
#[test]
fn figures_of_a_division_are_sums_over_divisions_and_months() {
    use Measure as M;
    let value_of = |division, from, to, measure| value(&ask(division, from, to, None), measure);
    assert_eq!(value_of("5202", None, None, M::PlacedIssue), 9);
    assert_eq!(value_of("520201", None, None, M::PlacedIssue), 4);
    assert_eq!(value_of("520201", None, None, M::UnitsEnrolled), 2);
    assert_eq!(value_of("520201016", Some("2026-02"), None, M::PlacedIssue), 1);
    assert_eq!(value_of("5202", None, Some("2026-02"), M::PlacedIssue), 4);
    assert_eq!(value_of("5202", Some("2026-03"), Some("2026-03"), M::PlacedIssue), 5);
    assert_eq!(value_of("5203", None, None, M::PlacedIssue), 0);
}

/// Design §6: minutes of duty and of voluntary service are two figures.
#[test]
fn duty_and_voluntary_minutes_are_two_figures() {
    let all = ask("5202", None, None, None);
    assert_eq!((value(&all, Measure::MinutesDuty), value(&all, Measure::MinutesVoluntary)), (60, 90));
}

/// C12: the parts are the divisions one level below, or the months, and add up to the whole.
#[test]
fn parts_add_up_to_the_whole() {
    for (division, by, keys) in [
        ("", By::Division, vec!["520201", "520203"]),
        ("5202", By::Division, vec!["520201", "520203"]),
        ("520201", By::Division, vec!["520201", "520201016"]),
        ("520201016", By::Division, vec!["520201016001", "520201016002"]),
        ("520201016001", By::Division, vec!["520201016001"]),
        ("5202", By::Month, vec!["2026-01", "2026-02", "2026-03"]),
    ] {
        let answer = ask(division, None, None, Some(by));
        assert_eq!(answer.parts.iter().map(|part| part.key.as_str()).collect::<Vec<_>>(), keys);
        for figure in &answer.figures {
            let sum: i64 = answer.parts.iter().filter_map(|part| part.figures.get(&figure.measure)).sum();
            assert_eq!(sum, figure.value, "{division} {:?}", figure.measure);
        }
    }
}

/// C5, C11, C12: rates tell share and whole, rounded, and nothing where there is nothing to divide by.
#[test]
fn rates_tell_share_and_whole() {
    let answer = ask("520201", None, None, None);
    let rate = |name: &str| answer.rates.iter().find(|rate| rate.name == name).expect("a rate").clone();
    assert_eq!(
        (rate("satisfied").share, rate("satisfied").of, rate("satisfied").permille),
        (2, 3, Some(667))
    );
    assert_eq!(rate("issues_solved").permille, Some(750));
    assert_eq!(rate("stars").permille, Some(3667));
    assert_eq!(rate("on_time").permille, None);
}

/// C12: a month is a month.
#[test]
fn a_month_is_written_with_year_and_number() {
    assert!(Month::new("2026-03").is_some());
    for wrong in ["2026-3", "2026-13", "2026-00", "26-03", "2026-03-01", "2026/03", "", "２０２６-03"] {
        assert!(Month::new(wrong).is_none(), "{wrong}");
    }
}

/// C12: every measure's name is its name in JSON, and none is told twice.
#[test]
fn names_of_measures_are_those_in_json() {
    let mut seen = std::collections::BTreeSet::new();
    for measure in Measure::ALL {
        assert_eq!(serde_json::to_value(measure).expect("JSON"), measure.name());
        assert!(seen.insert(measure.title()), "{}", measure.title());
    }
}
