//! What one asked and what became of it. What may be done about it is offered where the row says that it can be; whether it may is decided elsewhere.

use aggregates::Role;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::visit::Visit;
use super::{ask, qr, who};
use crate::http::cookie;
use crate::http::problem::Problem;

/// Demands of a page.
const PAGE: &str = "20";

/// Everything one asked, the latest first.
pub(super) async fn all(visit: Visit) -> Result<Response, Problem> {
    if visit.actor.role != Role::Resident {
        return visit.show("resident/mine.html", json!({ "is_known": false, "demands": [], "next": null }));
    }
    let mut asked = vec![("placed_by", visit.actor.id.as_str()), ("order", "-placed_at"), ("limit", PAGE)];
    asked.extend(visit.asked("after").map(|after| ("after", after)));
    let listing = visit.list("demands", &asked).await?;
    let next = listing.after.map(|after| visit.link(&format!("/mine?after={}", escaped(&after))));
    let demands = titled(&visit, listing.items).await?;
    visit.show("resident/mine.html", json!({ "is_known": true, "demands": demands, "next": next }))
}

/// What is still open.
pub(super) async fn open(visit: &Visit) -> Result<Vec<Value>, Problem> {
    let asked =
        [("placed_by", visit.actor.id.as_str()), ("open", "true"), ("order", "-placed_at"), ("limit", "5")];
    let rows = visit.list_seen("demands", &asked).await?.items;
    titled(visit, rows).await
}

/// Rows with what people call the matter.
async fn titled(visit: &Visit, mut rows: Vec<Value>) -> Result<Vec<Value>, Problem> {
    let catalogue = if rows.is_empty() { vec![] } else { ask::catalogue(visit).await? };
    for row in &mut rows {
        let title = ask::title(visit, &catalogue, row["category"].as_str().unwrap_or_default());
        row["title"] = json!(title);
    }
    Ok(rows)
}

/// One of them.
pub(super) async fn one(visit: Visit, Path(demand): Path<String>) -> Result<Response, Problem> {
    let id = escaped(&demand);
    let missing =
        || Problem::of_status(if visit.is_nobody { StatusCode::UNAUTHORIZED } else { StatusCode::NOT_FOUND });
    let row = visit.find(&format!("/v1/demands/{id}"), &[]).await?.ok_or_else(missing)?;
    if row["placed_by"] != visit.actor.id.as_str() {
        return Err(missing());
    }
    let history = visit.find(&format!("/v1/demands/{id}/history"), &[("limit", "200")]).await?;
    let words = visit.find(&format!("/v1/demands/{id}/words"), &[]).await?;
    let taker = match (row["taker_kind"].as_str(), row["taker"].as_str()) {
        (Some("unit"), Some(unit)) => who::unit_name(&visit, unit).await?,
        _ => None,
    };
    let code = cookie::code_held(&visit.headers, &visit.console.house)
        .filter(|code| visit.login.is_none() && visit.asked("new").is_some() && code.actor() == visit.actor);
    let code = match code {
        Some(code) => {
            let address = visit.console.house.public(&format!("/code#{code}"));
            json!({ "text": code.to_string(), "qr": qr::of(&address)? })
        }
        None => Value::Null,
    };
    let phase = row["phase"].as_str().unwrap_or_default().to_owned();
    let is_done = phase == "completed";
    let row = titled(&visit, vec![row]).await?.remove(0);
    let context = json!({
        "may_rate": is_done && row["stars"].is_null(),
        "may_reopen": is_done && row["satisfied"] == false,
        "may_withdraw": row["open"] == true,
        "lines": history.map(|mut history| history["items"].take()),
        "words": words.map(|mut words| words["words"].take()),
        "taker": taker,
        "code": code,
        "row": row,
    });
    visit.show("resident/demand.html", context)
}
