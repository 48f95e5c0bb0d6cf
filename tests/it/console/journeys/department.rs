//! A unit and the organisation department: a card agreed to, signed and filed; a draft policy tried on everybody's card.

use serde_json::json;
use tests::browser::{Page, Sight, Way};
use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(
    a_unit_agrees_and_the_department_signs_and_files,
    a_department_tries_a_draft_policy,
    a_department_looks_at_figures_and_load
);

/// The unit agrees to its card, a member to his; both are signed and filed, each by a person, and the unit reads it.
async fn a_unit_agrees_and_the_department_signs_and_files(place: Place) {
    let lived = Lived::at(place).await;
    let member = lived.account("member").actor.id.as_str();
    let unit = lived.account("unit").actor.organisation.clone().unwrap();
    lived.acting("member").ok("accept-card", json!({"member": member, "year": 2026})).await;
    lived.up_to_date().await;
    let page = lived.signed_in("unit", Way::PHONE).await;
    lived.every_entry(&page, "unit").await;
    page.follow("看反馈卡").await;
    page.follow_first("form[action$='/act/accept-card'] button").await;
    page.sees("已办理：同意反馈卡").await;
    page.sees("已同意，等待签署").await;
    page.is_well().await;
    page.picture("unit-agreed").await;
    let signs = [Way { language: "en", ..Way::DESK }, Way::PHONE.plain()];
    let holders = [("unit", unit.as_str()), ("member", member)];
    for (way, (kind, holder)) in signs.into_iter().zip(holders) {
        let page = lived.signed_in("department", way).await;
        signs_and_files(&page, kind, holder).await;
    }
    for way in WAYS {
        let page = lived.signed_in("unit", way).await;
        page.follow(said(way, "反馈卡", "Feedback cards")).await;
        page.sees(said(way, "已备案", "filed")).await;
        page.sees(member).await;
        page.is_well().await;
        page.picture("unit-cards").await;
    }
    lived.end().await;
}

/// From the heap of what is to be signed to its filing.
async fn signs_and_files(page: &Page, kind: &str, holder: &str) {
    let way = page.way();
    page.follow(said(way, "反馈卡", "Feedback cards")).await;
    page.choose(said(way, "状态", "State"), said(way, "草稿", "draft")).await;
    page.follow_first("form.filters button").await;
    page.is_well().await;
    page.follow_first(&format!("main a[href$='/card-desk/{kind}/{holder}/2026']")).await;
    page.sees(said(way, "积分明细", "Lines")).await;
    page.is_well().await;
    page.follow(said(way, "签署", "Sign")).await;
    page.sees(said(way, "已办理：签署反馈卡", "Done: Sign the feedback card")).await;
    page.picture("department-signed").await;
    page.follow_first("form[action$='/act/file-card'] button").await;
    page.sees(said(way, "已办理：反馈卡备案", "Done: File the feedback card")).await;
    page.sees(said(way, "已备案。", "Filed.")).await;
    page.is_well().await;
    page.picture("department-filed").await;
}

/// A draft with another base: uploaded where scripts run, typed where they do not; whose card would change, by how much.
async fn a_department_tries_a_draft_policy(place: Place) {
    let lived = Lived::at(place).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("draft.toml");
    for way in WAYS {
        let page = lived.signed_in("department", way).await;
        page.follow(said(way, "办法", "Policies")).await;
        page.is_well().await;
        page.follow(said(way, "办法试算", "What if")).await;
        page.is_well().await;
        let text = page.filled(said(way, "草案全文", "The draft")).await;
        let draft = other_base(&text);
        if way.scripts {
            std::fs::write(&file, &draft).unwrap();
            page.choose_file(said(way, "选择草案文件", "A file"), &file).await;
            page.until(&format!(
                "document.getElementById('w-text').value.length === {}",
                draft.chars().count()
            ))
            .await;
        } else {
            page.fill(said(way, "草案全文", "The draft"), &draft).await;
        }
        page.follow_first("main form.stack button").await;
        page.sees(said(way, "谁的卡会变", "Whose card would change")).await;
        page.sees(said(way, "试算不入账", "Nothing was recorded")).await;
        assert_ne!(page.count("main tbody tr a[href*='/card-desk/']").await, 0);
        page.is_well().await;
        page.picture("department-what-if").await;
        if way.sight == Sight::Desk {
            page.follow_first("main tbody th a[href*='/card-desk/']").await;
            page.sees(said(way, "积分明细", "Lines")).await;
        }
    }
    lived.end().await;
}

/// The policy with five points more to begin with.
pub(super) fn other_base(text: &str) -> String {
    let base = text.find("[card.base]").expect("the form has the policy in force");
    let value = base + text[base..].find("value = ").unwrap() + "value = ".len();
    let digits: String = text[value..].chars().take_while(char::is_ascii_digit).collect();
    let more = digits.parse::<i64>().unwrap() + 5;
    format!("{}{more}{}", &text[..value], &text[value + digits.len()..])
}

/// Every entry of the menu, the schematic map and the load of those who serve.
async fn a_department_looks_at_figures_and_load(place: Place) {
    let lived = Lived::at(place).await;
    for way in WAYS {
        let page = lived.signed_in("department", way).await;
        lived.every_entry(&page, "department").await;
        page.follow(said(way, "网格示意图", "Map of grids")).await;
        page.is_well().await;
        page.picture("department-map").await;
        page.visit("/figures/load").await;
        page.is_well().await;
        page.picture("department-load").await;
    }
    lived.end().await;
}
