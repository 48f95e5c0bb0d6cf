//! `/my-data`: what is held about a member, what was agreed to, who has read it, and what can be taken away (issue 4 C, D).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::home::own;
use super::lookup::{after, text};
use crate::console::interface::escaped;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// Readings on a page.
const READINGS: &str = "20";

/// The page.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let (member, unit) = own(&visit).await?;
    let me = visit.actor.id.as_str().to_owned();
    let held = visit.find(&format!("/v1/persons/member/{}", escaped(&me)), &[]).await?;
    let mut asked = vec![("order", "-read_at"), ("limit", READINGS)];
    asked.extend(visit.asked("after").map(|after| ("after", after)));
    let readings = visit.list("readings", &asked).await?;
    visit.show(
        "member/my-data.html",
        json!({
            "member": member,
            "unit": text(&unit, "name"),
            "held": held,
            "praise": is_praised(&visit, &me).await?,
            "readings": readings.items,
            "next": after(&visit, "/my-data", readings.after.as_deref()),
        }),
    )
}

/// Whether praise may be published: the last word on it; none when nothing was ever said.
async fn is_praised(visit: &Visit, me: &str) -> Result<Option<bool>, Problem> {
    let history = format!("streams/member/{}", escaped(me));
    let (mut said, mut after): (Option<bool>, Option<String>) = (None, None);
    loop {
        let mut query = vec![("limit", "1000")];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = match visit.list(&history, &query).await {
            // Whoever was not entered yet has no history.
            Err(problem) if matches!(problem.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) => {
                return Ok(None);
            }
            other => other?,
        };
        let told = page.items.iter().filter(|line| text(line, "type") == "PraiseConsented");
        said = told
            .filter_map(|line| line["fact"].get("consents").and_then(Value::as_bool))
            .next_back()
            .or(said);
        after = page.after;
        if after.is_none() {
            return Ok(said);
        }
    }
}
