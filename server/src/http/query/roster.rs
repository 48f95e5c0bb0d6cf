//! `GET /v1/grids/{id}/roster`: who stands on a grid's roster on a day, and what is vacant (B3, B6–B13).

use std::sync::Arc;

use aggregates::when;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use projections::ports::Feed;

use super::parameters::{AsOf, Parameters};
use super::row;
use crate::App;
use crate::http::House;
use crate::http::problem::Problem;
use crate::http::sight::Sight;

/// A grid's roster on a day: the day `on`, which may lie ahead, else the day of `as_of`, else today. Redraws and ends of
/// posts that are recorded ahead are thus told on their effective day (B3).
pub(crate) async fn roster(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let resource = super::resource("grids")?;
    let (as_of, at_least) = (given.as_of(), given.at_least());
    let on = given.day("on");
    given.done(|| "on, as_of, at_least".to_owned())?;
    let (found, reflects) = row::see(&house, &sight, resource, &id, as_of, at_least).await?;
    let Some(body) = found else { return Err(super::unknown_key("grids", &id)) };
    let date = match on {
        Some(date) => date,
        None => day_of(&house.app, as_of).await?,
    };
    Ok(row::answer(house.rosters.on(&id, body, date)?, reflects))
}

/// The business day of a point in the ledger's history: of a position, the day on which it was recorded.
async fn day_of(app: &App, as_of: Option<AsOf>) -> Result<NaiveDate, Problem> {
    let instant = match as_of {
        Some(AsOf::Instant(instant)) => Some(instant),
        Some(AsOf::Position(position)) => {
            app.store().after(position.saturating_sub(1), 1).await?.first().map(|event| event.recorded_at)
        }
        None => None,
    };
    Ok(when::date_of(&when::local(instant.unwrap_or_else(|| app.clock().now()))))
}
