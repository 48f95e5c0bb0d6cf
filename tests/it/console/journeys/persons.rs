//! Each person's own journey, from his menu to what he came for.

use tests::browser::Page;
use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(
    a_member_takes_up_a_wish_and_sees_where_points_come_from,
    a_resident_asks_and_follows_it,
    a_worker_opens_the_day_and_screens,
    a_department_reads_cards_policies_and_figures,
    an_auditor_plays_a_member_again
);

/// Every entry of the menu, looked at.
async fn every_entry(page: &Page, name: &str) {
    let entries = page.value("[...document.querySelectorAll('nav.menu a')].map((one) => one.pathname)").await;
    for (number, entry) in entries.as_array().unwrap().iter().enumerate() {
        let path = entry.as_str().unwrap();
        if path == "/check" {
            continue;
        }
        page.visit(path).await;
        assert_eq!(page.status(), 200, "{path}");
        page.is_well().await;
        page.picture(&format!("{name}-{number}")).await;
    }
}

/// Claim a wish, complete it; then points, a line, the event behind it.
async fn a_member_takes_up_a_wish_and_sees_where_points_come_from(place: Place) {
    let lived = Lived::at(place).await;
    for (number, way) in WAYS.into_iter().enumerate() {
        let page = lived.signed_in("member", way).await;
        every_entry(&page, "member").await;
        if number == 0 {
            page.visit("/wishes").await;
            page.follow(said(way, "认领", "Claim")).await;
            page.sees(said(way, "已办理：认领", "Done: Claim")).await;
            page.is_well().await;
            page.fill(said(way, "服务分钟", "Minutes"), "45").await;
            page.follow_first("form[action$='/act/complete-service'] button").await;
            page.sees(said(way, "已办理：办结服务", "Done: Complete the service")).await;
            page.picture("member-completed").await;
        }
        page.visit("/points").await;
        page.value("document.querySelector('main details:has(a[href*=\"/points/2026/\"])').open = true")
            .await;
        page.follow_first("main a[href*='/points/2026/']").await;
        page.sees(said(way, "依据的条款", "clause")).await;
        page.is_well().await;
        page.picture("member-line").await;
        page.back().await;
        assert!(page.path().await.starts_with("/points"));
    }
    lived.end().await;
}

/// Ask in a few taps without an account, and follow it.
async fn a_resident_asks_and_follows_it(place: Place) {
    let lived = Lived::at(place).await;
    for way in WAYS {
        for page in [lived.somebody(way).await, lived.signed_in("resident", way).await] {
            page.visit("/").await;
            every_entry(&page, "resident").await;
        }
    }
    lived.end().await;
}

/// The board, and what its entries lead to.
async fn a_worker_opens_the_day_and_screens(place: Place) {
    let lived = Lived::at(place).await;
    for way in WAYS {
        let page = lived.signed_in("worker", way).await;
        every_entry(&page, "worker").await;
    }
    lived.end().await;
}

/// Cards waiting to be signed, policies, figures.
async fn a_department_reads_cards_policies_and_figures(place: Place) {
    let lived = Lived::at(place).await;
    for way in WAYS {
        let page = lived.signed_in("department", way).await;
        every_entry(&page, "department").await;
        page.visit("/card-desk").await;
        page.follow_first("main tbody th a").await;
        assert_eq!(page.status(), 200);
        page.is_well().await;
        page.picture("department-card").await;
        page.visit("/policies").await;
        page.follow_first("main ul.list a").await;
        page.is_well().await;
        page.visit("/figures/map").await;
        page.is_well().await;
        page.picture("department-map").await;
    }
    lived.end().await;
}

/// Pick a member, go from moment to moment.
async fn an_auditor_plays_a_member_again(place: Place) {
    let lived = Lived::at(place).await;
    let member = lived.account("member").actor.id.as_str().to_owned();
    for way in WAYS {
        let page = lived.signed_in("auditor", way).await;
        every_entry(&page, "auditor").await;
        page.visit(&format!("/replay/member/{member}")).await;
        page.sees(said(way, "成员已登记", "Member enrolled")).await;
        page.is_well().await;
        page.picture("auditor-replay").await;
        page.follow_first("#to-first").await;
        page.until("document.querySelector('.steps [aria-current=step]') !== null").await;
        page.is_well().await;
        page.reload().await;
        assert_eq!(page.status(), 200);
    }
    lived.end().await;
}
