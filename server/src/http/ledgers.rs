//! `/ledgers`: the ledgers that this process serves, and what is said of those it does not.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use schemars::JsonSchema;
use serde::Serialize;

use super::House;
use super::problem::Problem;
use super::unreadable::short;

/// The ledgers of a process.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LedgerList {
    /// Each of them, the one at the root first.
    pub items: Vec<LedgerAddress>,
}

/// A ledger, and where it is reached.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LedgerAddress {
    /// What it is called; `default` is the one at the root.
    pub name: String,
    /// What the addresses of its interface begin with.
    pub path: String,
}

impl House {
    /// Of the house at the root: every ledger's, its own first.
    pub(crate) fn all(self: &Arc<Self>) -> impl Iterator<Item = &Arc<Self>> {
        std::iter::once(self).chain(&self.others)
    }
}

/// Answers the list.
pub(super) async fn list(State(house): State<Arc<House>>) -> Json<LedgerList> {
    let items = house.all().map(|one| LedgerAddress { name: one.name().to_string(), path: one.link("/") });
    Json(LedgerList { items: items.collect() })
}

/// Nothing is at this address: perhaps no ledger is.
pub(crate) fn unknown(address: &Uri) -> Problem {
    let name = address.path().strip_prefix("/ledgers/").and_then(|rest| rest.split('/').next());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Problem::of_status(StatusCode::NOT_FOUND);
    };
    let name = short(name);
    Problem::new(
        StatusCode::NOT_FOUND,
        "ledger.unknown",
        format!("没有账本 {name}，账本见 /ledgers"),
        format!("there is no ledger {name}; see /ledgers"),
    )
}
