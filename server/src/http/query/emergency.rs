//! `GET /v1/emergencies/{id}/roster`: who is due in an emergency and who is there. `GET /v1/modes/{id}`: whether a place is in emergency (F3, F4).

use std::sync::Arc;

use aggregates::ids::{CommunityCode, DivisionCode, GridCode};
use aggregates::when;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use projections::ports::{Condition, Find, FoundRow, StoreError};
use projections::{
    Emergencies, EmergencyRow, MusterRow, Musters, PostRow, Posts, Projection, emergency_roster, mode_of,
};
use serde::de::DeserializeOwned;

use super::parameters::Parameters;
use super::row;
use crate::http::House;
use crate::http::commands::position;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};

/// Posts and arrivals of one roster that are looked at; who has more asks by community.
const ROWS_MAX: usize = 20_000;
/// Digits of a county's code.
const COUNTY: usize = 6;

/// Answers the roster, as far as the caller sees posts and who came.
pub(crate) async fn roster(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let at_least = given.at_least();
    let community =
        given.read("community", "应为 12 位社区代码", "expected a code of 12 digits", |text| {
            CommunityCode::new(text).ok()
        });
    given.done(|| "community, at_least".to_owned())?;
    let mine = [sight.of_list("posts")?, sight.of_list("musters")?];
    if let Some(position) = at_least {
        house.app.reached(&Posts::sheet(), position).await?;
        house.app.reached(&Musters::sheet(), position).await?;
    }
    let (found, reflects) =
        row::see(&house, &sight, super::resource("emergencies")?, &id, None, at_least).await?;
    let Some(body) = found else { return Err(super::unknown_key("emergencies", &id)) };
    let emergency: EmergencyRow = read(&body)?;
    let [posts_seen, musters_seen] = mine;
    let within = community.as_ref().map_or(emergency.scope.as_str(), CommunityCode::as_str);
    let posts = Find {
        conditions: [Condition::StartsWith("grid", within.to_owned())]
            .into_iter()
            .chain(posts_seen)
            .collect(),
        limit: ROWS_MAX + 1,
        ..Find::default()
    };
    let (mut posts, _) = sight.find(&Posts::sheet(), &posts).await?;
    let conditions = [
        Condition::Is("emergency", id.clone()),
        Condition::StartsWith("community", community.map_or_else(String::new, String::from)),
    ];
    let musters = Find {
        conditions: conditions.into_iter().chain(musters_seen).collect(),
        limit: ROWS_MAX + 1,
        ..Find::default()
    };
    let (mut musters, _) = sight.find(&Musters::sheet(), &musters).await?;
    let more = posts.len() > ROWS_MAX || musters.len() > ROWS_MAX;
    posts.truncate(ROWS_MAX);
    musters.truncate(ROWS_MAX);
    sight.shown("musters", musters.iter().map(|row| row.body.as_str()), Seen::Yes).await?;
    let (posts, musters) = (rows::<PostRow>(&posts)?, rows::<MusterRow>(&musters)?);
    let mut answer = emergency_roster(&emergency, &posts, &musters, day_of(&house, &emergency), reflects);
    answer.more = more;
    Ok((position(reflects), Json(answer)).into_response())
}

/// Answers the mode of a place: of a division of any level, or of a grid.
pub(crate) async fn mode(
    State(house): State<Arc<House>>,
    Path(place): Path<String>,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let at_least = given.at_least();
    given.done(|| "at_least".to_owned())?;
    if DivisionCode::new(place.as_str()).is_err() && GridCode::new(place.as_str()).is_err() {
        return Err(super::unknown_key("modes", &place));
    }
    let sheet = Emergencies::sheet();
    if let Some(position) = at_least {
        house.app.reached(&sheet, position).await?;
    }
    let county = place.get(..COUNTY).unwrap_or(&place);
    let conditions =
        [Condition::Is("state", "in_force".to_owned()), Condition::StartsWith("scope", county.to_owned())];
    let find = Find {
        conditions: conditions.into_iter().chain(sight.of_list("emergencies")?).collect(),
        limit: ROWS_MAX,
        ..Find::default()
    };
    let (found, reflects) = sight.find(&sheet, &find).await?;
    let answer = mode_of(&place, rows(&found)?, reflects);
    Ok((position(reflects), Json(answer)).into_response())
}

/// The day whose posts count: today; once it is over, the day of standing down.
fn day_of(house: &House, emergency: &EmergencyRow) -> NaiveDate {
    let ended =
        emergency.stood_down_at.as_deref().and_then(|until| until.get(..10)).and_then(|day| day.parse().ok());
    ended.unwrap_or_else(|| when::date_of(&when::local(house.app.clock().now())))
}

fn rows<T: DeserializeOwned>(found: &[FoundRow]) -> Result<Vec<T>, Problem> {
    found.iter().map(|row| read(&row.body)).collect()
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Problem> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(format!("a row: {error}")).into())
}
