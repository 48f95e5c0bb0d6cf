//! `GET /v1/demands/{id}/suggested-takers`: whom a demand could be offered to, and why (C3, C4, F5). For whoever may dispatch, within reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::Role;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use commands::authority;
use projections::ports::{Condition, Find, StoreError};
use projections::{DemandRow, MemberRow, Members, Projection, SuggestedTakers, suggested_takers};
use serde::de::DeserializeOwned;

use super::parameters::Parameters;
use super::row;
use crate::http::House;
use crate::http::commands::position;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};

/// Members of one community who are looked through at most.
const MEMBERS_MAX: usize = 5000;

/// Answers who could be asked.
pub(crate) async fn suggested(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let (limit, at_least) = (given.limit(), given.at_least());
    given.done(|| "limit, at_least".to_owned())?;
    let role = sight.actor().role;
    if role != Role::Operator && !authority::may(role, "dispatch-order") {
        return Err(sight.refused());
    }
    let (found, reflects) =
        row::see(&house, &sight, super::resource("demands")?, &id, None, at_least).await?;
    let Some(body) = found else { return Err(super::unknown_key("demands", &id)) };
    let demand: DemandRow = read(&body)?;
    if let Some(position) = at_least {
        house.app.reached(&Members::sheet(), position).await?;
    }
    let within = sight.of_list("members")?;
    let members = members(&sight, &demand, within).await?;
    let around = house.app.surroundings(&demand, &of_community(&demand)).await?;
    let rows: Vec<MemberRow> = members.values().map(|body| read(body)).collect::<Result<_, _>>()?;
    let mut items = suggested_takers(&demand, &rows, &around);
    let candidates = items.len();
    items.truncate(limit);
    // Read is who is shown, not who was passed over.
    let shown = items.iter().filter_map(|taker| members.get(&taker.member)).map(String::as_str);
    sight.shown("members", shown, Seen::Yes).await?;
    let answer = SuggestedTakers {
        demand: demand.demand,
        category: demand.category,
        items,
        candidates,
        position: reflects,
    };
    Ok((position(reflects), Json(answer)).into_response())
}

/// Those who live in the demand's community or have reported there, by id.
async fn members(
    sight: &Sight,
    demand: &DemandRow,
    within: Option<Condition>,
) -> Result<BTreeMap<String, String>, Problem> {
    let conditions = [Condition::Is("status", "active".to_owned()), of_community(demand)];
    let find = Find {
        conditions: conditions.into_iter().chain(within).collect(),
        limit: MEMBERS_MAX,
        ..Find::default()
    };
    let (found, _) = sight.find(&Members::sheet(), &find).await?;
    Ok(found.into_iter().map(|row| (row.key, row.body)).collect())
}

fn of_community(demand: &DemandRow) -> Condition {
    let is = |column| Condition::Is(column, demand.community.clone());
    Condition::Any(vec![is("community"), is("linked_community")])
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Problem> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(format!("a row: {error}")).into())
}
