//! The duty catalogue in force (C4), as the rulebook's history tells it: what categories are called, and whose duty each is.

use aggregates::rulebook::STREAM;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::visit::Visit;
use super::text;
use crate::http::problem::Problem;

/// As many facts of the rulebook as one page of a history has.
const FACTS: &str = "1000";

/// What the rulebook says of categories.
#[derive(Debug, Clone, Default)]
pub(super) struct Catalogue {
    /// `2025.1`; empty when none is in force.
    pub(super) version: String,
    /// The entries.
    pub(super) entries: Vec<Value>,
    /// Names and titles of difficulties, by the policy in force.
    pub(super) difficulties: Vec<Value>,
}

impl Catalogue {
    /// The one in force today, by the server's clock.
    pub(super) async fn of(visit: &Visit) -> Result<Self, Problem> {
        let address = format!("/v1/streams/policy/{STREAM}");
        let Some(history) = visit.find(&address, &[("limit", FACTS)]).await? else {
            return Ok(Self::default());
        };
        let today = aggregates::when::local(visit.console.house.app.clock().now()).date_naive().to_string();
        let facts: Vec<&Value> =
            history["items"].as_array().into_iter().flatten().map(|line| &line["fact"]).collect();
        // Later versions take effect later; of those in effect the last holds.
        let in_force = |name: &str| {
            let mut known = facts.iter().map(|fact| &fact[name]).filter(|one| one.is_object());
            known.rfind(|one| text(one, "effective_from") <= today.as_str()).cloned()
        };
        let catalogue = in_force("catalogue").unwrap_or_default();
        let policy = in_force("policy").unwrap_or_default();
        Ok(Self {
            version: text(&catalogue, "version").to_owned(),
            entries: catalogue["entry"].as_array().cloned().unwrap_or_default(),
            difficulties: policy["demand"]["difficulties"].as_array().cloned().unwrap_or_default(),
        })
    }

    /// The entry of a code.
    pub(super) fn entry(&self, code: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| text(entry, "code") == code)
    }

    /// Titles by code, in the visitor's language.
    pub(super) fn titles(&self, visit: &Visit) -> Map<String, Value> {
        let title = visit.language.pick("title", "title_en");
        self.entries.iter().map(|entry| (text(entry, "code").to_owned(), json!(text(entry, title)))).collect()
    }
}

/// The catalogue, by whose duty it is. `entry` is the one that is asked about.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let catalogue = Catalogue::of(&visit).await?;
    let of = |owner: &str| -> Vec<&Value> {
        catalogue.entries.iter().filter(|entry| text(entry, "owner") == owner).collect()
    };
    let owners: Vec<Value> = ["member_service", "community", "property_company", "department"]
        .iter()
        .map(|owner| json!({ "owner": owner, "entries": of(owner) }))
        .collect();
    visit.show(
        "community/catalogue.html",
        json!({
            "version": catalogue.version,
            "owners": owners,
            "titles": catalogue.titles(&visit),
            "difficulties": catalogue.difficulties,
            "asked": visit.asked("entry"),
        }),
    )
}
