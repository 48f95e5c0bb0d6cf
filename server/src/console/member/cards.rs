//! `/cards`: feedback cards by year: figures, grade, objection (D2).

use aggregates::Role;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::lookup::{names, rows, text, texts, today};
use super::rulebook::Rulebook;
use crate::console::interface::escaped;
use crate::console::unit;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// The cards of whoever looks; others go to the sheet of all that they see.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    match visit.actor.role {
        Role::Member => own(visit).await,
        Role::Unit => unit::cards(visit).await,
        _ if visit.is_nobody => Err(super::refused(&visit)),
        _ => Ok(Redirect::to(&visit.link("/sheets/feedback-cards")).into_response()),
    }
}

async fn own(visit: Visit) -> Result<Response, Problem> {
    let me = visit.actor.id.as_str().to_owned();
    let cards = listed(&visit, "member", &me).await?;
    let cases = visit.list("disqualifications", &[("member", &me)]).await?.items;
    let places = texts(&cards, "community");
    let divisions = names(&visit, "divisions", &places).await?;
    visit.show(
        "member/cards.html",
        json!({ "today": today(&visit), "cards": cards, "cases": cases, "me_as": { "member": me }, "divisions": divisions, "titles": Rulebook::read(&visit).await?.titles(&visit) }),
    )
}

/// The feedback cards of a holder, the newest first, each with what its figures come from.
pub(in crate::console) async fn listed(visit: &Visit, kind: &str, id: &str) -> Result<Vec<Value>, Problem> {
    let all = [("holder_kind", kind), ("holder", id), ("order", "-year"), ("limit", "100")];
    let mut cards = visit.list("feedback-cards", &all).await?.items;
    for card in &mut cards {
        let year = card["year"].to_string();
        let path = format!("/v1/{kind}s/{}/point-card", escaped(id));
        let points = visit.find(&path, &[("year", &year)]).await?.unwrap_or_default();
        let standing = rows(&points, "lines").iter().filter(|line| line["reversed_at_position"].is_null());
        let lines: Vec<Value> = standing
            .map(|line| json!({ "line": line["line"], "points": line["points"], "clause": line["clause"], "on": text(line, "occurred_at") }))
            .collect();
        card["lines"] = json!(lines);
        let merged = [("holder_kind", kind), ("holder", id), ("year", &year)];
        card["merged"] =
            visit.list_seen("merged-evaluations", &merged).await?.items.pop().unwrap_or_default();
    }
    Ok(cards)
}
