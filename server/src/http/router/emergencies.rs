//! Routes of emergencies: who is due, and whether a place is in one (F3, F4). The register is a resource like any other.

use axum::http::Method;
use axum::routing::get;

use super::super::parameters::{ACTOR, AT_LEAST, COMMUNITY, ID};
use super::super::query;
use super::super::route::{Answer, Doc, Route};
use super::{doc, line};

/// The roster of an emergency, the mode of a place.
pub(super) fn routes() -> Vec<Route> {
    vec![
        line(
            Method::GET,
            "/v1/emergencies/{id}/roster",
            get(query::emergency_roster),
            Doc {
                parameters: vec![ID, COMMUNITY, AT_LEAST, ACTOR],
                answer: Answer::EmergencyRoster,
                problems: &[400, 403, 404, 422],
                ..doc(
                    "emergencies",
                    "应急名册",
                    "Who is due in which grid with which post, and who has come: members on duty posts are due, and nobody is compared.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/modes/{id}",
            get(query::mode_of_place),
            Doc {
                parameters: vec![ID, AT_LEAST, ACTOR],
                answer: Answer::Mode,
                problems: &[400, 403, 404, 422],
                ..doc(
                    "emergencies",
                    "平急状态",
                    "Whether a division or grid is in routine or emergency, with what is in force for it and within it.",
                )
            },
        ),
    ]
}
