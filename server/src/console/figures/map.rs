//! The schematic map (网格示意图): every grid of a community or street as a tile of the same size, coloured, patterned and lettered by one
//! measure. No map of the land is needed, and none is asked of anybody outside.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::{Value, json};

use super::super::interface::{escaped, written};
use super::super::visit::Visit;
use super::places::Place;
use crate::http::problem::Problem;

/// A grid's name, its figures by measure, and its row.
type Told<'a> = (String, BTreeMap<&'a str, Option<i64>>, &'a Value);

/// Rows asked for at a time.
const ROWS: &str = "1000";
/// Times that more is asked for: so many rows are looked at, and it is told when there are more.
const PAGES: usize = 5;
/// Length of a street's code: a map of more would not be one.
const STREET: usize = 9;
/// What tiles show.
const MEASURES: [&str; 6] = ["vacancies", "households", "open", "overdue", "satisfaction", "duties_late"];
/// Of a satisfaction so high a tile is pale; below the last it is dark.
const SATISFACTION: [i64; 4] = [95, 85, 70, 50];
/// Letters by level, the calm one first.
const LETTERS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// What is counted of a grid's demands.
#[derive(Default)]
struct Counts {
    open: i64,
    overdue: i64,
    rated: i64,
    satisfied: i64,
}

/// The map.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let place = Place::asked(&visit).await?;
    let measure = visit.asked("measure").filter(|name| MEASURES.contains(name)).unwrap_or("vacancies");
    let here = |division: &str| {
        visit.link(&format!("/figures/map?{}", written(&[("division", division), ("measure", measure)])))
    };
    let code = place.code.as_deref().filter(|code| code.len() >= STREET);
    let mut communities = vec![];
    let mut partial = false;
    let mut position = None;
    if let Some(code) = code {
        let (mut grids, more_grids, at) =
            all(&visit, "grids", &[("community", code), ("order", "community")]).await?;
        grids.retain(|row| row["status"] != "ended");
        let (counts, more_demands) = demands(&visit, code).await?;
        (partial, position) = (more_grids || more_demands, Some(at));
        communities = tiles(&visit, &grids, &counts, measure, &place);
    }
    visit.show(
        "figures/map.html",
        json!({
            "place": place.told(&here),
            "measure": measure,
            "measures": MEASURES,
            "communities": communities,
            "letters": LETTERS,
            "bounds": SATISFACTION,
            "too_wide": code.is_none(),
            "files": code.map(|code| json!({
                "grids": visit.files("grids", &[("community", code), ("order", "community")]),
                "demands": visit.files("demands", &[("community", code)]),
            })),
            "partial": partial,
            "position": position,
        }),
    )
}

/// All rows, as far as a map goes; whether there are more; the position that they reflect.
async fn all(
    visit: &Visit,
    resource: &str,
    query: &[(&str, &str)],
) -> Result<(Vec<Value>, bool, u64), Problem> {
    let mut rows = vec![];
    let mut after: Option<String> = None;
    let mut position = 0;
    for _ in 0..PAGES {
        let mut query = [query, &[("limit", ROWS)]].concat();
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = visit.list_seen(resource, &query).await?;
        rows.extend(page.items);
        (after, position) = (page.after, page.position);
        if after.is_none() {
            break;
        }
    }
    Ok((rows, after.is_some(), position))
}

async fn demands(visit: &Visit, code: &str) -> Result<(BTreeMap<String, Counts>, bool), Problem> {
    let now = aggregates::when::local(visit.console.house.app.clock().now()).to_rfc3339();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    let is_open = [("community", code), ("open", "true")];
    let is_late = [("community", code), ("open", "true"), ("next_due_before", now.as_str())];
    let is_done = [("community", code), ("phase", "completed")];
    let ((open, more_open, _), (overdue, more_overdue, _), (completed, more_completed, _)) = tokio::try_join!(
        all(visit, "demands", &is_open),
        all(visit, "demands", &is_late),
        all(visit, "demands", &is_done),
    )?;
    let mut count = |rows: &[Value], note: fn(&mut Counts, &Value)| {
        for row in rows {
            if let Some(grid) = row["grid"].as_str() {
                note(counts.entry(grid.to_owned()).or_default(), row);
            }
        }
    };
    count(&open, |counts, _| counts.open += 1);
    count(&overdue, |counts, _| counts.overdue += 1);
    count(&completed, |counts, row| {
        if let Some(satisfied) = row["satisfied"].as_bool() {
            counts.rated += 1;
            counts.satisfied += i64::from(satisfied);
        }
    });
    Ok((counts, more_open || more_overdue || more_completed))
}

/// The tiles by community.
fn tiles(
    visit: &Visit,
    grids: &[Value],
    counts: &BTreeMap<String, Counts>,
    measure: &str,
    place: &Place,
) -> Vec<Value> {
    let nothing = Counts::default();
    let told: Vec<Told<'_>> = grids
        .iter()
        .filter_map(|row| {
            let grid = row["grid"].as_str()?;
            let counts = counts.get(grid).unwrap_or(&nothing);
            let of = |name: &str| row[name].as_i64();
            let satisfaction = (counts.rated > 0).then(|| counts.satisfied * 100 / counts.rated);
            let figures = [
                ("vacancies", of("vacancies")),
                ("households", of("households")),
                ("open", Some(counts.open)),
                ("overdue", Some(counts.overdue)),
                ("satisfaction", satisfaction),
                ("duties_late", of("duties_late")),
            ];
            Some((grid.to_owned(), BTreeMap::from(figures), row))
        })
        .collect();
    let top = told.iter().filter_map(|(_, figures, _)| *figures.get(measure)?).max().unwrap_or(0);
    let mut communities: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (grid, figures, row) in told {
        let value = figures.get(measure).copied().flatten();
        let level = value.map(|value| level(measure, value, top));
        communities.entry(row["community"].as_str().unwrap_or_default().to_owned()).or_default().push(json!({
            "grid": grid,
            "name": row["name"],
            "kind": row["kind"],
            "value": value,
            "level": level,
            "letter": level.and_then(|level| LETTERS.get(level)),
            "figures": figures,
            "href": visit.link(&format!("/sheets/grids/{}", escaped(&grid))),
            "demands": visit.link(&format!("/sheets/demands?{}", written(&[("grid", &grid), ("open", "true")]))),
        }));
    }
    communities
        .into_iter()
        .map(|(code, tiles)| json!({ "code": code, "name": place.name_within(&code), "tiles": tiles }))
        .collect()
}

/// How dark a tile is: nought is palest, the most is darkest; of satisfaction the least is.
fn level(measure: &str, value: i64, top: i64) -> usize {
    if measure == "satisfaction" {
        return SATISFACTION.iter().filter(|bound| value < **bound).count();
    }
    match value {
        ..=0 => 0,
        value => usize::try_from((value * 4 + top - 1) / top.max(1)).unwrap_or(4).clamp(1, 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_the_darker_and_of_satisfaction_the_less() {
        let levels = |measure, values: [i64; 5], top| values.map(|value| level(measure, value, top));
        assert_eq!(levels("vacancies", [0, 1, 2, 3, 4], 4), [0, 1, 2, 3, 4]);
        assert_eq!(levels("open", [0, 1, 25, 26, 100], 100), [0, 1, 1, 2, 4]);
        assert_eq!(levels("satisfaction", [100, 95, 94, 60, 10], 100), [0, 0, 1, 3, 4]);
        assert_eq!(level("open", 0, 0), 0);
    }
}
