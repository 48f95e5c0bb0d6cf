//! Audits run from a page.

use aggregates::Role;
use serde_json::Value;
use tests::town::both;

use super::{Visitor, sign};
use crate::tlog::ledger::unguard;

/// Issue 5: «audit runs and their results»: begun from a page, and a row that was altered in the database is found and named.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_audit_from_a_page_finds_an_altered_event() {
    both(async |town| {
        let (_folder, key) = sign(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let policy = format!("log {key}\r\nquorum none\r\n");
        let kept = auditor.page("/v1/log/checkpoint").await;
        let brought = [("policy", &*policy), ("known_head", &*kept)];
        let (status, to, page) = auditor.post("/audits", &brought).await;
        assert_eq!(status, 303, "{page}");
        let run = auditor.ended(&to).await;
        assert_eq!(run["state"], "sound", "{run:#}");
        assert_eq!((run["asked_by"].as_str(), run["checks"].as_array().unwrap().len()), (Some("a-1"), 8));
        let page = auditor.page(&to).await;
        assert!(page.contains("All sound") && page.contains("continues the checkpoint that you kept"), "{page}");

        let raw = town.place().raw().await;
        unguard(&raw).await;
        raw.run("UPDATE events SET event_version = '1.9' WHERE position = (SELECT min(position) FROM events WHERE event_type = 'MemberEnrolled')").await.unwrap();
        let altered = raw.numbers("SELECT CAST(min(position) AS bigint) FROM events WHERE event_type = 'MemberEnrolled'").await[0];
        let (_, to, _) = auditor.post("/audits", &brought).await;
        let run = auditor.ended(&to).await;
        assert_eq!(run["state"], "differences", "{run:#}");
        let page = auditor.page(&to).await;
        assert!(page.contains(&format!("the event at position {altered} is not the one that was logged")), "{page}");
        assert!(page.contains(&format!("/journal/{altered}\"")), "the event can be opened: {page}");
        assert!(page.contains("An event was altered after it was recorded."), "{page}");
        // Both are kept, the newest first, and shown on the first page.
        let all = auditor.json("/v1/audits").await;
        let states: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|run| &run["state"]).collect();
        assert_eq!(states, ["differences", "sound"]);
        assert!(auditor.page("/").await.contains("Differences found"));
        assert!(auditor.page("/audits").await.contains("Differences found"));
        // What is no policy is told beside the field, with what was typed.
        let (status, _, page) = auditor.post("/audits", &[("policy", "no policy at all")]).await;
        assert!(status == 422 && page.contains("no policy at all") && page.contains("aria-invalid"), "{page}");
    })
    .await;
}

/// One at a time; one under way is ended by whoever may; its results outlive the process that ran it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn audits_are_run_one_at_a_time_and_can_be_ended() {
    both(async |town| {
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        // One that another process runs: it has told of itself just now.
        let now = town.app().clock().now();
        let mut other = server::store::audits::AuditRow {
            audit: "01990000-0000-7000-8000-000000000000".to_owned(),
            asked_by: "a-2".to_owned(),
            asked_role: "auditor".to_owned(),
            started_at: now,
            beat_at: now,
            ended_at: None,
            state: "running".to_owned(),
            head: 10,
            position: 5,
            findings: String::new(),
            trouble: None,
        };
        town.app().store().audits().keep(&other).await.unwrap();
        let page = auditor.page("/audits").await;
        assert!(page.contains("<progress") && page.contains("data-running"), "{page}");
        let (status, _, page) = auditor.post("/audits", &[]).await;
        assert!(status == 409 && page.contains("audit.running"), "{page}");
        // It has been silent for too long: it is over, and no longer in the way.
        other.beat_at = now - chrono::TimeDelta::minutes(2);
        town.app().store().audits().keep(&other).await.unwrap();
        assert!(auditor.page("/audits").await.contains("Interrupted"));
        let (status, to, _) = auditor.post("/audits", &[]).await;
        assert_eq!(status, 303);
        auditor.ended(&to).await;
        // Ending one that is over changes nothing.
        let (status, back, _) = auditor.post(&format!("{to}/cancel"), &[]).await;
        assert_eq!((status, &back), (303, &to));
        assert_eq!(auditor.ended(&to).await["state"], "sound");
        assert_eq!(auditor.post("/audits/none/cancel", &[]).await.0, 404);
        assert_eq!(auditor.get("/audits/none").await.0, 404);
    })
    .await;
}
