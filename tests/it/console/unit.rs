//! The desk of a unit's party organisation, and of those who review promotions.

use aggregates::Role;
use serde_json::json;
use tests::town::both;

use super::member::{HERE, Visitor, form, has_form, wish};

const MONDAY: &str = "2026-03-02T09:00:00+08:00";

/// Issue 5: a unit sees how its members stand, and nobody else's; it reports for them and follows its batches.
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_how_its_members_stand() {
    both(async |town| {
        town.set_time(MONDAY);
        let newcomer = json!({"member": "m-4", "unit": "u-tax", "rank": "regular_cadre"});
        town.ok("enrol-member", newcomer).await;
        let unit = Visitor::of(&town, Role::Unit, "clerk", Some("u-tax")).await;
        let home = unit.page(&town, "/").await;
        assert!(home.contains("市税务局") && home.contains("m-1") && home.contains("m-4"), "{home}");
        assert!(!home.contains("m-3"), "another unit's member");
        assert!(home.contains("No batch is under way"), "{home}");
        let missing = unit.page(&town, "/?missing_report=both").await;
        assert!(missing.contains("m-4") && !missing.contains("/points?member=m-1\""), "{missing}");
        let report = form(&home, "report");
        assert!(report.contains(&("member".to_owned(), "m-4".to_owned())), "{report:?}");
        unit.act(&home, "report", &[]).await;
        let batch = json!({"batch": "b-1", "community": HERE, "unit": "u-tax", "expected": ["m-1", "m-2"]});
        town.ok("open-batch", batch).await;
        let home = unit.page(&town, "/").await;
        assert!(home.contains("b-1") && home.contains("0 of 2 arrived"), "{home}");
        assert!(!has_form(&home, "report"), "all have reported to the unit's community");
        assert_eq!(unit.open(&town, "/my-data").await.0, 403);
        assert_eq!(unit.open(&town, "/points?member=m-3").await.0, 404);
    })
    .await;
}

/// Issue 5: a unit takes up a wish and names row by row who served; what is wrong is told with the rows as they were typed.
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_names_who_served_row_by_row() {
    both(async |town| {
        town.set_time(MONDAY);
        wish(&town, "d-1", "errands").await;
        let unit = Visitor::of(&town, Role::Unit, "clerk", Some("u-tax")).await;
        unit.act(&unit.page(&town, "/wishes").await, "claim-wish", &[]).await;
        let work = unit.page(&town, "/taken/d-1").await;
        let rows = [("form", "team"), ("served.0.member", "m-1"), ("served.0.minutes", "soon")];
        let (status, _, page) = unit.send(&form(&work, "complete-service"), "complete-service", &rows).await;
        assert_eq!(status, 422, "{page}");
        assert!(page.contains("value=\"m-1\"") && page.contains("value=\"soon\""), "{page}");
        let rows = [
            ("form", "team"),
            ("served.0.member", "m-1"),
            ("served.0.minutes", "60"),
            ("served.1.member", "m-2"),
            ("served.1.minutes", "45"),
            ("served.2.member", ""),
            ("served.2.minutes", ""),
        ];
        unit.act(&work, "complete-service", &rows).await;
        let head = town.position_now().await;
        let row = town.get(&format!("/v1/demands/d-1?at_least={head}")).await;
        assert_eq!((row["minutes"].as_u64(), row["form"].as_str()), (Some(105), Some("team")));
        let rating = json!({"demand": "d-1", "stars": 5});
        town.acting("resident", "r-1").ok("rate-service", rating).await;
        let points = unit.page(&town, "/points?member=m-1").await;
        assert!(points.contains("/points/2026/2026-1?member=m-1"), "{points}");
        unit.page(&town, "/points/2026/2026-1?member=m-1").await;
    })
    .await;
}

/// Issue 5, D2: a unit agrees to its own card, and sees those of its members.
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_its_card_and_those_of_its_members() {
    both(async |town| {
        town.set_time(MONDAY);
        let community = town.acting("community-worker", "w-1");
        let unit = Visitor::of(&town, Role::Unit, "clerk", Some("u-tax")).await;
        let cards = unit.page(&town, "/cards").await;
        assert!(
            cards.contains("The unit has no feedback card yet")
                && cards.contains("No member’s card for 2026"),
            "{cards}"
        );
        let bonus =
            json!({"unit": "u-tax", "clause": "estate_linked", "work": "voluntary", "community": HERE});
        town.ok("award-bonus", bonus).await;
        for (kind, id) in [("unit", "u-tax"), ("member", "m-1"), ("member", "m-3")] {
            let mut draft = json!({"community": HERE, "year": 2026});
            draft[kind] = json!(id);
            community.ok("draft-card", draft).await;
        }
        assert!(unit.page(&town, "/").await.contains("The draft of the unit’s 2026 card waits"));
        let cards = unit.page(&town, "/cards").await;
        assert!(cards.contains("m-1") && !cards.contains("m-3"), "{cards}");
        unit.act(&cards, "accept-card", &[]).await;
        let cards = unit.page(&town, "/cards").await;
        assert!(
            cards.contains("Agreed; the signature comes next") && !has_form(&cards, "accept-card"),
            "{cards}"
        );
        assert!(!unit.page(&town, "/cards?status=filed").await.contains("m-1"));
    })
    .await;
}

/// Issue 5, E1: a review asks, the community answers, and the record is offered while the request lasts; others see nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_opinion_is_asked_for_and_given() {
    both(async |town| {
        town.set_time(MONDAY);
        let review = Visitor::of(&town, Role::PromotionReview, "review", None).await;
        assert!(review.page(&town, "/").await.contains("Nothing was asked yet"));
        let asking = review.page(&town, "/act/request-opinion?_next=/opinions").await;
        let request = [
            ("opinion", "o-1"),
            ("member", "m-1"),
            ("community", HERE),
            ("purpose", "promotion"),
            ("document", "2026-7"),
            ("due", "2026-03-09"),
            ("until", "2026-03-20"),
        ];
        review.act(&asking, "request-opinion", &request).await;
        let home = review.page(&town, "/").await;
        assert!(home.contains("href=\"/opinions/o-1\"") && home.contains("Waits for the answer"), "{home}");
        let one = review.page(&town, "/opinions/o-1").await;
        assert!(one.contains("action=\"/v1/members/m-1/record\"") && one.contains("value=\"o-1\""), "{one}");
        assert!(!has_form(&one, "give-opinion"), "whoever asks does not answer");
        let worker = Visitor::of(&town, Role::CommunityWorker, "w-1", Some(HERE)).await;
        let one = worker.page(&town, "/opinions/o-1").await;
        assert!(!one.contains("/record"), "whoever answers pulls no record");
        worker.act(&one, "give-opinion", &[("stance", "supports")]).await;
        let one = worker.page(&town, "/opinions/o-1").await;
        assert!(!has_form(&one, "give-opinion") && one.contains("answered on 2 Mar 2026"), "{one}");
        for (role, id, body) in [
            (Role::CommunityWorker, "w-2", Some("520203001001")),
            (Role::Unit, "clerk", Some("u-tax")),
            (Role::PromotionReview, "other", None),
            (Role::Member, "m-1", None),
        ] {
            let visitor = Visitor::of(&town, role, id, body).await;
            let (status, page) = visitor.open(&town, "/opinions/o-1").await;
            assert!([403, 404].contains(&status) && !page.contains("2026-7"), "{id} {status}\n{page}");
            let (status, page) = visitor.open(&town, "/opinions").await;
            assert!([200, 403].contains(&status) && !page.contains("o-1"), "{id} {status}\n{page}");
        }
        town.set_time("2026-03-21T09:00:00+08:00");
        let review = Visitor::of(&town, Role::PromotionReview, "review", None).await;
        let over = review.page(&town, "/opinions/o-1").await;
        assert!(over.contains("The time to pull the record is over"), "{over}");
    })
    .await;
}
