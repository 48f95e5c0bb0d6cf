//! `GET /v1/statistics`: the headline figures of a division and period, and their parts.

use std::sync::Arc;

use aggregates::ids::DivisionCode;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use commands::authority;
use projections::{By, Month, MonthlyFigures, Projection, Question};

use super::parameters::Parameters;
use crate::http::House;
use crate::http::caller::Caller;
use crate::http::commands::position;
use crate::http::problem::Problem;

/// Answers a question about a division and period.
pub(crate) async fn statistics(
    State(house): State<Arc<House>>,
    caller: Caller,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let division = given.read(
        "division",
        "应为 2、4、6、9 或 12 位区划代码",
        "expected a division code of 2, 4, 6, 9 or 12 digits",
        |text| DivisionCode::new(text).ok(),
    );
    let month = |given: &mut Parameters, name: &str| {
        given.read(name, "月份应写作 2026-03", "expected a month as 2026-03", Month::new)
    };
    let (from, to) = (month(&mut given, "from"), month(&mut given, "to"));
    let by = given.read("by", "应为 division 或 month", "expected division or month", |text| match text {
        "division" => Some(By::Division),
        "month" => Some(By::Month),
        _ => None,
    });
    let at_least = given.at_least();
    given.done(|| "division, from, to, by, at_least".to_owned())?;
    if !authority::sees_figures(&caller.0, division.as_ref().map(DivisionCode::as_str)) {
        return Err(caller.refused(&house));
    }
    if let Some(asked) = at_least {
        house.app.reached(&MonthlyFigures::sheet(), asked).await?;
    }
    let question = Question { division, from, to, by };
    let (answer, reflects) = projections::statistics(house.app.store().as_ref(), &question).await?;
    Ok((position(reflects), Json(answer)).into_response())
}
