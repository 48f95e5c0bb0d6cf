//! Key households, pairs and visits through HTTP.

use serde_json::{Value, json};
use tests::town::{Town, both};

const MONDAY: &str = "2026-03-02T09:00:00+08:00";

async fn paired(town: &Town, household: &str) {
    let household_of =
        json!({"household": household, "community": "520201016001", "needs": ["elderly"], "consent": true});
    town.ok("register-household", household_of).await;
    town.ok("pair-household", json!({"household": household, "member": "m-1"})).await;
}

fn visit(kind: &str, on: &str) -> Value {
    json!({"household": "h-1", "member": "m-1", "kind": kind, "on": on, "minutes": 40, "service": "warm"})
}

async fn types(town: &Town, stream: &str) -> Vec<String> {
    let history = town.get(&format!("/v1/{stream}/history")).await;
    let items = history["items"].as_array().unwrap();
    items.iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect()
}

/// C8, C9, C13: a pair, its visits and their «五百» service, told by both streams, in the pair's row and in the figures.
#[tokio::test]
async fn a_paired_household_is_visited() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        paired(&town, "h-1").await;
        town.set_time("2026-03-10T20:00:00+08:00");
        let member = town.acting("member", "m-1");
        member.ok("record-visit", visit("monthly", "2026-03-10")).await;
        let again = member.ok("record-visit", visit("monthly", "2026-03-10")).await;
        assert_eq!(again["events"].as_array().unwrap().len(), 0);
        town.ok("request-visit", json!({"household": "h-1"})).await;
        assert!(types(&town, "members/m-1").await.ends_with(&["HouseholdPaired".into(), "VisitMade".into()]));
        assert_eq!(
            types(&town, "households/h-1").await,
            ["HouseholdRegistered", "PairFormed", "HouseholdVisited", "VisitRequested"]
        );
        let row = town.get("/v1/help-pairs/h-1/m-1").await;
        assert_eq!(
            (row["visits"][0]["service"].as_str(), row["from"].as_str()),
            (Some("warm"), Some("2026-03-02"))
        );
        assert_eq!(row["requests"].as_array().unwrap().len(), 1);
        let pairs = town.get("/v1/help-pairs?member=m-1&status=active").await;
        assert_eq!(pairs["items"].as_array().unwrap().len(), 1);
        let households = town.get("/v1/households?community=5202&paired=true").await;
        assert_eq!(households["items"][0]["visits"], 1);
        let figures = town.get("/v1/monthly-figures/520201016001/2026-03").await["figures"].clone();
        assert_eq!(
            (figures["visits_monthly"].as_i64(), figures["hundred_hearts"].as_i64()),
            (Some(1), Some(1))
        );
        town.rebuild_equals_live().await;
    })
    .await;
}

/// C9: visits due are listed by day and state, in JSON and as CSV: overdue once the month is over without a visit.
#[tokio::test]
async fn visits_due_are_listed() {
    both(async |town: Town| {
        town.set_time("2026-03-01T09:00:00+08:00");
        paired(&town, "h-1").await;
        paired(&town, "h-2").await;
        town.ok("record-visit", visit("monthly", "2026-03-01")).await;
        let states = async |query: &str| -> Vec<(String, String, String)> {
            let page = town.get(&format!("/v1/due-visits?{query}")).await;
            let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
            let items = page["items"].as_array().unwrap().iter();
            items.map(|row| (text(row, "household"), text(row, "due"), text(row, "state"))).collect()
        };
        let is = |household: &str, due: &str, state: &str| {
            (household.to_owned(), due.to_owned(), state.to_owned())
        };
        assert_eq!(
            states("community=520201").await,
            [is("h-1", "2026-03-31", "done"), is("h-2", "2026-03-31", "open")]
        );
        town.set_time("2026-04-10T09:00:00+08:00");
        assert_eq!(states("state=overdue").await, [is("h-2", "2026-03-31", "overdue")]);
        assert_eq!(
            states("member=m-1&household=h-2&from=2026-04-01").await,
            [is("h-2", "2026-04-30", "open")]
        );
        assert_eq!(states("on=2026-03-20&state=open").await, [is("h-2", "2026-03-31", "open")]);
        let first = town.get("/v1/due-visits?limit=1&to=2026-03-31").await;
        assert_eq!(first["items"].as_array().unwrap().len(), 1);
        let second = town.get(first["next"].as_str().unwrap()).await;
        assert_eq!(second["items"][0]["household"], "h-2");
        let (status, csv) = town.get_status("/v1/due-visits?format=csv").await;
        assert!(status == 200 && csv.as_str().unwrap().contains("h-2,m-1,monthly"), "{csv}");
        let (status, problem) = town.get_status("/v1/due-visits?on=tomorrow").await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("query.invalid_parameter")));
    })
    .await;
}

/// C8, C9: a fourth household, an unpaired one, an unknown one, a day to come, minutes over the day, tags without consent:
/// each is refused, and nothing is stored.
#[tokio::test]
async fn bad_input_about_households_is_refused() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        for household in ["h-1", "h-2", "h-3"] {
            paired(&town, household).await;
        }
        let fourth = json!({"household": "h-4", "community": "520201016001", "needs": ["hardship"]});
        town.ok("register-household", fourth).await;
        let of = |household: &str, member: &str| json!({"household": household, "member": member});
        let mut alone = visit("monthly", "2026-03-02");
        alone["household"] = json!("h-4");
        let mut long = visit("monthly", "2026-03-02");
        long["minutes"] = json!(481);
        for (command, data, status, code) in [
            ("pair-household", of("h-4", "m-1"), 409, "member.too_many_households"),
            ("pair-household", of("h-9", "m-1"), 404, "household.unknown"),
            ("pair-household", of("h-4", "m-9"), 404, "member.unknown"),
            ("end-pair", of("h-4", "m-1"), 409, "household.not_paired"),
            ("record-visit", alone, 409, "household.not_paired"),
            ("record-visit", visit("monthly", "2026-03-03"), 422, "household.day_to_come"),
            ("record-visit", visit("monthly", "2026-03-01"), 422, "household.before_pair"),
            ("record-visit", long, 409, "member.too_many_minutes"),
            ("record-visit", visit("weekly", "2026-03-02"), 422, "request.unknown_value"),
            ("request-visit", json!({"household": "h-4"}), 409, "household.nobody_paired"),
            (
                "register-household",
                json!({"household": "h-5", "community": "520201016001", "needs": ["minor"]}),
                409,
                "household.consent_needed",
            ),
            (
                "register-household",
                json!({"household": "h-5", "community": "520201016009"}),
                404,
                "division.unknown_community",
            ),
            (
                "record-needs",
                json!({"household": "h-4", "needs": ["disabled"], "consent": false}),
                409,
                "household.consent_needed",
            ),
        ] {
            town.refused(command, data, status, code).await;
        }
    })
    .await;
}

/// C8: the pairs of a member who retires end in the same step, so that another may help the household.
#[tokio::test]
async fn a_member_who_retires_leaves_the_pairs() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        paired(&town, "h-1").await;
        town.ok("retire-member", json!({"member": "m-1"})).await;
        let row = town.get("/v1/help-pairs/h-1/m-1").await;
        assert_eq!((row["status"].as_str(), row["to"].as_str()), (Some("ended"), Some("2026-03-02")));
        assert!(types(&town, "members/m-1").await.contains(&"HouseholdUnpaired".to_owned()));
        town.ok("pair-household", json!({"household": "h-1", "member": "m-2"})).await;
    })
    .await;
}

/// C9: consent is withdrawn, and no sensitive tag stays in the household's row.
#[tokio::test]
async fn a_household_withdraws_its_consent() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        paired(&town, "h-1").await;
        town.ok("record-needs", json!({"household": "h-1", "needs": [], "consent": false})).await;
        let row = town.get("/v1/households/h-1").await;
        assert_eq!((row["needs"].as_array().unwrap().len(), row["consent"].as_bool()), (0, Some(false)));
    })
    .await;
}
