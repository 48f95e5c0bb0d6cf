//! A member's phone: what waits, what can be taken up, points down to event and clause, cards, one's own data.

use aggregates::Role;
use reqwest::Method;
use serde_json::json;
use tests::door::Door;
use tests::town::{Town, both};

const MONDAY: &str = "2026-03-02T09:00:00+08:00";
pub(super) const HERE: &str = "520201016001";

/// Somebody at a page, signed in or not.
pub(super) struct Visitor {
    door: Door,
    cookie: String,
    pub(super) tag: &'static str,
}

impl Visitor {
    pub(super) async fn of(town: &Town, role: Role, id: &str, body: Option<&str>) -> Self {
        let door = Door::of(town).await;
        let login = format!("l-{id}");
        door.login(&login, role, id, body).await;
        let cookie = door.cookie(&login).await;
        Self { door, cookie, tag: "en" }
    }

    async fn nobody(town: &Town) -> Self {
        Self { door: Door::of(town).await, cookie: String::new(), tag: "en" }
    }

    /// Opens a page, which reflects whatever was written.
    pub(super) async fn open(&self, town: &Town, path: &str) -> (u16, String) {
        let sign = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{sign}at_least={}", town.position_now().await);
        let request = self.door.request(Method::GET, &path).header("cookie", &self.cookie);
        let answer = request.header("accept-language", self.tag).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The same, which must be there.
    pub(super) async fn page(&self, town: &Town, path: &str) -> String {
        let (status, page) = self.open(town, path).await;
        assert_eq!(status, 200, "{path}\n{page}");
        page
    }

    /// Sends a form of a page with what is filled in; status, where it leads, and the page.
    pub(super) async fn send(
        &self,
        form: &[(String, String)],
        command: &str,
        filled: &[(&str, &str)],
    ) -> (u16, String, String) {
        let filled = filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let all: Vec<(String, String)> = form.iter().cloned().chain(filled).collect();
        let request =
            self.door.request(Method::POST, &format!("/act/{command}")).header("cookie", &self.cookie);
        let answer = request.header("accept-language", self.tag).form(&all).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or_default(), answer.text().await.unwrap())
    }

    /// Sends the form of a page for a command, which must be taken; where it leads.
    pub(super) async fn act(&self, page: &str, command: &str, filled: &[(&str, &str)]) -> String {
        let (status, to, answer) = self.send(&form(page, command), command, filled).await;
        assert_eq!(status, 303, "{command}\n{answer}");
        self.page_at(&to).await;
        to
    }

    async fn page_at(&self, to: &str) {
        let request = self.door.request(Method::GET, to).header("cookie", &self.cookie);
        let answer = request.header("accept-language", self.tag).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{to}");
    }
}

/// What the first form for a command carries: its hidden fields.
pub(super) fn form(page: &str, command: &str) -> Vec<(String, String)> {
    let head = format!("action=\"/act/{command}\"");
    let (_, rest) = page.split_once(&head).unwrap_or_else(|| panic!("no form for {command}\n{page}"));
    let (form, _) = rest.split_once("</form>").unwrap();
    let value = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.replace("&#x2f;", "/").replace("&amp;", "&"))
    };
    let inputs = form.split("<input ").skip(1).filter(|input| input.starts_with("type=\"hidden\""));
    inputs.map(|input| (value(input, "name").unwrap(), value(input, "value").unwrap())).collect()
}

pub(super) fn has_form(page: &str, command: &str) -> bool {
    page.contains(&format!("action=\"/act/{command}\""))
}

/// A wish of a resident, open to be claimed.
pub(super) async fn wish(town: &Town, demand: &str, category: &str) {
    let wish = json!({
        "demand": demand, "wish": "micro_wish", "channel": "online", "category": category, "community": HERE,
        "urgency": "routine", "placed_by": "r-1", "text": "灯坏了", "contact_phone": "0858-8999001",
    });
    town.acting("resident", "r-1").ok("post-wish", wish).await;
    town.ok("screen-demand", json!({ "demand": demand })).await;
    town.ok("publish-wish", json!({ "demand": demand })).await;
}

/// Issue 5: a member reports, takes up a wish, completes it, and opens the line on the point card down to the event and the clause.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_takes_up_a_wish_and_opens_the_line_behind_it() {
    both(async |town| {
        town.set_time(MONDAY);
        town.ok("record-residence", json!({"member": "m-1", "community": HERE, "dwelling": "self_built"}))
            .await;
        let me = Visitor::of(&town, Role::Member, "m-1", None).await;
        let home = me.page(&town, "/").await;
        assert!(home.contains("Nothing in hand") && home.contains("You help no household yet"), "{home}");
        me.act(&home, "report", &[]).await;
        assert!(!has_form(&me.page(&town, "/").await, "report"));
        wish(&town, "d-1", "errands").await;
        let wishes = me.page(&town, "/wishes").await;
        assert!(!wishes.contains("灯坏了") && !wishes.contains("0858"), "not before it is taken");
        let claim = form(&wishes, "claim-wish");
        let to = me.act(&wishes, "claim-wish", &[]).await;
        assert!(to.starts_with("/taken/d-1?done=claim-wish&at_least="), "{to}");
        let (again, same, _) = me.send(&claim, "claim-wish", &[]).await;
        assert_eq!((again, same), (303, to), "a double tap is one act");
        let work = me.page(&town, "/taken/d-1").await;
        assert!(work.contains("灯坏了") && work.contains("0858-8999001"), "{work}");
        let complete = form(&work, "complete-service");
        let typed = [("minutes", "3"), ("form", "undertaking"), ("note", "换了灯泡")];
        let (status, _, refused) = me.send(&complete, "complete-service", &typed).await;
        assert_eq!(status, 422, "{refused}");
        assert!(refused.contains("换了灯泡") && refused.contains("at least 10 minutes"), "{refused}");
        me.act(
            &work,
            "complete-service",
            &[("minutes", "40"), ("form", "undertaking"), ("note", "换了灯泡")],
        )
        .await;
        town.acting("resident", "r-1").ok("rate-service", json!({"demand": "d-1", "stars": 5})).await;
        let points = me.page(&town, "/points").await;
        assert!(
            points.contains("href=\"/points/2026/2026-1\"") && points.contains("Rated service"),
            "{points}"
        );
        assert!(points.contains("liupanshui@2025.1") && points.contains("5 stars: 100 %"), "{points}");
        let line = me.page(&town, "/points/2026/2026-1").await;
        let card = town.get("/v1/members/m-1/point-card?year=2026").await;
        let position = card["lines"][0]["position"].as_u64().unwrap();
        assert!(line.contains(&format!("#p{position}\"")) && line.contains("5 stars: 100 %"), "{line}");
        assert!(line.contains("评价结果由居民反馈社区汇总"), "the source of the clause");
        let done = me.page(&town, "/taken/d-1").await;
        assert!(!done.contains("0858-8999001"), "the contact is no longer shown");
    })
    .await;
}

/// Issue 5: what was dispatched is accepted, declined, or sent back because it is another body's duty.
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatched_order_is_answered() {
    both(async |town| {
        town.set_time(MONDAY);
        for demand in ["d-1", "d-2", "d-3"] {
            let order = json!({"demand": demand, "channel": "online", "category": "errands", "community": HERE, "urgency": "routine"});
            town.ok("place-order", order).await;
            town.ok("screen-demand", json!({ "demand": demand })).await;
            town.ok("dispatch-order", json!({"demand": demand, "member": "m-1"})).await;
        }
        let me = Visitor::of(&town, Role::Member, "m-1", None).await;
        assert!(me.page(&town, "/").await.contains("Answer wanted"));
        let offered = me.page(&town, "/taken/d-1").await;
        assert!(offered.contains("declining costs nothing"), "{offered}");
        me.act(&offered, "accept-order", &[]).await;
        me.act(&me.page(&town, "/taken/d-2").await, "decline-order", &[]).await;
        let third = me.page(&town, "/taken/d-3").await;
        me.act(&third, "report-duty-shift", &[("category", "lift_maintenance")]).await;
        let (head, mut seen) = (town.position_now().await, vec![]);
        for demand in ["d-1", "d-2", "d-3"] {
            let row = town.get(&format!("/v1/demands/{demand}?at_least={head}")).await;
            seen.push(row["phase"].as_str().unwrap().to_owned());
        }
        assert_eq!(seen, ["taken", "screened", "placed"]);
    })
    .await;
}

/// Issue 5: a visit that is due is recorded from the first page.
#[tokio::test(flavor = "multi_thread")]
async fn a_due_visit_is_recorded() {
    both(async |town| {
        town.set_time(MONDAY);
        let household = json!({"household": "h-1", "community": HERE, "needs": ["elderly"], "consent": true});
        town.ok("register-household", household).await;
        town.ok("pair-household", json!({"household": "h-1", "member": "m-1"})).await;
        town.set_time("2026-04-06T09:00:00+08:00");
        let me = Visitor::of(&town, Role::Member, "m-1", None).await;
        let home = me.page(&town, "/").await;
        assert!(home.contains("Overdue"), "that of March {home}");
        let form_page = me
            .page(&town, "/act/record-visit?household=h-1&member=m-1&_fixed=household,member&_next=/")
            .await;
        let to = me
            .act(&form_page, "record-visit", &[("kind", "monthly"), ("minutes", "30"), ("note", "一切都好")])
            .await;
        assert!(to.starts_with("/?done=record-visit"), "{to}");
        let after = me.page(&town, "/").await;
        assert!(after.contains("Last visit: 6 Apr 2026"), "{after}");
    })
    .await;
}

/// Issue 5, D2: the draft of a feedback card is objected to in its days, the answer is read, and the grade with its reason.
#[tokio::test(flavor = "multi_thread")]
async fn a_feedback_card_is_objected_to() {
    both(async |town| {
        town.set_time(MONDAY);
        let me = Visitor::of(&town, Role::Member, "m-1", None).await;
        assert!(me.page(&town, "/cards").await.contains("No feedback card yet"));
        let bonus =
            json!({"member": "m-1", "clause": "skill_lesson", "work": "voluntary", "community": HERE});
        town.ok("award-bonus", bonus).await;
        let card = json!({"member": "m-1", "year": 2026});
        let community = town.acting("community-worker", "w-1");
        community.ok("draft-card", json!({"member": "m-1", "year": 2026, "community": HERE})).await;
        assert!(me.page(&town, "/").await.contains("The draft of your 2026 feedback card waits"));
        let cards = me.page(&town, "/cards").await;
        assert!(has_form(&cards, "accept-card") && cards.contains("2026-1"), "{cards}");
        me.act(&cards, "object-to-card", &[("ground", "wrong_line"), ("lines", "2026-1")]).await;
        let answer = json!({"member": "m-1", "year": 2026, "upheld": false, "reason": "lines_verified"});
        community.ok("answer-objection", answer).await;
        let cards = me.page(&town, "/cards").await;
        assert!(cards.contains("Rejected") && cards.contains("href=\"/points/2026/2026-1\""), "{cards}");
        let early = me.send(&[], "accept-card", &[("member", "m-2"), ("year", "2026")]).await;
        assert!([403, 404].contains(&early.0), "another's card {}", early.2);
        town.set_time("2026-03-20T09:00:00+08:00");
        let me = Visitor::of(&town, Role::Member, "m-1", None).await;
        let over = me.page(&town, "/cards").await;
        assert!(!has_form(&over, "object-to-card") && !has_form(&over, "accept-card"), "the days are over");
        community.ok("sign-card", json!({"member": "m-1", "year": 2026, "grade": "fair"})).await;
        community.ok("file-card", card).await;
        assert!(me.page(&town, "/cards").await.contains("(signed)"));
    })
    .await;
}

/// Issue 5: a member sees what is held, agrees and takes that back, and reads who has looked.
#[tokio::test(flavor = "multi_thread")]
async fn ones_own_data_is_seen_and_agreed_to() {
    both(async |town| {
        town.set_time(MONDAY);
        let details = json!({"kind": "member", "id": "m-1", "name": "王建国", "phone": "0858-8000000"});
        town.ok("keep-details", details).await;
        let me = Visitor::of(&town, Role::Member, "m-1", None).await;
        let page = me.page(&town, "/my-data").await;
        assert!(page.contains("王建国") && page.contains("Nobody has read it yet"), "{page}");
        assert!(page.contains("href=\"/v1/persons/member/m-1/export\""), "{page}");
        me.act(&page, "give-consent", &[]).await;
        let page = me.page(&town, "/my-data").await;
        me.act(&page, "withdraw-consent", &[]).await;
        me.act(&page, "consent-to-praise", &[]).await;
        let unit = Visitor::of(&town, Role::Unit, "clerk", Some("u-tax")).await;
        unit.page(&town, "/sheets/members/m-1").await;
        let page = me.page(&town, "/my-data").await;
        assert!(page.contains("Withdrawn") && page.contains("clerk"), "{page}");
        let praise = form(&page, "consent-to-praise");
        assert!(praise.contains(&("consents".to_owned(), "false".to_owned())), "{praise:?}");
    })
    .await;
}

/// Issue 5: a page shows nobody what the interface does not.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_members_are_for_members() {
    both(async |town| {
        town.set_time(MONDAY);
        wish(&town, "d-1", "errands").await;
        town.ok("claim-wish", json!({"demand": "d-1", "member": "m-1"})).await;
        let bonus =
            json!({"member": "m-1", "clause": "skill_lesson", "work": "voluntary", "community": HERE});
        town.ok("award-bonus", bonus).await;
        let nobody = Visitor::nobody(&town).await;
        let worker = Visitor::of(&town, Role::CommunityWorker, "w-9", Some("520203001001")).await;
        let other = Visitor::of(&town, Role::Member, "m-3", None).await;
        for path in ["/wishes", "/points", "/points?member=m-1", "/cards", "/my-data", "/opinions"] {
            let (status, page) = nobody.open(&town, path).await;
            assert_eq!(status, 401, "{path}\n{page}");
        }
        for path in ["/wishes", "/points", "/my-data"] {
            assert_eq!(worker.open(&town, path).await.0, 403, "{path}");
        }
        for path in ["/points?member=m-1", "/points/2026/2026-1?member=m-1", "/taken/d-1"] {
            for visitor in [&worker, &other] {
                let (status, page) = visitor.open(&town, path).await;
                assert!([403, 404].contains(&status), "{path} {status}");
                assert!(!page.contains("skill_lesson") && !page.contains("灯坏了"), "{path}\n{page}");
            }
        }
    })
    .await;
}

/// Issue 5: whatever stands in the address, there is a clear page, in both languages; nothing of it becomes markup.
#[tokio::test(flavor = "multi_thread")]
async fn garbage_in_the_address_gets_a_clear_page() {
    both(async |town| {
        town.set_time(MONDAY);
        let mut members = [Visitor::of(&town, Role::Member, "m-1", None).await];
        let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        for tag in ["zh-CN", "en"] {
            for me in &mut members {
                me.tag = tag;
                for path in ["/", "/wishes", "/points", "/cards", "/my-data"] {
                    let page = me.page(&town, path).await;
                    assert!(page.contains(&format!("<html lang=\"{tag}\"")), "{path}");
                }
                for path in [
                    format!("/taken/{hostile}"),
                    "/taken/%01".to_owned(),
                    "/taken/nope".to_owned(),
                    "/points?year=never".to_owned(),
                    "/points?year=99999999999".to_owned(),
                    "/points?year=-5".to_owned(),
                    format!("/points/2026/{hostile}"),
                    "/points/nope/2026-1".to_owned(),
                    format!("/points?member={hostile}"),
                    format!("/wishes?community={hostile}"),
                    format!("/wishes?category={hostile}"),
                    "/wishes?after=garbage".to_owned(),
                    "/my-data?after=%F0%9F".to_owned(),
                    format!("/opinions/{hostile}"),
                    "/act/complete-service?demand=%00&served.0.member=x".to_owned(),
                    format!("/act/record-visit?household={hostile}&_next=//evil.example"),
                ] {
                    let (status, page) = me.open(&town, &path).await;
                    assert!(status < 500, "{path} {status}\n{page}");
                    assert!(!page.contains("<script>alert"), "{path}\n{page}");
                    assert!(page.contains("<h1>"), "{path} {status}\n{page}");
                }
            }
        }
    })
    .await;
}
