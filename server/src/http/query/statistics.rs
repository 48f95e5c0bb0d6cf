//! `GET /v1/statistics`: the headline figures of a division and period, and their parts.

use std::sync::Arc;

use aggregates::ids::DivisionCode;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commands::authority;
use projections::{By, Figure, Month, MonthlyFigures, Projection, Question, Statistics};
use serde_json::Value;

use super::format::{self, About, Format};
use super::parameters::Parameters;
use super::table::Table;
use crate::http::House;
use crate::http::caller::Caller;
use crate::http::commands::position;
use crate::http::language::Language;
use crate::http::problem::Problem;

/// Answers a question about a division and period.
pub(crate) async fn statistics(
    State(house): State<Arc<House>>,
    caller: Caller,
    language: Language,
    headers: HeaderMap,
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
    let format = Format::asked(&mut given, &headers)?;
    let at_least = given.at_least();
    given.done(|| "division, from, to, by, at_least, format".to_owned())?;
    if !authority::sees_figures(&caller.0, division.as_ref().map(DivisionCode::as_str)) {
        return Err(caller.refused(&house));
    }
    if let Some(asked) = at_least {
        house.app.reached(&MonthlyFigures::sheet(), asked).await?;
    }
    let question = Question { division, from, to, by };
    let (answer, reflects) = projections::statistics(house.app.store().as_ref(), &question).await?;
    if format == Format::Json {
        return Ok((position(reflects), Json(answer)).into_response());
    }
    let about = About { asked: asked(&answer.question), position: reflects, more: false, language };
    format::file(&house, &table(&answer, language), &about, format).await
}

fn asked(question: &Question) -> Vec<(String, String)> {
    let division = question.division.as_ref().map(|code| ("division", code.to_string()));
    let from = question.from.as_ref().map(|month| ("from", month.to_string()));
    let to = question.to.as_ref().map(|month| ("to", month.to_string()));
    [division, from, to].into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A line for each figure that is not nought everywhere: what it is called, the whole, and each part.
fn table(answer: &Statistics, language: Language) -> Table {
    let columns = ["figure", "whole"].into_iter().map(str::to_owned);
    let columns = columns.chain(answer.parts.iter().map(|part| part.key.clone())).collect();
    let line = |figure: &Figure| {
        let title = language.pick(&figure.title, &figure.title_en);
        let parts = answer.parts.iter().map(|part| part.figures.get(&figure.measure).copied().unwrap_or(0));
        let whole = std::iter::once(figure.value);
        std::iter::once(Value::from(title)).chain(whole.chain(parts).map(Value::from)).collect::<Vec<_>>()
    };
    let rows = answer
        .figures
        .iter()
        .map(line)
        .filter(|row| row.iter().any(|cell| cell.as_i64().is_some_and(|sum| sum != 0)));
    Table::made("statistics", columns, rows.collect())
}
