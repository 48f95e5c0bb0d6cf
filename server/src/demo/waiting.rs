//! What waits for those who look at a demonstration, put there after the season: an order to answer, work in hand, a household to visit, a draft
//! card that may still be objected to, a request for an opinion, a batch on its way.

use std::sync::Arc;

use aggregates::ids::ActorId;
use aggregates::when;
use aggregates::{Actor, Role};
use chrono::{DateTime, Datelike, Days, Utc};
use commands::{Envelope, Trouble, registry};
use projections::MemberRow;
use serde_json::{Value, json};

use super::City;
use crate::App;

/// What the resident asks for: id, command, which wish, in words.
const DEMANDS: [(&str, &str, &str, &str); 3] = [
    ("waiting-1", "place-order", "micro_wish", "想请人教一教手机怎么挂号，盼周末上午"),
    ("waiting-2", "post-wish", "micro_wish", "阳台的晾衣架坏了，盼有人帮忙看看"),
    ("waiting-3", "post-wish", "micro_dream", "想听一堂防诈骗的课，楼里的老人都愿意来"),
];

/// Those for whom it waits.
pub(super) struct Those<'a> {
    pub(super) city: &'a City,
    /// The member who has an account.
    pub(super) member: &'a MemberRow,
    /// The community lived in, whose worker has an account.
    pub(super) community: &'a str,
    /// The resident who has an account.
    pub(super) resident: &'a str,
}

struct Bureau<'a> {
    app: &'a Arc<App>,
    worker: Actor,
    now: DateTime<Utc>,
}

impl Bureau<'_> {
    async fn by(&self, actor: &Actor, name: &str, data: &Value) -> anyhow::Result<()> {
        let command = registry::parse(name, &data.to_string())?;
        self.app.desk().submit(&Envelope::new(actor.clone()), command.as_ref()).await?;
        Ok(())
    }

    async fn work(&self, name: &str, data: Value) -> anyhow::Result<()> {
        self.by(&self.worker, name, &data).await
    }
}

fn actor(role: Role, id: &str, body: Option<&str>) -> anyhow::Result<Actor> {
    Ok(Actor { id: ActorId::new(id)?, role, organisation: body.map(str::to_owned) })
}

/// Puts it there.
pub(super) async fn make(app: &Arc<App>, those: &Those<'_>) -> anyhow::Result<()> {
    let worker = actor(Role::CommunityWorker, "worker", Some(those.community))?;
    let bureau = Bureau { app, worker, now: app.clock().now() };
    demands(&bureau, those).await?;
    household(&bureau, those).await?;
    cards(&bureau, those).await?;
    requests(&bureau, those).await
}

/// One order dispatched to the member, one wish in hand, one that is open.
async fn demands(bureau: &Bureau<'_>, those: &Those<'_>) -> anyhow::Result<()> {
    let member = those.member.member.as_str();
    let asker = actor(Role::Resident, those.resident, None)?;
    let category = those.member.skills.first().map_or("errands", String::as_str);
    for (demand, command, wish, words) in DEMANDS {
        let mut data = json!({
            "demand": demand, "channel": "online", "category": category, "community": those.community,
            "urgency": "routine", "placed_by": those.resident, "text": words, "contact_phone": "0858-8999001",
            "contact_address": "演示路 1 号 2 单元 301",
        });
        if command == "post-wish" {
            data["wish"] = json!(wish);
        }
        bureau.by(&asker, command, &data).await?;
        bureau.work("screen-demand", json!({ "demand": demand })).await?;
        let next = if command == "post-wish" { "publish-wish" } else { "dispatch-order" };
        let mut data = json!({ "demand": demand });
        if next == "dispatch-order" {
            data["member"] = json!(member);
        }
        bureau.work(next, data).await?;
    }
    let claim = json!({ "demand": "waiting-2", "member": member });
    bureau.by(&actor(Role::Member, member, None)?, "claim-wish", &claim).await
}

/// A household that the member helps, and that asks for a visit.
async fn household(bureau: &Bureau<'_>, those: &Those<'_>) -> anyhow::Result<()> {
    let household = "waiting-household";
    let data = json!({ "household": household, "community": those.community, "needs": ["elderly"], "consent": true });
    bureau.work("register-household", data).await?;
    bureau.work("pair-household", json!({ "household": household, "member": those.member.member })).await?;
    bureau.work("request-visit", json!({ "household": household, "member": those.member.member })).await
}

/// Drafts of the member's and the unit's cards, open to objection.
async fn cards(bureau: &Bureau<'_>, those: &Those<'_>) -> anyhow::Result<()> {
    let year = when::local(bureau.now).year();
    let linked = those.member.reports.iter().find(|report| report.community != those.community);
    let community = linked.map_or(those.community, |report| report.community.as_str());
    let there = actor(Role::CommunityWorker, "worker", Some(community))?;
    for (kind, id) in [("member", &those.member.member), ("unit", &those.member.unit)] {
        let mut data = json!({ "community": community, "year": year });
        data[kind] = json!(id);
        match bureau.by(&there, "draft-card", &data).await {
            // The season has come to it before: the card is there.
            Err(error) if is_filed(&error) => {}
            other => other?,
        }
    }
    Ok(())
}

fn is_filed(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Trouble::Refused(refusal)) if refusal.code == "appraisal.filed_already")
}

/// A review asks about the member; the unit announces who reports next.
async fn requests(bureau: &Bureau<'_>, those: &Those<'_>) -> anyhow::Result<()> {
    let day = when::date_of(&when::local(bureau.now));
    let in_days = |days| day + Days::new(days);
    let review = actor(Role::PromotionReview, "review", None)?;
    let data = json!({
        "opinion": "waiting-opinion", "member": those.member.member, "community": those.community,
        "purpose": "promotion", "document": format!("{}-{}-1", those.city.code, day.year()), "due": in_days(14), "until": in_days(30),
    });
    bureau.by(&review, "request-opinion", &data).await?;
    let unit = actor(Role::Unit, "unit", Some(&those.member.unit))?;
    let data = json!({
        "batch": "waiting-batch", "community": those.community, "unit": those.member.unit, "expected": [those.member.member],
    });
    bureau.by(&unit, "open-batch", &data).await
}
