//! The organisation department's desk: cards signed one by one, exclusions, policies, what-if.

use serde_json::json;
use tests::town::{Town, both};

use super::{page, sent, shown};

const PHOENIX: &str = "520201016001";

/// A draft card of m-1 for 2026, whose days to object are over.
async fn drafted(town: &Town) -> Town {
    town.set_time("2026-06-01T09:00:00+08:00");
    let worker = town.acting("community-worker", "w-1@520201016001");
    worker
        .ok("award-bonus", json!({"member": "m-1", "clause": "excellent_service", "work": "voluntary", "community": PHOENIX}))
        .await;
    worker.ok("draft-card", json!({"member": "m-1", "year": 2026, "community": PHOENIX})).await;
    town.set_time("2026-06-20T09:00:00+08:00");
    town.acting("organisation-department", "o-1@5202")
}

/// D2, issue 5: a card on the desk is opened, read with its lines, signed by a human and filed; there is no signing in bulk.
#[tokio::test]
async fn a_card_goes_from_the_desk_to_its_filing() {
    both(async |town: Town| {
        let department = drafted(&town).await;
        let home = shown(&department, "/").await;
        assert!(home.contains("/card-desk/member/m-1/2026"), "{home}");
        let desk = shown(&department, "/card-desk?status=draft").await;
        assert!(desk.contains("/card-desk/member/m-1/2026"));
        assert!(!desk.contains("/act/sign-card"), "cards are signed one by one");
        let card = shown(&department, "/card-desk/member/m-1/2026").await;
        for said in
            ["服务表现优秀", ">82<", "/history/member/m-1", "/policies/liupanshui@2025.1", "/act/sign-card"]
        {
            assert!(card.contains(said), "{said}\n{card}");
        }
        let key = "0190c6a4-0000-7000-8000-000000000001";
        let form = [
            ("_key", key),
            ("_next", "/card-desk/member/m-1/2026"),
            ("member", "m-1"),
            ("year", "2026"),
            ("grade", "excellent"),
        ];
        // Another grade than the proposed one needs a reason: told on the command's own page, with what was chosen.
        let (status, _, text) = sent(&department, "/act/sign-card", &form).await;
        assert!((400..500).contains(&status), "{status} {text}");
        assert!(text.contains("appraisal.grade_needs_reason"), "{text}");
        let form = [
            ("_key", key),
            ("_next", "/card-desk/member/m-1/2026"),
            ("member", "m-1"),
            ("year", "2026"),
            ("grade", "fair"),
        ];
        let (status, at, text) = sent(&department, "/act/sign-card", &form).await;
        assert_eq!((status, at.as_str()), (200, "/card-desk/member/m-1/2026"), "{text}");
        assert!(text.contains("/act/file-card") && !text.contains("/act/sign-card"), "{text}");
        let form = [
            ("_key", "0190c6a4-0000-7000-8000-000000000002"),
            ("_next", "/card-desk/member/m-1/2026"),
            ("member", "m-1"),
            ("year", "2026"),
        ];
        let (status, _, text) = sent(&department, "/act/file-card", &form).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.contains("/act/merge-evaluation"), "{text}");
        let filed = town.get("/v1/feedback-cards?status=filed").await;
        assert_eq!(filed["items"][0]["grade"], "fair");
        assert!(shown(&department, "/card-desk?unit=u-tax").await.contains("/card-desk/member/m-1/2026"));
    })
    .await;
}

/// A5: exclusions are listed and entered; their reason is not on the list. E6: an appeal waits on the desk and is decided there.
#[tokio::test]
async fn exclusions_and_appeals_are_dealt_with() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let department = town.acting("organisation-department", "o-1@5202");
        let form = [
            ("_key", "0190c6a4-0000-7000-8000-000000000003"),
            ("_next", "/exclusions"),
            ("member", "m-2"),
            ("reason", "special_post"),
            ("from", "2026-03-02"),
        ];
        let (status, at, text) = sent(&department, "/act/exclude-member", &form).await;
        assert_eq!((status, at.as_str()), (200, "/exclusions"), "{text}");
        let list = shown(&department, "/exclusions").await;
        assert!(list.contains("/sheets/members/m-2") && list.contains("/act/reinstate-member"), "{list}");
        assert!(shown(&department, "/").await.contains("heap-excluded"));
        // A member sees himself at most, and has nothing to enter.
        let member = shown(&town.acting("member", "m-1"), "/exclusions").await;
        assert!(!member.contains("m-2") && !member.contains("/act/exclude-member"), "{member}");
        let (status, _) = page(&town.acting("public", "p-1"), "/exclusions").await;
        assert!(status == 401 || status == 403, "{status}");
        assert_eq!(page(&department, "/disqualifications?year=x&status=y").await.0, 200);
    })
    .await;
}

/// Issue 5: policies in force are read clause by clause, with the source of each number, in both languages.
#[tokio::test]
async fn policies_are_read_clause_by_clause() {
    both(async |town: Town| {
        let department = town.acting("organisation-department", "o-1@5202");
        let all = shown(&department, "/policies").await;
        assert!(all.contains("/policies/liupanshui@2025.1") && all.contains("现行"), "{all}");
        let one = shown(&department, "/policies/liupanshui@2025.1").await;
        for said in ["基准分", "000 六盘水: 推行量化评分考核", "积分卡", "假定"] {
            assert!(one.contains(said), "{said}");
        }
        let request = department.request(reqwest::Method::GET, "/policies/liupanshui@2025.1");
        let english = request.header("Accept-Language", "en").send().await.unwrap().text().await.unwrap();
        assert!(english.contains("Point card") && english.contains("assumed"));
        assert_eq!(page(&department, "/policies/none@1").await.0, 404);
    })
    .await;
}

/// Issue 5: a draft is tried on the page, what is wrong with it is told beside it with everything typed, and others may not.
#[tokio::test]
async fn a_draft_is_tried_on_the_page() {
    both(async |town: Town| {
        let department = drafted(&town).await;
        let form = shown(&department, "/policies/what-if").await;
        assert!(
            form.contains("name = &quot;liupanshui&quot;") || form.contains("name = \"liupanshui\""),
            "{form}"
        );
        let (_, text) = aggregates::policy::PRESETS[0];
        let draft = text.replacen("base = { value = 80", "base = { value = 90", 1);
        let (status, at, told) =
            sent(&department, "/policies/what-if", &[("text", &draft), ("year", "2026")]).await;
        assert_eq!(status, 200, "{told}");
        assert!(at.starts_with("/policies/what-if/"), "{at}");
        assert!(told.contains("/card-desk/member/m-1/2026"), "{told}");
        let (status, _, told) =
            sent(&department, "/policies/what-if", &[("text", "name = 1 # mine"), ("year", "2026")]).await;
        assert_eq!(status, 422, "{told}");
        assert!(told.contains("name = 1 # mine"), "{told}");
        let (status, _, told) =
            sent(&department, "/policies/what-if", &[("text", text), ("year", "soon")]).await;
        assert!([400, 422].contains(&status), "{status} {told}");
        let (status, _, _) =
            sent(&town.acting("member", "m-1"), "/policies/what-if", &[("text", text)]).await;
        assert_eq!(status, 403);
        assert_eq!(page(&department, "/policies/what-if/none").await.0, 404);
    })
    .await;
}

/// Garbage in an address gets a plain page, never a failure; cards out of reach are as if they were not there.
#[tokio::test]
async fn garbage_gets_a_plain_page() {
    both(async |town: Town| {
        drafted(&town).await;
        let elsewhere = town.acting("organisation-department", "o-2@5203");
        assert_eq!(page(&elsewhere, "/card-desk/member/m-1/2026").await.0, 404);
        assert!(!page(&elsewhere, "/card-desk").await.1.contains("m-1"));
        let department = town.acting("organisation-department", "o-1@5202");
        for path in [
            "/card-desk/x/m-1/2026",
            "/card-desk/member/%3Cscript%3E/2026",
            "/card-desk/member/m-1/99999999",
            "/card-desk?year=%27&after=x",
            "/card-desk?unit=nobody",
            "/exclusions?after=%00",
            "/policies/%25",
            "/policies/what-if?from=nothing&year=x",
            "/figures?division=x&from=13",
            "/figures/map?division=%3C&measure=x",
            "/figures/load?kind=x&after=1",
        ] {
            let (status, text) = page(&department, path).await;
            assert!(status < 500, "{path}: {status}\n{text}");
            assert!(!text.contains("<script>"), "{path}");
        }
    })
    .await;
}
