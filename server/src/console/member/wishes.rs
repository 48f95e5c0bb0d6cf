//! `/wishes`: what is open to be claimed, near first, what fits one's skills marked.

use std::collections::BTreeSet;

use aggregates::Role;
use axum::response::Response;
use serde_json::{Value, json};

use super::home::{near, own};
use super::lookup::{after, names, rows, text, texts, today};
use super::rulebook::Rulebook;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// Demands of a community on the first page; the filter shows all.
const NEAR: &str = "50";

/// The page.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.actor.role == Role::Unit {
        return of_unit(visit).await;
    }
    let (member, unit) = own(&visit).await?;
    let skills: BTreeSet<&str> = rows(&member, "skills").iter().filter_map(Value::as_str).collect();
    let fits = |row: &Value| skills.contains(text(row, "category"));
    show(&visit, near(&member, &unit), fits, json!({ "member": visit.actor.id.as_str() })).await
}

/// The same for a unit: near is where it is linked, and what it can give is what fits.
async fn of_unit(visit: Visit) -> Result<Response, Problem> {
    let me = visit.body().unwrap_or_default().to_owned();
    let links = visit.list("unit-links", &[("unit", &me)]).await?.items;
    let resources: BTreeSet<&str> =
        links.iter().flat_map(|link| rows(link, "resources")).filter_map(Value::as_str).collect();
    let fits = |row: &Value| resources.contains(text(row, "category"));
    show(&visit, texts(&links, "community"), fits, json!({ "unit": me })).await
}

async fn show(
    visit: &Visit,
    places: BTreeSet<String>,
    fits: impl Fn(&Value) -> bool,
    claimant: Value,
) -> Result<Response, Problem> {
    let (community, category) = (visit.asked("community"), visit.asked("category"));
    let is_narrowed = community.is_some() || category.is_some();
    let mut nearby = vec![];
    if !is_narrowed {
        for place in &places {
            let asked = [("phase", "published"), ("community", place.as_str()), ("limit", NEAR)];
            nearby.extend(visit.list("demands", &asked).await?.items);
        }
    }
    let mut asked = vec![("phase", "published"), ("limit", "30")];
    for (name, value) in [("community", community), ("category", category), ("after", visit.asked("after"))] {
        asked.extend(value.map(|value| (name, value)));
    }
    let listing = visit.list("demands", &asked).await?;
    let mut elsewhere = listing.items;
    if !is_narrowed {
        elsewhere.retain(|row| !places.contains(text(row, "community")));
    }
    for row in nearby.iter_mut().chain(&mut elsewhere) {
        row["fits"] = fits(row).into();
    }
    // What one is good at comes first.
    nearby.sort_by_key(|row| row["fits"] == false);
    let mut shown = texts(&nearby, "community");
    shown.extend(texts(&elsewhere, "community"));
    shown.extend(places.iter().cloned());
    let book = Rulebook::read(visit).await?;
    visit.show(
        "member/wishes.html",
        json!({
            "today": today(visit),
            "claimant": claimant,
            "near": nearby,
            "elsewhere": elsewhere,
            "places": places,
            "is_narrowed": is_narrowed,
            "community": community,
            "category": category,
            "services": book.services(visit),
            "categories": book.categories(visit),
            "titles": book.titles(visit),
            "divisions": names(visit, "divisions", &shown).await?,
            "next": after(visit, "/wishes", listing.after.as_deref()),
        }),
    )
}
