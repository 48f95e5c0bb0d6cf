//! `/visits`: visits that pairs owe in a period, made, open and overdue (C9), and the key households of the place.

use aggregates::when;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::written;
use super::super::visit::Visit;
use super::{place, text};
use crate::http::problem::Problem;

/// Pairs of a page: each owes a dozen visits a year.
const PAIRS: &str = "15";
/// Households that are shown, at most.
const HOUSEHOLDS: &str = "60";
/// How a visit stands.
const STATES: [&str; 3] = ["overdue", "open", "done"];

/// The page.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let today = when::local(visit.console.house.app.clock().now()).date_naive().to_string();
    let filters = place(&visit, "community");
    let mut query = filters.clone();
    query.push(("limit", PAIRS));
    for name in ["on", "from", "to", "member", "household", "after"] {
        query.extend(visit.asked(name).map(|value| (name, value)));
    }
    let listing = visit.list_due("due-visits", &query).await?;
    let state = visit.asked("state").filter(|state| STATES.contains(state));
    let counts: serde_json::Map<String, Value> = STATES
        .iter()
        .map(|state| {
            let count = listing.items.iter().filter(|row| text(row, "state") == *state).count();
            ((*state).to_owned(), json!(count))
        })
        .collect();
    let shown: Vec<_> = query.iter().copied().chain(state.map(|state| ("state", state))).collect();
    let mut rows: Vec<&Value> =
        listing.items.iter().filter(|row| state.is_none_or(|state| text(row, "state") == state)).collect();
    // What waits longest comes first, what is made last.
    rows.sort_by_key(|row| (STATES.iter().position(|state| text(row, "state") == *state), text(row, "due")));
    let households =
        visit.list_seen("households", &[filters.as_slice(), &[("limit", HOUSEHOLDS)]].concat()).await?;
    let kept: Vec<(&str, &str)> = ["community", "on", "from", "to", "member", "household"]
        .into_iter()
        .filter_map(|name| Some((name, visit.asked(name)?)))
        .collect();
    let next = listing.after.as_deref().map(|after| {
        let state = state.map(|state| ("state", state));
        let query: Vec<(&str, &str)> = kept.iter().copied().chain(state).chain([("after", after)]).collect();
        visit.link(&format!("/visits?{}", written(&query)))
    });
    visit.show(
        "community/visits.html",
        json!({
            "today": today,
            "asked": kept.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
            "kept": written(&kept),
            "counts": counts,
            "state": state,
            "rows": rows,
            "households": households.items,
            "more_households": households.after.is_some(),
            "files": visit.files("due-visits", &shown),
            "next": next,
            "position": listing.position,
        }),
    )
}
