use serde_json::json;
use tests::town::{Town, both};

use super::{PHOENIX, served};

const GRID: &str = "520201016001001";

/// A grid with m-1 on a duty post and m-3 on none.
async fn posted(town: &Town) {
    let grid = json!({"grid": GRID, "kind": "base", "households": 300, "template": "four_plus_n"});
    town.ok("define-grid", grid).await;
    town.ok("file-grid", json!({"grid": GRID})).await;
    town.ok("take-post", json!({"grid": GRID, "slot": "unit_cadre", "member": "m-1"})).await;
}

/// E6: misconduct on a duty post disqualifies for the year; the card is then never excellent; the appeal is decided by
/// somebody else and lifts the disqualification. Voluntary service is never a ground.
#[tokio::test]
async fn misconduct_on_duty_disqualifies_until_an_appeal_is_upheld() {
    both(async |town: Town| {
        town.set_time("2026-05-04T09:00:00+08:00");
        posted(&town).await;
        let community = town.acting("community-worker", "w-1");
        let absent = |member: &str| json!({"member": member, "ground": "absent_without_cause", "grid": GRID});
        community.refused("record-misconduct", absent("m-3"), 409, "discipline.no_duty").await;
        let disqualify = json!({"member": "m-1", "year": 2026});
        community.refused("disqualify-member", disqualify.clone(), 409, "discipline.too_few").await;
        let oneself = town.acting("community-worker", "m-1");
        oneself.refused("record-misconduct", absent("m-1"), 403, "discipline.own_matter").await;
        community.ok("record-misconduct", absent("m-1")).await;
        community.ok("disqualify-member", disqualify).await;
        let listed = town.get("/v1/disqualifications?year=2026&status=disqualified").await;
        assert_eq!(
            (listed["items"].as_array().unwrap().len(), listed["items"][0]["unit"].as_str()),
            (1, Some("u-tax"))
        );
        let draft = json!({"member": "m-1", "year": 2026, "community": PHOENIX});
        community.ok("draft-card", draft.clone()).await;
        let card = town.get("/v1/feedback-cards/member-m-1-2026").await;
        assert_eq!(card["award_eligible"], false);
        let holder = town.acting("member", "m-1");
        holder.ok("accept-card", json!({"member": "m-1", "year": 2026})).await;
        let excellent = json!({"member": "m-1", "year": 2026, "grade": "excellent"});
        community.refused("sign-card", excellent, 409, "appraisal.not_eligible").await;
        let appeal = json!({"member": "m-1", "year": 2026, "case": "2026-1"});
        community.refused("file-appeal", appeal.clone(), 403, "authority.not_yours").await;
        town.acting("member", "m-2")
            .refused("file-appeal", appeal.clone(), 403, "discipline.own_appeal")
            .await;
        holder.ok("file-appeal", appeal).await;
        let decision = json!({"member": "m-1", "year": 2026, "case": "2026-1", "upheld": true});
        community.refused("decide-appeal", decision.clone(), 403, "authority.not_yours").await;
        let judge_of_oneself = town.acting("organisation-department", "w-1");
        judge_of_oneself.refused("decide-appeal", decision.clone(), 403, "discipline.own_matter").await;
        town.acting("organisation-department", "o-1").ok("decide-appeal", decision).await;
        let row = town.get("/v1/disqualifications/m-1/2026").await;
        assert_eq!(
            (row["status"].as_str(), row["cases"][0]["withdrawn"].as_bool()),
            (Some("lifted"), Some(true))
        );
        let fair = json!({"member": "m-1", "year": 2026, "grade": "fair"});
        community.refused("sign-card", fair, 409, "appraisal.points_moved").await;
        community.ok("draft-card", draft).await;
        assert_eq!(town.get("/v1/feedback-cards/member-m-1-2026").await["award_eligible"], true);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// E9: only consenting members stand on the community's praise list, for services rated well, and only while they
/// consent.
#[tokio::test]
async fn the_praise_list_holds_consenting_members_only() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        served(&town, "d-1", "m-1", 5).await;
        served(&town, "d-2", "m-2", 1).await;
        let community = town.acting("community-worker", "w-1");
        let praise = json!({"demand": "d-1", "member": "m-1"});
        community.refused("publish-praise", praise.clone(), 409, "member.no_consent").await;
        let consent = |member: &str, consents: bool| json!({"member": member, "consents": consents});
        let other = town.acting("member", "m-2");
        other.refused("consent-to-praise", consent("m-1", true), 403, "member.own_word_needed").await;
        for member in ["m-1", "m-2"] {
            town.acting("member", member).ok("consent-to-praise", consent(member, true)).await;
        }
        community.ok("publish-praise", praise).await;
        let bad = json!({"demand": "d-2", "member": "m-2"});
        community.refused("publish-praise", bad, 409, "member.not_rated_well").await;
        let not_served = json!({"demand": "d-1", "member": "m-2"});
        community.refused("publish-praise", not_served, 409, "member.not_rated_well").await;
        let list = town.get("/v1/praise?community=520201").await;
        assert_eq!(
            (list["items"].as_array().unwrap().len(), list["items"][0]["member"].as_str()),
            (1, Some("m-1"))
        );
        town.acting("member", "m-1").ok("consent-to-praise", consent("m-1", false)).await;
        assert_eq!(town.get("/v1/praise").await["items"].as_array().unwrap().len(), 0);
        town.rebuild_equals_live().await;
    })
    .await;
}
