//! `/taken/{demand}`: one demand that is offered to somebody, in hand, or done.

use aggregates::Role;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::lookup::{names, text, texts, today};
use super::rulebook::Rulebook;
use crate::console::interface::escaped;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// The page. Who may see the demand, and which words, is for the interface to say.
pub(super) async fn page(visit: Visit, Path(demand): Path<String>) -> Result<Response, Problem> {
    let path = format!("/v1/demands/{}", escaped(&demand));
    let row = visit.get(&path, &[]).await?.body;
    let words = visit.find(&format!("{path}/words"), &[]).await?;
    let (kind, me) = match visit.actor.role {
        Role::Unit => ("unit", visit.body().unwrap_or_default().to_owned()),
        _ => ("member", visit.actor.id.as_str().to_owned()),
    };
    let is_mine = text(&row, "taker_kind") == kind && text(&row, "taker") == me;
    let staff = match visit.actor.role {
        Role::Unit if is_mine => visit.list("members", &[("unit", &me), ("limit", "200")]).await?.items,
        _ => vec![],
    };
    let book = Rulebook::read(&visit).await?;
    visit.show(
        "member/work.html",
        json!({
            "today": today(&visit),
            "row": row,
            "words": words.map_or_else(|| json!([]), |words| words["words"].clone()),
            "taker": Value::from_iter([(kind, me)]),
            "is_mine": is_mine,
            "staff": texts(&staff, "member"),
            "others": book.others(&visit),
            "categories": book.categories(&visit),
            "divisions": names(&visit, "divisions", &[text(&row, "community").to_owned()].into()).await?,
        }),
    )
}
