//! A stream is played again, and each event of it has its proof.

use aggregates::Role;
use proofs::Hash;
use proofs::tlog_proof::TlogProof;
use reqwest::Method;
use serde_json::{Value, json};
use tests::town::both;

use super::{Visitor, sign};
use crate::tlog::ledger::unguard;

/// Issue 5: «the state beside each event with the changes marked, as-of any moment, proof status of each event, compare two moments».
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_is_played_again() {
    both(async |town| {
        let (_folder, _) = sign(&town).await;
        let signed = town.position_now().await;
        town.set_time("2026-03-02T09:00:00+08:00");
        let residence = json!({"member": "m-1", "community": "520201016002", "dwelling": "self_built"});
        town.ok("record-residence", residence).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let replay = auditor.json("/v1/streams/member/m-1/replay").await;
        let items = replay["items"].as_array().unwrap();
        assert_eq!(items[0]["type"], "MemberEnrolled");
        let (count, last) = (items.len(), items.len() - 1);
        assert!(count >= 3, "{replay:#}");
        for item in items {
            let is_signed = item["position"].as_u64().unwrap() <= signed;
            assert_eq!(item["proof"], if is_signed { "proved" } else { "waiting" }, "{item:#}");
        }
        let newest = (&items[last]["type"], &items[last]["proof"]);
        assert_eq!(newest, (&json!("ResidenceRecorded"), &json!("waiting")));
        assert_eq!(replay["checkpoint"]["size"], signed);
        // What is told of a moment is what the row's own address tells.
        let positions: Vec<u64> = items.iter().map(|item| item["position"].as_u64().unwrap()).collect();
        for at in [positions[0], positions[1], positions[last], town.position_now().await] {
            let row = auditor.json(&format!("/v1/members/m-1?as_of={at}")).await;
            let moments = auditor.json(&format!("/v1/streams/member/m-1/replay?at={at}")).await;
            let rows = moments["moments"][0]["rows"].as_array().unwrap();
            let told = rows.iter().find(|row| row["resource"] == "members").unwrap();
            assert_eq!(told["row"], row, "at {at}");
        }
        // What an event changed is what differs between the moment before it and the one after.
        let (before, after) = (positions[last - 1], positions[last]);
        let compared = auditor.json(&format!("/v1/streams/member/m-1/replay?at={before}&with={after}")).await;
        assert_eq!(compared["compared"], items[last]["rows"]);
        assert!(!compared["compared"].as_array().unwrap().is_empty());
        // A time is a moment, too: then there was only what the town was set up with.
        let then = auditor.json("/v1/streams/member/m-1/replay?at=2026-02-01T00:00:00%2B08:00").await;
        assert_eq!(then["moments"][0]["event"], before);

        let page = auditor.page(&format!("/replay/member/m-1?at={}", positions[1])).await;
        let step = format!("Step 2 of {count}");
        for shown in [&*step, "mark-added", "✓ Proved", "… To be signed", "is-here", "tlog-proof"] {
            assert!(page.contains(shown), "{shown}\n{page}");
        }
        // Without scripts one goes from step to step by links.
        assert!(page.contains(&format!("?at={}#moment", positions[0])), "{page}");
        assert!(page.contains(&format!("?at={}#moment", positions[last])), "{page}");
        let page = auditor.page(&format!("/replay/member/m-1?at={before}&with=2026-03-03")).await;
        assert!(page.contains("What differs between position"), "{page}");
        let parts = auditor.page(&format!("/replay/member/m-1?part=moments&at={before},{after}")).await;
        assert_eq!(parts.matches("<template data-at=").count(), 2);
        let chinese =
            auditor.door.request(Method::GET, "/replay/member/m-1").header("cookie", &auditor.cookie);
        let chinese = chinese.header("accept-language", "zh-CN").send().await.unwrap().text().await.unwrap();
        assert!(
            chinese.contains("时间轴") && chinese.contains(&format!("第 {count} 步，共 {count} 步")),
            "{chinese}"
        );
    })
    .await;
}

/// Issue 5: the proof that is downloaded beside an event is that of the event shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_event_is_shown_with_its_proof() {
    both(async |town| {
        let (_folder, _) = sign(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let entry = auditor.json("/v1/events/7").await;
        let leaf = entry["leaf"].as_str().unwrap();
        let hash = Hash::of_leaf(leaf.as_bytes());
        assert_eq!((entry["hash"].as_str(), &entry["proof"]), (Some(&*hash.to_string()), &json!("proved")));
        let proof = TlogProof::parse(auditor.page("/v1/log/proof/7").await.as_bytes()).unwrap();
        let checkpoint = proofs::Checkpoint::of(&proof.note).unwrap();
        assert!(proof.proves(hash, &checkpoint));
        assert_eq!(entry["checkpoint"]["root"], checkpoint.root.to_string());
        let page = auditor.page("/journal/7").await;
        for shown in ["✓ Proved", &*hash.to_string(), "/journal/6", "/journal/8", "/v1/log/proof/7"] {
            assert!(page.contains(shown), "{shown}\n{page}");
        }
        let operator = Visitor::new(&town, "o-1", Role::Operator, None).await;
        assert_eq!(operator.json("/v1/events/7").await["leaf"], Value::Null, "not for operators");
        // One that is altered is not the one that was logged.
        let raw = town.place().raw().await;
        unguard(&raw).await;
        raw.run("UPDATE events SET event_version = '1.9' WHERE position = 5").await.unwrap();
        assert_eq!(auditor.json("/v1/events/5").await["proof"], "differs");
        assert_eq!(auditor.json("/v1/events/6").await["proof"], "proved");
        assert!(auditor.page("/journal/5").await.contains("✗ Not what was logged"));
    })
    .await;
}
