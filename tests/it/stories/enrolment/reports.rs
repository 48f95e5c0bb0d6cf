//! The double report, its coverage, and units (A1, A2, A3, A7).

use serde_json::json;
use tests::town::{Town, both};

use super::{C1, C2, ids, lives, of, reports};

const COVERAGE: [&str; 4] = ["due", "reported", "missing", "rate"];

/// A1, A2: both reports are owed within the policy's days, missing ones are listed, and coverage follows by unit, by
/// community and for the ledger.
#[tokio::test]
async fn both_reports_are_owed_listed_while_missing_and_counted_once_made() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let new = json!({"member": "m-4", "unit": "u-tax", "rank": "member", "skills": ["law"]});
        town.ok("enrol-member", new.clone()).await;
        assert!(town.ok("enrol-member", new).await["events"].as_array().unwrap().is_empty());
        lives(&town, "m-4", C2, "self_built", None).await;
        let missing = town.get("/v1/members?missing_report=both").await;
        assert_eq!(ids(&missing, "member"), ["m-4"]);
        assert_eq!(missing["items"][0]["first_report_due"], "2026-04-01");
        let overdue = town.get("/v1/members?first_report_due_before=2026-04-01").await;
        assert_eq!(ids(&overdue, "member"), ["m-1", "m-2", "m-3"], "owed since January");
        let problem = json!({"member": "m-4", "kind": "residence", "community": C1});
        town.refused("report", problem, 409, "member.lives_elsewhere").await;
        let problem = json!({"member": "m-4", "kind": "unit_linked", "community": C2});
        town.refused("report", problem, 409, "member.unit_not_linked").await;
        reports(&town, "m-4", "residence", C2).await;
        assert_eq!(ids(&town.get("/v1/members?missing_report=both").await, "member"), [""; 0]);
        let missing = town.get("/v1/members?missing_report=unit_linked").await;
        assert_eq!(ids(&missing, "member"), ["m-4"]);

        let unit = town.get("/v1/report-coverage/unit/u-tax").await;
        assert_eq!(of(&unit["unit_linked"], &COVERAGE), json!([3, 2, 1, 66.6]));
        assert_eq!(of(&unit["residence"], &COVERAGE), json!([3, 1, 2, 33.3]));
        let community = town.get(&format!("/v1/report-coverage/division/{C2}")).await;
        assert_eq!(of(&community["residence"], &COVERAGE), json!([1, 1, 0, 100.0]));
        let county = town.get("/v1/report-coverage/division/520201").await;
        assert_eq!(of(&county["residence"], &COVERAGE), json!([1, 1, 0, 100.0]));
        assert_eq!(of(&county["unit_linked"], &COVERAGE), json!([null, 3, null, null]));
        let ledger = town.get("/v1/report-coverage/ledger").await;
        assert_eq!(of(&ledger["unit_linked"], &COVERAGE), json!([4, 3, 1, 75.0]));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A1: only units of registered divisions and known upper units are entered, and members only of known units.
#[tokio::test]
async fn units_and_members_hang_on_what_is_registered() {
    both(async |town: Town| {
        let unit =
            json!({"unit": "u-1", "name": "市供电局", "class": "state_enterprise", "division": "5299"});
        town.refused("enrol-unit", unit, 404, "division.unknown").await;
        let unit = json!({"unit": "u-1", "name": "市供电局", "class": "state_enterprise", "division": "5202",
            "upper": "u-nowhere"});
        town.refused("enrol-unit", unit, 404, "unit.unknown").await;
        let member = json!({"member": "m-9", "unit": "u-nowhere", "rank": "member"});
        town.refused("enrol-member", member, 404, "unit.unknown").await;
        let member = json!({"member": "m-9", "kind": "residence", "community": C1});
        town.refused("report", member, 404, "member.unknown").await;
        let division = json!({"code": "520299001", "name": "无名街道"});
        town.refused("register-division", division, 404, "division.unknown_parent").await;
        let streets = town.get("/v1/divisions?level=street&division=5202").await;
        assert_eq!(ids(&streets, "name"), ["凤凰街道", "九龙街道"]);
    })
    .await;
}

/// A7: every unit has at least one link, and a unit without shows at once.
#[tokio::test]
async fn a_unit_without_a_link_is_a_gap_in_the_coverage() {
    both(async |town: Town| {
        let unit =
            json!({"unit": "u-power", "name": "市供电局", "class": "state_enterprise", "division": "520201"});
        town.ok("enrol-unit", unit).await;
        assert_eq!(ids(&town.get("/v1/units?linked=no").await, "unit"), ["u-power"]);
        let of_ledger = ["units", "units_linked"];
        let ledger = town.get("/v1/report-coverage/ledger").await;
        assert_eq!(of(&ledger, &of_ledger), json!([3, 2]));
        town.ok("link-unit", json!({"unit": "u-power", "community": C2})).await;
        let before = town.position();
        assert_eq!(of(&town.get("/v1/report-coverage/ledger").await, &of_ledger), json!([3, 3]));
        assert_eq!(of(&town.get("/v1/report-coverage/division/520201").await, &of_ledger), json!([1, 1]));
        assert_eq!(ids(&town.get(&format!("/v1/unit-links?community={C2}")).await, "unit"), ["u-power"]);
        town.ok("unlink-unit", json!({"unit": "u-power", "community": C2})).await;
        assert_eq!(ids(&town.get("/v1/units?linked=no").await, "unit"), ["u-power"]);
        assert_eq!(ids(&town.get(&format!("/v1/unit-links?community={C2}")).await, "unit"), [""; 0]);
        let then = town.get(&format!("/v1/units/u-power?as_of={before}")).await;
        assert_eq!(then["links"][0]["community"], C2);
        let link = json!({"unit": "u-power", "community": C1});
        town.refused("unlink-unit", link, 409, "unit.not_linked").await;
        let nowhere = json!({"unit": "u-power", "community": "520201016999"});
        town.refused("link-unit", nowhere, 404, "division.unknown_community").await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A3: a unit hands in what it needs and what it can give, regularly, and the community sees the latest.
#[tokio::test]
async fn a_unit_reports_with_needs_and_resources() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let report = json!({"unit": "u-tax", "community": C1, "needs": ["venue"], "resources": ["law"]});
        town.ok("report-unit", report.clone()).await;
        let again = town.ok("report-unit", report.clone()).await;
        assert!(again["events"].as_array().unwrap().is_empty(), "{again}");
        town.set_time("2026-06-02T09:00:00+08:00");
        town.ok("report-unit", report).await;
        let line = &town.get("/v1/units/u-tax").await["reports"][0];
        assert_eq!(
            of(line, &["needs", "resources", "on", "times"]),
            json!([["venue"], ["law"], "2026-06-02", 2])
        );
        let links = town.get(&format!("/v1/unit-links?community={C1}&reported_on_from=2026-06-01")).await;
        assert_eq!(ids(&links, "unit"), ["u-tax"]);
        let elsewhere = json!({"unit": "u-tax", "community": C2});
        town.refused("report-unit", elsewhere, 409, "unit.not_linked").await;
    })
    .await;
}

/// A3: 在职党员到居住地社区报到，主动认领志愿岗位: who has reported takes a volunteer's post, which is no duty.
#[tokio::test]
async fn a_member_reports_at_home_and_takes_a_volunteers_post() {
    both(async |town: Town| {
        let grid =
            json!({"grid": "520201016002001", "kind": "base", "households": 300, "template": "four_plus_n"});
        town.ok("define-grid", grid).await;
        town.ok("file-grid", json!({"grid": "520201016002001"})).await;
        lives(&town, "m-1", C2, "self_built", None).await;
        let post = json!({"grid": "520201016002001", "slot": "volunteers", "member": "m-1"});
        reports(&town, "m-1", "residence", C2).await;
        town.ok("take-post", post).await;
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(row["posts_count"], 1);
        assert_eq!(
            of(&row["posts"][0], &["slot", "work", "left_on"]),
            json!(["volunteers", "voluntary", null])
        );
    })
    .await;
}

/// A1, A2: a transfer from an earlier day keeps the history and owes the unit's report anew; retirement ends the dues.
#[tokio::test]
async fn a_transfer_and_a_retirement_keep_the_history() {
    both(async |town: Town| {
        town.set_time("2026-05-11T09:00:00+08:00");
        let before = town.position();
        let transfer = json!({"member": "m-1", "from": "u-tax", "to": "u-hospital", "on": "2026-05-10"});
        town.ok("transfer-member", transfer).await;
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(of(&row, &["unit", "missing"]), json!(["u-hospital", ["unit_linked", "residence"]]));
        assert_eq!(of(&row["units"][0], &["unit", "left_on"]), json!(["u-tax", "2026-05-10"]));
        assert_eq!(of(&row["reports"][0], &["community", "lapsed_on"]), json!([C1, "2026-05-11"]));
        let tax = town.get("/v1/report-coverage/unit/u-tax").await;
        let hospital = town.get("/v1/report-coverage/unit/u-hospital").await;
        assert_eq!((&tax["members"], &hospital["members"]), (&json!(1), &json!(2)));
        let then = town.get(&format!("/v1/members/m-1?as_of={before}")).await;
        assert_eq!(of(&then, &["unit", "missing"]), json!(["u-tax", ["residence"]]));

        town.ok("retire-member", json!({"member": "m-1"})).await;
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(of(&row, &["status", "missing", "retired_on"]), json!(["retired", [], "2026-05-11"]));
        let hospital = town.get("/v1/report-coverage/unit/u-hospital").await;
        assert_eq!(of(&hospital["unit_linked"], &COVERAGE), json!([1, 1, 0, 100.0]));
        let late = json!({"member": "m-1", "kind": "unit_linked", "community": C1});
        town.refused("report", late, 409, "member.retired").await;
        let history = town.get("/v1/members/m-1/history").await;
        let told = ids(&history, "type");
        assert!(told.contains(&"MemberTransferred".to_owned()) && told.contains(&"MemberRetired".to_owned()));
        town.rebuild_equals_live().await;
    })
    .await;
}
