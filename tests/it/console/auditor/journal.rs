//! The journal with filters, and whom all of this is for.

use aggregates::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::town::{Town, both};

use super::Visitor;

/// A demand with a life of its own; and what is signed of it.
async fn demand(town: &Town) {
    town.set_time("2026-03-02T09:00:00+08:00");
    let worker = town.acting("community-worker", "w-1@520201016001");
    worker.ok("post-wish", wish()).await;
    worker.ok("screen-demand", json!({"demand": "d-1"})).await;
}

fn wish() -> Value {
    json!({"demand": "d-1", "wish": "micro_dream", "channel": "online", "category": "appliance_repair",
        "community": "520201016001", "placed_by": "r-1", "urgency": "routine"})
}

/// Pages follow each other by their links, in both directions.
async fn by_links(auditor: &Visitor, all: &[u64]) {
    for order in ["oldest", "newest"] {
        let (mut found, mut next) = (vec![], Some(format!("/v1/events?order={order}&limit=7")));
        while let Some(path) = next {
            let request = auditor.door.request(Method::GET, &path).header("cookie", &auditor.cookie);
            let answer = request.send().await.unwrap();
            let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            next = link.map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
            let events: Vec<Value> = answer.json().await.unwrap();
            found.extend(events.iter().map(|one| one["position"].as_str().unwrap().parse::<u64>().unwrap()));
        }
        if order == "newest" {
            found.reverse();
        }
        assert!(found.len() >= all.len() && found.starts_with(&[1, 2, 3]), "{order}");
        assert!(found.windows(2).all(|two| two[1] == two[0] + 1), "{order}: {found:?}");
    }
}

/// Issue 5: «the journal with filters».
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_journal_is_searched() {
    both(async |town| {
        demand(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let of = async |query: &str| -> Vec<u64> {
            let found = auditor.json(&format!("/v1/events?{query}")).await;
            let events = found.as_array().unwrap().clone();
            events.iter().map(|event| event["position"].as_str().unwrap().parse().unwrap()).collect()
        };
        let all = of("limit=1000").await;
        let head = *all.last().unwrap();
        assert_eq!(all, (1..=head).collect::<Vec<_>>());
        let newest = of("limit=1000&order=newest").await;
        assert!(newest.iter().rev().eq(&all));
        assert_eq!(of("order=newest&before=6&after=2").await, [5, 4, 3]);
        let demands = of("stream_type=demand&stream=d-1").await;
        assert!(!demands.is_empty() && demands.len() < 5);
        assert_eq!(
            of("stream_type=demand&stream=d-1&order=newest&limit=1").await,
            demands[demands.len() - 1..]
        );
        assert_eq!(
            of("actor=w-1&role=community-worker&organisation=520201016001&stream_type=demand").await,
            demands
        );
        assert_eq!(of("actor=w-2").await, [0_u64; 0]);
        assert_eq!(of("type=MemberEnrolled").await.len(), 3);
        assert_eq!(of("from=2026-03-01T00:00:00Z&type=MemberEnrolled").await, [0_u64; 0]);
        assert_eq!(of("to=2026-03-01T00:00:00Z&type=MemberEnrolled").await.len(), 3);
        by_links(&auditor, &all).await;
        let page = auditor.page("/journal?stream_type=demand&stream=d-1").await;
        for position in &demands {
            assert!(page.contains(&format!("/journal/{position}\"")), "{page}");
        }
        assert!(!page.contains(">m-1<"), "{page}");
    })
    .await;
}

/// Issue 5: an id in the box on the first page leads to its replay, a position or an event's id to the journal.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_typed_leads_to_what_is_meant() {
    both(async |town| {
        demand(&town).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        let found = auditor.json("/v1/events?stream_type=demand&stream=d-1").await;
        let first = found[0]["position"].as_str().unwrap();
        let event = auditor.json(&format!("/v1/events/{first}")).await;
        for (typed, to) in [
            ("m-1", "/replay/member/m-1".to_owned()),
            ("u-tax", "/replay/unit/u-tax".to_owned()),
            ("demand/d-1", "/replay/demand/d-1".to_owned()),
            ("7", "/journal/7".to_owned()),
            (event["event_id"].as_str().unwrap(), format!("/journal/{first}")),
        ] {
            let request = auditor.door.request(Method::GET, "/replay").query(&[("q", typed)]);
            let answer = request.header("cookie", &auditor.cookie).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
                (303, &*to),
                "{typed}"
            );
        }
        let (status, page) = auditor.get("/replay?q=nobody-knows-it").await;
        assert!(status == 404 && page.contains("nobody-knows-it"), "{page}");
    })
    .await;
}

/// What auditors see is for them and for operators, and garbage in an address gives a clear page.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn auditors_pages_are_for_those_who_audit() {
    both(async |town| {
        let paths = [
            "/journal",
            "/journal/3",
            "/audits",
            "/replay",
            "/replay/member/m-1",
            "/v1/audits",
            "/v1/log/state",
            "/v1/streams/member/m-1/replay",
            "/v1/events/3",
        ];
        for (role, organisation) in [
            (Role::Member, None),
            (Role::Unit, Some("u-tax")),
            (Role::CommunityWorker, Some("520201016001")),
            (Role::OrganisationDepartment, Some("5202")),
            (Role::PromotionReview, None),
        ] {
            let id = if role == Role::Member { "m-1" } else { role.name() };
            let other = Visitor::new(&town, id, role, organisation).await;
            for path in paths {
                let (status, page) = other.get(path).await;
                assert!(status == 403 && !page.contains("regular_cadre"), "{role:?} {path}: {status}");
            }
            assert_eq!(other.post("/audits", &[]).await.0, 403, "{role:?}");
        }
        let operator = Visitor::new(&town, "o-1", Role::Operator, None).await;
        let auditor = Visitor::new(&town, "a-1", Role::Auditor, None).await;
        for path in paths {
            operator.page(path).await;
            auditor.page(path).await;
        }
        auditor.page("/").await;
        for (path, status) in [
            ("/replay/nothing/m-1", 404),
            ("/replay/member/nobody", 404),
            ("/replay/member/m-1?at=soon", 422),
            ("/replay/member/m-1?at=99999999", 422),
            ("/replay/member/m-1?at=3&with=%00", 422),
            ("/replay/member/m-1?at=0", 200),
            ("/replay/member/m-1?part=moments&at=x", 404),
            ("/journal/0", 404),
            ("/journal/x", 404),
            ("/journal/99999999", 404),
            ("/journal?from=soon", 422),
            ("/journal?before=x", 422),
            ("/journal?order=sideways", 200),
            ("/journal?type=%3Cscript%3E", 200),
        ] {
            let (got, page) = auditor.get(path).await;
            assert_eq!(got, status, "{path}\n{page}");
            assert!(page.contains("<main") && !page.contains("<script>"), "{path}\n{page}");
        }
    })
    .await;
}
