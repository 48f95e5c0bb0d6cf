//! `/residence`: who lives and reports here (A2, A4, A6): the three ledgers, coverage, who is still missing, batches under way.

use aggregates::when;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::visit::Visit;
use super::{place, text};
use crate::http::problem::Problem;

/// Rows of each part, at most.
const MOST: &str = "100";
/// The length of a community's code.
const COMMUNITY_DIGITS: usize = 12;

/// The page.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let today = when::local(visit.console.house.app.clock().now()).date_naive().to_string();
    let here = place(&visit, "community");
    let of = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, &str)> {
        [here.as_slice(), more, &[("limit", MOST)]].concat()
    };
    let ledgers = visit.list("residence-ledgers", &of(&[])).await?;
    let scoped = |scope: &str| -> Vec<&Value> {
        ledgers.items.iter().filter(|row| text(row, "scope") == scope).collect()
    };
    let division = [place(&visit, "division").as_slice(), &[("limit", MOST)]].concat();
    let coverage = visit.list_seen("report-coverage", &division).await?.items;
    let own = visit.asked("community").or_else(|| visit.body()).unwrap_or_default();
    let coverage = coverage.iter().find(|row| text(row, "division") == own);
    let is_one = own.len() == COMMUNITY_DIGITS;
    // Who lives here and owes the report of residence, or that and the other.
    let mut missing = vec![];
    for kind in ["residence", "both"] {
        let query = of(&[("missing_report", kind), ("order", "first_report_due")]);
        missing.extend(visit.list_seen("members", &query).await?.items);
    }
    let missing: Vec<Value> = missing
        .into_iter()
        .map(|row| {
            let due = text(&row, "first_report_due");
            json!({ "late": !due.is_empty() && due < today.as_str(), "row": row })
        })
        .collect();
    let members = visit.list_seen("members", &of(&[])).await?;
    let batches = visit.list_seen("batches", &of(&[("order", "-opened_on")])).await?.items;
    visit.show(
        "community/residence.html",
        json!({
            "community": own,
            "total": scoped("community").first().filter(|_| is_one),
            // Of a district: a line for each community, which leads to its own page.
            "communities": if is_one { vec![] } else { scoped("community") },
            "ledgers": if is_one { scoped("ledger") } else { vec![] },
            "estates": if is_one { scoped("estate") } else { vec![] },
            "coverage": coverage,
            "missing": missing,
            "members": members.items,
            "more_members": members.after.is_some(),
            "batches": batches,
            "files": {
                "ledgers": visit.files("residence-ledgers", &here),
                "members": visit.files("members", &here),
            },
            "position": ledgers.position,
        }),
    )
}
