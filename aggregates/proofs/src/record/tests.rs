use serde_json::{Value, json};

use super::*;

fn add(facts: &mut Facts, event: &str, fact: &Value) -> bool {
    facts.add(event, &json!({ event: fact }).to_string())
}

fn line(line: &str, points: i64) -> Value {
    json!({"line": {"line": line, "year": 2026, "points": points, "work": "voluntary"}})
}

/// D1: base and standing lines, within floor and cap; what is taken back never was.
#[test]
fn a_card_is_added_up_within_floor_and_cap() {
    let mut facts = Facts::default();
    assert!(add(
        &mut facts,
        "CardOpened",
        &json!({"opening": {"year": 2026, "base": 80, "floor": 0, "cap": 100, "policy": "p@1"}})
    ));
    let card = |facts: &Facts| {
        let card = &facts.totals.cards[&2026];
        (card.awarded, card.deducted, card.total)
    };
    assert_eq!(card(&facts), (0, 0, 80));
    assert!(add(&mut facts, "PointsAwarded", &line("2026-1", 30)));
    assert_eq!(card(&facts), (30, 0, 100), "the cap");
    assert!(add(&mut facts, "PointsDeducted", &line("2026-2", -150)));
    assert_eq!(card(&facts), (30, 150, 0), "the floor");
    let reversal = json!({"reversal": {"line": "2026-2", "year": 2026, "points": 150}});
    assert!(add(&mut facts, "PointsReversed", &reversal));
    assert_eq!(card(&facts), (30, 0, 100), "as before");
    assert!(!add(&mut facts, "PointsReversed", &reversal), "there is no such line any more");
}

/// Duty and voluntary service are never one figure; other facts are passed over, and what cannot be read is told.
#[test]
fn services_ratings_and_years_are_counted() {
    let mut facts = Facts::default();
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
        assert!(add(&mut facts, event, &fact), "{event}");
    }
    let totals = facts.totals.clone();
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
        assert!(!facts.add(event, payload), "{payload}");
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
