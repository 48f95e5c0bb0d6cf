//! Routes of trying what is not in force.

use axum::http::Method;
use axum::routing::{delete, get, post};

use super::super::parameters::{ACTOR, TRIAL};
use super::super::route::{Answer, Content, Doc, Route};
use super::super::what_if;
use super::{doc, line};

/// What if another policy had been in force.
pub(super) fn routes() -> Vec<Route> {
    let told = |title, summary| Doc {
        parameters: vec![TRIAL, ACTOR],
        answer: Answer::Trial,
        problems: &[400, 403, 404, 422],
        ..doc("policies", title, summary)
    };
    vec![
        line(
            Method::POST,
            "/v1/policies/what-if",
            post(what_if::begin),
            Doc {
                parameters: vec![ACTOR],
                content: Content::Draft,
                problems: &[400, 403, 404, 413, 415, 422],
                ..told(
                    "办法试算",
                    "What a draft policy would make of the point cards of a year: who would have how many points, and for each line that differs the clause and why. Nothing is recorded. Small ledgers are answered at once, others with 202 and the address to ask again at. docs/what-if.md tells what is calculated anew and what cannot be.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/policies/what-if/{id}",
            get(what_if::look),
            told(
                "试算进度与结果",
                "How far a trial is, or what came of it; kept for a quarter of an hour, for whoever began it.",
            ),
        ),
        line(
            Method::DELETE,
            "/v1/policies/what-if/{id}",
            delete(what_if::stop),
            Doc {
                answer: Answer::Done, ..told("停止试算", "Stops a trial. One that is done stays done.")
            },
        ),
    ]
}
