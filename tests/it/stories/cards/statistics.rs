use serde_json::{Value, json};
use tests::town::{Town, both};

use super::{PHOENIX, served};

fn value(statistics: &Value, measure: &str) -> i64 {
    let figures = statistics["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["measure"] == measure).unwrap()["value"].as_i64().unwrap()
}

/// Two wishes served in two months, and issues raised in two counties.
async fn season(town: &Town) {
    town.set_time("2026-02-03T09:00:00+08:00");
    served(town, "d-1", "m-1", 5).await;
    town.set_time("2026-03-03T09:00:00+08:00");
    served(town, "d-2", "m-2", 1).await;
    let issue = |demand: &str, community: &str| {
        json!({"demand": demand, "issue": "issue", "channel": "grid_officer", "category": "lift_maintenance",
            "community": community, "urgency": "routine"})
    };
    town.ok("raise-issue", issue("d-3", PHOENIX)).await;
    town.ok("raise-issue", issue("d-4", "520203001001")).await;
    town.ok("screen-demand", json!({"demand": "d-3"})).await;
    town.ok("close-demand", json!({"demand": "d-3", "solved": true})).await;
}

/// C10, C12, A2: the headline figures of any division and period are sums over its communities and months, broken down
/// by the divisions below or by month, duty and voluntary service apart.
#[tokio::test]
async fn figures_of_any_division_and_period_add_up() {
    both(async |town: Town| {
        season(&town).await;
        let all = town.get("/v1/statistics?division=5202").await;
        for (measure, expected) in [
            ("units_enrolled", 2),
            ("members_enrolled", 3),
            ("reports_unit_linked", 3),
            ("demands_placed", 4),
            ("placed_micro_wish", 2),
            ("placed_issue", 2),
            ("channel_grid_officer", 2),
            ("claimed_by_members", 2),
            ("completed", 2),
            ("wishes_by_members", 2),
            ("service_times", 2),
            ("minutes_voluntary", 120),
            ("minutes_duty", 0),
            ("rated", 2),
            ("satisfied", 1),
            ("stars", 6),
            ("referred", 1),
            ("issues_solved", 1),
        ] {
            assert_eq!(value(&all, measure), expected, "{measure}");
        }
        let rate = all["rates"].as_array().unwrap().iter().find(|rate| rate["name"] == "satisfied").unwrap();
        assert_eq!(
            (rate["share"].as_i64(), rate["of"].as_i64(), rate["permille"].as_i64()),
            (Some(1), Some(2), Some(500))
        );
        assert_eq!(town.get("/v1/statistics").await["figures"], all["figures"]);
        let march = town.get("/v1/statistics?division=520201&from=2026-03&to=2026-03").await;
        assert_eq!((value(&march, "placed_micro_wish"), value(&march, "placed_issue")), (1, 1));
        let parts = |answer: &Value| -> Vec<(String, i64)> {
            let parts = answer["parts"].as_array().unwrap().iter();
            parts
                .map(|part| {
                    let placed = part["figures"]["demands_placed"].as_i64().unwrap_or(0);
                    (part["key"].as_str().unwrap().to_owned(), placed)
                })
                .collect()
        };
        let by_county = town.get("/v1/statistics?division=5202&by=division&from=2026-02").await;
        assert_eq!(parts(&by_county), [("520201".to_owned(), 3), ("520203".to_owned(), 1)]);
        let by_month = town.get("/v1/statistics?division=520201016&by=month&from=2026-02").await;
        assert_eq!(parts(&by_month), [("2026-02".to_owned(), 1), ("2026-03".to_owned(), 2)]);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// C12: a question that makes no sense is refused by the name of its parameter.
#[tokio::test]
async fn a_wrong_question_is_refused_by_the_name_of_its_parameter() {
    both(async |town: Town| {
        for (path, code) in [
            ("/v1/statistics?division=52x", "query.invalid_parameter"),
            ("/v1/statistics?division=5202&from=2026-13", "query.invalid_parameter"),
            ("/v1/statistics?division=5202&by=week", "query.invalid_parameter"),
            ("/v1/statistics?division=5202&month=2026-03", "query.unknown_parameter"),
        ] {
            let (status, problem) = town.get_status(path).await;
            assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{path}");
        }
    })
    .await;
}
