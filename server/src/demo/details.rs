//! Names and words of a demonstration: made up, kept in its vault, and put there after the season, whose events the seed alone makes.

use std::sync::Arc;

use aggregates::ids::ActorId;
use aggregates::{Actor, Role};
use commands::{Envelope, registry};
use projections::ports::{Condition, Find, Shelf as _};
use projections::{Members, Projection as _};
use serde_json::{Value, json};

use crate::App;

/// Members who are given a name at most.
const NAMED_MAX: usize = 300;
const FAMILY: [&str; 16] =
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林"];
const GIVEN: [&str; 20] = [
    "建国", "秀英", "志强", "丽华", "国庆", "小梅", "永明", "春燕", "家豪", "雨桐", "思远", "佳怡", "海涛",
    "玉兰", "文博", "晓东", "静雯", "立新", "子涵", "明月",
];
/// What residents ask for: channel, category, in their words.
const WISHES: [(&str, &str); 3] = [
    ("micro_wish", "想给独居的老人换一盏亮一点的灯，家里的太暗了"),
    ("micro_dream", "孩子想学写毛笔字，盼有老师周末来教一教"),
    ("micro_appeal", "楼道里的扶手松了，老人上下楼不放心"),
];

/// A name for a number.
fn name(number: usize) -> String {
    let family = FAMILY[number % FAMILY.len()];
    let given = GIVEN[number / FAMILY.len() % GIVEN.len()];
    format!("{family}{given}")
}

/// Names the members who live or report in a community, the resident and the worker of it, and lets the resident ask in words.
pub(super) async fn make(
    app: &Arc<App>,
    community: &str,
    category: &str,
    resident: &str,
) -> anyhow::Result<()> {
    let by = |role, id: &str, body: Option<&str>| -> anyhow::Result<Actor> {
        Ok(Actor { id: ActorId::new(id)?, role, organisation: body.map(str::to_owned) })
    };
    let worker = by(Role::CommunityWorker, "worker", Some(community))?;
    let near = Condition::Any(vec![
        Condition::Is("community", community.to_owned()),
        Condition::Is("linked_community", community.to_owned()),
    ]);
    let find = Find { conditions: vec![near], limit: NAMED_MAX, ..Find::default() };
    let (members, _) = app.store().find(&Members::sheet(), &find).await?;
    for (number, member) in members.iter().enumerate() {
        let phone = format!("0858-{:07}", 8_000_000 + number);
        let details = json!({"kind": "member", "id": member.key, "name": name(number), "phone": phone});
        submit(app, &worker, "keep-details", &details).await?;
    }
    let details = json!({"kind": "resident", "id": resident, "name": name(301), "phone": "0858-8999001"});
    submit(app, &worker, "keep-details", &details).await?;
    submit(app, &worker, "keep-details", &json!({"kind": "worker", "id": "worker", "name": name(302)}))
        .await?;
    let asker = by(Role::Resident, resident, None)?;
    for (wish, words) in WISHES {
        let data = json!({
            "wish": wish, "channel": "online", "category": category, "community": community, "urgency": "routine",
            "placed_by": resident, "text": words, "contact_name": name(301), "contact_phone": "0858-8999001",
            "contact_address": "演示路 1 号 2 单元 301",
        });
        submit(app, &asker, "post-wish", &data).await?;
    }
    Ok(())
}

async fn submit(app: &Arc<App>, actor: &Actor, name: &str, data: &Value) -> anyhow::Result<()> {
    let command = registry::parse(name, &data.to_string())?;
    app.desk().submit(&Envelope::new(actor.clone()), command.as_ref()).await?;
    Ok(())
}
