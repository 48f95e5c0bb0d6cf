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
    let mut asked = vec![("unit", me.as_str()), ("limit", MEMBERS)];
    for name in ["missing_report", "status", "after"] {
        asked.extend(visit.asked(name).map(|value| (name, value)));
    }
    let year = year(&visit).to_string();
    let card_of = format!("/v1/units/{}/point-card", escaped(&me));
    let (of_year, of_unit) = ([("year", year.as_str())], [("unit", me.as_str())]);
    let covered = [("scope", "unit"), ("unit", &me)];
    let open_batches = [("unit", me.as_str()), ("status", "open")];
    let in_hand = [("taker", me.as_str()), ("open", "true"), ("limit", "50")];
    let own_cards = [("holder_kind", "unit"), ("holder", me.as_str()), ("year", &year)];
    // None of these waits for another.
    let (links, members, card, coverage, batches, tasks, own, cards, points, book) = tokio::try_join!(
        visit.list("unit-links", &of_unit),
        visit.list("members", &asked),
        visit.find(&card_of, &of_year),
        visit.list_seen("report-coverage", &covered),
        visit.list("batches", &open_batches),
        visit.list("demands", &in_hand),
        visit.list("feedback-cards", &own_cards),
        cards_of(&visit, "feedback-cards", &year),
        cards_of(&visit, "point-cards", &year),
        Rulebook::read(&visit),
    )?;
    let (links, batches, tasks) = (links.items, batches.items, tasks.items);
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
            "cards": cards,
            "points": points,
            "next": after(&visit, "/", members.after.as_deref()),
            "missing": visit.asked("missing_report"),
            "card": card,
            "own_card": own.items.first(),
            "coverage": coverage.items.first(),
            "batches": batches,
            "tasks": tasks,
            "categories": book.categories(&visit),
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
