//! Pages of figures: statistics by division and period with plots, coverage and load, and the map of grids.

mod load;
mod map;
mod places;
mod plot;
mod rows;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::{Datelike, NaiveDate};
use commands::authority::{self, Reach};
use projections::Month;
use serde_json::{Value, json};

use super::Console;
use super::interface::written;
use super::visit::Visit;
use crate::http::problem::Problem;
use places::Place;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
        .route("/figures", get(figures))
        .route("/figures/load", get(load::page))
        .route("/figures/map", get(map::page))
}

/// Figures that stand on top, each with a plot by month of its own group.
const HEADLINES: [&str; 8] = [
    "demands_placed",
    "completed",
    "rated",
    "service_times",
    "reports_residence",
    "posts_duty",
    "visits_monthly",
    "members_enrolled",
];
/// What the plot by month shows side by side.
const BY_MONTH: [&str; 3] = ["demands_placed", "completed", "rated"];
/// What the plot by division shows unless another figure is chosen.
const CHOSEN: &str = "demands_placed";

/// Statistics of a division and period.
async fn figures(visit: Visit) -> Result<Response, Problem> {
    let place = Place::asked(&visit).await?;
    let (from, to) = (month(&visit, "from")?, month(&visit, "to")?);
    let mut query: Vec<(&str, &str)> = vec![];
    query.extend(place.code.as_deref().map(|code| ("division", code)));
    query.extend(from.as_deref().map(|from| ("from", from)));
    query.extend(to.as_deref().map(|to| ("to", to)));
    let asked = |by: &'static str| [query.as_slice(), &[("by", by)]].concat();
    let by_month = visit.get("/v1/statistics", &asked("month")).await?;
    let by_place = visit.get("/v1/statistics", &asked("division")).await?.body;
    let whole = &by_month.body;
    let measure = visit.asked("measure").filter(|name| titled(whole, name).is_some()).unwrap_or(CHOSEN);
    let all: Vec<Value> = figures_of(&visit, whole, &place, from.as_deref(), to.as_deref());
    let headlines = HEADLINES.iter().filter_map(|name| all.iter().find(|figure| figure["measure"] == *name));
    let coverage = load::coverage(&visit, &place).await?;
    let here = |division: &str| {
        let mut query: Vec<(&str, &str)> = vec![("division", division), ("measure", measure)];
        query.extend(from.as_deref().map(|from| ("from", from)));
        query.extend(to.as_deref().map(|to| ("to", to)));
        visit.link(&format!("/figures?{}", written(&query)))
    };
    let files = |by: &'static str| visit.files_of("statistics", &asked(by));
    visit.show(
        "figures/figures.html",
        json!({
            "place": place.told(&here),
            "from": from,
            "to": to,
            "measure": measure,
            "measures": all.iter().map(|figure| json!([figure["measure"], figure["title"]])).collect::<Vec<_>>(),
            "headlines": headlines.collect::<Vec<_>>(),
            "rates": rates(&visit, whole),
            "figures": all,
            "months": plot::by_month(&visit, whole, &BY_MONTH),
            "places": plot::by_place(&visit, &by_place, measure, &place, &here),
            "coverage": coverage,
            "files": { "month": files("month"), "division": files("division"), "coverage": visit.files("report-coverage", &load::covered(&place)) },
            "position": by_month.position,
        }),
    )
}

/// A month that the address asks for; not to be misread.
fn month(visit: &Visit, name: &str) -> Result<Option<String>, Problem> {
    let Some(text) = visit.asked(name) else { return Ok(None) };
    match Month::new(text) {
        Some(month) => Ok(Some(month.into())),
        None => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "query.invalid_parameter",
            "月份应写作 2026-03",
            "expected a month as 2026-03",
        )
        .at(name)),
    }
}

/// What a figure is called, in the visitor's language, as the interface says.
fn titled<'a>(statistics: &'a Value, measure: &str) -> Option<&'a Value> {
    statistics["figures"].as_array()?.iter().find(|figure| figure["measure"] == measure)
}

fn title<'a>(visit: &Visit, of: &'a Value) -> &'a str {
    let text = |name: &str| of[name].as_str().unwrap_or_default();
    visit.language.pick(text("title"), text("title_en"))
}

fn rates(visit: &Visit, statistics: &Value) -> Vec<Value> {
    let all = statistics["rates"].as_array().map(Vec::as_slice).unwrap_or_default();
    let told = |rate: &Value| {
        // Stars are an average; all others are parts of a whole.
        let shown = rate["permille"].as_i64().map(|permille| match rate["name"].as_str() {
            Some("stars") => format!("{}.{:02}", permille / 1000, permille % 1000 / 10),
            _ => format!("{}.{}%", permille / 10, permille % 10),
        });
        json!({ "name": rate["name"], "title": title(visit, rate), "shown": shown, "share": rate["share"], "of": rate["of"] })
    };
    all.iter().map(told).collect()
}

/// Every figure with the address of the rows that it counts, where a sheet shows them.
fn figures_of(
    visit: &Visit,
    statistics: &Value,
    place: &Place,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<Value> {
    let all = statistics["figures"].as_array().map(Vec::as_slice).unwrap_or_default();
    let before = to.and_then(month_after);
    let told = |figure: &Value| {
        let measure = figure["measure"].as_str().unwrap_or_default();
        let rows = rows::behind(measure, place.code.as_deref(), from, before.as_deref());
        json!({
            "measure": measure,
            "title": title(visit, figure),
            "value": figure["value"],
            "rows": rows.filter(|path| is_seen(visit, path)).map(|path| visit.link(&path)),
        })
    };
    all.iter().map(told).collect()
}

/// Whether there is anything behind an address for this visitor: no link leads to a no.
fn is_seen(visit: &Visit, path: &str) -> bool {
    let sheet = path.trim_start_matches("/sheets/").split('?').next().unwrap_or_default();
    authority::reach(&visit.actor, sheet) != Reach::Nothing
}

/// The first day behind a month.
fn month_after(month: &str) -> Option<String> {
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok()?;
    let (year, next) =
        if first.month() == 12 { (first.year() + 1, 1) } else { (first.year(), first.month() + 1) };
    Some(NaiveDate::from_ymd_opt(year, next, 1)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        assert_eq!(month_after("2026-02").as_deref(), Some("2026-03-01"));
        assert_eq!(month_after("2026-12").as_deref(), Some("2027-01-01"));
        assert_eq!(month_after("soon"), None);
    }
}
