//! `/` of a member: what is due, what was offered, what is in hand.

use std::collections::BTreeSet;

use aggregates::Role;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::lookup::day;
use super::lookup::{names, rows, text, texts, today, year};
use super::rulebook::Rulebook;
use crate::console::emergency::{Parts, banners};
use crate::console::interface::escaped;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// Days in which a visit that was missed is still told, and in which one that is due is told already.
const LOOK_BACK: i64 = 92;
const LOOK_AHEAD: i64 = 31;

/// The first page.
pub(in crate::console) async fn page(visit: Visit) -> Result<Response, Problem> {
    let me = visit.actor.id.as_str().to_owned();
    let Some(member) = visit.find(&format!("/v1/members/{}", escaped(&me)), &[]).await? else {
        return visit.show("member/unknown.html", json!({}));
    };
    let this_year = year(&visit).to_string();
    let unit_of = format!("/v1/units/{}", escaped(text(&member, "unit")));
    let card_of = format!("/v1/members/{}/point-card", escaped(&me));
    let of_year = [("year", this_year.as_str())];
    let open = [("taker", me.as_str()), ("open", "true"), ("limit", "100")];
    let paired = [("member", me.as_str()), ("status", "active")];
    let drafted = [("holder_kind", "member"), ("holder", &me), ("status", "draft")];
    // None of these waits for another.
    let (unit, tasks, visits, pairs, drafts, card, book) = tokio::try_join!(
        visit.find(&unit_of, &[]),
        visit.list("demands", &open),
        visits(&visit, &me),
        visit.list("help-pairs", &paired),
        visit.list("feedback-cards", &drafted),
        visit.find(&card_of, &of_year),
        Rulebook::read(&visit),
    )?;
    let (unit, tasks, pairs) = (unit.unwrap_or_default(), tasks.items, pairs.items);
    let mut places = near(&member, &unit);
    let (offered, open_groups) =
        tokio::try_join!(offered(&visit, &places), groups_near(&visit, &member, &places))?;
    places.extend(texts(&tasks, "community"));
    places.extend(texts(&pairs, "community"));
    let posts: Vec<Value> =
        rows(&member, "posts").iter().filter(|post| post["left_on"].is_null()).cloned().collect();
    let groups = rows(&member, "groups");
    let emergencies = banners(&visit, &places_of(&member, &posts), Parts::Too).await?;
    visit.show(
        "member/home.html",
        json!({
            "emergencies": emergencies,
            "today": today(&visit),
            "year": this_year,
            "member": member,
            "unit": unit,
            "reports": reports(&member, &unit),
            "tasks": tasks,
            "visits": visits,
            "pairs": pairs,
            "drafts": drafts.items,
            "card": card,
            "posts": posts,
            "open_groups": open_groups,
            "offered": offered,
            "categories": book.categories(&visit),
            "titles": book.titles(&visit),
            "divisions": names(&visit, "divisions", &places).await?,
            "grids": names(&visit, "grids", &texts(&posts, "grid")).await?,
            "groups": names(&visit, "groups", &texts(groups, "group")).await?,
        }),
    )
}

/// Where an emergency is the member's: the community lived in, those reported to, the grids of his posts.
fn places_of(member: &Value, posts: &[Value]) -> BTreeSet<String> {
    let reports: Vec<Value> =
        rows(member, "reports").iter().filter(|report| report["lapsed_on"].is_null()).cloned().collect();
    let mut places = texts(&reports, "community");
    places.extend(member["residence"]["community"].as_str().map(str::to_owned));
    places.extend(texts(posts, "grid"));
    places
}

/// Where a member is near: the community lived in and those that the unit is linked to.
pub(super) fn near(member: &Value, unit: &Value) -> BTreeSet<String> {
    let mut places = texts(rows(unit, "links"), "community");
    places.extend(member["residence"]["community"].as_str().map(str::to_owned));
    places
}

/// How many are published there; as far as it is worth counting.
async fn offered(visit: &Visit, places: &BTreeSet<String>) -> Result<usize, Problem> {
    let mut count = 0;
    for place in places {
        let published = [("phase", "published"), ("community", place.as_str()), ("limit", "50")];
        count += visit.list("demands", &published).await?.items.len();
    }
    Ok(count)
}

/// Groups there that the member is not in yet, those that fit the member's skills first.
async fn groups_near(
    visit: &Visit,
    member: &Value,
    places: &BTreeSet<String>,
) -> Result<Vec<Value>, Problem> {
    let (mine, skills) = (texts(rows(member, "groups"), "group"), rows(member, "skills"));
    let mut all = vec![];
    for place in places {
        let there = visit.list("groups", &[("community", place.as_str()), ("limit", "50")]).await?.items;
        all.extend(
            there
                .into_iter()
                .filter(|group| group["dissolved_on"].is_null() && !mine.contains(text(group, "group"))),
        );
    }
    for group in &mut all {
        group["fits"] = rows(group, "categories").iter().any(|category| skills.contains(category)).into();
    }
    all.sort_by_key(|group| group["fits"] == false);
    Ok(all)
}

/// Visits that are open or were missed; without a policy in force none is due.
async fn visits(visit: &Visit, me: &str) -> Result<Vec<Value>, Problem> {
    let (from, to) = (day(visit, -LOOK_BACK), day(visit, LOOK_AHEAD));
    let mut all = vec![];
    for state in ["overdue", "open"] {
        let asked = [("member", me), ("state", state), ("from", &from), ("to", &to)];
        all.extend(visit.list_due("due-visits", &asked).await?.items);
    }
    Ok(all)
}

/// Each of the two reports: owed, made, and where it is to be made.
fn reports(member: &Value, unit: &Value) -> Vec<Value> {
    let one = |kind: &str| {
        let of_kind = |report: &&Value| text(report, "kind") == kind && report["lapsed_on"].is_null();
        let made = rows(member, "reports").iter().rev().find(of_kind);
        let missing = rows(member, "missing").iter().any(|one| one == kind);
        if made.is_none() && !missing {
            return None;
        }
        let places: Vec<Value> = match kind {
            "residence" => Some(member["residence"]["community"].clone())
                .filter(|one| !one.is_null())
                .into_iter()
                .collect(),
            _ => rows(unit, "links").iter().map(|link| link["community"].clone()).collect(),
        };
        Some(
            json!({ "kind": kind, "due": member["due"][kind], "made": made, "missing": missing, "places": places }),
        )
    };
    ["unit_linked", "residence"].into_iter().filter_map(one).collect()
}

/// The member's own row and the unit's, for whoever is a member; nobody else has any.
pub(super) async fn own(visit: &Visit) -> Result<(Value, Value), Problem> {
    if visit.actor.role != Role::Member {
        return Err(super::refused(visit));
    }
    let member = visit.find(&format!("/v1/members/{}", escaped(visit.actor.id.as_str())), &[]).await?;
    let member = member.unwrap_or_else(|| Value::Object(Map::new()));
    let unit = visit.find(&format!("/v1/units/{}", escaped(text(&member, "unit"))), &[]).await?;
    Ok((member, unit.unwrap_or_default()))
}
