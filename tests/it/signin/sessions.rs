//! Passwords and sessions.

use aggregates::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::door::{Door, PASSWORD};
use tests::place::Place;
use tests::town::{Town, both};

/// Issue 4 D: whoever has not signed in is the public: it places orders, and is asked to sign in for anything else; a role cannot
/// be claimed in a header.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_signed_in_is_the_public() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    let order = json!({"channel": "online", "category": "errands", "community": "520201016001", "urgency": "routine"});
    let (status, receipt) =
        door.send(door.request(Method::POST, "/v1/commands/place-order").json(&order)).await;
    assert_eq!(status, 201, "{receipt}");
    let history = town
        .get(&format!(
            "/v1/streams/demand/{}",
            receipt["events"][0]["stream"].as_str().unwrap().split('/').nth(1).unwrap()
        ))
        .await;
    assert_eq!(
        (&history["items"][0]["role"], &history["items"][0]["actor"]),
        (&json!("public"), &json!("anonymous"))
    );
    let claim = json!({"demand": "d-1", "member": "m-1"});
    let answer = door.request(Method::POST, "/v1/commands/claim-wish").json(&claim).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["www-authenticate"], "Bearer realm=\"baodao\"");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "request.not_signed_in");
    let request = door.request(Method::POST, "/v1/commands/claim-wish").header("Baodao-Actor", "operator/x");
    let (status, problem) = door.send(request.json(&claim)).await;
    assert_eq!((status, &problem["code"]), (403, &json!("request.actor_not_taken")));
    let (_, who) = door.send(door.request(Method::GET, "/v1/session")).await;
    assert_eq!((&who["role"], &who["login"]), (&json!("public"), &Value::Null));
    stop.now().await;
}

/// Issue 4 D: with login and password one acts in the capacity that the journal grants, until one signs out; the cookie is out of the
/// reach of scripts and other sites. Wrong passwords and unknown logins are told the same.
#[tokio::test(flavor = "multi_thread")]
async fn one_signs_in_acts_and_signs_out() {
    both(async |town| {
        let door = Door::of(&town).await;
        door.login("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
        for (login, password) in [("wang", "not the password"), ("nobody", PASSWORD)] {
            let answer = door.enter(login, password).await;
            assert_eq!(answer.status(), 401, "{login}");
            assert!(answer.headers().get("set-cookie").is_none());
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "session.wrong");
        }
        let answer = door.enter("wang", PASSWORD).await;
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let session: Value = answer.json().await.unwrap();
        assert_eq!(
            (&session["role"], &session["actor"], &session["organisation"]),
            (&json!("community-worker"), &json!("w-1"), &json!("520201016001"))
        );
        let held = cookie.split(';').next().unwrap().to_owned();
        let household =
            json!({"household": "h-1", "community": "520201016001", "needs": [], "consent": false});
        let act = |key: &str| {
            door.request(Method::POST, "/v1/commands/register-household")
                .header("cookie", key)
                .json(&household)
        };
        let (status, answer) = door.send(act(&held)).await;
        assert_eq!(status, 201, "{answer}");
        let event = &town.get("/v1/streams/household/h-1").await["items"][0];
        assert_eq!((&event["actor"], &event["role"]), (&json!("w-1"), &json!("community-worker")));
        // Not the work of this role.
        let (status, problem) = door
            .send(
                door.request(Method::POST, "/v1/commands/register-division")
                    .header("cookie", &held)
                    .json(&json!({"code": "5299", "name": "x"})),
            )
            .await;
        assert_eq!((status, &problem["code"]), (403, &json!("authority.not_yours")));
        let other = door.cookie("wang").await;
        let out = door.request(Method::DELETE, "/v1/session").header("cookie", &held).send().await.unwrap();
        assert_eq!(out.status(), 204);
        assert!(out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(door.send(act(&held)).await.0, 401);
        let role = async |cookie: &str| {
            door.send(door.request(Method::GET, "/v1/session").header("cookie", cookie)).await.1["role"]
                .clone()
        };
        assert_eq!(role(&other).await, "community-worker");
        let third = door.cookie("wang").await;
        let everywhere = door.request(Method::DELETE, "/v1/session?everywhere=true").header("cookie", &third);
        assert_eq!(everywhere.send().await.unwrap().status(), 204);
        assert_eq!((role(&other).await, role(&third).await), (json!("public"), json!("public")));
    })
    .await;
}

/// Issue 4 D: short sessions: half an hour without use, ten hours at the longest; and they end with the access itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_itself_and_with_the_access() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
    let role = async |cookie: &str| {
        door.send(door.request(Method::GET, "/v1/session").header("cookie", cookie)).await.1["role"].clone()
    };
    town.set_time("2026-03-02T09:00:00+08:00");
    let cookie = door.cookie("wang").await;
    town.set_time("2026-03-02T09:29:00+08:00");
    assert_eq!(role(&cookie).await, "community-worker");
    town.set_time("2026-03-02T09:58:00+08:00");
    assert_eq!(role(&cookie).await, "community-worker");
    town.set_time("2026-03-02T10:28:00+08:00");
    assert_eq!(role(&cookie).await, "public");
    let cookie = door.cookie("wang").await;
    for half in 1..=20 {
        let minutes = 10 * 60 + 28 + half * 29;
        town.set_time(&format!("2026-03-02T{:02}:{:02}:00+08:00", minutes / 60, minutes % 60));
        assert_eq!(role(&cookie).await, "community-worker", "{minutes}");
    }
    town.set_time("2026-03-02T20:29:00+08:00");
    assert_eq!(role(&cookie).await, "public");
    let cookie = door.cookie("wang").await;
    town.ok("revoke-access", json!({"login": "wang"})).await;
    // What was read a moment ago is believed for two seconds.
    town.set_time("2026-03-02T20:29:03+08:00");
    assert_eq!(role(&cookie).await, "public");
    assert_eq!(door.enter("wang", PASSWORD).await.status(), 401);
    stop.now().await;
}

/// Issue 4 D: one changes one's password knowing the old one, to none that can be guessed, and all sessions end.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_whoever_knows_it() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
    let cookie = door.cookie("wang").await;
    let change = |old: &str, new: &str| {
        door.request(Method::PUT, "/v1/session/password")
            .header("cookie", &cookie)
            .json(&json!({"old": old, "new": new}))
    };
    let new = "水城河边第三棵老柳树下 42";
    let (status, problem) = door.send(change("something else", new)).await;
    assert_eq!((status, &problem["field"]), (401, &json!("old")));
    for weak in ["short", "password123456"] {
        let (status, problem) = door.send(change(PASSWORD, weak)).await;
        assert_eq!(
            (status, &problem["code"], &problem["field"]),
            (422, &json!("session.weak_password"), &json!("new"))
        );
        assert!(!problem.to_string().contains(weak));
    }
    assert_eq!(door.send(change(PASSWORD, new)).await.0, 204);
    assert_eq!(door.enter("wang", PASSWORD).await.status(), 401);
    assert_eq!(door.enter("wang", new).await.status(), 200);
    assert_eq!(
        door.send(door.request(Method::GET, "/v1/session").header("cookie", &cookie)).await.1["role"],
        "public"
    );
    // Nothing that one signs in with stands anywhere in the ledger's file.
    let held = cookie.split_once('=').unwrap().1;
    let file = town.place().url().strip_prefix("sqlite://").unwrap().to_owned();
    for file in [file.clone(), format!("{file}-wal")] {
        let bytes = std::fs::read(file).unwrap_or_default();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("$argon2id$") || bytes.len() < 4096 || !holds("login_passwords"));
        for secret in [PASSWORD, new, held] {
            assert!(!holds(secret));
        }
    }
    stop.now().await;
}

/// Issue 4 D: rate limits on sign-in, with the time to wait.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_is_made_to_wait() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::Auditor, "a-1", None).await;
    let mut statuses = vec![];
    for number in 0..12 {
        statuses.push(door.enter("wang", &format!("guess number {number}")).await.status().as_u16());
    }
    assert_eq!(statuses[..10], [401; 10]);
    assert_eq!(statuses[10..], [429; 2]);
    let answer = door.enter("wang", PASSWORD).await;
    assert_eq!(answer.status(), 429, "also with the right one");
    let wait: u16 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=31).contains(&wait), "{wait}");
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "session.too_many_attempts");
    stop.now().await;
}

/// Issue 4 D, ASVS 3.5: pages of other sites change nothing, whatever the browser sends along.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_change_nothing() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
    let cookie = door.cookie("wang").await;
    let data = json!({"household": "h-2", "community": "520201016001", "needs": [], "consent": false});
    let act = |headers: &[(&str, &str)]| {
        let request = door.request(Method::POST, "/v1/commands/register-household").header("cookie", &cookie);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).json(&data)
    };
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://elsewhere.example")],
        &[("origin", "null")],
    ] {
        let (status, problem) = door.send(act(headers)).await;
        assert_eq!((status, &problem["code"]), (403, &json!("request.cross_site")), "{headers:?}");
    }
    assert_eq!(door.send(act(&[("sec-fetch-site", "same-origin"), ("origin", &door.base)])).await.0, 201);
    stop.now().await;
}

/// Issue 4 D: the page signs in without JavaScript, goes on to where one wanted to go, and nowhere outside the house.
#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_on_a_page() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::Auditor, "a-1", None).await;
    let (status, page) = door.send(door.request(Method::GET, "/sign-in?next=/v1/members%22%3E")).await;
    let page = page.as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    assert!(
        page.contains("value=\"/v1/members&quot;&gt;\"")
            && page.contains("autocomplete=\"current-password\""),
        "{page}"
    );
    let post = async |next: &str, password: &str| {
        let form = [("login", "wang"), ("password", password), ("next", next)];
        door.request(Method::POST, "/sign-in").form(&form).send().await.unwrap()
    };
    for (next, goes) in [
        ("/v1/members?limit=1", "/v1/members?limit=1"),
        ("//elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("", "/"),
    ] {
        let answer = post(next, PASSWORD).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, goes));
        assert!(answer.headers()["set-cookie"].to_str().unwrap().starts_with("baodao-"));
    }
    // Whoever opens an address in a browser is sent there, and back.
    let open =
        door.request(Method::GET, "/v1/members?unit=u-tax&limit=1").header("sec-fetch-mode", "navigate");
    let answer = open.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (303, "/sign-in?next=/v1/members%3Funit%3Du-tax%26limit%3D1")
    );
    let answer = post("/", "not the password").await;
    assert_eq!(answer.status(), 401);
    assert!(answer.text().await.unwrap().contains("role=\"alert\""));
    stop.now().await;
}
