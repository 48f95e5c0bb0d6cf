//! What a resident does with a telephone: finds out whom to ask, asks, follows, judges. No account, no script.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::http::Settings;
use tests::door::Door;
use tests::place::Place;
use tests::town::{Town, both};

const NOW: &str = "2026-03-02T09:00:00+08:00";
const COMMUNITY: &str = "520201016001";
const GRID: &str = "520201016001001";

/// A page, with what the browser holds; in Chinese unless told.
async fn page(door: &Door, path: &str, cookie: &str) -> (u16, String) {
    let request = door.request(Method::GET, path).header("cookie", cookie).header("accept-language", "zh-CN");
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A page that must be there.
async fn shown(door: &Door, path: &str, cookie: &str) -> String {
    let (status, text) = page(door, path, cookie).await;
    assert_eq!(status, 200, "{path}\n{text}");
    text
}

async fn sent(door: &Door, path: &str, cookie: &str, form: &[(&str, &str)]) -> Response {
    door.request(Method::POST, path).header("cookie", cookie).form(form).send().await.unwrap()
}

/// What the answer gives the browser to keep.
fn kept(answer: &Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let pairs = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split_once(&start)
        .unwrap_or_else(|| panic!("no {name}\n{page}"))
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

async fn drawn(town: &Town) {
    town.set_time(NOW);
    let estate = json!({"estate": "e-1", "community": COMMUNITY, "kind": "large_estate", "name": "凤凰苑", "households": 120});
    town.ok("register-estate", estate).await;
    let grid = json!({"grid": GRID, "kind": "base", "households": 300, "template": "grid_officers", "estates": ["e-1"]});
    town.ok("define-grid", grid).await;
    town.ok("file-grid", json!({"grid": GRID})).await;
    let officer = json!({"grid": GRID, "slot": "full_time_officer", "person": "p-secret", "source": "full_time_officer"});
    town.ok("take-post", officer).await;
    let part_time =
        json!({"grid": GRID, "slot": "part_time_officer", "member": "m-1", "source": "unit_cadre"});
    town.ok("take-post", part_time).await;
    let head = town.position_now().await;
    for sheet in projections::sheets::sheets() {
        town.app().reached(&sheet, head).await.unwrap();
    }
}

/// B16, issue 5: 有困难找谁: from the code on the wall one sees which duties of the grid are filled, and never by whom; the posters of grid and building
/// carry that code; without it one chooses division, community and grid.
#[tokio::test(flavor = "multi_thread")]
async fn the_public_is_told_whom_to_ask() {
    both(async |town| {
        drawn(&town).await;
        let door = Door::at(&town, |_| Settings {
            public_url: Some("https://baodao.example".to_owned()),
            ..Settings::default()
        })
        .await;
        let address = format!("/grid/{GRID}?estate=e-1");
        let answer = door.request(Method::GET, &address).send().await.unwrap();
        let place = kept(&answer);
        let text = answer.text().await.unwrap();
        for told in [
            "专职网格员",
            "凤凰苑",
            "凤凰社区",
            "市税务局",
            "/ask/order?community=520201016001&amp;grid=520201016001001&amp;estate=e-1",
        ] {
            assert!(text.contains(told), "{told}\n{text}");
        }
        // The slot that the policy does not publish is not told, nor who stands anywhere.
        for secret in ["兼职网格员", "p-secret", "m-1"] {
            assert!(!text.contains(secret), "{secret}\n{text}");
        }
        let english =
            door.request(Method::GET, &address).header("accept-language", "en").send().await.unwrap();
        assert!(english.text().await.unwrap().contains("full-time officer"));
        // From then on the first page knows it.
        let home = shown(&door, "/", &place).await;
        assert!(home.contains("专职网格员") && home.contains("凤凰苑"), "{home}");
        assert!(!shown(&door, "/", "").await.contains("专职网格员"));
        assert!(shown(&door, "/who", "").await.contains("钟山区"));
        assert!(shown(&door, "/who?in=520201016", "").await.contains("/who?in=520201016002"));
        assert!(shown(&door, &format!("/who?in={COMMUNITY}"), "").await.contains(&format!("/grid/{GRID}")));
        let found = shown(&door, "/who?name=%E6%98%8E%E6%B9%96", "").await;
        assert!(found.contains("明湖社区") && !found.contains("九龙社区"), "{found}");
        let index = shown(&door, &format!("/poster/community/{COMMUNITY}"), "").await;
        assert!(index.contains("/poster/estate/e-1") && index.contains(&format!("/poster/grid/{GRID}")));
        for (poster, code) in [
            ("/poster/estate/e-1".to_owned(), format!("https://baodao.example/grid/{GRID}?estate=e-1")),
            (format!("/poster/grid/{GRID}"), format!("https://baodao.example/grid/{GRID}")),
        ] {
            let text = shown(&door, &poster, "").await.replace("&#x2f;", "/");
            assert!(text.contains("<svg class=\"qr\"") && text.contains("专职网格员"), "{text}");
            assert!(text.contains(&code), "{poster} {text}");
            assert!(!text.contains("p-secret"));
        }
        garbage_is_told(&door).await;
    })
    .await;
}

/// What is no place is told on a page; what is odd does no harm.
async fn garbage_is_told(door: &Door) {
    for garbage in [
        "/grid/1",
        "/grid/520201016001999",
        "/grid/%E7%BD%91",
        "/poster/estate/none",
        "/poster/grid/x",
        "/poster/community/520201",
        "/who?in=9",
        "/ask/dance",
    ] {
        let (status, text) = page(door, garbage, "").await;
        assert_eq!(status, 404, "{garbage}");
        assert!(text.contains("<h1>"), "{garbage}\n{text}");
    }
    for odd in [
        "/who?in=%27%22",
        "/who?name=%25%27%00x",
        "/ask?community=%3Cb%3E",
        "/mine?after=zz",
        "/?done=%3Cscript%3E",
    ] {
        let (status, _) = page(door, odd, "baodao-default-place=x//y").await;
        assert!(status < 500, "{odd} {status}");
    }
}

/// Who asked, when the form was sent as it stands: where to it leads, and what the browser keeps.
async fn asked(door: &Door, kind: &str, category: &str, cookie: &str) -> (String, String) {
    let form = shown(
        door,
        &format!("/ask/{kind}?community={COMMUNITY}&grid={GRID}&estate=e-1&category={category}"),
        cookie,
    )
    .await;
    let (key, code) =
        (hidden(&form, "_key"), if cookie.is_empty() { hidden(&form, "_code") } else { String::new() });
    let typed = [
        ("_key", key.as_str()),
        ("_code", code.as_str()),
        ("community", COMMUNITY),
        ("grid", GRID),
        ("estate", "e-1"),
        ("category", category),
        ("urgency", "routine"),
        ("wish", "micro_wish"),
        ("issue", "issue"),
        ("text", "水管漏水 <b>急</b>"),
        ("contact_phone", "0858-8999001"),
    ];
    let answer = sent(door, &format!("/ask/{kind}"), cookie, &typed).await;
    let (status, keeps) = (answer.status().as_u16(), kept(&answer));
    assert_eq!(status, 303, "{}", answer.text().await.unwrap());
    // A double tap is one act, of one person.
    let again = sent(door, &format!("/ask/{kind}"), cookie, &typed).await;
    assert_eq!((location(&again), kept(&again)), (location(&answer), keeps.clone()));
    (location(&answer), keeps)
}

async fn status_of(door: &Door, path: &str, cookie: &str) -> u16 {
    page(door, path, cookie).await.0
}

/// Issue 5, C1, C5: no account: three taps, and a code keeps it theirs, on this telephone and on another; who took it and when it is due is told; the one who
/// asked rates, has it done again, withdraws, and nobody else does.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_keeps_it_theirs() {
    both(async |town| {
        drawn(&town).await;
        let door = Door::of(&town).await;
        assert!(shown(&door, "/ask", "").await.contains("/who"));
        let list = shown(&door, &format!("/ask/order?community={COMMUNITY}"), "").await;
        assert!(list.contains("category=errands") && list.contains("代办代购"), "{list}");
        let (next, cookie) = asked(&door, "order", "errands", "").await;
        assert!(next.starts_with("/mine/d-") && next.contains("new=1"), "{next}");
        assert!(cookie.contains("-code="), "{cookie}");
        let first = shown(&door, &next, &cookie).await;
        let code = cookie.split('=').nth(1).unwrap();
        for told in [code, "水管漏水 &lt;b&gt;急&lt;", "等待受理", "<svg class=\"qr\""] {
            assert!(first.contains(told), "{told}\n{first}");
        }
        let path = next.split('?').next().unwrap();
        let demand = path.strip_prefix("/mine/").unwrap();
        let row = town.get(&format!("/v1/demands/{demand}")).await;
        let asker = row["placed_by"].as_str().unwrap();
        assert!(asker.starts_with("c-") && row["channel"] == "online" && row["grid"] == GRID, "{row}");
        let events = town.get(&format!("/v1/demands/{demand}/history")).await.to_string();
        assert!(
            !events.contains(code) && !events.contains(&code.replace('-', "")),
            "the ledger knows the code"
        );
        // Another telephone, as people type it.
        let enter = sent(&door, "/code", "", &[("code", &code.to_lowercase().replace('-', " "))]).await;
        assert_eq!((enter.status().as_u16(), location(&enter).as_str()), (303, "/mine"));
        assert!(shown(&door, "/mine", &kept(&enter)).await.contains(path));
        let slip = sent(&door, "/code", "", &[("code", "0000-1111")]).await;
        assert_eq!(slip.status(), 422);
        assert!(slip.text().await.unwrap().contains("aria-invalid"));
        // Strangers, with a code of their own and without.
        let (_, other) = asked(&door, "issue", "small_home_repair", "").await;
        assert_eq!((status_of(&door, path, "").await, status_of(&door, path, &other).await), (401, 404));
        assert!(!shown(&door, "/mine", &other).await.contains(demand));
        serve(&town, demand).await;
        let done = shown(&door, path, &cookie).await;
        assert!(done.contains("一名报到党员") && done.contains("name=\"stars\""), "{done}");
        assert!(!done.contains("m-1") && !done.contains("/act/withdraw-demand"), "{done}");
        let rating = [("demand", demand), ("stars", "1"), ("rated_by", "resident"), ("_next", path)];
        let foreign = sent(&door, "/act/rate-service", &other, &rating).await;
        assert_eq!(foreign.status(), 403);
        assert_eq!(sent(&door, "/act/rate-service", "", &rating).await.status(), 401);
        assert_eq!(sent(&door, "/act/rate-service", &cookie, &rating).await.status(), 303);
        settled(&town).await;
        let reopen = [("demand", demand), ("_next", path)];
        assert!(shown(&door, path, &cookie).await.contains("/act/reopen-demand"));
        assert_eq!(sent(&door, "/act/reopen-demand", &other, &reopen).await.status(), 403);
        assert_eq!(sent(&door, "/act/reopen-demand", &cookie, &reopen).await.status(), 303);
        settled(&town).await;
        let open = shown(&door, path, &cookie).await;
        assert!(open.contains("/act/withdraw-demand") && open.contains("不满意，重新办理"), "{open}");
        assert!(shown(&door, "/", &cookie).await.contains(path));
        assert_eq!(sent(&door, "/act/withdraw-demand", &cookie, &reopen).await.status(), 303);
        settled(&town).await;
        assert!(shown(&door, path, &cookie).await.contains("您已撤回"));
        let gone = sent(&door, "/code/forget", &cookie, &[]).await;
        assert!(gone.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    })
    .await;
}

async fn settled(town: &Town) {
    let head = town.position_now().await;
    for sheet in projections::sheets::sheets() {
        town.app().reached(&sheet, head).await.unwrap();
    }
}

async fn serve(town: &Town, demand: &str) {
    town.ok("screen-demand", json!({"demand": demand})).await;
    town.ok("dispatch-order", json!({"demand": demand, "member": "m-1"})).await;
    town.ok("accept-order", json!({"demand": demand, "member": "m-1"})).await;
    town.ok("complete-service", json!({"demand": demand, "member": "m-1", "minutes": 60})).await;
    settled(town).await;
}

/// Issue 5: nobody floods a community without an account: after thirty demands from an address it is told to wait, on the page and in the interface, and
/// batches and files are for accounts only.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_floods_a_community() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    drawn(&town).await;
    let door = Door::of(&town).await;
    let (_, cookie) = asked(&door, "wish", "errands", "").await;
    let order =
        json!({"channel": "online", "category": "errands", "community": COMMUNITY, "urgency": "routine"});
    let place = async |cookie: &str| {
        let request = door.request(Method::POST, "/v1/commands/place-order").header("cookie", cookie);
        request.json(&order).send().await.unwrap()
    };
    let mut refused = 0;
    for n in 0..40 {
        let answer = place(if n % 2 == 0 { "" } else { &cookie }).await;
        if answer.status() == 429 {
            assert!(answer.headers().contains_key("retry-after"));
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "request.too_many_demands");
            refused += 1;
        }
    }
    // Two by the page, and 28 more of 30; a slow machine may have waited for another.
    assert!((8..=12).contains(&refused), "{refused} of 40");
    let form = shown(&door, &format!("/ask/order?community={COMMUNITY}&category=errands"), &cookie).await;
    let (key, typed) = (hidden(&form, "_key"), "不要丢");
    let told = [
        ("_key", key.as_str()),
        ("community", COMMUNITY),
        ("category", "errands"),
        ("urgency", "routine"),
        ("text", typed),
    ];
    while place("").await.status() != 429 {}
    let answer = sent(&door, "/ask/order", &cookie, &told).await;
    assert_eq!(answer.status(), 429);
    let text = answer.text().await.unwrap();
    assert!(text.contains("过一会儿再试") && text.contains(typed), "{text}");
    let line = json!({"command": "place-order", "data": order}).to_string();
    for held in ["", &cookie] {
        let batch = door.request(Method::POST, "/v1/commands").header("cookie", held);
        let answer =
            batch.header("content-type", "application/jsonl").body(line.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 401);
    }
    // Whoever has an account is not held up.
    door.login("wang", aggregates::Role::CommunityWorker, "w-1", Some(COMMUNITY)).await;
    let worker = door.cookie("wang").await;
    assert_eq!(place(&worker).await.status(), 201);
    stop.now().await;
}

/// Issue 5, C4: the duty catalogue in force is for everybody to read: demands name its entries.
#[tokio::test(flavor = "multi_thread")]
async fn the_duty_catalogue_is_public() {
    both(async |town| {
        let door = Door::of(&town).await;
        let get = async |path: &str| door.send(door.request(Method::GET, path)).await;
        let (status, catalogue) = get("/v1/duty-catalogue?on=2026-03-02").await;
        assert_eq!(status, 200, "{catalogue}");
        let entries = catalogue["entry"].as_array().unwrap();
        let errands = entries.iter().find(|entry| entry["code"] == "errands").unwrap();
        assert_eq!((&errands["owner"], &errands["title"]), (&json!("member_service"), &json!("代办代购")));
        let (status, problem) = get("/v1/duty-catalogue?on=2000-01-01").await;
        assert_eq!((status, &problem["code"]), (404, &json!("duty_catalogue.none_in_force")));
        assert_eq!(get("/v1/duty-catalogue?on=today").await.0, 422);
        assert_eq!(get("/v1/duty-catalogue?of=2026-03-02").await.0, 422);
    })
    .await;
}
