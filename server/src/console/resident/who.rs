//! 有困难找谁 (B16): by the code on the wall, or by choosing division, community and grid.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::visit::Visit;
use super::place::{Place, chain};
use super::title_of;
use crate::http::problem::Problem;

/// As many as people look through.
const MOST: &str = "300";
/// Levels at which one may begin to choose, from above.
const LEVELS: [&str; 5] = ["province", "prefecture", "county", "street", "community"];

/// Chooses where one lives.
pub(super) async fn choose(visit: Visit) -> Result<Response, Problem> {
    let within = visit.asked("in").filter(|code| code.bytes().all(|digit| digit.is_ascii_alphanumeric()));
    let name = visit.asked("name");
    let mut context = json!({ "chain": [], "divisions": [], "grids": [], "community": null, "name": name, "emergencies": [], "emergency_place": null });
    if let Some(name) = name {
        context["divisions"] = json!(called(&visit, name).await?);
    } else if let Some(code) = within {
        let row = visit.find(&format!("/v1/divisions/{}", escaped(code)), &[]).await?;
        let row = row.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
        context["chain"] = json!(chain(&visit, code).await?);
        if row["level"] == "community" {
            if let Some(place) = Place::of(Some(code), None, None) {
                context["emergencies"] = json!(place.emergencies(&visit).await?);
                context["emergency_place"] = json!(place.query());
            }
            context["community"] = row;
            context["grids"] = json!(grids(&visit, code).await?);
        } else {
            let below = [("parent", code), ("limit", MOST), ("order", "division")];
            context["divisions"] = json!(visit.list_seen("divisions", &below).await?.items);
        }
    } else {
        context["divisions"] = json!(highest(&visit).await?);
    }
    visit.show("resident/who.html", context)
}

/// Communities whose name begins so.
async fn called(visit: &Visit, name: &str) -> Result<Vec<Value>, Problem> {
    let end = format!("{name}\u{10ffff}");
    let asked = [("level", "community"), ("name_from", name), ("name_before", &end), ("limit", "100")];
    Ok(visit.list_seen("divisions", &asked).await?.items)
}

/// Where choosing begins: the highest level of which there are several, or any.
async fn highest(visit: &Visit) -> Result<Vec<Value>, Problem> {
    let mut found = vec![];
    for level in LEVELS {
        let asked = [("level", level), ("limit", MOST), ("order", "division")];
        let some = visit.list_seen("divisions", &asked).await?.items;
        if some.len() > 1 {
            return Ok(some);
        }
        if !some.is_empty() {
            found = some;
        }
    }
    Ok(found)
}

/// The grids of a community that there are today.
pub(super) async fn grids(visit: &Visit, community: &str) -> Result<Vec<Value>, Problem> {
    let listing = visit.list_seen("grids", &[("community", community), ("limit", MOST)]).await?;
    Ok(listing.items.into_iter().filter(|grid| grid["status"] != "ended").collect())
}

/// Who serves a grid.
pub(super) async fn grid(visit: Visit, Path(code): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::of_status(StatusCode::NOT_FOUND);
    let place = Place::of(None, Some(&code), visit.asked("estate"))
        .filter(|place| place.grid.is_some())
        .ok_or_else(missing)?;
    let serving = serving(&visit, &place).await?.ok_or_else(missing)?;
    let shown = place.shown(&visit).await?.ok_or_else(missing)?;
    let context = json!({
        "place": shown,
        "serving": serving,
        "emergencies": place.emergencies(&visit).await?,
        "emergency_place": place.query(),
        "chain": chain(&visit, place.community.as_str()).await?,
        "units": linked(&visit, place.community.as_str()).await?,
    });
    let mut response = visit.show("resident/grid.html", context)?;
    // The next time the first page knows who serves here.
    response.headers_mut().append(header::SET_COOKIE, place.kept(&visit));
    Ok(response.into_response())
}

/// The grid of a place with those of its roster whom the public is told; nothing where there is none.
pub(super) async fn serving(visit: &Visit, place: &Place) -> Result<Option<Value>, Problem> {
    let Some(code) = &place.grid else { return Ok(None) };
    let Some(grid) = visit.find(&format!("/v1/grids/{}/roster", code.as_str()), &[]).await? else {
        return Ok(None);
    };
    let mut slots = vec![];
    for slot in grid["slots"].as_array().into_iter().flatten().filter(|slot| slot["public"] == true) {
        let mut holders = vec![];
        for holder in slot["holders"].as_array().into_iter().flatten() {
            let unit = match holder["on_behalf_of"].as_str() {
                Some(unit) => unit_name(visit, unit).await?,
                None => None,
            };
            let is_here = place.estate.as_ref().is_some_and(|here| holder["estate"] == here.as_str());
            holders.push(json!({ "source": holder["source"], "unit": unit, "is_here": is_here }));
        }
        let title = title_of(visit, slot);
        slots.push(json!({ "title": title, "holders": holders, "missing": slot["missing"] }));
    }
    Ok(Some(json!({
        "grid": grid["grid"],
        "kind": grid["kind"],
        "name": grid["name"],
        "status": grid["status"],
        "households": grid["households"],
        "successors": grid["successors"],
        "slots": slots,
    })))
}

/// Units linked to a community, by name.
pub(super) async fn linked(visit: &Visit, community: &str) -> Result<Vec<String>, Problem> {
    let links = visit.list_seen("unit-links", &[("community", community), ("limit", "20")]).await?;
    let mut names = vec![];
    for link in links.items.iter().filter(|link| !link["since"].is_null()) {
        if let Some(unit) = link["unit"].as_str()
            && let Some(name) = unit_name(visit, unit).await?
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// The public name of a unit.
pub(super) async fn unit_name(visit: &Visit, unit: &str) -> Result<Option<String>, Problem> {
    let row = visit.find(&format!("/v1/units/{}", escaped(unit)), &[]).await?;
    Ok(row.and_then(|row| row["name"].as_str().map(str::to_owned)))
}
