//! `/grids`: the rosters of a place's grids with what is vacant, and one grid's with all that can be done about it (B1–B13, B17).

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::emergency::{Parts, banners};
use super::super::interface::{escaped, written};
use super::super::visit::Visit;
use super::{place, text};
use crate::http::problem::Problem;

/// Grids of a page.
const PAGE: &str = "60";
/// Duties of a grid that are shown, at most.
const DUTIES: &str = "50";

/// The grids.
pub(super) async fn all(visit: Visit) -> Result<Response, Problem> {
    let mut filters = place(&visit, "community");
    for name in ["vacant", "single_point", "out_of_bounds", "kind", "status"] {
        filters.extend(visit.asked(name).map(|value| (name, value)));
    }
    let mut query = filters.clone();
    query.push(("limit", PAGE));
    query.extend(visit.asked("after").map(|after| ("after", after)));
    let listing = visit.list("grids", &query).await?;
    let next = listing.after.as_deref().map(|after| {
        let query = [filters.as_slice(), &[("after", after)]].concat();
        visit.link(&format!("/grids?{}", written(&query)))
    });
    let sum = |field: &str| listing.items.iter().filter_map(|row| row[field].as_u64()).sum::<u64>();
    let counted = |field: &str| listing.items.iter().filter(|row| row[field] == true).count();
    visit.show(
        "community/grids.html",
        json!({
            "vacancies": sum("vacancies"),
            "single_points": counted("single_point"),
            "out_of_bounds": counted("out_of_bounds"),
            "duties_open": sum("duties").saturating_sub(sum("duties_done")),
            "is_whole": next.is_none() && visit.asked("after").is_none(),
            "filters": filters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
            "is_narrowed": filters.iter().any(|(name, _)| *name != "community"),
            "rows": listing.items,
            "files": visit.files("grids", &filters),
            "next": next,
            "position": listing.position,
        }),
    )
}

/// One grid, on the day that the address asks for or today.
pub(super) async fn one(visit: Visit, Path(grid): Path<String>) -> Result<Response, Problem> {
    let on: Vec<(&str, &str)> = visit.asked("on").map(|day| ("on", day)).into_iter().collect();
    let answer = visit.get(&format!("/v1/grids/{}/roster", escaped(&grid)), &on).await?;
    let row = answer.body;
    let duties =
        visit.list_seen("duties", &[("grid", &grid), ("order", "due"), ("limit", DUTIES)]).await?.items;
    let today = aggregates::when::local(visit.console.house.app.clock().now()).date_naive().to_string();
    let duties: Vec<Value> = duties
        .into_iter()
        .map(|duty| {
            let late = text(&duty, "state") == "open" && text(&duty, "due") < today.as_str();
            json!({ "late": late, "row": duty })
        })
        .collect();
    let emergency_next = format!("/grids/{grid}");
    visit.show(
        "community/grid.html",
        json!({
            "on": visit.asked("on"),
            "duties": duties,
            "emergencies": banners(&visit, &std::collections::BTreeSet::from([grid]), Parts::Not).await?,
            "emergency_next": emergency_next,
            "row": row,
            "position": answer.position,
        }),
    )
}
