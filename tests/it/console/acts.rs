//! Forms of commands: where they lead, what takes back what was just done, what all pages have in common.

use reqwest::Method;
use serde_json::json;
use tests::town::{Town, both};

use super::{page, sent, shown};

const MONDAY: &str = "2026-03-02T09:00:00+08:00";
const HERE: &str = "520201016001";
const KEY: &str = "018f3a2e-7c4b-7d1e-8f00-0123456789";

async fn published(town: &Town, demand: &str) {
    town.set_time(MONDAY);
    let wish = json!({"demand": demand, "channel": "online", "category": "errands", "community": HERE, "wish": "micro_wish",
        "urgency": "routine", "placed_by": "r-1"});
    town.acting("resident", "r-1").ok("post-wish", wish).await;
    let worker = town.acting("community-worker", &format!("w-1@{HERE}"));
    worker.ok("screen-demand", json!({"demand": demand})).await;
    worker.ok("publish-wish", json!({"demand": demand})).await;
}

/// What a page is about, without its frame.
fn main(page: &str) -> &str {
    page.split_once("<main").map_or("", |(_, rest)| rest)
}

/// The link of a page that leads to a form.
fn link_to(page: &str, start: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("href=\"{start}"))?;
    Some(format!("{start}{}", rest.split('"').next()?).replace("&amp;", "&"))
}

/// Issue 5: a link into the house leads nobody elsewhere, however it is written.
#[tokio::test]
async fn a_form_leads_only_within_the_house() {
    both(async |town: Town| {
        let member = town.acting("member", "m-1");
        for elsewhere in [
            "//elsewhere.invalid",
            "%2F%09%2Felsewhere.invalid",
            "/%5Celsewhere.invalid",
            "https://elsewhere.invalid",
        ] {
            let (status, form) = page(&member, &format!("/act/claim-wish?_next={elsewhere}")).await;
            assert_eq!(status, 200);
            let main = main(&form);
            assert!(main.contains("_key") && !main.contains("elsewhere.invalid"), "{elsewhere}: {main}");
        }
        let (_, form) = page(&member, "/act/claim-wish?_next=/wishes").await;
        assert!(form.contains("class=\"button plain\" href=\"/wishes\""), "{form}");
        // Nor does what was refused, with what was typed.
        let typed = [("demand", "d-9"), ("member", "m-1"), ("_next", "//elsewhere.invalid")];
        let (status, _, form) = sent(&member, "/act/claim-wish", &typed).await;
        assert!(status >= 400 && !main(&form).contains("elsewhere.invalid"), "{status} {form}");
    })
    .await;
}

/// What was just done is offered to be taken back: by a form that is filled in, to whoever may.
#[tokio::test]
async fn what_was_done_can_be_taken_back() {
    both(async |town: Town| {
        published(&town, "d-1").await;
        let member = town.acting("member", "m-1");
        let typed = [
            ("demand", "d-1"),
            ("member", "m-1"),
            ("_key", &format!("{KEY}01")),
            ("_next", "/wishes?community=520201016001"),
        ];
        let (status, _, after) = sent(&member, "/act/claim-wish", &typed).await;
        assert_eq!(status, 200, "{after}");
        let back = link_to(&after, "/act/release-claim").unwrap_or_else(|| panic!("{after}"));
        let form = shown(&member, &back).await;
        for part in [
            "name=\"demand\" value=\"d-1\"",
            "name=\"member\" value=\"m-1\"",
            "name=\"_next\" value=\"/wishes?community=520201016001\"",
        ] {
            assert!(form.contains(part), "{part} in {form}");
        }
        // To look at the form takes nothing back.
        assert_eq!(town.get("/v1/demands/d-1").await["phase"], "taken");
        let typed =
            [("demand", "d-1"), ("member", "m-1"), ("_key", &format!("{KEY}02")), ("_next", "/wishes")];
        let (status, _, after) = sent(&member, "/act/release-claim", &typed).await;
        assert_eq!(status, 200, "{after}");
        assert!(link_to(&after, "/act/release-claim").is_none(), "{after}");
        let at = town.position_now().await;
        assert_eq!(town.get(&format!("/v1/demands/d-1?at_least={at}")).await["phase"], "published");
    })
    .await;
}

/// The way back knows what the ledger named; nobody is offered what is not his to do, or what the address makes up.
#[tokio::test]
async fn the_way_back_is_of_the_act_and_of_the_role() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        let worker = town.acting("community-worker", &format!("w-1@{HERE}"));
        let typed = [
            ("channel", "window"),
            ("category", "errands"),
            ("urgency", "routine"),
            ("community", HERE),
            ("_key", &format!("{KEY}03")),
            ("_next", "/"),
        ];
        let (status, _, after) = sent(&worker, "/act/place-order", &typed).await;
        assert_eq!(status, 200, "{after}");
        let back = link_to(&after, "/act/withdraw-demand").unwrap_or_else(|| panic!("{after}"));
        let demand = back.split_once("demand=").and_then(|(_, rest)| rest.split('&').next()).unwrap();
        let at = town.position_now().await;
        assert_eq!(town.get(&format!("/v1/demands/{demand}?at_least={at}")).await["phase"], "placed");
        let told = "done=claim-wish&undo=demand%3Dd-1%26member%3Dm-1";
        assert!(
            page(&town.acting("member", "m-1"), &format!("/?{told}")).await.1.contains("/act/release-claim")
        );
        for role in ["auditor", "resident"] {
            let shown = page(&town.acting(role, "x-1"), &format!("/?{told}")).await.1;
            assert!(!shown.contains("/act/release-claim"), "{role}: {shown}");
        }
        let made_up = "done=claim-wish&undo=demand%3Dd-1%26_next%3D%2F%2Felsewhere.invalid";
        let shown = page(&town.acting("member", "m-1"), &format!("/?{made_up}")).await.1;
        assert!(!main(&shown).contains("elsewhere.invalid"), "{shown}");
        // What is told of an act is no filter of a sheet.
        assert_eq!(page(&town, &format!("/sheets/demands?{told}")).await.0, 200);
    })
    .await;
}

/// A button is there for whoever may do what is on it.
#[tokio::test]
async fn the_board_shows_acts_to_whom_they_belong() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        let order = json!({"demand": "d-1", "channel": "online", "category": "errands", "community": HERE, "urgency": "routine", "placed_by": "r-1"});
        town.acting("resident", "r-1").ok("place-order", order).await;
        let worker = shown(&town.acting("community-worker", &format!("w-1@{HERE}")), "/board").await;
        assert!(worker.contains("/act/screen-demand") && worker.contains("/act/place-order"), "{worker}");
        let department = town.acting("organisation-department", "o-1@5202");
        let board = shown(&department, "/board").await;
        assert!(board.contains("/board/d-1"), "{board}");
        for act in ["screen-demand", "publish-wish", "rate-service", "place-order", "raise-issue"] {
            assert!(!board.contains(&format!("/act/{act}")) && !board.contains(&format!("/bulk/{act}")), "{act}: {board}");
        }
        let one = shown(&department, "/board/d-1").await;
        assert!(!one.contains("/act/screen-demand") && one.contains("/act/close-demand"), "{one}");
        let auditor = shown(&town.acting("auditor", "a-1"), "/board/d-1").await;
        assert!(!auditor.contains("method=\"post\" action=\"/act/"), "{auditor}");
    })
    .await;
}

/// Forms of their own have the same end as all others, once.
#[tokio::test]
async fn every_form_can_be_recorded_late() {
    both(async |town: Town| {
        let member = town.acting("member", "m-1");
        for command in ["claim-wish", "complete-service", "record-visit"] {
            let (status, form) = page(&member, &format!("/act/{command}?member=m-1")).await;
            assert_eq!(status, 200, "{form}");
            for once in [
                "id=\"e-at\"",
                "id=\"e-reason\"",
                "id=\"e-approved\"",
                "<form class=\"stack",
                "name=\"_key\"",
            ] {
                assert_eq!(form.matches(once).count(), 1, "{command} {once}: {form}");
            }
        }
        let (_, form) = page(&member, "/act/complete-service?demand=d-1&member=m-1").await;
        assert!(
            form.contains("data-draft=\"complete-service:d-1\"") && form.contains("name=\"minutes\""),
            "{form}"
        );
    })
    .await;
}

/// Browsers ask for it wherever they are.
#[tokio::test]
async fn the_icon_is_where_browsers_look() {
    both(async |town: Town| {
        let answer = town.request(Method::GET, "/favicon.ico").send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"image/svg+xml".parse().unwrap())
        );
        assert!(answer.text().await.unwrap().contains("<svg"));
    })
    .await;
}

/// A sheet begins with how things stand, and tells times as people do.
#[tokio::test]
async fn a_sheet_begins_with_what_tells_most() {
    both(async |town: Town| {
        published(&town, "d-1").await;
        let sheet = shown(&town, "/sheets/demands").await;
        let heads: Vec<&str> =
            sheet.split("<th scope=\"col\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
        assert_eq!(heads[..4], ["需求", "环节", "事项类别", "类别"]);
        let cells = main(&sheet);
        assert!(cells.contains("<time datetime=\"2026-0") && !cells.contains(">2026-0"), "{cells}");
        assert!(cells.contains("<a class=\"id\" href=\"/sheets/demands/d-1\""), "{cells}");
    })
    .await;
}
