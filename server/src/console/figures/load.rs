//! Who has reported, and who carries how much: counts of posts, never of points, and in the order of names (design §6: no leaderboard).

use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::written;
use super::super::visit::Visit;
use super::places::Place;
use crate::http::problem::Problem;

/// Rows on a page.
const ROWS: &str = "100";

/// Coverage of reports of a division and of those within it.
pub(super) async fn coverage(visit: &Visit, place: &Place) -> Result<Vec<Value>, Problem> {
    let query = [covered(place).as_slice(), &[("limit", ROWS)]].concat();
    let rows = visit.list_seen("report-coverage", &query).await?.items;
    let told = |row: &Value| {
        let code = row["division"].as_str();
        let name = code.and_then(|code| place.name_within(code));
        let is_near = code.is_none() || name.is_some();
        is_near.then(|| json!({ "name": name, "row": row, "due": due(&row["residence"]), "unit_due": due(&row["unit_linked"]) }))
    };
    Ok(rows.iter().filter_map(told).collect())
}

/// The filter of coverage to a place.
pub(super) fn covered(place: &Place) -> Vec<(&'static str, &str)> {
    vec![place.code.as_deref().map_or(("scope", "ledger"), |code| ("division", code))]
}

/// `45 / 50` with its percentage, as the row says.
fn due(kind: &Value) -> Value {
    let percent = kind["rate"].as_f64().map(|rate| format!("{rate:.1}"));
    json!({ "reported": kind["reported"], "due": kind["due"], "percent": percent })
}

/// Load of units and members.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let kind = visit.asked("kind").filter(|kind| matches!(*kind, "member" | "unit")).unwrap_or("member");
    let mut query = vec![("holder_kind", kind), ("limit", ROWS)];
    if visit.asked("single_point").is_some() {
        query.push(("single_point", "true"));
    }
    let narrowed = query.clone();
    query.extend(visit.asked("after").map(|after| ("after", after)));
    let holders = visit.list("post-holders", &query).await?;
    let units = visit.list_seen("report-coverage", &[("scope", "unit"), ("limit", ROWS)]).await?;
    let next = holders.after.map(|after| {
        let mut query: Vec<(&str, &str)> = vec![("kind", kind), ("after", &after)];
        query.extend(visit.asked("single_point").map(|it| ("single_point", it)));
        visit.link(&format!("/figures/load?{}", written(&query)))
    });
    let units: Vec<Value> = units
        .items
        .iter()
        .map(|row| json!({ "unit": row["unit"], "members": row["members"], "residence": due(&row["residence"]), "unit_linked": due(&row["unit_linked"]) }))
        .collect();
    visit.show(
        "figures/load.html",
        json!({
            "kind": kind,
            "single_point": visit.asked("single_point").is_some(),
            "holders": holders.items,
            "units": units,
            "files": visit.files("post-holders", &narrowed),
            "unit_files": visit.files("report-coverage", &[("scope", "unit")]),
            "next": next,
            "position": holders.position,
        }),
    )
}
