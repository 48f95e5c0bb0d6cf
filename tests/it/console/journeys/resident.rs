//! Somebody who lives there and has no account: finds who serves the grid, wishes in three taps, keeps a code, follows, rates, has it done
//! again.

use tests::browser::{Page, Way};
use tests::place::Place;

use super::lived::Lived;
use super::{WAYS, said};

on_both!(a_wish_goes_from_the_poster_to_its_rating, a_resident_with_an_account_finds_everything);

/// From the poster on the wall to the rating, and again. The wish is screened, taken up and done through the pages of those who do it.
async fn a_wish_goes_from_the_poster_to_its_rating(place: Place) {
    let lived = Lived::at(place).await;
    let (worker, member) =
        (lived.signed_in("worker", Way::DESK).await, lived.signed_in("member", Way::PHONE).await);
    for way in WAYS {
        let page = lived.somebody(way).await;
        let poster = finds_the_poster(&page, &lived).await;
        scans(&page, &poster).await;
        let (demand, code) = wishes(&page).await;
        screens(&worker, &demand).await;
        serves(&member, &demand).await;
        rates(&page, &demand).await;
        // On another telephone the code is all that is needed.
        let other = lived.somebody(way).await;
        other.visit("/mine").await;
        other.sees(said(way, "还没有提过需求", "Nothing was asked")).await;
        other.follow(said(way, "输入查询码", "Enter a code")).await;
        other.fill(said(way, "查询码", "Code"), &code).await;
        other.follow(said(way, "打开", "Open")).await;
        other.follow_first(&format!("main a[href$='/mine/{demand}']")).await;
        other.sees(said(way, "不满意，重新办理", "Not satisfied, taken up again")).await;
        other.is_well().await;
    }
    lived.end().await;
}

/// Division, community and grid, as one knows them; the address on the poster.
async fn finds_the_poster(page: &Page, lived: &Lived) -> String {
    let way = page.way();
    page.visit("/").await;
    page.is_well().await;
    page.follow(said(way, "选择所在社区", "Choose your community")).await;
    for name in lived.places().await {
        page.follow(&name).await;
    }
    page.sees(said(way, "您在哪个网格", "Which is your grid")).await;
    page.is_well().await;
    page.follow(said(way, "打印服务作战图", "Print service maps")).await;
    page.is_well().await;
    let posters = page
        .value("[...document.querySelectorAll(`main a[href*='/poster/estate/']`)].map((one) => one.pathname)")
        .await;
    let posters: Vec<String> = serde_json::from_value(posters).unwrap();
    // Not every grid has somebody already.
    for poster in &posters {
        page.visit(poster).await;
        page.is_well().await;
        assert_eq!(page.count("main svg.qr").await, 1);
        let address = page.said_by(".poster-address").await;
        let from = address.find("/grid/").unwrap_or_else(|| panic!("{address} leads to no grid"));
        page.visit(&address[from..]).await;
        if page.count(SERVING).await > 0 {
            page.visit(poster).await;
            page.picture("resident-poster").await;
            return address[from..].to_owned();
        }
    }
    panic!("nobody serves in any of {posters:?}");
}

/// A post of a grid that is filled.
const SERVING: &str = "main ul.list .badge.good";

/// Who serves here, and the three ways to ask.
async fn scans(page: &Page, address: &str) {
    let way = page.way();
    page.visit(address).await;
    page.sees(said(way, "谁在为我服务", "Who serves here")).await;
    assert_ne!(page.count(SERVING).await, 0, "nobody serves: {}", page.text().await);
    page.is_well().await;
    page.picture("resident-grid").await;
}

/// Three taps and the words; the demand, and the code that keeps it theirs.
async fn wishes(page: &Page) -> (String, String) {
    const WORDS: &str = "想请人教一教怎么用手机挂号。";
    let way = page.way();
    page.follow(said(way, "许个心愿", "I have a wish")).await;
    page.is_well().await;
    page.follow_first("ul.picks a.pick").await;
    page.is_well().await;
    page.fill(said(way, "请说说您的心愿", "What do you wish for?"), WORDS).await;
    page.follow(said(way, "提交", "Send")).await;
    page.sees(said(way, "请记下查询码", "Please note down your code")).await;
    page.sees(said(way, "已收到", "Received")).await;
    page.sees(WORDS).await;
    page.is_well().await;
    page.picture("resident-wished").await;
    let path = page.path().await;
    let demand = path.trim_start_matches("/mine/").split('?').next().unwrap().to_owned();
    (demand, page.said_by(".big-code").await)
}

/// The community screens it and opens it to be taken up.
async fn screens(worker: &Page, demand: &str) {
    worker.visit("/?show=screen").await;
    worker.follow_first(&format!("main a[href$='/board/{demand}']")).await;
    worker.follow_first("form[action$='/act/screen-demand'] button").await;
    worker.sees("已办理：受理需求").await;
    worker.follow("公开认领").await;
    worker.sees("已办理：公开认领").await;
}

/// A member takes it up and does it.
async fn serves(member: &Page, demand: &str) {
    member.visit("/wishes").await;
    member
        .follow_first(&format!("form[action$='/act/claim-wish']:has(input[value='{demand}']) button"))
        .await;
    member.sees("已办理：认领").await;
    member.fill("服务分钟", "40").await;
    member.follow_first("form[action$='/act/complete-service'] button").await;
    member.sees("已办理：办结服务").await;
}

/// Follows it, is not satisfied, and has it done again.
async fn rates(page: &Page, demand: &str) {
    let way = page.way();
    page.follow(said(way, "我的需求", "What I asked for")).await;
    page.sees(said(way, "请您评价", "please rate")).await;
    page.is_well().await;
    page.follow_first(&format!("main a[href$='/mine/{demand}']")).await;
    page.sees(said(way, "已经办完", "It is done")).await;
    page.sees(said(way, "有人认领", "Somebody took it")).await;
    page.press(said(way, "2 星", "2 stars")).await;
    page.fill(said(way, "想说的话", "Anything to add"), "没有修好。").await;
    page.follow(said(way, "提交评价", "Rate")).await;
    page.sees(said(way, "已办理：评单", "Done: Rate")).await;
    page.sees(said(way, "2 星", "2 stars")).await;
    page.is_well().await;
    page.picture("resident-rated").await;
    page.follow(said(way, "要求重新办理", "Have it done again")).await;
    page.sees(said(way, "不满意，重新办理", "Not satisfied, taken up again")).await;
    assert!(!page.text().await.contains(said(way, "已经办完", "It is done.")));
    page.picture("resident-reopened").await;
}

/// Who has an account finds what was asked in its name, in each entry of the menu.
async fn a_resident_with_an_account_finds_everything(place: Place) {
    let lived = Lived::at(place).await;
    for way in [WAYS[0], WAYS[3]] {
        let page = lived.signed_in("resident", way).await;
        lived.every_entry(&page, "resident").await;
        page.follow(said(way, "我的需求", "What I asked for")).await;
        page.follow_first("main ul.list a").await;
        page.sees(said(way, "办理经过", "What happened")).await;
        page.is_well().await;
    }
    lived.end().await;
}
