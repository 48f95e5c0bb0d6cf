//! Emergencies on pages: forms without scripts, the banner shown and gone, each person's part (F3, F4).

use aggregates::Role;
use serde_json::json;
use tests::town::{Town, both};

use super::member::{Visitor, has_form};

const MONDAY: &str = "2026-03-02T09:00:00+08:00";
const HERE: &str = "520201016001";
const GRID: &str = "520201016001001";
const BANNER: &str = "class=\"notice bad emergency\" role=\"status\"";

async fn posted(town: &Town) {
    town.set_time(MONDAY);
    let grid = json!({"grid": GRID, "name": "临河网格", "kind": "emergency", "households": 40, "template": "ab_posts"});
    town.ok("define-grid", grid).await;
    town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": GRID})).await;
    town.ok("take-post", json!({"grid": GRID, "slot": "post_b", "member": "m-1"})).await;
}

/// The links of a page that begin so.
fn link_to(page: &str, start: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("href=\"{start}"))?;
    Some(format!("{start}{}", rest.split('"').next()?).replace("&amp;", "&"))
}

/// F3, F4: a worker declares by a form whose scope is filled in, a member says with one tap that he is there, residents are told whom to ask, and
/// standing down takes the banner off every page.
#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_told_to_each_on_his_first_page_until_it_is_over() {
    both(async |town| {
        posted(&town).await;
        let worker = Visitor::of(&town, Role::CommunityWorker, "w-1", Some(HERE)).await;
        let street = Visitor::of(&town, Role::OrganisationDepartment, "o-1", Some("520201016")).await;
        let member = Visitor::of(&town, Role::Member, "m-1", None).await;
        let stranger = Visitor::of(&town, Role::CommunityWorker, "w-2", Some("520201016002")).await;
        let resident = Visitor::of(&town, Role::Resident, "r-1", None).await;
        let of_resident = format!("/?grid={GRID}");
        let grid = format!("/grid/{GRID}");
        let community = format!("/who?in={HERE}");
        let told = [
            (&worker, "/"),
            (&street, "/"),
            (&member, "/"),
            (&resident, of_resident.as_str()),
            (&resident, grid.as_str()),
            (&resident, community.as_str()),
        ];
        for (visitor, path) in told {
            assert!(!visitor.page(&town, path).await.contains(BANNER), "{path}");
        }
        let board = worker.page(&town, "/").await;
        let address = link_to(&board, "/act/declare-emergency").unwrap();
        let declare = worker.page(&town, &address).await;
        assert!(declare.contains(&format!("value=\"{HERE}\"")), "{declare}");
        let typed = [("scope", HERE), ("title", "防汛应急预案"), ("plan", "flood-2026")];
        let to = worker.act(&declare, "declare-emergency", &typed).await;
        assert!(to.starts_with("/?done=declare-emergency"), "{to}");
        // It can be taken back at once, by the way that ends it.
        assert!(link_to(&worker.page(&town, &to).await, "/act/stand-down").is_some());
        for (visitor, path) in told {
            let page = visitor.page(&town, path).await;
            assert!(page.contains(BANNER) && page.contains("防汛应急预案"), "{path}: {page}");
        }
        assert!(!stranger.page(&town, "/").await.contains(BANNER), "another community is in routine");
        let whom = resident.page(&town, &grid).await;
        assert!(whom.contains("turn to who is on duty in your grid") && !has_form(&whom, "muster"), "{whom}");
        assert!(link_to(&whom, "/act/stand-down").is_none());

        let home = member.page(&town, "/").await;
        assert!(
            link_to(&home, "/act/stand-down").is_none() && link_to(&home, "/act/declare-emergency").is_none()
        );
        member.act(&home, "muster", &[]).await;
        let home = member.page(&town, "/").await;
        assert!(!has_form(&home, "muster") && home.contains("You came at"), "{home}");
        let address = link_to(&worker.page(&town, "/").await, "/emergencies/").unwrap();
        let roster = worker.page(&town, &address).await;
        assert!(roster.contains("1 of 1 due have come") && roster.contains("m-1"), "{roster}");
        let own = member.page(&town, &address).await;
        assert!(own.contains("1 of 1 due have come"), "{own}");
        assert!(!resident.page(&town, &address).await.contains("m-1"), "the public is not told who came");

        let confirm = link_to(&street.page(&town, "/").await, "/act/stand-down").unwrap();
        let form = street.page(&town, &confirm).await;
        street.act(&form, "stand-down", &[("outcome", "drill_ended")]).await;
        for (visitor, path) in told {
            assert!(!visitor.page(&town, path).await.contains(BANNER), "{path}");
        }
        assert!(worker.page(&town, &address).await.contains("end of a drill"));
    })
    .await;
}

/// F3: who may not turn a place has no button for it, and is told so when he tries; what makes no sense is told beside its field, and nothing that was
/// typed is lost. In both languages.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_declare_has_no_button_and_what_is_wrong_is_told() {
    both(async |town| {
        posted(&town).await;
        let member = Visitor::of(&town, Role::Member, "m-1", None).await;
        let (status, _, _) = member.send(&[], "declare-emergency", &[("scope", HERE)]).await;
        assert!(status >= 400, "{status}");
        let mut worker = Visitor::of(&town, Role::CommunityWorker, "w-1", Some(HERE)).await;
        worker.tag = "zh-CN";
        let form = worker.page(&town, "/act/declare-emergency").await;
        assert!(form.contains("预案名称") && form.contains("居民页面同时提示"), "{form}");
        let typed = [("scope", "520201016"), ("title", "防汛应急预案"), ("plan", "flood-2026"), ("_key", "k")];
        let (status, _, page) = worker.send(&[], "declare-emergency", &typed).await;
        assert!(status >= 400 && page.contains("防汛应急预案"), "{status} {page}");
        town.acting("organisation-department", "o-1@520201016")
            .ok(
                "declare-emergency",
                json!({"emergency": "e-1", "scope": "520201016", "plan": "flood-2026", "title": "防汛应急预案"}),
            )
            .await;
        let board = worker.page(&town, "/").await;
        assert!(board.contains(BANNER) && board.contains("急时"), "{board}");
        assert!(link_to(&board, "/act/stand-down").is_none(), "the street's is the street's to end");
        for path in ["/emergencies/none", "/emergencies/%20", "/emergencies/e-1?community=x"] {
            let (status, page) = worker.open(&town, path).await;
            assert!((400..500).contains(&status), "{path} {status} {page}");
        }
    })
    .await;
}
