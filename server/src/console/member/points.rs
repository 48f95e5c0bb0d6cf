//! `/points`: a point card on which every line opens to the event and the clause behind it (D1).

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::holder::Holder;
use super::lookup::{names, rows, text, texts, year};
use super::rulebook::Rulebook;
use crate::console::interface::escaped;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// The card of a year.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let holder = Holder::of(&visit)?;
    let year = year(&visit);
    let all = [("holder_kind", holder.kind), ("holder", &holder.id), ("limit", "100")];
    let years: Vec<Value> =
        visit.list("point-cards", &all).await?.items.iter().map(|card| card["year"].clone()).collect();
    let mut card = card(&visit, &holder, &year.to_string()).await?.unwrap_or_default();
    if years.is_empty() && !holder.asked.is_empty() {
        // Somebody else who has no card is told the same as somebody whose cards are not for the visitor.
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    }
    let book = Rulebook::read(&visit).await?;
    let places = texts(rows(&card, "lines"), "community");
    for line in card.get_mut("lines").and_then(Value::as_array_mut).into_iter().flatten() {
        line["behind"] = book.clause(text(line, "policy"), text(line, "clause"));
    }
    visit.show(
        "member/points.html",
        json!({
            "year": year,
            "years": years,
            "holder": { "kind": holder.kind, "id": holder.id },
            "asked": holder.asked,
            "card": card,
            "divisions": names(&visit, "divisions", &places).await?,
        }),
    )
}

async fn card(visit: &Visit, holder: &Holder, year: &str) -> Result<Option<Value>, Problem> {
    visit.find(&format!("{}/point-card", holder.path()), &[("year", year)]).await
}

/// One line, with its event and its clause.
pub(super) async fn line(
    visit: Visit,
    Path((year, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let holder = Holder::of(&visit)?;
    let missing = || Problem::of_status(StatusCode::NOT_FOUND);
    if year.parse::<i32>().is_err() {
        return Err(missing());
    }
    let card = card(&visit, &holder, &year).await?.ok_or_else(missing)?;
    let found = rows(&card, "lines").iter().find(|line| text(line, "line") == name);
    let line = found.ok_or_else(missing)?;
    let book = Rulebook::read(&visit).await?;
    let behind = book.clause(text(line, "policy"), text(line, "clause"));
    let demand = match text(line, "demand") {
        "" => None,
        demand => visit.find(&format!("/v1/demands/{}", escaped(demand)), &[]).await?,
    };
    let gave = event(&visit, &holder, &line["position"]).await?;
    let took = match &line["reversed_at_position"] {
        Value::Null => None,
        position => event(&visit, &holder, position).await?,
    };
    visit.show(
        "member/line.html",
        json!({
            "year": year,
            "holder": { "kind": holder.kind, "id": holder.id },
            "asked": holder.asked,
            "line": line,
            "behind": behind,
            "titles": book.titles(&visit),
            "demand": demand,
            "gave": gave,
            "took": took,
            "divisions": names(&visit, "divisions", &[text(line, "community").to_owned()].into()).await?,
        }),
    )
}

/// The event of the holder's own history at a position.
async fn event(visit: &Visit, holder: &Holder, position: &Value) -> Result<Option<Value>, Problem> {
    let history = format!("streams/{}/{}", holder.kind, escaped(&holder.id));
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![("limit", "1000")];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = visit.list(&history, &query).await?;
        if let Some(found) = page.items.into_iter().find(|line| line["position"] == *position) {
            return Ok(Some(found));
        }
        after = page.after;
        if after.is_none() {
            return Ok(None);
        }
    }
}
