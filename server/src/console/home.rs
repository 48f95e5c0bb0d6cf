//! `/`: the first page, by person.

use aggregates::Role;
use axum::response::Response;
use serde_json::json;

use super::visit::Visit;
use super::{auditor, community, department, member, resident, unit};
use crate::http::problem::Problem;

/// The first page of whoever looks.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    match visit.actor.role {
        Role::Public | Role::Resident => resident::home(visit).await,
        Role::Member => member::home(visit).await,
        Role::Unit => unit::home(visit).await,
        Role::CommunityWorker => community::home(visit).await,
        Role::OrganisationDepartment => department::home(visit).await,
        Role::Auditor => auditor::home(visit).await,
        Role::PromotionReview => unit::review_home(visit).await,
        Role::Operator | Role::System => visit.show("home.html", json!({})),
    }
}
