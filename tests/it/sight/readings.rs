//! What is recorded of those who looked.

use aggregates::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::door::Door;
use tests::town::{Town, both};

async fn readings(door: &Door, town: &Town, cookie: &str) -> Vec<Value> {
    let path = format!("/v1/readings?order=read_at&at_least={}", town.position_now().await);
    let (status, page) = door.send(door.request(Method::GET, &path).header("cookie", cookie)).await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap().clone()
}

/// Issue 4 D: every time that somebody of an office reads a personal record is recorded before it is shown, in the journal, and shown to whom
/// it is about, and to nobody else but auditors; one's own are not recorded.
#[tokio::test(flavor = "multi_thread")]
async fn offices_that_read_are_recorded_and_shown_to_whom_it_is_about() {
    both(async |town| {
        let door = Door::of(&town).await;
        door.login("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
        door.login("m-1", Role::Member, "m-1", None).await;
        door.login("m-3", Role::Member, "m-3", None).await;
        let (worker, member, other) =
            (door.cookie("wang").await, door.cookie("m-1").await, door.cookie("m-3").await);
        let ask = |path: &str, cookie: &str| door.request(Method::GET, path).header("cookie", cookie);
        let head = town.position_now().await;
        for path in ["/v1/members/m-1", "/v1/members/m-1/point-card?year=2026", "/v1/members/m-1/history"] {
            assert_eq!(door.send(ask(path, &member)).await.0, 200, "{path}");
        }
        for path in ["/v1/demands", "/v1/grids", "/v1/divisions", "/v1/members/m-77", "/v1/households/h-77"] {
            let _ = door.send(ask(path, &worker)).await;
        }
        assert_eq!(town.position_now().await, head, "nothing personal was read by an office");
        for (path, purpose) in [
            ("/v1/members/m-1", Some("年度评议")),
            ("/v1/members/m-1/point-card?year=2026", None),
            ("/v1/members/m-1/history", None),
            ("/v1/point-cards?holder=m-1", None),
            ("/v1/members?format=csv", None),
            ("/v1/exports/members", None),
        ] {
            let before = town.position_now().await;
            let request = ask(path, &worker);
            let request = match purpose {
                Some(purpose) => request.header("Baodao-Purpose", urlencoded(purpose)),
                None => request,
            };
            assert_eq!(door.send(request).await.0, 200, "{path}");
            assert_eq!(town.position_now().await, before + 1, "{path}");
        }
        let seen = readings(&door, &town, &member).await;
        let told: Vec<&Value> = seen.iter().map(|row| &row["what"]).collect();
        assert_eq!(told, ["members", "point-cards", "history", "point-cards", "members", "members"]);
        for row in &seen {
            assert_eq!(
                (&row["subject"], &row["by"], &row["role"], &row["organisation"]),
                (&json!("member:m-1"), &json!("w-1"), &json!("community-worker"), &json!("520201016001"))
            );
        }
        assert_eq!((&seen[0]["purpose"], &seen[1]["purpose"]), (&json!("年度评议"), &Value::Null));
        assert_eq!(readings(&door, &town, &other).await.len(), 2, "only what was about him");
        let (status, _) = door.send(ask("/v1/readings", &worker)).await;
        assert_eq!(status, 403);
        let (status, _) = door.send(ask("/v1/members/m-1", "baodao-default=x")).await;
        assert_eq!(status, 401);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// Issue 4 D: beyond one's reach one sees only with a reason, one thing at a time, and it is recorded as such; who may not at all, may not
/// with a reason either.
#[tokio::test(flavor = "multi_thread")]
async fn breaking_the_glass_needs_a_reason_and_is_told() {
    both(async |town| {
        let door = Door::of(&town).await;
        town.ok(
            "register-household",
            json!({"household": "h-1", "community": "520201016001", "needs": ["elderly"], "consent": true}),
        )
        .await;
        door.login("li", Role::OrganisationDepartment, "d-1", Some("520201")).await;
        door.login("unit", Role::Unit, "u-1", Some("u-tax")).await;
        door.login("audit", Role::Auditor, "a-1", None).await;
        let (department, unit, audit) =
            (door.cookie("li").await, door.cookie("unit").await, door.cookie("audit").await);
        let ask = |path: &str, cookie: &str, reason: &str| {
            let request = door.request(Method::GET, path).header("cookie", cookie);
            if reason.is_empty() { request } else { request.header("Baodao-Break-Glass", urlencoded(reason)) }
        };
        let path = "/v1/households/h-1";
        let head = town.position_now().await;
        assert_eq!(door.send(ask(path, &department, "")).await.0, 403);
        assert_eq!(door.send(ask(path, &unit, "有急事")).await.0, 403);
        assert_eq!(door.send(ask("/v1/households", &department, "有急事")).await.0, 403, "not a whole list");
        for none in [" ", &"长".repeat(201), "有急事\n另一行"] {
            let (status, problem) = door.send(ask(path, &department, none)).await;
            assert_eq!((status, &problem["field"]), (400, &json!("Baodao-Break-Glass")), "{none}");
        }
        assert_eq!(town.position_now().await, head);
        let before = alarms(&door).await;
        let (status, row) = door.send(ask(path, &department, "走失人员搜寻")).await;
        assert_eq!((status, &row["needs"]), (200, &json!(["elderly"])), "{row}");
        let (_, masked) = door.send(ask(path, &audit, "")).await;
        assert_eq!(masked["needs"], json!([]));
        let rows = readings(&door, &town, &audit).await;
        let broken: Vec<&Value> = rows.iter().filter(|row| row["broken_glass"] == true).collect();
        assert_eq!(broken.len(), 1, "{rows:?}");
        assert_eq!(
            (&broken[0]["subject"], &broken[0]["by"], &broken[0]["purpose"]),
            (&json!("household:h-1"), &json!("d-1"), &json!("走失人员搜寻"))
        );
        assert_eq!(alarms(&door).await, before + 1);
    })
    .await;
}

/// How often the glass was broken in this process.
async fn alarms(door: &Door) -> u64 {
    let metrics = door.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let series =
        metrics.lines().find_map(|line| line.strip_prefix("baodao_broken_glass_total{ledger=\"default\"} "));
    series.unwrap().parse().unwrap()
}

fn urlencoded(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}
