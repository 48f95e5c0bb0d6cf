use serde_json::{Value, json};

use super::*;

fn add(totals: &mut Totals, event: &str, fact: &Value) -> bool {
    totals.add(event, &json!({ event: fact }).to_string())
}

fn line(line: &str, points: i64) -> Value {
    json!({"line": {"line": line, "year": 2026, "points": points, "work": "voluntary"}})
}

/// D1: base and standing lines, within floor and cap; what is taken back never was.
#[test]
fn a_card_is_added_up_within_floor_and_cap() {
    let mut totals = Totals::default();
    assert!(add(
        &mut totals,
        "CardOpened",
        &json!({"opening": {"year": 2026, "base": 80, "floor": 0, "cap": 100, "policy": "p@1"}})
    ));
    let card = |totals: &Totals| {
        let card = &totals.cards[&2026];
        (card.awarded, card.deducted, card.total)
    };
    assert_eq!(card(&totals), (0, 0, 80));
    assert!(add(&mut totals, "PointsAwarded", &line("2026-1", 30)));
    assert_eq!(card(&totals), (30, 0, 100), "the cap");
    assert!(add(&mut totals, "PointsDeducted", &line("2026-2", -150)));
    assert_eq!(card(&totals), (30, 150, 0), "the floor");
    let reversal = json!({"reversal": {"line": "2026-2", "year": 2026, "points": 150}});
    assert!(add(&mut totals, "PointsReversed", &reversal));
    assert_eq!(card(&totals), (30, 0, 100), "as before");
    assert!(!add(&mut totals, "PointsReversed", &reversal), "there is no such line any more");
}

/// Duty and voluntary service are never one figure; other facts are passed over, and what cannot be read is told.
#[test]
fn services_ratings_and_years_are_counted() {
    let mut totals = Totals::default();
    for (event, fact) in [
        ("ServiceRendered", json!({"minutes": 60, "work": "voluntary"})),
        ("ServiceRendered", json!({"minutes": 45, "work": "duty"})),
        ("VisitMade", json!({"minutes": 30})),
        ("VisitMade", json!({"minutes": null})),
        ("ServiceAppraised", json!({"stars": 5})),
        ("ServiceAppraised", json!({"stars": 4})),
        ("MemberDisqualified", json!({"year": 2025})),
        ("MemberDisqualified", json!({"year": 2026})),
        ("DisqualificationLifted", json!({"year": 2025})),
        ("MemberReported", json!({"kind": "residence"})),
    ] {
        assert!(add(&mut totals, event, &fact), "{event}");
    }
    assert_eq!(
        (totals.voluntary, totals.duty),
        (Counted { times: 1, minutes: 60 }, Counted { times: 1, minutes: 45 })
    );
    assert_eq!((totals.visits, totals.rated, totals.stars), (Counted { times: 2, minutes: 30 }, 2, 9));
    assert_eq!(totals.disqualified, [2026].into());
    let told: Totals = serde_json::from_value(serde_json::to_value(&totals).unwrap()).unwrap();
    assert!(totals.agrees(&told) && !totals.agrees(&Totals::default()));
    for (event, payload) in [
        ("ServiceRendered", "{}"),
        ("ServiceRendered", r#"{"ServiceRendered":{"minutes":-1,"work":"duty"}}"#),
        ("ServiceRendered", r#"{"Other":{"minutes":1,"work":"duty"}}"#),
        ("PointsAwarded", r#"{"PointsAwarded":{"line":{"line":"x","year":"2026","points":1}}}"#),
        ("VisitMade", "not JSON"),
    ] {
        assert!(!totals.add(event, payload), "{payload}");
    }
}

/// Outcomes are ordered by how bad they are, and each has an exit code of its own.
#[test]
fn every_outcome_has_its_code() {
    let all = [
        Outcome::Valid,
        Outcome::ValidWithWarnings,
        Outcome::Incomplete,
        Outcome::Diverged,
        Outcome::Invalid,
    ];
    assert!(all.is_sorted());
    assert_eq!(all.map(Outcome::code), [0, 10, 20, 30, 40]);
}
