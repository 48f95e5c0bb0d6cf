//! `GET /v1/{resource}/{key}`: one row, now or as it stood.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::authority::{self, Reach};
use projections::ports::Shelf;
use projections::resource::{Resource, Told};
use projections::sheets;

use super::parameters::{AsOf, Parameters};
use crate::http::House;
use crate::http::commands::position;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};

/// Answers a row.
pub(crate) async fn row(
    State(house): State<Arc<House>>,
    Path((name, key)): Path<(String, String)>,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let resource = super::resource(&name)?;
    let (as_of, at_least) = (given.as_of(), given.at_least());
    given.done(|| "as_of, at_least".to_owned())?;
    let (found, reflects) = see(&house, &sight, resource, &key, as_of, at_least).await?;
    found.map_or_else(|| Err(super::unknown_key(&name, &key)), |body| Ok(answer(body, reflects)))
}

/// A row as the caller sees it, and the position that it reflects. That it was read is recorded.
pub(super) async fn see(
    house: &House,
    sight: &Sight,
    resource: &Resource,
    key: &str,
    as_of: Option<AsOf>,
    at_least: Option<u64>,
) -> Result<(Option<String>, u64), Problem> {
    let reach = authority::reach(sight.actor(), resource.name);
    if reach == Reach::Nothing {
        // Refused, whether there is such a row or not.
        sight.sees(resource, key, reach.clone()).await?;
    }
    if let (Reach::Within(limit), None) = (&reach, as_of) {
        // What is within reach is read for the caller, at once: nobody looks at the row first.
        if let Some(position) = at_least {
            house.app.reached(&resource.sheet, position).await?;
        }
        let (found, reflects) = sight.within(resource, key, limit).await?;
        if let Some(body) = found {
            sight.shown(resource.name, [body.as_str()], Seen::Yes).await?;
            return Ok((Some(sight.masked(resource.name, body, Seen::Yes)?), reflects));
        }
        if !sight.has_broken_glass() {
            return Ok((None, reflects));
        }
    }
    let (found, reflects) = find(house, resource, key, as_of, at_least).await?;
    let Some(body) = found else { return Ok((None, reflects)) };
    let seen = sight.sees(resource, key, reach).await?;
    if seen == Seen::No {
        return Ok((None, reflects));
    }
    sight.shown(resource.name, [body.as_str()], seen).await?;
    Ok((Some(sight.masked(resource.name, body, seen)?), reflects))
}

/// A row and the position that it reflects.
pub(super) async fn find(
    house: &House,
    resource: &Resource,
    key: &str,
    as_of: Option<AsOf>,
    at_least: Option<u64>,
) -> Result<(Option<String>, u64), Problem> {
    let Some(as_of) = as_of else {
        if let Some(position) = at_least {
            house.app.reached(&resource.sheet, position).await?;
        }
        return Ok(house.app.store().get(&resource.sheet, key).await?);
    };
    let position = as_of.position(house.app.store().as_ref()).await?;
    match sheets::row_as_of(house.app.store().as_ref(), resource.sheet.name, key, position).await? {
        Told::Row(body) => Ok((Some(body), position)),
        Told::Nothing => Ok((None, position)),
        Told::NotTellable => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "query.as_of_unsupported",
            format!("{} 汇总自多处，不支持 as_of", resource.name),
            format!("{} draws on many streams and cannot be told as of a position", resource.name),
        )
        .at("as_of")),
    }
}

/// The answer with a row.
pub(super) fn answer(body: String, reflects: u64) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
    (position(reflects), headers, body).into_response()
}
