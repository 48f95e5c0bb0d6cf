//! Queries: rows of projections, histories, cards, rosters.

mod card;
mod cursor;
mod due_visits;
mod duty_catalogue;
mod emergency;
pub mod format;
mod history;
mod list;
pub mod parameters;
mod print;
mod replay;
mod roster;
mod row;
mod statistics;
mod suggested_takers;
pub mod table;
pub(crate) mod told;

use axum::http::StatusCode;
use projections::resource::Resource;
use projections::sheets;

use super::problem::Problem;
use super::unreadable::short;

pub(super) use card::{member_card, unit_card};
pub(super) use due_visits::due as due_visits;
pub(super) use duty_catalogue::duty_catalogue;
pub(super) use emergency::{mode as mode_of_place, roster as emergency_roster};
pub use history::{HistoryPage, line};
pub(super) use history::{history_of, stream};
pub use list::Page;
pub(super) use list::list;
pub(super) use parameters::Parameters;
pub use replay::ReplayPage;
pub(super) use replay::replay;
pub(super) use roster::roster;
pub(super) use row::row;
pub(super) use statistics::statistics;
pub(super) use suggested_takers::suggested as suggested_takers;

/// The resource of this plural noun.
fn resource(name: &str) -> Result<&'static Resource, Problem> {
    sheets::resources().iter().find(|resource| resource.name == name).ok_or_else(|| {
        let name = short(name);
        Problem::new(
            StatusCode::NOT_FOUND,
            "resource.unknown",
            format!("没有资源 {name}，资源见 /docs"),
            format!("there is no resource {name}; see /docs"),
        )
    })
}

/// Nothing is known under this key.
fn unknown_key(resource: &str, key: &str) -> Problem {
    let key = short(key);
    Problem::new(
        StatusCode::NOT_FOUND,
        "resource.unknown_key",
        format!("{resource} 中没有 {key}"),
        format!("{resource} has no {key}"),
    )
}
