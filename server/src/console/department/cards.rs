//! Feedback cards (反馈卡): the list, and one card with every figure, its lines, its objections and what a human may do with it.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::{Listing, escaped, written};
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// Rows on a page.
const ROWS: &str = "50";
/// Members of a unit on a page: each has his own card to be asked for.
const MEMBERS: &str = "20";
/// What a list is narrowed by.
const FILTERS: [&str; 4] = ["year", "status", "holder_kind", "community"];
/// What is done with a card.
const ACTS: [&str; 7] = [
    "draft-card",
    "sign-card",
    "file-card",
    "answer-objection",
    "merge-evaluation",
    "reverse-points",
    "agree-weight",
];

/// All cards, by year, state and unit.
pub(super) async fn desk(visit: Visit) -> Result<Response, Problem> {
    let filters: Vec<(&str, &str)> =
        FILTERS.into_iter().filter_map(|name| Some((name, visit.asked(name)?))).collect();
    let listing = if let Some(unit) = visit.asked("unit") {
        of_unit(&visit, unit, &filters).await?
    } else {
        let mut query = [filters.as_slice(), &[("limit", ROWS)]].concat();
        query.extend(visit.asked("after").map(|after| ("after", after)));
        visit.list("feedback-cards", &query).await?
    };
    let narrowed: Vec<(&str, &str)> =
        filters.iter().copied().chain(visit.asked("unit").map(|unit| ("unit", unit))).collect();
    let next = listing.after.map(|after| {
        let query = [narrowed.as_slice(), &[("after", after.as_str())]].concat();
        visit.link(&format!("/card-desk?{}", written(&query)))
    });
    // The cards of a unit are asked for holder by holder: there is no one list of them to be a file.
    let files = visit.asked("unit").is_none().then(|| visit.files("feedback-cards", &filters));
    let units = visit.list_seen("units", &[("limit", "200")]).await?.items;
    visit.show(
        "department/cards.html",
        json!({
            "rows": listing.items,
            "units": units,
            "filters": narrowed.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect::<serde_json::Map<_, _>>(),
            "is_narrowed": !narrowed.is_empty(),
            "next": next,
            "files": files,
            "position": listing.position,
        }),
    )
}

/// The cards of a unit and of its members, a page of members at a time.
async fn of_unit(visit: &Visit, unit: &str, filters: &[(&str, &str)]) -> Result<Listing, Problem> {
    let mut query = vec![("unit", unit), ("limit", MEMBERS)];
    query.extend(visit.asked("after").map(|after| ("after", after)));
    let members = visit.list("members", &query).await?;
    let mut items = vec![];
    let mut position = members.position;
    let own = if visit.asked("after").is_none() { Some(("unit", unit)) } else { None };
    let of_members =
        members.items.iter().filter_map(|row| row["member"].as_str()).map(|member| ("member", member));
    for (kind, holder) in own.into_iter().chain(of_members) {
        let query = [filters, &[("holder_kind", kind), ("holder", holder)]].concat();
        // The filter by kind of holder has been asked already: what is not of that kind is not asked for.
        if filters.iter().any(|(name, value)| *name == "holder_kind" && *value != kind) {
            continue;
        }
        let query: BTreeMap<&str, &str> = query.into_iter().collect();
        let found = visit.list("feedback-cards", &query.into_iter().collect::<Vec<_>>()).await?;
        position = position.min(found.position);
        items.extend(found.items);
    }
    Ok(Listing { items, after: members.after, position })
}

/// One card, with the point card that its figures are of.
pub(super) async fn card(
    visit: Visit,
    Path((kind, holder, year)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    if !matches!(kind.as_str(), "member" | "unit") || year.parse::<u16>().is_err() {
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    }
    let query = [("holder_kind", kind.as_str()), ("holder", holder.as_str()), ("year", year.as_str())];
    let drafted = visit.list("feedback-cards", &query).await?;
    let path = format!("/v1/point-cards/{kind}/{}/{year}", escaped(&holder));
    let points = visit.find(&path, &[]).await?;
    let drafted_one = drafted.items.into_iter().next();
    if drafted_one.is_none() && points.is_none() {
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    }
    let merged = visit.list_seen("merged-evaluations", &query).await?.items.into_iter().next();
    let unit = match kind.as_str() {
        "member" => visit.find(&format!("/v1/members/{}", escaped(&holder)), &[]).await?,
        _ => None,
    };
    visit.show(
        "department/card.html",
        json!({
            "kind": kind,
            "holder": holder,
            "year": year,
            "card": drafted_one,
            "points": points,
            "merged": merged,
            "unit": unit.as_ref().and_then(|row| row["unit"].as_str()),
            "may": super::may(&visit, &ACTS),
            "here": format!("/card-desk/{kind}/{}/{year}", escaped(&holder)),
            "today": super::today(&visit),
            "position": drafted.position,
        }),
    )
}
