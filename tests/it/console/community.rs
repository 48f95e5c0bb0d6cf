//! The desk of a community's worker: board, one demand, bulk acts, rosters, visits, residence.

use aggregates::Role;
use reqwest::Method;
use serde_json::json;
use tests::door::Door;
use tests::town::{Town, both};

const MONDAY: &str = "2026-03-02T09:00:00+08:00";
const HERE: &str = "520201016001";
const GRID: &str = "520201016001001";
const KEY: &str = "018f3a2e-7c4b-7d1e-8f00-0123456789ab";

/// Somebody at a page, signed in.
struct Desk {
    door: Door,
    cookie: String,
    tag: &'static str,
}

impl Desk {
    async fn of(town: &Town, role: Role, id: &str, body: Option<&str>) -> Self {
        let door = Door::of(town).await;
        let login = format!("l-{id}");
        door.login(&login, role, id, body).await;
        let cookie = door.cookie(&login).await;
        Self { door, cookie, tag: "zh-CN" }
    }

    async fn worker(town: &Town) -> Self {
        Self::of(town, Role::CommunityWorker, "w-1", Some(HERE)).await
    }

    /// Opens a page, which reflects what the town has written.
    async fn open(&self, town: &Town, path: &str) -> (u16, String) {
        let sign = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{sign}at_least={}", town.position());
        let request = self.door.request(Method::GET, &path);
        let answer = request
            .header("cookie", &self.cookie)
            .header("accept", "text/html")
            .header("accept-language", self.tag)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The same, which must be there.
    async fn page(&self, town: &Town, path: &str) -> String {
        let (status, page) = self.open(town, path).await;
        assert_eq!(status, 200, "{path}\n{page}");
        page
    }

    /// Sends a form; status and page.
    async fn send(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let request = self.door.request(Method::POST, path).form(form);
        let answer = request
            .header("cookie", &self.cookie)
            .header("accept", "text/html")
            .header("accept-language", self.tag)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

async fn ordered(town: &Town, demand: &str, category: &str) {
    let order = json!({"demand": demand, "channel": "online", "category": category, "community": HERE,
        "grid": GRID, "placed_by": "r-1", "urgency": "routine"});
    town.acting("resident", "r-1").ok("place-order", order).await;
}

async fn with_grid(town: &Town) {
    town.set_time(MONDAY);
    let grid = json!({"grid": GRID, "kind": "base", "households": 300});
    town.ok("define-grid", grid).await;
}

/// What a page says in the lane of this name.
fn lane<'a>(page: &'a str, name: &str) -> &'a str {
    let from = page.split_once(&format!("id=\"lane-{name}\"")).map_or("", |(_, rest)| rest);
    from.split("</section>").next().unwrap_or_default()
}

/// Issue 5, C1: what was asked stands to be screened; one tap screens it, sent twice it is one act; then it stands to be dispatched.
#[tokio::test]
async fn the_board_shows_the_day_and_a_tap_moves_it() {
    both(async |town: Town| {
        with_grid(&town).await;
        ordered(&town, "d-1", "errands").await;
        let desk = Desk::worker(&town).await;
        let board = desk.page(&town, "/").await;
        assert!(lane(&board, "screen").contains("/board/d-1"), "{board}");
        assert!(lane(&board, "dispatch").is_empty());
        let head = town.position_now().await;
        let form = [("demand", "d-1"), ("_key", KEY), ("_next", "/")];
        for _ in 0..2 {
            assert_eq!(desk.send("/act/screen-demand", &form).await.0, 303);
        }
        assert_eq!(town.position_now().await, head + 1);
        let board = desk.page(&town, &format!("/?at_least={}", head + 1)).await;
        assert!(lane(&board, "dispatch").contains("/board/d-1"), "{board}");
        let alone = desk.page(&town, "/?show=screen").await;
        assert!(lane(&alone, "dispatch").is_empty() && alone.contains("aria-current=\"true\""), "{alone}");
        // Nothing of another community, and nothing made up for a lane that there is not.
        let other = Desk::of(&town, Role::CommunityWorker, "w-2", Some("520201016002")).await;
        assert!(!other.page(&town, "/?show=nonsense").await.contains("/board/d-1"));
    })
    .await;
}

/// C11: overdue is what the server's clock says, not the page.
#[tokio::test]
async fn a_missed_deadline_stands_among_the_overdue() {
    both(async |town: Town| {
        with_grid(&town).await;
        ordered(&town, "d-1", "errands").await;
        let desk = Desk::worker(&town).await;
        assert!(lane(&desk.page(&town, "/").await, "overdue").is_empty());
        town.set_time("2026-04-20T09:00:00+08:00");
        let desk = Desk::of(&town, Role::CommunityWorker, "w-1", Some(HERE)).await;
        assert!(lane(&desk.page(&town, "/").await, "overdue").contains("/board/d-1"));
    })
    .await;
}

/// C3, C4, C6, F5: the interface says whom to ask and why, to whoever may dispatch and sees the demand; the desk offers it by one tap.
#[tokio::test]
async fn a_demand_is_offered_to_whom_it_suits() {
    both(async |town: Town| {
        with_grid(&town).await;
        let able = json!({"member": "m-9", "unit": "u-tax", "rank": "regular_cadre", "skills": ["legal_aid_guidance"]});
        town.ok("enrol-member", able).await;
        town.ok("report", json!({"member": "m-9", "kind": "unit_linked", "community": HERE})).await;
        ordered(&town, "d-1", "legal_aid_guidance").await;
        town.ok("screen-demand", json!({"demand": "d-1"})).await;
        let path = "/v1/demands/d-1/suggested-takers";
        let worker = town.acting("community-worker", &format!("w-1@{HERE}"));
        let told = worker.get(path).await;
        assert_eq!(told["candidates"], 4);
        assert_eq!(told["items"][0]["member"], "m-9");
        assert_eq!(told["items"][0]["reasons"], json!(["skilled", "reported_here", "free"]));
        assert!(!told.to_string().contains("points") && !told.to_string().contains("stars"), "{told}");
        for (role, id, status) in [
            ("public", "x", 403),
            ("resident", "r-1", 403),
            ("member", "m-1", 403),
            ("unit", "s-1@u-tax", 403),
            ("auditor", "a-1", 403),
            ("community-worker", "w-2@520201016002", 404),
            ("organisation-department", "o-1@5202", 200),
        ] {
            assert_eq!(town.acting(role, id).get_status(path).await.0, status, "{role} {id}");
        }
        let desk = Desk::worker(&town).await;
        let page = desk.page(&town, "/board/d-1").await;
        assert!(page.contains("专长对口") && page.contains("m-9"), "{page}");
        let form = [("demand", "d-1"), ("member", "m-9"), ("_key", KEY), ("_next", "/board/d-1")];
        assert_eq!(desk.send("/act/dispatch-order", &form).await.0, 303);
        let row = worker.get(&format!("/v1/demands/d-1?at_least={}", town.position_now().await)).await;
        assert_eq!((row["phase"].as_str(), row["taker"].as_str()), (Some("dispatched"), Some("m-9")));
    })
    .await;
}

/// C3, C4: another body's duty is not offered to members; the page says whose it is and leads to the catalogue.
#[tokio::test]
async fn a_shifted_duty_is_refused_with_its_entry() {
    both(async |town: Town| {
        with_grid(&town).await;
        ordered(&town, "d-1", "lift_maintenance").await;
        let desk = Desk::worker(&town).await;
        let page = desk.page(&town, "/board/d-1").await;
        assert!(page.contains("/catalogue?entry=lift_maintenance"), "{page}");
        let form = [("demand", "d-1"), ("member", "m-1"), ("_key", KEY)];
        let (status, page) = desk.send("/act/dispatch-order", &form).await;
        assert_eq!(status, 409);
        assert!(page.contains("清单条目 lift_maintenance") && page.contains("/catalogue"), "{page}");
        let catalogue = desk.page(&town, "/catalogue?entry=lift_maintenance").await;
        assert!(catalogue.contains("id=\"lift_maintenance\" aria-current=\"true\""), "{catalogue}");
    })
    .await;
}

/// C1: a second demand of the same category in the same grid is pointed out before it is screened.
#[tokio::test]
async fn what_is_alike_nearby_is_pointed_out() {
    both(async |town: Town| {
        with_grid(&town).await;
        ordered(&town, "d-1", "errands").await;
        let desk = Desk::worker(&town).await;
        let alone = desk.page(&town, "/board/d-1").await;
        assert!(!alone.contains("同类需求"));
        ordered(&town, "d-2", "errands").await;
        ordered(&town, "d-3", "legal_aid_guidance").await;
        let page = desk.page(&town, "/board/d-1").await;
        assert!(
            page.contains("同类需求") && page.contains("/board/d-2") && !page.contains("/board/d-3"),
            "{page}"
        );
    })
    .await;
}

/// Issue 5: many rows at once; each is an act of its own, the form sent twice does nothing twice, and every row's outcome is told.
#[tokio::test]
async fn many_are_done_at_once_and_nothing_is_half_silent() {
    both(async |town: Town| {
        with_grid(&town).await;
        for demand in ["d-1", "d-2", "d-3"] {
            ordered(&town, demand, "errands").await;
        }
        town.acting("resident", "r-1").ok("withdraw-demand", json!({"demand": "d-3"})).await;
        let desk = Desk::worker(&town).await;
        let before = town.position_now().await;
        let rows =
            [("demand", "d-1"), ("demand", "d-2"), ("demand", "d-2"), ("demand", "d-3"), ("demand", "d-404")];
        let form = [rows.as_slice(), &[("_key", KEY), ("_next", "/?show=screen")]].concat();
        for _ in 0..2 {
            let (status, page) = desk.send("/bulk/screen-demand", &form).await;
            assert_eq!(status, 200, "{page}");
            assert!(page.contains("办成 2 条，未办成 2 条"), "{page}");
            for code in ["demand.over", "demand.unknown"] {
                assert!(page.contains(code), "{code}\n{page}");
            }
            assert!(page.contains("show=screen&amp;at_least="), "{page}");
            assert_eq!(town.position_now().await, before + 2);
        }
        let (_, none) = desk.send("/bulk/screen-demand", &[("_key", KEY)]).await;
        assert!(none.contains("没有选中任何条目"), "{none}");
        let many: Vec<String> = (0..120).map(|n| format!("d-x{n}")).collect();
        let form: Vec<(&str, &str)> = many.iter().map(|id| ("demand", id.as_str())).collect();
        let (status, page) = desk.send("/bulk/screen-demand", &form).await;
        assert_eq!(status, 404);
        assert!(page.contains("其余 20 条没有提交"), "{page}");
    })
    .await;
}

/// Nobody does by many rows what he may not by one, and garbage gets a plain page.
#[tokio::test]
async fn bulk_acts_have_the_same_authority() {
    both(async |town: Town| {
        with_grid(&town).await;
        ordered(&town, "d-1", "errands").await;
        let before = town.position_now().await;
        let form = [("demand", "d-1"), ("_key", KEY)];
        let member = Desk::of(&town, Role::Member, "m-1", None).await;
        let after_login = town.position_now().await;
        let (status, page) = member.send("/bulk/screen-demand", &form).await;
        assert!(status == 403 && page.contains("authority.not_yours"), "{status} {page}");
        let other = Desk::of(&town, Role::CommunityWorker, "w-2", Some("520201016002")).await;
        let (status, page) = other.send("/bulk/screen-demand", &form).await;
        assert!(status == 403 && page.contains("authority.elsewhere"), "{status} {page}");
        let (status, _) =
            member.door.send(member.door.request(Method::POST, "/bulk/screen-demand").form(&form)).await;
        assert_eq!(status, 401);
        assert!(after_login > before);
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!(row["phase"], "placed");
        let worker = Desk::worker(&town).await;
        assert_eq!(worker.send("/bulk/no-such-command", &form).await.0, 404);
        assert_eq!(
            worker.send("/bulk/screen-demand", &[("_over", "no-such-field"), ("demand", "d-1")]).await.0,
            400
        );
        for path in [
            "/board/%22%3E",
            "/board/d-404",
            "/grids/nonsense",
            "/visits?from=x",
            "/grids?after=%22%3E",
            "/visits?after=x",
            "/residence?community=%22%3E",
        ] {
            let (status, page) = worker.open(&town, path).await;
            assert!(status < 500, "{path}: {status} {page}");
            assert!(page.contains("</html>"), "{path}: {page}");
        }
    })
    .await;
}

/// B7: a roster shows who stands where and what is vacant; posts are taken and left from it.
#[tokio::test]
async fn rosters_show_vacancies_and_posts_are_taken_from_them() {
    both(async |town: Town| {
        with_grid(&town).await;
        let department = town.acting("organisation-department", "o-1@5202");
        department.ok("file-grid", json!({"grid": GRID})).await;
        department.ok("adopt-template", json!({"grid": GRID, "template": "grid_officers"})).await;
        let desk = Desk::worker(&town).await;
        let grids = desk.page(&town, "/grids").await;
        assert!(grids.contains(&format!("/grids/{GRID}")) && grids.contains("缺 1 人"), "{grids}");
        let grid = desk.page(&town, &format!("/grids/{GRID}")).await;
        assert!(grid.contains(&format!("/act/take-post?grid={GRID}&amp;slot=part_time_officer")), "{grid}");
        let taken = [("grid", GRID), ("slot", "part_time_officer"), ("member", "m-1"), ("_key", KEY)];
        let (status, page) = desk.send("/act/take-post", &taken).await;
        assert_eq!(status, 303, "{page}");
        let at = town.position_now().await;
        let grid = desk.page(&town, &format!("/grids/{GRID}?at_least={at}")).await;
        assert!(grid.contains("/act/leave-post") && grid.contains("m-1"), "{grid}");
        // Whoever is not of an office sees who stands in published slots, and no button.
        let resident = Desk::of(&town, Role::Resident, "r-1", None).await;
        let seen = resident.page(&town, &format!("/grids/{GRID}")).await;
        assert!(!seen.contains("/act/"), "{seen}");
    })
    .await;
}

/// C9: visits due by state, and households by number only.
#[tokio::test]
async fn visits_due_and_households_are_worked_through() {
    both(async |town: Town| {
        town.set_time("2026-03-01T09:00:00+08:00");
        let household = json!({"household": "h-1", "community": HERE, "needs": ["elderly"], "consent": true});
        town.ok("register-household", household).await;
        town.ok("pair-household", json!({"household": "h-1", "member": "m-1"})).await;
        town.set_time("2026-04-10T09:00:00+08:00");
        let desk = Desk::worker(&town).await;
        let page = desk.page(&town, "/visits?state=overdue").await;
        assert!(page.contains("/act/record-visit?household=h-1&amp;member=m-1&amp;kind=monthly"), "{page}");
        let form = [
            ("household", "h-1"),
            ("member", "m-1"),
            ("kind", "monthly"),
            ("_key", KEY),
            ("_next", "/visits"),
        ];
        let (status, answer) = desk.send("/act/record-visit", &form).await;
        assert_eq!(status, 303, "{answer}");
        let other = Desk::of(&town, Role::CommunityWorker, "w-2", Some("520201016002")).await;
        assert!(!other.page(&town, "/visits").await.contains("h-1"));
        let (status, page) = Desk::of(&town, Role::Resident, "r-1", None).await.open(&town, "/visits").await;
        assert!(status == 403 && !page.contains("h-1"), "{status} {page}");
    })
    .await;
}

/// A2, A4: who lives here and has not reported; the community takes several reports at once.
#[tokio::test]
async fn missing_reports_are_taken_from_the_residence_ledger() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        for member in ["m-1", "m-2"] {
            let home = json!({"member": member, "community": HERE, "dwelling": "relocation_street"});
            town.ok("record-residence", home).await;
        }
        let mut desk = Desk::worker(&town).await;
        let page = desk.page(&town, "/residence").await;
        assert!(page.contains("尚未报到的党员") && page.contains("action=\"/bulk/report\""), "{page}");
        let form = [
            ("member", "m-1"),
            ("member", "m-2"),
            ("_over", "member"),
            ("kind", "residence"),
            ("community", HERE),
            ("_key", KEY),
        ];
        let (status, page) = desk.send("/bulk/report", &form).await;
        assert!(status == 200 && page.contains("办成 2 条，未办成 0 条"), "{page}");
        desk.tag = "en";
        let at = town.position_now().await;
        let page = desk.page(&town, &format!("/residence?at_least={at}")).await;
        assert!(
            page.contains("Residence ledger") && !page.contains("Members who have not reported"),
            "{page}"
        );
    })
    .await;
}
