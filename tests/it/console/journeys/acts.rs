//! What every page has in common: the door, the languages, forms that forgive, sheets, and pages that tell what did not work.

use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(
    one_comes_in_changes_the_language_and_goes,
    a_form_keeps_what_was_typed_and_a_double_tap_is_one_act,
    a_sheet_leads_to_a_row_and_its_history,
);

/// A wrong password keeps the login and says why; the right one leads on; the language can be changed on any page, and one goes again.
async fn one_comes_in_changes_the_language_and_goes(place: Place) {
    let lived = Lived::at(place).await;
    for way in WAYS {
        let page = lived.somebody(way).await;
        page.visit("/").await;
        page.is_well().await;
        page.follow(said(way, "登录", "Sign in")).await;
        page.fill(said(way, "登录名", "Login"), "worker").await;
        page.fill(said(way, "密码", "Password"), "not the password").await;
        page.follow_first("form.stack button").await;
        assert_eq!(page.status(), 401);
        assert_eq!(page.filled(said(way, "登录名", "Login")).await, "worker");
        page.is_well().await;
        page.fill(said(way, "密码", "Password"), &lived.account("worker").password).await;
        page.follow_first("form.stack button").await;
        page.sees(said(way, "退出", "Sign out")).await;
        page.follow(said(way, "English", "中文")).await;
        page.sees(said(way, "Sign out", "退出")).await;
        page.follow(said(way, "中文", "English")).await;
        page.follow(said(way, "退出", "Sign out")).await;
        page.visit("/sheets/members").await;
        assert!(page.path().await.starts_with("/sign-in?next="), "{}", page.path().await);
        page.picture("sign-in-asked").await;
    }
    lived.end().await;
}

/// What is wrong stands beside its field, with everything that was typed; the same form sent twice is one act; going back and loading
/// anew act no second time.
async fn a_form_keeps_what_was_typed_and_a_double_tap_is_one_act(place: Place) {
    const WORDS: &str = "楼道的灯坏了，晚上看不见。\n<b>二单元</b>";
    let lived = Lived::at(place).await;
    let community = lived.account("worker").actor.organisation.clone().unwrap();
    for way in WAYS {
        let page = lived.signed_in("worker", way).await;
        page.visit("/act/place-order?channel=window&category=errands&urgency=routine").await;
        page.fill(said(way, "社区", "Community"), "12").await;
        page.fill(said(way, "内容", "Text"), WORDS).await;
        page.follow_first("main form.stack button:not([type=button])").await;
        assert!((400..500).contains(&page.status()), "{}: {}", page.status(), page.text().await);
        page.until("document.getElementById('f-community').getAttribute('aria-invalid') === 'true' && shown(document.getElementById('f-community-fault'))").await;
        assert_eq!(page.filled(said(way, "内容", "Text")).await, WORDS);
        page.is_well().await;
        page.picture("act-refused").await;
        let before = lived.town.position_now().await;
        page.fill(said(way, "社区", "Community"), &community).await;
        page.follow_first("main form.stack button:not([type=button])").await;
        page.sees(said(way, "已办理：居民点单", "Done: Place an order")).await;
        let once = lived.town.position_now().await - before;
        assert!(once > 0);
        page.is_well().await;
        page.reload().await;
        assert_eq!(lived.town.position_now().await, before + once, "loading anew acted");

        page.visit(&format!(
            "/act/place-order?channel=window&category=errands&urgency=routine&community={community}"
        ))
        .await;
        page.fill(said(way, "内容", "Text"), WORDS).await;
        let asked = demands(&lived, &community).await;
        page.follow_twice("main form.stack button:not([type=button])").await;
        page.sees(said(way, "已办理", "Done")).await;
        assert_eq!(demands(&lived, &community).await, asked + 1, "a double tap acted twice");
        page.back().await;
        page.until("document.querySelector('main form.stack') !== null").await;
        assert_eq!(demands(&lived, &community).await, asked + 1, "going back acted");
    }
    lived.end().await;
}

/// From the list of sheets to a sheet, narrowed, to a row, to the events behind it.
async fn a_sheet_leads_to_a_row_and_its_history(place: Place) {
    let lived = Lived::at(place).await;
    let member = lived.account("member").actor.id.as_str().to_owned();
    let unit = lived.account("unit").actor.organisation.clone().unwrap();
    for way in WAYS {
        let page = lived.signed_in("auditor", way).await;
        page.visit("/sheets").await;
        page.is_well().await;
        page.follow_first("a.card[href$='/sheets/members']").await;
        assert_eq!(page.status(), 200);
        page.is_well().await;
        page.press(said(way, "筛选", "Filters")).await;
        page.fill(said(way, "单位", "Unit"), &unit).await;
        page.follow_first("form.filters button").await;
        let others = format!(
            "[...document.querySelectorAll('tbody tr')].filter((one) => !one.innerText.includes('{unit}')).length"
        );
        assert_eq!(page.value(&others).await, 0);
        page.picture("sheet").await;
        page.follow(&member).await;
        page.sees(said(way, "截至账本第", "As at position")).await;
        page.is_well().await;
        page.picture("row").await;
        page.visit(&format!("/history/member/{member}")).await;
        page.sees(said(way, "成员已登记", "Member enrolled")).await;
        page.is_well().await;
    }
    lived.end().await;
}

/// How much the community was asked for.
async fn demands(lived: &Lived, community: &str) -> usize {
    let at = lived.town.position_now().await;
    let page = lived.town.get(&format!("/v1/demands?community={community}&limit=1000&at_least={at}")).await;
    page["items"].as_array().unwrap().len()
}
