//! Where a visitor lives, as far as he told: from the address (the poster's code leads there), else what his telephone keeps.

use std::collections::BTreeSet;

use aggregates::ids::{CommunityCode, EstateId, GridCode};
use axum::http::HeaderValue;
use serde_json::{Value, json};

use super::super::emergency::{Parts, banners};
use super::super::interface::written;
use super::super::visit::Visit;
use crate::http::cookie;
use crate::http::problem::Problem;

/// A community, perhaps with the grid and the building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) community: CommunityCode,
    pub(super) grid: Option<GridCode>,
    pub(super) estate: Option<EstateId>,
}

impl Place {
    /// Of what is told; nothing when it is no place.
    pub(super) fn of(community: Option<&str>, grid: Option<&str>, estate: Option<&str>) -> Option<Self> {
        let grid = grid.and_then(|grid| GridCode::new(grid).ok());
        let community = match &grid {
            Some(grid) => grid.community(),
            None => CommunityCode::new(community?).ok()?,
        };
        Some(Self { community, grid, estate: estate.and_then(|estate| EstateId::new(estate).ok()) })
    }

    /// Of the address, else of what the telephone keeps.
    pub(super) fn of_visit(visit: &Visit) -> Option<Self> {
        let asked = Self::of(visit.asked("community"), visit.asked("grid"), visit.asked("estate"));
        asked.or_else(|| {
            let kept = cookie::place_held(&visit.headers, &visit.console.house)?;
            let mut parts = kept.split('/').map(|part| Some(part).filter(|part| !part.is_empty()));
            Self::of(parts.next()?, parts.next()?, parts.next()?)
        })
    }

    /// What the telephone is given to keep.
    pub(super) fn kept(&self, visit: &Visit) -> HeaderValue {
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let grid = text(self.grid.as_ref().map(GridCode::as_str));
        let estate = text(self.estate.as_ref().map(EstateId::as_str));
        cookie::place_given(&visit.console.house, &format!("{}/{grid}/{estate}", self.community.as_str()))
    }

    /// What an address says of it.
    pub(super) fn query(&self) -> String {
        let mut pairs = vec![("community", self.community.as_str())];
        pairs.extend(self.grid.as_ref().map(|grid| ("grid", grid.as_str())));
        pairs.extend(self.estate.as_ref().map(|estate| ("estate", estate.as_str())));
        written(&pairs)
    }

    /// What is in force there: for the grid, where it is known, else anywhere in the community.
    pub(super) async fn emergencies(&self, visit: &Visit) -> Result<Vec<Value>, Problem> {
        let (place, parts) = match &self.grid {
            Some(grid) => (grid.to_string(), Parts::Not),
            None => (self.community.to_string(), Parts::Too),
        };
        banners(visit, &BTreeSet::from([place]), parts).await
    }

    /// With the names that people know it by; nothing when there is no such community.
    pub(super) async fn shown(&self, visit: &Visit) -> Result<Option<Value>, Problem> {
        let Some(community) = named(visit, "divisions", self.community.as_str()).await? else {
            return Ok(None);
        };
        let grid = match &self.grid {
            Some(grid) => named(visit, "grids", grid.as_str()).await?,
            None => None,
        };
        let estate = match &self.estate {
            Some(estate) => named(visit, "estates", estate.as_str()).await?,
            None => None,
        };
        Ok(Some(json!({
            "community": self.community.as_str(),
            "community_name": community,
            "grid": grid.is_some().then(|| self.grid.as_ref().map(GridCode::as_str)),
            "grid_name": grid,
            "estate": estate.is_some().then(|| self.estate.as_ref().map(EstateId::as_str)),
            "estate_name": estate,
            "query": self.query(),
        })))
    }
}

/// What something is called; its last digits, where a grid has no name.
async fn named(visit: &Visit, resource: &str, key: &str) -> Result<Option<String>, Problem> {
    let Some(row) = visit.find(&format!("/v1/{resource}/{key}"), &[]).await? else { return Ok(None) };
    let name = row.get("name").and_then(Value::as_str);
    Ok(Some(name.map_or_else(|| key.get(12..).unwrap_or(key).to_owned(), str::to_owned)))
}

/// The divisions above a community, down to it: names only.
pub(super) async fn chain(visit: &Visit, community: &str) -> Result<Vec<String>, Problem> {
    let mut names = vec![];
    for digits in [4, 6, 9, 12] {
        let Some(code) = community.get(..digits) else { break };
        if let Some(row) = visit.find(&format!("/v1/divisions/{code}"), &[]).await?
            && let Some(name) = row.get("name").and_then(Value::as_str)
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}
