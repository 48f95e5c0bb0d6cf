use serde_json::{Value, json};
use tests::town::{Town, both};

use super::{PHOENIX, backed, served};

fn card(member: &str) -> Value {
    json!({"member": member, "year": 2026})
}

fn with(mut data: Value, more: Value) -> Value {
    let (Some(fields), Value::Object(more)) = (data.as_object_mut(), more) else { panic!("objects") };
    fields.extend(more);
    data
}

async fn row(town: &Town, member: &str) -> Value {
    town.get(&format!("/v1/feedback-cards/member-{member}-2026")).await
}

/// D2: the year's card goes from draft over objection, answer and signature to filing with its three recipients; nobody
/// cuts the way short.
#[tokio::test]
async fn a_card_goes_from_draft_over_objection_and_signature_to_filing() {
    both(async |town: Town| {
        town.set_time("2026-12-20T09:00:00+08:00");
        served(&town, "d-1", "m-1", 5).await;
        let community = town.acting("community-worker", "w-1");
        let holder = town.acting("member", "m-1");
        let draft = with(card("m-1"), json!({"community": PHOENIX}));
        community
            .refused("sign-card", with(card("m-1"), json!({"grade": "good"})), 404, "appraisal.unknown")
            .await;
        community.ok("draft-card", draft.clone()).await;
        let shown = row(&town, "m-1").await;
        assert_eq!((shown["status"].as_str(), shown["proposed"].as_str()), (Some("draft"), Some("good")));
        assert_eq!(
            (shown["figures"]["total"].as_i64(), shown["objection_until"].as_str()),
            (Some(85), Some("2026-12-27"))
        );
        let recipients: Vec<&str> =
            shown["recipients"].as_array().unwrap().iter().map(|to| to["id"].as_str().unwrap()).collect();
        assert_eq!(recipients, ["5202", "u-tax", "520201"]);
        let objection = with(card("m-1"), json!({"ground": "missing_line", "lines": ["2026-1"]}));
        let other = town.acting("member", "m-2");
        other.refused("object-to-card", objection.clone(), 403, "appraisal.holder_only").await;
        holder.ok("object-to-card", objection).await;
        let sign = with(card("m-1"), json!({"grade": "good"}));
        community.refused("sign-card", sign.clone(), 409, "appraisal.objection_open").await;
        let answer = with(card("m-1"), json!({"upheld": false, "reason": "lines_verified"}));
        holder.refused("answer-objection", answer.clone(), 403, "authority.not_yours").await;
        let oneself = town.acting("community-worker", "m-1");
        oneself.refused("answer-objection", answer.clone(), 403, "appraisal.own_card").await;
        community.ok("answer-objection", answer).await;
        holder.refused("sign-card", sign.clone(), 403, "authority.not_yours").await;
        let better = with(card("m-1"), json!({"grade": "excellent"}));
        community.refused("sign-card", better, 409, "appraisal.grade_needs_reason").await;
        community.refused("file-card", card("m-1"), 409, "appraisal.not_signed").await;
        community.ok("sign-card", sign).await;
        community.ok("file-card", card("m-1")).await;
        let filed = row(&town, "m-1").await;
        assert_eq!((filed["status"].as_str(), filed["grade"].as_str()), (Some("filed"), Some("good")));
        assert_eq!((filed["filed_at"].as_str(), filed["signed_by"].as_str()), (Some("520201"), Some("w-1")));
        assert_eq!(filed["objections"][0]["upheld"], false);
        community.refused("draft-card", draft, 409, "appraisal.filed_already").await;
        let history = town.get("/v1/members/m-1/history").await;
        let last = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (last["type"].as_str(), last["fact"]["filing"]["grade"].as_str()),
            (Some("YearClosed"), Some("good"))
        );
        let listed = town.get("/v1/feedback-cards?community=520201&status=filed").await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// D2: the objection period must end, or the holder agree, before anybody signs; points that move meanwhile make a new
/// draft necessary; a year without any line still has its base.
#[tokio::test]
async fn the_objection_period_and_moved_points_hold_the_signature() {
    both(async |town: Town| {
        town.set_time("2027-01-04T09:00:00+08:00");
        let community = town.acting("community-worker", "w-1");
        community.ok("draft-card", with(card("m-3"), json!({"community": PHOENIX}))).await;
        assert_eq!(row(&town, "m-3").await["figures"]["total"], 80);
        let sign = with(card("m-3"), json!({"grade": "fair"}));
        community.refused("sign-card", sign.clone(), 409, "appraisal.objection_running").await;
        town.acting("member", "m-3").ok("accept-card", card("m-3")).await;
        let line =
            json!({"member": "m-3", "clause": "skill_lesson", "work": "voluntary", "community": PHOENIX});
        let (status, answer) = backed(&community, "award-bonus", line, "2026-12-30T10:00:00+08:00").await;
        assert_eq!(status, 201, "{answer}");
        community.refused("sign-card", sign.clone(), 409, "appraisal.points_moved").await;
        community.ok("draft-card", with(card("m-3"), json!({"community": PHOENIX}))).await;
        community.refused("sign-card", sign.clone(), 409, "appraisal.objection_running").await;
        town.set_time("2027-01-12T09:00:00+08:00");
        community.ok("sign-card", sign).await;
        let next_year = json!({"member": "m-3", "year": 2027, "community": PHOENIX});
        community.ok("draft-card", next_year).await;
        let drawn = town.get("/v1/feedback-cards/member-m-3-2027").await;
        assert_eq!(
            (drawn["figures"]["total"].as_i64(), drawn["figures"]["lines"].as_i64()),
            (Some(80), Some(0))
        );
        let too_early = json!({"member": "m-3", "year": 2028, "community": PHOENIX});
        community.refused("draft-card", too_early, 422, "appraisal.year_to_come").await;
        let before_all = json!({"member": "m-3", "year": 2025, "community": PHOENIX});
        community.refused("draft-card", before_all, 409, "appraisal.no_card").await;
    })
    .await;
}

/// D2: after the filing a late record of that year is refused, unless two people stand behind it; then the filed card is
/// outdated, the next revision goes the whole way again, and what was filed can still be told as of then.
#[tokio::test]
async fn a_filed_year_is_corrected_by_two_people_and_filed_anew() {
    both(async |town: Town| {
        town.set_time("2026-12-28T09:00:00+08:00");
        let community = town.acting("community-worker", "w-1");
        let holder = town.acting("member", "m-1");
        let draft = with(card("m-1"), json!({"community": PHOENIX}));
        for grade in ["fair"] {
            community.ok("draft-card", draft.clone()).await;
            holder.ok("accept-card", card("m-1")).await;
            community.ok("sign-card", with(card("m-1"), json!({"grade": grade}))).await;
        }
        let filed = community.ok("file-card", card("m-1")).await["position"].as_u64().unwrap();
        let oneself = town.acting("community-worker", "m-1");
        let line = json!({"member": "m-1", "clause": "emergency_duty", "work": "duty", "community": PHOENIX});
        community.refused("award-bonus", line.clone(), 409, "points.card_filed").await;
        let (status, problem) =
            backed(&oneself, "award-bonus", line.clone(), "2026-12-27T10:00:00+08:00").await;
        assert_eq!((status, problem["code"].as_str()), (403, Some("points.own_card")));
        let (status, receipt) = backed(&community, "award-bonus", line, "2026-12-27T10:00:00+08:00").await;
        assert_eq!(status, 201, "{receipt}");
        let streams: Vec<&str> = receipt["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["stream"].as_str().unwrap())
            .collect();
        assert_eq!(streams, ["member/m-1", "appraisal/member-m-1-2026"]);
        community.ok("draft-card", draft).await;
        let again = row(&town, "m-1").await;
        assert_eq!((again["status"].as_str(), again["revision"].as_i64()), (Some("draft"), Some(2)));
        assert!(again["filings"][0]["outdated_at_position"].is_u64());
        holder.ok("accept-card", card("m-1")).await;
        community.ok("sign-card", with(card("m-1"), json!({"grade": "fair"}))).await;
        community.ok("file-card", card("m-1")).await;
        let totals: Vec<i64> = row(&town, "m-1").await["filings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|filing| filing["total"].as_i64().unwrap())
            .collect();
        assert_eq!(totals, [80, 83]);
        let then = town.get(&format!("/v1/feedback-cards/member-m-1-2026?as_of={filed}")).await;
        assert_eq!((then["status"].as_str(), then["figures"]["total"].as_i64()), (Some("filed"), Some(80)));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// D3, E10: the filed card of a member of 九龙街道 is merged with the unit's own score by the agreed weight, with the
/// calculation shown; without an agreement the policy's weight holds.
#[tokio::test]
async fn the_filed_card_is_merged_by_the_agreed_weight() {
    both(async |town: Town| {
        town.set_time("2026-12-01T09:00:00+08:00");
        let nine_dragons = "520203001001";
        town.ok("link-unit", json!({"unit": "u-hospital", "community": nine_dragons})).await;
        town.ok("enrol-member", json!({"member": "m-9", "unit": "u-hospital", "rank": "regular_cadre"})).await;
        town.ok("report", json!({"member": "m-9", "kind": "unit_linked", "community": nine_dragons})).await;
        let items = json!(["dispute_listening", "psychological_support", "employment_guidance"]);
        let agreed = json!({"division": "520203001", "unit": "u-hospital", "percent": 50, "items": items, "from": "2026-01-01"});
        town.refused("agree-weight", with(agreed.clone(), json!({"percent": 101})), 422, "agreement.percent_range").await;
        town.ok("agree-weight", agreed).await;
        for (member, community) in [("m-9", nine_dragons), ("m-1", PHOENIX)] {
            town.ok("draft-card", with(card(member), json!({"community": community}))).await;
            town.ok("accept-card", card(member)).await;
            town.ok("sign-card", with(card(member), json!({"grade": "fair"}))).await;
            let score = json!({"member": member, "year": 2026, "unit_score_hundredths": 9155});
            town.refused("merge-evaluation", score.clone(), 409, "appraisal.not_filed").await;
            town.ok("file-card", card(member)).await;
            town.ok("merge-evaluation", score).await;
        }
        let merged = town.get("/v1/merged-evaluations/member-m-9-2026").await;
        assert_eq!(merged["current"]["formula"], "80 × 50% + 91.55 × 50% = 85.78");
        assert_eq!(merged["current"]["agreed_by"], "520203001");
        let merged = town.get("/v1/merged-evaluations/member-m-1-2026").await;
        assert_eq!(merged["current"]["formula"], "80 × 40% + 91.55 × 60% = 86.93");
        assert!(merged["current"]["agreed_by"].is_null());
        let other = json!({"member": "m-1", "year": 2026, "unit_score_hundredths": 9000});
        town.refused("merge-evaluation", other, 409, "appraisal.merged_otherwise").await;
        town.rebuild_equals_live().await;
    })
    .await;
}
