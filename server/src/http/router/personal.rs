//! Routes of what is personal.

use axum::http::Method;
use axum::routing::get;

use super::super::parameters::{ACTOR, AT_LEAST, ID, SUBJECT_KIND};
use super::super::persons;
use super::super::route::{Answer, Doc, Route};
use super::{doc, line};

/// Persons, and words.
pub(super) fn routes() -> Vec<Route> {
    let told = |parameters: &[_], answer, title, summary| Doc {
        parameters: [parameters, &[AT_LEAST, ACTOR]].concat(),
        answer,
        problems: &[400, 403, 404, 409, 422],
        ..doc("persons", title, summary)
    };
    let person = [SUBJECT_KIND, ID];
    vec![
        line(
            Method::GET,
            "/v1/persons/{kind}/{id}",
            get(persons::person),
            told(
                &person,
                Answer::Person,
                "个人信息",
                "Details and consents of a person, for those whom they concern.",
            ),
        ),
        line(
            Method::GET,
            "/v1/persons/{kind}/{id}/export",
            get(persons::export),
            told(
                &person,
                Answer::PersonFile,
                "导出本人信息",
                "Everything that is held about a person: what the vault keeps, and the events of the person's streams.",
            ),
        ),
        line(
            Method::GET,
            "/v1/demands/{id}/words",
            get(persons::demand_words),
            told(
                &[ID],
                Answer::Words,
                "需求内容与联系方式",
                "What is wanted, how to reach whoever asks, and what was noted and said, each for those whom it concerns.",
            ),
        ),
        line(
            Method::GET,
            "/v1/households/{id}/words",
            get(persons::household_words),
            told(
                &[ID],
                Answer::Words,
                "走访记录",
                "What was noted of visits to a key household, for those whom it concerns.",
            ),
        ),
    ]
}
