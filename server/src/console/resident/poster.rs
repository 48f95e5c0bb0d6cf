//! 服务作战图 (B16): a sheet for the wall of a grid and of each building: who serves here, and a code that leads to asking them.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::visit::Visit;
use super::place::{Place, chain};
use super::{qr, who};
use crate::http::problem::Problem;

/// Buildings of a community that are listed.
const MOST: &str = "500";

fn missing() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

/// The posters of a community, to choose what to print.
pub(super) async fn community(visit: Visit, Path(code): Path<String>) -> Result<Response, Problem> {
    let row = visit.find(&format!("/v1/divisions/{}", escaped(&code)), &[]).await?.ok_or_else(missing)?;
    if row["level"] != "community" {
        return Err(missing());
    }
    let estates = visit.list_seen("estates", &[("community", &code), ("limit", MOST)]).await?.items;
    let context = json!({ "community": row, "grids": who::grids(&visit, &code).await?, "estates": estates });
    visit.show("resident/posters.html", context)
}

/// The poster of a grid.
pub(super) async fn grid(visit: Visit, Path(code): Path<String>) -> Result<Response, Problem> {
    let place =
        Place::of(None, Some(&code), None).filter(|place| place.grid.is_some()).ok_or_else(missing)?;
    show(&visit, &place, &format!("/grid/{}", escaped(&code))).await
}

/// The poster of an estate or building.
pub(super) async fn estate(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let row = visit.find(&format!("/v1/estates/{}", escaped(&id)), &[]).await?.ok_or_else(missing)?;
    let community = row["community"].as_str().unwrap_or_default();
    let holds = |grid: &&Value| {
        grid["kind"] != "emergency"
            && grid["estates"].as_array().is_some_and(|all| all.iter().any(|one| *one == id.as_str()))
    };
    let grids = who::grids(&visit, community).await?;
    let grid = grids.iter().find(holds).and_then(|grid| grid["grid"].as_str());
    let place = Place::of(Some(community), grid, Some(&id)).ok_or_else(missing)?;
    let address = match grid {
        Some(grid) => format!("/grid/{}?estate={}", escaped(grid), escaped(&id)),
        // In no grid yet: the community is asked.
        None => format!("/ask?{}", place.query()),
    };
    show(&visit, &place, &address).await
}

async fn show(visit: &Visit, place: &Place, address: &str) -> Result<Response, Problem> {
    let shown = place.shown(visit).await?.ok_or_else(missing)?;
    let serving = who::serving(visit, place).await?;
    if place.estate.is_none() && serving.is_none() {
        return Err(missing());
    }
    let context = json!({
        "place": shown,
        "serving": serving,
        "chain": chain(visit, place.community.as_str()).await?,
        "units": who::linked(visit, place.community.as_str()).await?,
        "qr": qr::of(&visit.console.house.public(address))?,
    });
    visit.show("resident/poster.html", context)
}
