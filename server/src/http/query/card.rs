//! `GET /v1/members/{id}/point-card`, `GET /v1/units/{id}/point-card`: the card of a year (D1).

use std::sync::Arc;

use aggregates::when;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::parameters::{AsOf, Parameters};
use super::row;
use crate::http::House;
use crate::http::problem::Problem;
use crate::http::sight::Sight;
use crate::http::unreadable::short;

/// A member's card.
pub(crate) async fn member_card(
    house: State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    given: Parameters,
) -> Result<Response, Problem> {
    card(house, "member", &id, sight, given).await
}

/// A unit's card.
pub(crate) async fn unit_card(
    house: State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    given: Parameters,
) -> Result<Response, Problem> {
    card(house, "unit", &id, sight, given).await
}

async fn card(
    State(house): State<Arc<House>>,
    kind: &str,
    id: &str,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let resource = super::resource("point-cards")?;
    let (year, as_of, at_least) = (given.year(), given.as_of(), given.at_least());
    given.done(|| "year, as_of, at_least".to_owned())?;
    let year = year.unwrap_or_else(|| {
        let instant = match as_of {
            Some(AsOf::Instant(instant)) => instant,
            _ => house.app.clock().now(),
        };
        when::year_of(&when::local(instant))
    });
    let (found, reflects) =
        row::see(&house, &sight, resource, &format!("{kind}/{id}/{year}"), as_of, at_least).await?;
    if let Some(body) = found {
        return Ok(row::answer(body, reflects));
    }
    let id = short(id);
    Err(Problem::new(
        StatusCode::NOT_FOUND,
        "point_card.not_opened",
        format!("{id} 没有 {year} 年度积分卡"),
        format!("{id} has no point card of {year}"),
    ))
}
