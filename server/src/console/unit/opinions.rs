//! `/opinions`: communities are asked for their opinion of a member, answer, and records are pulled under the request (征求意见, E1).

use aggregates::Role;
use axum::extract::Path;
use axum::response::Response;
use commands::authority;
use serde_json::{Value, json};

use crate::console::interface::escaped;
use crate::console::member::{after, names, refused, texts, today};
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// The first page of those who review promotions: what they asked for.
pub(in crate::console) async fn home(visit: Visit) -> Result<Response, Problem> {
    listed(visit, "unit/review.html").await
}

/// All requests that the visitor sees.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.actor.role == Role::Unit {
        return visit.show("unit/opinions-none.html", json!({}));
    }
    listed(visit, "unit/opinions.html").await
}

fn may(visit: &Visit) -> Value {
    let may = |command| visit.actor.role == Role::Operator || authority::may(visit.actor.role, command);
    json!({ "ask": may("request-opinion"), "answer": may("give-opinion"), "withdraw": may("withdraw-opinion"), "pull": may("pull-record") })
}

async fn listed(visit: Visit, template: &str) -> Result<Response, Problem> {
    if visit.is_nobody {
        return Err(refused(&visit));
    }
    let mut asked = vec![("order", "-requested_on"), ("limit", "50")];
    for name in ["member", "community", "after"] {
        asked.extend(visit.asked(name).map(|value| (name, value)));
    }
    let listing = visit.list("opinions", &asked).await?;
    let divisions = names(&visit, "divisions", &texts(&listing.items, "community")).await?;
    let next = after(&visit, "/opinions", listing.after.as_deref());
    visit.show(
        template,
        json!({ "today": today(&visit), "rows": listing.items, "may": may(&visit), "divisions": divisions, "next": next }),
    )
}

/// One request: what came of it, and what can be done under it.
pub(super) async fn one(visit: Visit, Path(opinion): Path<String>) -> Result<Response, Problem> {
    let row = visit.get(&format!("/v1/opinions/{}", escaped(&opinion)), &[]).await?.body;
    let divisions = names(&visit, "divisions", &texts(std::slice::from_ref(&row), "community")).await?;
    visit.show(
        "unit/opinion.html",
        json!({ "today": today(&visit), "row": row, "may": may(&visit), "divisions": divisions }),
    )
}
