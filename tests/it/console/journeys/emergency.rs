//! 平急转换: a worker turns the community to emergency, a member says on the telephone that he is there, a resident reads whom to ask, and the worker
//! turns it back.

use tests::browser::Way;
use tests::place::Place;

use super::lived::Lived;
use super::said;

on_both!(a_community_is_turned_to_emergency_and_back);

/// F3, F4: the whole way, with scripts on one side and without on the other.
async fn a_community_is_turned_to_emergency_and_back(place: Place) {
    let lived = Lived::at(place).await;
    let worker = lived.signed_in("worker", Way::DESK).await;
    worker.follow(said(worker.way(), "一键转急时", "Turn to emergency")).await;
    worker.is_well().await;
    worker.fill(said(worker.way(), "预案名称", "Title of the plan"), "防汛应急预案").await;
    worker.fill(said(worker.way(), "预案编号", "Plan"), "flood-2026").await;
    worker.follow_first("main form.stack button:not([type=button])").await;
    worker.sees("防汛应急预案").await;
    assert_eq!(worker.count(".notice.emergency[role=status]").await, 1);
    worker.is_well().await;
    worker.picture("emergency-worker").await;

    for way in [Way::PHONE, Way { scripts: false, language: "en", ..Way::PHONE }] {
        let member = lived.signed_in("member", way).await;
        member.sees("防汛应急预案").await;
        member.is_well().await;
        if way.scripts {
            member.picture("emergency-member").await;
            member.follow_first(".notice.emergency form[action$='/act/muster'] button").await;
        }
        member.sees(said(way, "到岗", "You came at")).await;
        assert_eq!(member.count(".notice.emergency form").await, 0, "one comes once");
        member.follow(said(way, "应急安排", "What is arranged")).await;
        member.is_well().await;
    }

    let resident = lived.somebody(Way::PHONE).await;
    resident.visit(&format!("/who?in={}", lived.community())).await;
    resident.sees("请找所在网格的值守人员").await;
    resident.is_well().await;
    resident.picture("emergency-resident").await;

    worker.visit("/").await;
    worker.follow(said(worker.way(), "应急名册", "Roster of the emergency")).await;
    worker.sees(said(worker.way(), "应到岗", "Due")).await;
    worker.is_well().await;
    worker.picture("emergency-roster").await;
    worker.visit("/").await;
    worker.follow_first(".notice.emergency a[href*='/act/stand-down']").await;
    worker.is_well().await;
    worker.follow_first("main form.stack button:not([type=button])").await;
    assert_eq!(worker.count(".notice.emergency").await, 0, "it is over");
    resident.visit(&format!("/who?in={}", lived.community())).await;
    assert_eq!(resident.count(".notice.emergency").await, 0);
    lived.end().await;
}
