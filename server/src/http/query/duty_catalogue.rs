//! `GET /v1/duty-catalogue`: the duty catalogue in force on a day (C4). Demands name its entries, so everybody may read it.

use std::sync::Arc;

use aggregates::rulebook::{self, Rulebook};
use aggregates::when;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::parameters::Parameters;
use crate::http::House;
use crate::http::caller::Caller;
use crate::http::problem::Problem;

/// Answers the catalogue.
pub(crate) async fn duty_catalogue(
    State(house): State<Arc<House>>,
    _: Caller,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let on = given.day("on");
    given.done(|| "on".to_owned())?;
    let on = on.unwrap_or_else(|| when::date_of(&when::local(house.app.clock().now())));
    let rules = house.app.desk().look::<Rulebook>(rulebook::STREAM).await?;
    let catalogue = rules.catalogue_on(on).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "duty_catalogue.none_in_force",
            format!("{on} 没有生效的职责清单"),
            format!("there is no duty catalogue in force on {on}"),
        )
    })?;
    Ok(Json(catalogue.as_ref()).into_response())
}
