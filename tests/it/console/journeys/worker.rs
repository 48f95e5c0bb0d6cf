//! A community's worker: the day's board with and without the keyboard, whom to offer an order to and why, what is left to rate, the residence
//! ledger, visits.

use serde_json::json;
use tests::browser::{Page, Sight, Way};
use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(
    a_worker_screens_dispatches_and_confirms,
    a_worker_keeps_the_ledger_of_residence_and_visits,
    a_worker_gives_the_community_s_opinion
);

/// What came in is screened at once, an order offered to somebody who suits, and what nobody rated is rated.
async fn a_worker_screens_dispatches_and_confirms(place: Place) {
    let lived = Lived::at(place).await;
    let served = [lived.served().await, lived.served().await];
    lived.days_pass(15);
    let mut unrated = served.iter();
    for way in WAYS {
        let page = lived.signed_in("worker", way).await;
        lived.every_entry(&page, "worker").await;
        let two = [
            lived.placed("place-order", json!({})).await,
            lived.placed("post-wish", json!({"wish": "micro_wish"})).await,
        ];
        screens_at_once(&page, &two).await;
        let taker = dispatches(&page, &two[0]).await;
        // Few live here: who declines can be asked again.
        let answer = json!({"demand": two[0], "member": taker});
        lived.town.acting("member", &taker).ok("decline-order", answer).await;
        if way.sight == Sight::Desk {
            confirms(&page, unrated.next().unwrap()).await;
        }
    }
    lived.end().await;
}

/// Two of the lane picked and screened: with keys where scripts run, else with ticks and a button.
async fn screens_at_once(page: &Page, two: &[String; 2]) {
    let way = page.way();
    page.visit("/").await;
    page.follow(said(way, "待受理", "To screen")).await;
    page.sees(&two[1]).await;
    page.is_well().await;
    if way.scripts {
        // Down to each, in the order in which they stand.
        for _ in 0..page.count("[data-row]").await {
            page.key("j").await;
            let here = page.said_by("[data-row].at").await;
            if two.iter().any(|demand| here.contains(demand)) {
                page.key("x").await;
            }
        }
        assert_eq!(page.said_by("[data-picked]").await, "2");
        page.picture("worker-picked").await;
        page.key("a").await;
        page.follow_key("Enter").await;
    } else {
        for demand in two {
            page.press(&format!("{} {demand}", said(way, "选择", "Pick"))).await;
        }
        page.follow_first("form[action$='/bulk/screen-demand'] button").await;
    }
    page.sees(said(way, "办成 2 条，未办成 0 条", "2 done, 0 not done")).await;
    page.is_well().await;
    page.picture("worker-screened").await;
    page.follow(said(way, "返回", "Back")).await;
    for demand in two {
        let left = format!("section[aria-labelledby=lane-screen] a[href$='/board/{demand}']");
        assert_eq!(page.count(&left).await, 0, "{demand} is screened");
    }
}

/// Somebody who suits, with the reason, is offered the order.
async fn dispatches(page: &Page, demand: &str) -> String {
    let way = page.way();
    page.visit("/?show=dispatch").await;
    page.follow_first(&format!("main a[href$='/board/{demand}']")).await;
    page.sees(said(way, "可以派给谁", "Whom to offer it to")).await;
    page.is_well().await;
    let reasons = page.said_by(".desk-takers .desk-reasons").await;
    let near = [said(way, "住在本社区", "Lives in the community"), said(way, "已来报到", "Reports here")];
    assert!(near.iter().any(|near| reasons.contains(near)), "{reasons}");
    let taker = page.said_by(".desk-takers a.code").await;
    page.picture("worker-takers").await;
    page.follow_first(".desk-takers form[action$='/act/dispatch-order'] button").await;
    page.sees(said(way, "已办理：派单", "Done: Dispatch the order")).await;
    let now = page.said_by("section[aria-labelledby=asked]").await;
    assert!(now.contains(&taker), "{now}");
    page.is_well().await;
    taker
}

/// The resident's days are over: the community rates.
async fn confirms(page: &Page, demand: &str) {
    let way = page.way();
    page.visit("/").await;
    page.follow(said(way, "待社区评价", "To rate")).await;
    page.follow_first(&format!("main a[href$='/board/{demand}']")).await;
    page.press(said(way, "5 星", "5 stars")).await;
    page.follow_first("form[action$='/act/rate-service'] button").await;
    page.sees(said(way, "已办理：评单", "Done: Rate the service")).await;
    let now = page.said_by("section[aria-labelledby=asked]").await;
    assert!(now.contains(said(way, "星级 5", "Stars 5")), "{now}");
    page.is_well().await;
    page.picture("worker-rated").await;
}

/// Who lives here and has not reported; a visit that was due is made.
async fn a_worker_keeps_the_ledger_of_residence_and_visits(place: Place) {
    let lived = Lived::at(place).await;
    for (number, way) in WAYS.into_iter().enumerate() {
        let page = lived.signed_in("worker", way).await;
        page.visit("/residence").await;
        page.sees(said(way, "三类台账", "The three ledgers")).await;
        page.sees(lived.account("member").actor.id.as_str()).await;
        page.is_well().await;
        page.picture("worker-residence").await;
        page.follow(said(way, "应走访", "Visits due")).await;
        page.is_well().await;
        page.picture("worker-visits").await;
        if number == 1 {
            visits(&page).await;
        } else if number > 1 {
            assert_eq!(page.count("main a[href*='record-visit?household=waiting-household']").await, 0);
        }
    }
    lived.end().await;
}

async fn visits(page: &Page) {
    page.follow_first("main a[href*='record-visit?household=waiting-household']").await;
    page.is_well().await;
    page.fill("服务分钟", "30").await;
    page.follow_first("main form.stack button:not([type=button])").await;
    page.sees("已办理：登记走访").await;
    page.sees("上次走访").await;
    page.is_well().await;
    page.picture("worker-visited").await;
}

/// A promotion review asks the community about a member; it answers once.
async fn a_worker_gives_the_community_s_opinion(place: Place) {
    let lived = Lived::at(place).await;
    for (number, way) in WAYS.into_iter().enumerate() {
        let page = lived.signed_in("worker", way).await;
        page.follow(said(way, "征求意见", "Opinions")).await;
        page.is_well().await;
        page.follow_first("main a[href$='/opinions/waiting-opinion']").await;
        page.is_well().await;
        if number == 0 {
            page.press("同意").await;
            page.follow_first("form[action$='/act/give-opinion'] button").await;
            page.sees("已办理：出具意见").await;
            page.picture("worker-opinion").await;
        }
        assert_eq!(page.count("form[action$='/act/give-opinion']").await, 0, "an opinion is given once");
        page.sees(said(way, "同意", "supports")).await;
        page.is_well().await;
    }
    let review = lived.signed_in("review", Way::DESK).await;
    review.follow_first("main a[href$='/opinions/waiting-opinion']").await;
    review.sees("同意").await;
    review.is_well().await;
    lived.end().await;
}
