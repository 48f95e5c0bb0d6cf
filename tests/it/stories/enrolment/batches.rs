//! 分批报到 (A6).

use serde_json::{Value, json};
use tests::town::{Town, both};

use super::{C1, C2, lives, of, reports};

async fn crowd(town: &Town, from: usize, until: usize) {
    for n in from..=until {
        let member = json!({"member": format!("m-{n}"), "unit": "u-tax", "rank": "regular_cadre"});
        town.ok("enrol-member", member).await;
    }
}

fn rows(members: &[&str]) -> Value {
    members.iter().map(|member| json!({"member": member, "kind": "unit_linked"})).collect()
}

/// A6: a batch reports in one step, each member's own stream tells it, and closing it says who arrived, who is missing
/// and who came without being expected; nobody excluded is missing (A5).
#[tokio::test]
async fn a_batch_reports_in_one_step_and_is_reconciled() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        crowd(&town, 10, 15).await;
        let batch = json!({"batch": "b-1", "community": C1, "unit": "u-tax",
            "expected": ["m-10", "m-11", "m-12", "m-13", "m-14"]});
        town.ok("open-batch", batch).await;
        let before = town.position();
        let receipt = town
            .ok("batch-report", json!({"batch": "b-1", "reports": rows(&["m-10", "m-11", "m-15"])}))
            .await;
        let streams: Vec<&str> = receipt["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["type"] == "MemberReported")
            .map(|event| event["stream"].as_str().unwrap())
            .collect();
        assert_eq!(streams, ["member/m-10", "member/m-11", "member/m-15"]);
        reports(&town, "m-12", "unit_linked", C1).await;
        town.ok("report", json!({"member": "m-12", "kind": "unit_linked", "community": C1, "batch": "b-1"}))
            .await;
        let excluded = json!({"member": "m-14", "reason": "special_post", "from": "2026-03-02"});
        town.ok("exclude-member", excluded).await;
        let row = town.get("/v1/batches/b-1").await;
        assert_eq!(
            of(&row, &["expected_count", "received", "missing", "unexpected", "closed_on"]),
            json!([5, 3, ["m-13", "m-14"], ["m-15"], null])
        );
        town.ok("close-batch", json!({"batch": "b-1"})).await;
        let row = town.get("/v1/batches/b-1").await;
        assert_eq!(
            of(&row, &["received", "missing", "not_due_count", "unexpected", "closed_on"]),
            json!([3, ["m-13"], 1, ["m-15"], "2026-03-02"])
        );
        let then = town.get(&format!("/v1/batches/b-1?as_of={before}")).await;
        assert_eq!(of(&then, &["received", "arrivals"]), json!([0, []]));
        let line = &town.get("/v1/members/m-10").await["reports"][0];
        assert_eq!(of(line, &["batch", "on"]), json!(["b-1", "2026-03-02"]));
        let late = json!({"batch": "b-1", "reports": rows(&["m-13"])});
        town.refused("batch-report", late, 409, "batch.closed").await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A6: one wrong row refuses the whole batch and is named; nothing of it is stored.
#[tokio::test]
async fn one_wrong_row_refuses_the_whole_batch() {
    both(async |town: Town| {
        crowd(&town, 10, 12).await;
        let unknown = json!({"batch": "b-1", "community": C2, "expected": ["m-10", "m-nobody"]});
        let problem = town.refused("open-batch", unknown, 404, "member.unknown").await;
        assert_eq!(problem["field"], "expected[1]");
        town.ok(
            "open-batch",
            json!({"batch": "b-1", "community": C1, "unit": "u-tax", "expected": ["m-10"]}),
        )
        .await;
        for (rows, status, code, field) in [
            (rows(&["m-10", "m-nobody"]), 404, "member.unknown", "reports[1].member"),
            (rows(&["m-10", "m-11", "m-10"]), 422, "batch.twice", "reports[2].member"),
            (rows(&["m-10", "m-3"]), 409, "batch.other_unit", "reports[1].member"),
            (
                json!([{"member": "m-12", "kind": "residence"}]),
                409,
                "member.lives_elsewhere",
                "reports[0].community",
            ),
            (json!([]), 422, "batch.rows", "reports"),
        ] {
            let data = json!({"batch": "b-1", "reports": rows});
            let problem = town.refused("batch-report", data, status, code).await;
            assert_eq!(problem["field"], field);
        }
        let nowhere = json!({"batch": "b-9", "reports": rows(&["m-10"])});
        town.refused("batch-report", nowhere, 404, "batch.unknown").await;
        lives(&town, "m-10", C2, "self_built", None).await;
        let elsewhere = json!({"member": "m-10", "kind": "residence", "community": C2, "batch": "b-1"});
        town.refused("report", elsewhere, 409, "batch.elsewhere").await;
        assert_eq!(town.get("/v1/members/m-10").await["reports"], json!([]));
    })
    .await;
}

/// A6: 400 members report in one step.
#[tokio::test]
async fn a_community_takes_four_hundred_in_one_step() {
    both(async |town: Town| {
        let members: Vec<String> = (0..400).map(|n| format!("c-{n:03}")).collect();
        let lines: Vec<Value> = members
            .iter()
            .map(|member| json!({"command": "enrol-member", "data": {"member": member, "unit": "u-tax", "rank": "member"}}))
            .collect();
        town.ok_lines(&lines).await;
        town.ok("open-batch", json!({"batch": "b-1", "community": C1, "expected": members})).await;
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        town.ok("batch-report", json!({"batch": "b-1", "reports": rows(&members)})).await;
        town.ok("close-batch", json!({"batch": "b-1"})).await;
        let row = town.get("/v1/batches/b-1").await;
        assert_eq!(of(&row, &["received", "missing", "unexpected"]), json!([400, [], []]));
        let unit = town.get("/v1/report-coverage/unit/u-tax").await;
        assert_eq!(of(&unit["unit_linked"], &["due", "reported"]), json!([402, 402]));
    })
    .await;
}
