//! A member: answers what is offered, takes up a wish and does it, sees where each point comes from, objects, sees who has read.

use tests::browser::{Page, Way};
use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(
    a_member_answers_serves_and_sees_where_points_come_from,
    a_member_objects_to_a_draft_and_sees_who_has_read
);

/// Accept one order and decline another, claim and complete a wish; once it is rated, the line, the clause and the event behind it.
async fn a_member_answers_serves_and_sees_where_points_come_from(place: Place) {
    let lived = Lived::at(place).await;
    for way in WAYS {
        let page = lived.signed_in("member", way).await;
        lived.every_entry(&page, "member").await;
        answers(&page, &lived).await;
        let demand = serves(&page, &lived).await;
        lived.rated(&demand).await;
        reads_the_line(&page, &demand).await;
    }
    lived.end().await;
}

/// One order accepted where it is offered, then given back; another one looked at and declined.
async fn answers(page: &Page, lived: &Lived) {
    let way = page.way();
    let (first, second) = (lived.offered().await, lived.offered().await);
    page.visit("/").await;
    page.sees(said(way, "待您答复", "Answer wanted")).await;
    page.follow_first(&format!("form[action$='/act/accept-order']:has(input[value='{first}']) button")).await;
    page.sees(said(way, "已办理：接单", "Done: Accept the order")).await;
    page.sees(said(way, "居民的话和联系方式", "What was said, and how to reach them")).await;
    page.sees("盼周末上午").await;
    page.is_well().await;
    page.picture("member-accepted").await;
    page.follow_first("form[action$='/act/release-claim'] button").await;
    page.follow_first(&format!("main a[href$='/taken/{second}']")).await;
    assert!(!page.text().await.contains("盼周末上午"), "the words are for who has taken it");
    page.sees(said(way, "谢绝不影响任何积分和评价", "declining costs nothing")).await;
    page.follow_first("form[action$='/act/decline-order'] button").await;
    page.sees(said(way, "已办理：谢绝派单", "Done: Decline the order")).await;
    assert_eq!(page.count(&format!("main a[href$='/taken/{second}']")).await, 0, "it was declined");
}

/// A wish claimed and completed, with minutes that no day has.
async fn serves(page: &Page, lived: &Lived) -> String {
    let way = page.way();
    let demand = lived.wished().await;
    page.follow(said(way, "可认领", "To take up")).await;
    page.follow_first(&format!("form[action$='/act/claim-wish']:has(input[value='{demand}']) button")).await;
    page.sees(said(way, "已办理：认领", "Done: Claim")).await;
    page.is_well().await;
    page.fill(said(way, "服务分钟", "Minutes"), "45").await;
    page.fill(said(way, "做了什么", "What was done"), "教会了挂号。").await;
    page.follow_first("form[action$='/act/complete-service'] button").await;
    page.sees(said(way, "已办理：办结服务", "Done: Complete the service")).await;
    page.sees(said(way, "等待居民评单", "Waits for the rating")).await;
    page.picture("member-completed").await;
    demand
}

/// The points of a rated service: the line, the clause behind it, the event in the history.
async fn reads_the_line(page: &Page, demand: &str) {
    let way = page.way();
    page.follow(said(way, "积分卡", "Point card")).await;
    let line = format!("main li details:has(a[href$='/taken/{demand}'])");
    page.press_first(&format!("{line} summary")).await;
    page.sees(said(way, "怎样计分", "How it counts")).await;
    page.is_well().await;
    page.follow_first(&format!("{line} a[href*='/points/2026/']")).await;
    page.sees(said(way, "依据的条款", "The clause behind it")).await;
    page.sees(said(way, "账本里的记录", "The event in the ledger")).await;
    page.sees(demand).await;
    page.is_well().await;
    page.picture("member-line").await;
    page.follow(said(way, "在流水中查看", "See it in the history")).await;
    page.until("document.querySelector(':target') !== null && shown(document.querySelector(':target'))")
        .await;
    page.is_well().await;
    page.back().await;
    page.sees(said(way, "依据的条款", "The clause behind it")).await;
}

/// A draft is objected to, once; who opened the member's row is told to the member.
async fn a_member_objects_to_a_draft_and_sees_who_has_read(place: Place) {
    let lived = Lived::at(place).await;
    let member = lived.account("member").actor.id.as_str().to_owned();
    let worker = lived.signed_in("worker", Way::DESK).await;
    worker.visit(&format!("/sheets/members/{member}")).await;
    worker.visit(&format!("/v1/persons/member/{member}")).await;
    for (number, way) in WAYS.into_iter().enumerate() {
        let page = lived.signed_in("member", way).await;
        page.follow(said(way, "反馈卡", "Feedback cards")).await;
        page.sees(said(way, "建议等次", "proposed, not signed")).await;
        page.is_well().await;
        if number == 0 {
            page.press("对反馈卡提出异议").await;
            page.press("漏记").await;
            page.picture("member-objecting").await;
            page.follow_first("form[action$='/act/object-to-card'] button").await;
            page.sees("已办理：对反馈卡提出异议").await;
        }
        page.sees(said(way, "待答复", "Waits for the answer")).await;
        assert_eq!(page.count("form[action$='/act/object-to-card']").await, 0, "one objects once");
        page.picture("member-objected").await;
        page.follow(said(way, "我的信息", "My data")).await;
        page.sees(said(way, "谁看过我的信息", "Who has read it")).await;
        let readings = page.said_by("section[aria-labelledby=h-readings]").await;
        assert!(readings.contains("worker"), "{readings}");
        page.is_well().await;
        page.picture("member-data").await;
    }
    lived.end().await;
}
