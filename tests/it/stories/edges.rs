//! The edges: pages of rows, files, batches, event feeds, languages, health.

use std::time::Duration;

use futures::StreamExt;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::town::{Town, both};

async fn raw(town: &Town, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers
        .iter()
        .fold(town.request(Method::GET, path), |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

async fn reached(town: &Town) {
    for sheet in projections::sheets::sheets() {
        town.app().reached(&sheet, town.position()).await.unwrap();
    }
}

/// Design §5: filters by field, cursor paging with `limit` and a `next` link, ranges and both orders.
#[tokio::test]
async fn rows_are_filtered_sorted_and_paged() {
    both(async |town: Town| {
        reached(&town).await;
        let all = town.get("/v1/point-cards").await;
        let holders = |page: &Value| -> Vec<String> {
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["holder"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(holders(&all), ["m-1", "m-2", "m-3"]);
        assert_eq!(holders(&town.get("/v1/point-cards?holder=m-2").await), ["m-2"]);
        assert_eq!(holders(&town.get("/v1/point-cards?holder_from=m-2&holder_before=m-3").await), ["m-2"]);
        assert_eq!(holders(&town.get("/v1/point-cards?order=-holder").await), ["m-3", "m-2", "m-1"]);
        let mut seen = vec![];
        let mut next = Some("/v1/point-cards?order=-holder&limit=2".to_owned());
        while let Some(path) = next {
            let page = town.get(&path).await;
            seen.extend(holders(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(seen, ["m-3", "m-2", "m-1"]);
        for (query, code) in [
            ("limit=0", "query.invalid_parameter"),
            ("limit=1001", "query.invalid_parameter"),
            ("order=lines", "query.invalid_parameter"),
            ("after=zz", "query.invalid_cursor"),
            ("holder=a&holder=b", "query.duplicate_parameter"),
            ("format=doc", "query.invalid_parameter"),
        ] {
            let (status, problem) = town.get_status(&format!("/v1/point-cards?{query}")).await;
            assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{query}");
        }
        let (_, problem) = town.get_status("/v1/point-cards?one=1&two=2").await;
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        assert_eq!(town.get_status("/v1/sheep").await.1["code"], "resource.unknown");
        assert_eq!(
            town.get_status("/v1/point-cards/member/m-9/2026").await.1["code"],
            "resource.unknown_key"
        );
    })
    .await;
}

/// A2, A7: a filter by a division finds what lies in it, at any level.
#[tokio::test]
async fn a_division_finds_all_that_lies_in_it() {
    both(async |town: Town| {
        reached(&town).await;
        for (division, found) in
            [("5202", true), ("520201016", true), ("520201016001", true), ("520203", false)]
        {
            let page = town.get(&format!("/v1/unit-links?community={division}")).await;
            assert_eq!(!page["items"].as_array().unwrap().is_empty(), found, "{division}");
        }
    })
    .await;
}

/// Design §4, §5: JSON, CSV and Excel serialise the same rows; `format` or `Accept` chooses.
#[tokio::test]
async fn rows_come_as_json_csv_and_excel() {
    both(async |town: Town| {
        reached(&town).await;
        let csv = raw(&town, "/v1/point-cards", &[("Accept", "text/html, text/csv;q=0.9")]).await;
        assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8; header=present");
        assert!(csv.headers()["baodao-position"].to_str().unwrap().parse::<u64>().unwrap() > 0);
        let text = csv.text().await.unwrap();
        assert!(
            text.starts_with("\u{feff}holder_kind,holder,year,base,floor,cap,awarded,deducted,total,"),
            "{text}"
        );
        assert!(text.contains("\nmember,m-1,2026,80,") && text.lines().count() == 4, "{text}");
        let page = raw(&town, "/v1/point-cards?format=csv&limit=1", &[]).await;
        let link = page.headers()["link"].to_str().unwrap().to_owned();
        assert!(link.contains("format=csv") && link.ends_with(">; rel=\"next\""), "{link}");
        let excel = raw(&town, "/v1/point-cards?format=xlsx", &[("Accept", "application/json")]).await;
        assert!(excel.headers()["content-disposition"].to_str().unwrap().contains("point-cards.xlsx"));
        assert!(excel.bytes().await.unwrap().starts_with(b"PK"));
        let none = raw(&town, "/v1/point-cards", &[("Accept", "image/png")]).await;
        assert_eq!(none.status(), 406);
    })
    .await;
}

/// Design §4: a query waits for the position asked for, for a bounded time.
#[tokio::test]
async fn a_position_that_does_not_come_is_not_waited_for_for_ever() {
    both(async |town: Town| {
        let beyond = town.position() + 1;
        let answer = raw(&town, &format!("/v1/point-cards?at_least={beyond}"), &[]).await;
        assert_eq!((answer.status().as_u16(), answer.headers().contains_key("retry-after")), (503, true));
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "query.not_caught_up");
        let (status, problem) = town.get_status(&format!("/v1/members/m-1/history?as_of={beyond}")).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("query.as_of_beyond")));
    })
    .await;
}

/// Design §5: receipts stream in the order of the lines while the rest is still being sent, and a bad line stops no other.
#[tokio::test]
async fn a_batch_is_answered_while_it_is_sent() {
    both(async |town: Town| {
        let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<String, std::io::Error>>();
        let body = reqwest::Body::wrap_stream(receiver);
        let request = town.request(Method::POST, "/v1/commands").header("Content-Type", "application/x-ndjson");
        let division = |code: &str| json!({"command": "register-division", "data": {"code": code, "name": "区"}});
        sender.unbounded_send(Ok(format!("{}\n", division("520202")))).unwrap();
        let mut answers = request.body(body).send().await.unwrap().bytes_stream();
        let mut next = async || -> Vec<Value> {
            let chunk = tokio::time::timeout(Duration::from_secs(20), answers.next()).await.unwrap();
            let chunk = chunk.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap()).unwrap_or_default();
            chunk.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        assert_eq!(next().await[0]["line"], 1);
        let twice = "{\"command\":\"register-division\",\"data\":{\"code\":\"520204\",\"code\":\"520205\",\"name\":\"区\"}}\n";
        let id = "018f3a2e-7c4b-7d1e-8f00-0123456789ab";
        let unknown = json!({"command": "fly", "id": id, "data": {}});
        sender.unbounded_send(Ok(format!("{twice}{unknown}\nnot json\n{}", division("520204")))).unwrap();
        drop(sender);
        let mut rest = vec![];
        loop {
            let more = next().await;
            if more.is_empty() {
                break;
            }
            rest.extend(more);
        }
        let told: Vec<(Option<u64>, Option<&str>, Option<&str>)> = rest
            .iter()
            .map(|answer| (answer["line"].as_u64(), answer["problem"]["code"].as_str(), answer["problem"]["field"].as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Some(2), Some("request.duplicate_field"), Some("data.code")),
                (Some(3), Some("command.unknown"), None),
                (Some(4), Some("request.malformed_json"), None),
                (Some(5), None, None)
            ]
        );
        assert_eq!((rest[1]["id"].as_str(), rest[3]["repeat"].as_bool()), (Some(id), Some(false)));
    })
    .await;
}

/// Design §5: the ledger as CloudEvents 1.0, a page at a time.
#[tokio::test]
async fn events_are_read_as_cloud_events() {
    both(async |town: Town| {
        let answer = raw(&town, "/v1/events?after=2&limit=2", &[]).await;
        assert_eq!(answer.headers()["content-type"], "application/cloudevents-batch+json");
        assert_eq!(answer.headers()["link"], "</v1/events?after=4&limit=2>; rel=\"next\"");
        let events: Value = answer.json().await.unwrap();
        assert_eq!(events.as_array().unwrap().len(), 2);
        let event = &events[0];
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["type"], "cn.baodao.division.DivisionRegistered.v1");
        assert_eq!(
            (event["subject"].as_str(), event["position"].as_str()),
            (Some("division/5202"), Some("3"))
        );
        assert_eq!(event["data"]["DivisionRegistered"]["code"], "5202");
        let mut names = event.as_object().unwrap().keys();
        assert!(names.all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())));
        let last = town.position();
        assert_eq!(town.get(&format!("/v1/events?after={last}")).await, json!([]));
    })
    .await;
}

/// Design §5: server-sent events begin after `Last-Event-ID` and go on as events come.
#[tokio::test]
async fn events_are_followed_live() {
    both(async |town: Town| {
        let last = town.position();
        let answer = raw(&town, "/v1/events/stream", &[("Last-Event-ID", &(last - 1).to_string())]).await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut stream = answer.bytes_stream();
        let mut read = String::new();
        let mut until = async |mark: &str| {
            while !read.contains(mark) {
                let chunk = tokio::time::timeout(Duration::from_secs(20), stream.next())
                    .await
                    .unwrap()
                    .unwrap()
                    .unwrap();
                read.push_str(&String::from_utf8_lossy(&chunk));
            }
            read.clone()
        };
        until(&format!("id: {last}\n")).await;
        town.ok("register-division", json!({"code": "520202", "name": "水城区"})).await;
        let seen = until(&format!("id: {}\n", last + 1)).await;
        assert!(
            !seen.contains(&format!("id: {}\n", last - 1)) && seen.contains("event: DivisionRegistered\n"),
            "{seen}"
        );
        assert_eq!(raw(&town, "/v1/events/stream", &[("Last-Event-ID", "x")]).await.status(), 400);
    })
    .await;
}

/// A5: the reason of an exclusion leaves the house for the organisation department and auditors only, by whatever way.
#[tokio::test]
async fn the_reason_of_an_exclusion_stays_in_the_house() {
    both(async |town: Town| {
        let exclusion = json!({"member": "m-1", "reason": "special_post", "from": "2026-01-05"});
        let department = town.acting("organisation-department", "o-1");
        department.ok("exclude-member", exclusion).await;
        reached(&town).await;
        for (role, sees) in [
            ("organisation-department", true),
            ("auditor", true),
            ("operator", false),
            ("community-worker", false),
            ("unit", false),
        ] {
            let reader = town.acting(role, if role == "unit" { "x-1@u-tax" } else { "x-1" });
            let mut told = String::new();
            let mut answered = 0;
            for path in ["/v1/members/m-1/history", "/v1/streams/member/m-1", "/v1/events?limit=1000"] {
                let (status, answer) = reader.get_status(path).await;
                // The journal as a whole is not for everybody.
                assert!(status == 200 || path.starts_with("/v1/events"), "{role} {path}: {answer}");
                answered += usize::from(status == 200);
                told.push_str(&answer.to_string());
            }
            let expected = if sees { answered } else { 0 } + adopted(&told);
            assert_eq!(told.matches("special_post").count(), expected, "{role}");
            for resource in projections::sheets::resources() {
                let (_, rows) = reader.get_status(&format!("/v1/{}", resource.name)).await;
                assert!(!rows.to_string().contains("special_post"));
            }
        }
        let follower = raw(
            &town.acting("operator", "o-1"),
            &format!("/v1/events/stream?after={}", town.position() - 2),
            &[],
        )
        .await;
        let mut stream = follower.bytes_stream();
        let mut read = String::new();
        while !read.contains("MemberExcluded") || !read.ends_with("\n\n") {
            read.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
        }
        assert!(!read.contains("special_post"), "{read}");
    })
    .await;
}

/// The policy itself lists the reasons that there are.
fn adopted(told: &str) -> usize {
    told.matches("\"special_post\"],\"assumed\"").count() + told.matches("\"special_post\"]").count()
}

/// Design §5: a sentence in the caller's language, also where the framework says no.
#[tokio::test]
async fn problems_speak_the_callers_language() {
    both(async |town: Town| {
        for (language, word) in [("zh-CN", "没有"), ("en", "nothing"), ("fr", "没有")] {
            let answer = raw(&town, "/nowhere", &[("Accept-Language", language)]).await;
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
                (404, "application/problem+json")
            );
            let problem: Value = answer.json().await.unwrap();
            assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        }
        let wrong = town.request(Method::DELETE, "/v1/point-cards").send().await.unwrap();
        assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "GET,HEAD"));
        assert_eq!(wrong.json::<Value>().await.unwrap()["code"], "method.not_allowed");
        let rule = town.submit("claim-wish", &json!({"demand": "d-9", "member": "m-1"})).await.1;
        assert!(rule["detail"].as_str().unwrap().starts_with("没有需求"), "{rule}");
    })
    .await;
}

/// Design §4, §5: liveness, readiness with each projection's lag, Prometheus metrics, a start page and the offline documentation.
#[tokio::test]
async fn the_house_tells_how_it_is() {
    both(async |town: Town| {
        reached(&town).await;
        let ready = town.get("/readyz").await;
        assert_eq!(
            (ready["ready"].as_bool(), ready["journal"]["head"].as_u64()),
            (Some(true), Some(town.position()))
        );
        let projections = ready["projections"].as_array().unwrap();
        assert_eq!(projections.len(), projections::sheets::sheets().len());
        assert!(projections.iter().all(|one| one["lag"] == 0 && one["poison"].is_null()), "{ready}");
        let metrics = raw(&town, "/metrics", &[]).await.text().await.unwrap();
        for name in [
            "baodao_commands_total{",
            "baodao_journal_position{",
            "baodao_http_request_seconds_bucket{",
            "baodao_projection_lag_events{",
        ] {
            assert!(metrics.contains(name), "{name} is not in {metrics}");
        }
        let page = raw(&town, "/", &[("Accept-Language", "en")]).await;
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        let page = page.text().await.unwrap();
        assert!(
            page.contains("<html lang=\"en\">")
                && page.contains("href=\"/sheets\"")
                && page.contains("href=\"/docs/\"")
        );
        let docs = raw(&town, "/docs/", &[]).await;
        assert_eq!(docs.status(), 200);
        assert!(docs.text().await.unwrap().contains("swagger-ui"));
        let start = raw(&town, "/docs/swagger-initializer.js", &[]).await.text().await.unwrap();
        assert!(start.contains("/v1/openapi.json"), "{start}");
        assert_eq!(raw(&town, "/healthz", &[]).await.status(), 200);
    })
    .await;
}
