//! `/` of a unit: its members and their reports and cards, its own card, its links, what waits for it.

use std::collections::BTreeSet;

use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::console::interface::escaped;
use crate::console::member::{Rulebook, after, names, text, texts, today, year};
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// Members on a page.
const MEMBERS: &str = "50";

/// The first page.
pub(in crate::console) async fn page(visit: Visit) -> Result<Response, Problem> {
    let me = visit.body().unwrap_or_default().to_owned();
    let Some(unit) = visit.find(&format!("/v1/units/{}", escaped(&me)), &[]).await? else {
        return visit.show("unit/unknown.html", json!({ "unit": me }));
    };
    let links = visit.list("unit-links", &[("unit", &me)]).await?.items;
    let mut asked = vec![("unit", me.as_str()), ("limit", MEMBERS)];
    for name in ["missing_report", "status", "after"] {
        asked.extend(visit.asked(name).map(|value| (name, value)));
    }
    let members = visit.list("members", &asked).await?;
    let year = year(&visit).to_string();
    let card = visit.find(&format!("/v1/units/{}/point-card", escaped(&me)), &[("year", &year)]).await?;
    let coverage = visit.list_seen("report-coverage", &[("scope", "unit"), ("unit", &me)]).await?.items;
    let batches = visit.list("batches", &[("unit", &me), ("status", "open")]).await?.items;
    let tasks =
        visit.list("demands", &[("taker", me.as_str()), ("open", "true"), ("limit", "50")]).await?.items;
    let own =
        visit.list("feedback-cards", &[("holder_kind", "unit"), ("holder", &me), ("year", &year)]).await?;
    let mut places: BTreeSet<String> = texts(&links, "community");
    places.extend(texts(&batches, "community"));
    places.extend(texts(&tasks, "community"));
    visit.show(
        "unit/home.html",
        json!({
            "today": today(&visit),
            "year": year,
            "unit": unit,
            "links": links,
            "members": members.items,
            "cards": cards_of(&visit, "feedback-cards", &year).await?,
            "points": cards_of(&visit, "point-cards", &year).await?,
            "next": after(&visit, "/", members.after.as_deref()),
            "missing": visit.asked("missing_report"),
            "card": card,
            "own_card": own.items.first(),
            "coverage": coverage.first(),
            "batches": batches,
            "tasks": tasks,
            "categories": Rulebook::read(&visit).await?.categories(&visit),
            "divisions": names(&visit, "divisions", &places).await?,
        }),
    )
}

/// The year's cards of members, by member.
async fn cards_of(visit: &Visit, resource: &str, year: &str) -> Result<Map<String, Value>, Problem> {
    let all = [("holder_kind", "member"), ("year", year), ("limit", "1000")];
    let cards = visit.list(resource, &all).await?.items;
    Ok(cards.into_iter().map(|card| (text(&card, "holder").to_owned(), card)).collect())
}
