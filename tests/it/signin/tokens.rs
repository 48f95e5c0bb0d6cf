//! Tokens of other systems.

use aggregates::Role;
use reqwest::Method;
use serde_json::json;
use server::signin::Scope;
use tests::door::Door;
use tests::town::both;

/// Issue 4 D: a token acts on a login's behalf, for the uses that it was made for, as long as it lasts and the login does.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_for_some_uses_and_a_time() {
    both(async |town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let door = Door::of(&town).await;
        door.grant("bureau", Role::Auditor, "a-1", None).await;
        let read = door.token("bureau", &[Scope::Read]).await;
        let events = door.token("bureau", &[Scope::Events, Scope::Submit]).await;
        let ask = async |method: Method, path: &str, token: &str| {
            door.send(door.request(method, path).bearer_auth(token).json(&json!({}))).await
        };
        let code = |answer: &(u16, serde_json::Value)| {
            (answer.0, answer.1["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(ask(Method::GET, "/v1/members", &read).await.0, 200);
        assert_eq!(ask(Method::GET, "/v1/events", &events).await.0, 200);
        let scope = (403, "request.scope".to_owned());
        assert_eq!(code(&ask(Method::GET, "/v1/events", &read).await), scope);
        assert_eq!(code(&ask(Method::GET, "/v1/members", &events).await), scope);
        assert_eq!(code(&ask(Method::POST, "/v1/commands/pull-record", &read).await), scope);
        // The role limits it further: an auditor only looks.
        let report = door.request(Method::POST, "/v1/commands/report").bearer_auth(&events);
        let (status, problem) = door
            .send(report.json(&json!({"member": "m-1", "kind": "residence", "community": "520201016001"})))
            .await;
        assert_eq!((status, &problem["code"]), (403, &json!("authority.not_yours")));
        let unknown = (401, "request.token".to_owned());
        for wrong in ["baodao_0_0", "x", &format!("{read}0"), &read[..read.len() - 1]] {
            assert_eq!(code(&ask(Method::GET, "/v1/members", wrong).await), unknown, "{wrong}");
        }
        let withdrawn = events.split('_').nth(1).unwrap();
        assert!(town.app().sign_in().withdraw(withdrawn).await.unwrap());
        assert!(!town.app().sign_in().withdraw(withdrawn).await.unwrap());
        assert_eq!(code(&ask(Method::GET, "/v1/events", &events).await), unknown);
        town.set_time("2026-04-01T09:00:01+08:00");
        let late = door.token("bureau", &[Scope::Read]).await;
        assert_eq!(code(&ask(Method::GET, "/v1/members", &read).await), unknown);
        assert_eq!(ask(Method::GET, "/v1/members", &late).await.0, 200);
        town.ok("revoke-access", json!({"login": "bureau"})).await;
        town.set_time("2026-04-01T09:00:04+08:00");
        assert_eq!(code(&ask(Method::GET, "/v1/members", &late).await), unknown);
    })
    .await;
}
