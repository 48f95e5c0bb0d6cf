//! Whom grids do not count (三类不纳入), and whose awards of a year are closed (取消评先评优资格), with their appeals.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::written;
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// Rows on a page.
const ROWS: &str = "50";

/// Members who are not counted, the next to return first; and those who are about to be left out.
pub(super) async fn exclusions(visit: Visit) -> Result<Response, Problem> {
    let mut query = vec![("status", "excluded"), ("order", "turns_on"), ("limit", ROWS)];
    query.extend(visit.asked("after").map(|after| ("after", after)));
    let now = visit.list("members", &query).await?;
    let today = super::today(&visit);
    // Whoever is in service and turns on a day will be left out from that day.
    let to_come =
        [("status", "active"), ("turns_on_from", today.as_str()), ("order", "turns_on"), ("limit", ROWS)];
    let to_come = visit.list_seen("members", &to_come).await?;
    let next =
        now.after.map(|after| visit.link(&format!("/exclusions?{}", written(&[("after", after.as_str())]))));
    visit.show(
        "department/exclusions.html",
        json!({
            "now": now.items,
            "to_come": to_come.items,
            "next": next,
            "may": super::may(&visit, &["exclude-member", "reinstate-member"]),
            "member": visit.asked("member"),
            "today": today,
            "position": now.position,
        }),
    )
}

/// Misconduct, disqualifications and appeals by year.
pub(super) async fn disqualifications(visit: Visit) -> Result<Response, Problem> {
    let mut filters = vec![];
    for name in ["year", "status", "unit", "member"] {
        filters.extend(visit.asked(name).map(|value| (name, value)));
    }
    let mut query = [filters.as_slice(), &[("order", "-year"), ("limit", ROWS)]].concat();
    query.extend(visit.asked("after").map(|after| ("after", after)));
    let listing = visit.list("disqualifications", &query).await?;
    let next = listing.after.map(|after| {
        let query = [filters.as_slice(), &[("after", after.as_str())]].concat();
        visit.link(&format!("/disqualifications?{}", written(&query)))
    });
    let mut rows = listing.items;
    // Where somebody waits for a decision comes first.
    rows.sort_by_key(|row| !super::has_open_appeal(row));
    visit.show(
        "department/disqualifications.html",
        json!({
            "rows": rows,
            "filters": filters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect::<serde_json::Map<_, _>>(),
            "next": next,
            "may": super::may(&visit, &["decide-appeal", "disqualify-member", "record-misconduct"]),
            "position": listing.position,
        }),
    )
}
