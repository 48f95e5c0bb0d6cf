//! `/board/{demand}`: one demand on the desk: what is asked, where it stands, what is like it nearby, whom it could be offered to and why.

use aggregates::when;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::visit::Visit;
use super::catalogue::Catalogue;
use super::text;
use crate::http::problem::Problem;

/// Whom the page suggests, at most.
const SUGGESTED: &str = "8";
/// Demands like it that the page names, at most.
const ALIKE: &str = "6";

/// The page.
pub(super) async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let address = format!("/v1/demands/{}", escaped(&id));
    let answer = visit.get(&address, &[]).await?;
    let row = answer.body;
    let now = when::stamp(&when::local(visit.console.house.app.clock().now()));
    let catalogue = Catalogue::of(&visit).await?;
    let entry = catalogue.entry(text(&row, "category")).cloned();
    let words = visit.find(&format!("{address}/words"), &[]).await?;
    let can_be_offered = matches!(text(&row, "phase"), "screened" | "published");
    let takers = if can_be_offered {
        visit.find(&format!("{address}/suggested-takers"), &[("limit", SUGGESTED)]).await?
    } else {
        None
    };
    let due = text(&row, "next_due");
    let titles = catalogue.titles(&visit);
    visit.show(
        "community/demand.html",
        json!({
            "late": !due.is_empty() && due < now.as_str(),
            "may_rate": text(&row, "phase") == "completed"
                && row["stars"].is_null()
                && text(&row, "rating_until") < &now[..10],
            "alike": alike(&visit, &row).await?,
            "entry": entry,
            "is_members_service": entry.as_ref().is_none_or(|entry| text(entry, "owner") == "member_service"),
            "title": titles.get(text(&row, "category")),
            "titles": titles,
            "entries": catalogue.entries,
            "version": catalogue.version,
            "difficulties": catalogue.difficulties,
            "words": words.map(|words| words["words"].clone()),
            "takers": takers,
            "units": units(&visit, &row, can_be_offered).await?,
            "row": row,
            "position": answer.position,
        }),
    )
}

/// Open demands of the same category in the same grid: perhaps the same matter told twice.
async fn alike(visit: &Visit, row: &Value) -> Result<Vec<Value>, Problem> {
    let (grid, category) = (text(row, "grid"), text(row, "category"));
    if grid.is_empty() || row["open"] != true {
        return Ok(vec![]);
    }
    let query = [("grid", grid), ("category", category), ("open", "true"), ("limit", ALIKE)];
    let found = visit.list_seen("demands", &query).await?.items;
    Ok(found.into_iter().filter(|other| other["demand"] != row["demand"]).collect())
}

/// Units linked to the demand's community.
async fn units(visit: &Visit, row: &Value, can_be_offered: bool) -> Result<Vec<Value>, Problem> {
    if !can_be_offered {
        return Ok(vec![]);
    }
    let query = [("community", text(row, "community")), ("limit", "100")];
    Ok(visit.list_seen("unit-links", &query).await?.items)
}
