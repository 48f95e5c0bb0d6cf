//! The banner: which emergencies are in force where the visitor is, and what he can do about them.

use std::collections::BTreeSet;

use aggregates::Role;
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::member::{names, text};
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// Whether an emergency of a part of the place is told, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Parts {
    /// Only what is in force for all of it.
    Not,
    /// Also what is in force for a grid or community in it.
    Too,
}

/// As many as a page tells of.
const MOST: &str = "20";

/// Those in force at some of the places, each once, as `emergency/banner.html` shows them.
pub(in super::super) async fn banners(
    visit: &Visit,
    places: &BTreeSet<String>,
    parts: Parts,
) -> Result<Vec<Value>, Problem> {
    let mut rows: Vec<Value> = vec![];
    for place in places {
        let Some(mode) = visit.find(&format!("/v1/modes/{}", escaped(place)), &[]).await? else { continue };
        let listed = |field: &str| mode[field].as_array().cloned().unwrap_or_default();
        rows.extend(listed("emergencies"));
        if parts == Parts::Too {
            rows.extend(listed("parts"));
        }
    }
    shown(visit, rows).await
}

/// Those in the division that the visitor acts for; for an office of the whole ledger, all.
pub(in super::super) async fn of_body(visit: &Visit) -> Result<Vec<Value>, Problem> {
    if let Some(body) = visit.body() {
        return banners(visit, &BTreeSet::from([body.to_owned()]), Parts::Too).await;
    }
    let asked = [("state", "in_force"), ("order", "-declared_at"), ("limit", MOST)];
    shown(visit, visit.list_seen("emergencies", &asked).await?.items).await
}

async fn shown(visit: &Visit, rows: Vec<Value>) -> Result<Vec<Value>, Problem> {
    let mut seen = BTreeSet::new();
    let mut all = vec![];
    for row in rows.into_iter().filter(|row| seen.insert(text(row, "emergency").to_owned())) {
        let place = BTreeSet::from([text(&row, "scope").to_owned()]);
        let grids = row["grids"].as_array().cloned().unwrap_or_default();
        let grids: BTreeSet<String> = grids.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let came = match visit.actor.role {
            Role::Member => {
                let asked = [("emergency", text(&row, "emergency")), ("member", visit.actor.id.as_str())];
                visit.list_seen("musters", &asked).await?.items.into_iter().next()
            }
            _ => None,
        };
        all.push(json!({
            "scope": names(visit, "divisions", &place).await?.remove(text(&row, "scope")),
            "grids": names(visit, "grids", &grids).await?,
            "came": came.map(|came| came["mustered_at"].clone()),
            "may_stand_down": super::may_stand_down(visit, &row),
            "row": row,
        }));
    }
    Ok(all)
}
