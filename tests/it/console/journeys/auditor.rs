//! An auditor: plays a member's history again, compares two moments, looks through the journal, has everything checked.

use tests::browser::Page;
use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(an_auditor_plays_a_member_again, an_auditor_searches_the_journal_and_audits);

/// From the first step to the last: with the slider where scripts run, by links and the form where they do not.
async fn an_auditor_plays_a_member_again(place: Place) {
    let lived = Lived::at(place).await;
    let member = lived.account("member").actor.id.as_str().to_owned();
    for way in WAYS {
        let page = lived.signed_in("auditor", way).await;
        page.fill(said(way, "查什么？", "What are you looking for?"), &member).await;
        page.follow(said(way, "打开", "Open")).await;
        page.sees(said(way, "成员已登记", "Member enrolled")).await;
        page.is_well().await;
        goes_through(&page).await;
        compares(&page).await;
    }
    lived.end().await;
}

/// The number of the last step, and each of the first ones.
async fn goes_through(page: &Page) {
    let way = page.way();
    let now = page.said_by("#now").await;
    let last: usize =
        now.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).max().unwrap();
    assert!(last > 3, "{now}");
    let step = |n: usize| match way.language {
        "en" => format!("Step {n} of {last}"),
        _ => format!("第 {n} 步，共 {last} 步"),
    };
    if way.scripts {
        page.focus(said(way, "时间轴", "Time slider")).await;
        page.key("Home").await;
        page.sees(&step(1)).await;
        page.key("ArrowRight").await;
    } else {
        page.follow(said(way, "最早", "First")).await;
        page.sees(&step(1)).await;
        page.follow(said(way, "下一步", "Next")).await;
    }
    page.until(&format!("document.getElementById('now').innerText.includes({:?})", step(2))).await;
    let shown = "document.querySelector('#state h3').innerText === document.querySelector('.steps [aria-current=step]').innerText";
    page.until(shown).await;
    page.sees(said(way, "已证明", "Proved")).await;
    assert_ne!(page.count("#state ins").await, 0, "what the step changed is marked");
    page.is_well().await;
    page.picture("auditor-replay").await;
    // The address is of this moment.
    page.reload().await;
    page.sees(&step(2)).await;
}

/// The second moment against the last one.
async fn compares(page: &Page) {
    let way = page.way();
    let positions =
        page.value("JSON.parse(document.getElementById('replay-data').textContent).positions").await;
    let positions = positions.as_array().unwrap();
    let last = positions.last().unwrap().to_string();
    page.fill(said(way, "截至", "As of"), &positions[1].to_string()).await;
    page.fill(said(way, "与另一时点对比", "Compare with another moment"), &last).await;
    page.follow(said(way, "查看", "Show")).await;
    page.sees(said(way, "有何不同", "What differs between position")).await;
    assert_ne!(page.count("section.compared ins").await, 0);
    page.is_well().await;
    page.picture("auditor-compared").await;
    page.follow(said(way, "取消对比", "Stop comparing")).await;
    assert_eq!(page.count("section.compared").await, 0);
}

/// The journal narrowed to one sort of event, one of them with its proof; an audit begun and its result.
async fn an_auditor_searches_the_journal_and_audits(place: Place) {
    let lived = Lived::at(place).await;
    let member = lived.account("member").actor.id.as_str().to_owned();
    for (number, way) in WAYS.into_iter().enumerate() {
        let page = lived.signed_in("auditor", way).await;
        lived.every_entry(&page, "auditor").await;
        page.follow(said(way, "账本", "Journal")).await;
        page.press(said(way, "筛选", "Filters")).await;
        page.choose(said(way, "流水类别", "Kind of stream"), said(way, "成员", "Member")).await;
        page.fill(said(way, "编号", "Id"), &member).await;
        page.choose(said(way, "事件", "Event"), said(way, "成员已登记", "Member enrolled")).await;
        page.follow_first("details form.filters button").await;
        page.until("document.querySelectorAll('table.journal tbody tr').length === 1").await;
        page.is_well().await;
        page.picture("auditor-journal").await;
        page.follow_first("table.journal td.number a").await;
        page.sees(said(way, "已证明", "Proved")).await;
        page.sees(&member).await;
        page.is_well().await;
        page.picture("auditor-entry").await;
        if number == 0 || number == 3 {
            audits(&page).await;
        }
    }
    lived.end().await;
}

async fn audits(page: &Page) {
    let way = page.way();
    page.follow(said(way, "审计", "Audits")).await;
    page.follow_first("form[action$='/audits'] button").await;
    // The page of an audit comes anew by itself until it is over.
    page.sees(said(way, "没有任何事件被改动", "no event was altered")).await;
    page.sees(said(way, "每个事件都是当初记入日志的那个", "Every event is the one that was logged")).await;
    assert_eq!(page.count("tr.is-wrong").await, 0);
    page.is_well().await;
    page.picture("auditor-audited").await;
}
