//! `/emergencies/{id}`: who is due, who is there, grid by grid (F4).

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::member::{names, text, texts};
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// One emergency. Whoever sees no roster sees the rest.
pub(in super::super) async fn one(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let address = format!("/v1/emergencies/{}", escaped(&id));
    let answer = visit.get(&address, &[]).await?;
    let row = answer.body;
    let community: Vec<(&str, &str)> =
        visit.asked("community").map(|code| ("community", code)).into_iter().collect();
    let roster = visit.find(&format!("{address}/roster"), &community).await?;
    let listed = |field: &str| -> Vec<Value> {
        roster.as_ref().and_then(|roster| roster[field].as_array().cloned()).unwrap_or_default()
    };
    let (grids, others) = (listed("items"), listed("others"));
    let mut places = texts(&grids, "community");
    places.extend(texts(&others, "community"));
    places.insert(text(&row, "scope").to_owned());
    let mut of_grids: BTreeSet<String> = texts(&grids, "grid");
    of_grids.extend(texts(&others, "grid"));
    let musters = [&[("emergency", id.as_str())], community.as_slice()].concat();
    visit.show(
        "emergency/one.html",
        json!({
            "divisions": names(&visit, "divisions", &places).await?,
            "grids": names(&visit, "grids", &of_grids).await?,
            "roster": roster,
            "may_stand_down": super::may_stand_down(&visit, &row),
            "files": visit.files("musters", &musters),
            "row": row,
            "position": answer.position,
        }),
    )
}
