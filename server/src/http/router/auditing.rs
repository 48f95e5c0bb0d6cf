//! Routes of those who audit: the journal searched, streams played again, audits run from within.

use axum::http::Method;
use axum::routing::{delete, get, post};

use super::super::parameters::{ACTOR, AFTER, AT, AT_LEAST, AUDIT, ID, LIMIT, POSITION, STREAM_TYPE, WITH};
use super::super::route::{Answer, Content, Doc, Route};
use super::super::{audits, journal, log, query};
use super::{doc, line};

/// All of them.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        line(
            Method::GET,
            "/v1/events/{position}",
            get(journal::entry),
            Doc {
                parameters: vec![POSITION, ACTOR],
                answer: Answer::JournalEntry,
                problems: &[400, 403, 404, 422],
                ..doc(
                    "events",
                    "单个事件",
                    "One event with the text that is hashed, its hash, whether it is proved, and what was recorded with it.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/streams/{type}/{id}/replay",
            get(query::replay),
            Doc {
                parameters: vec![STREAM_TYPE, ID, AT, WITH, AFTER, LIMIT, AT_LEAST, ACTOR],
                answer: Answer::Replay,
                problems: &[400, 403, 404, 422],
                ..doc(
                    "histories",
                    "重演流水",
                    "A stream played again: what each event changed in the rows that it makes, how these stood at moments, what differs between two, and which events are proved.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/log/state",
            get(log::state),
            Doc {
                parameters: vec![ACTOR],
                answer: Answer::LogState,
                problems: &[400, 403, 422],
                ..doc(
                    "log",
                    "透明日志状态",
                    "Where the ledger ends, the newest checkpoint with who vouches for it, and what keeps a newer one away.",
                )
            },
        ),
    ];
    routes.extend(audit_routes());
    routes
}

fn audit_routes() -> Vec<Route> {
    let told = |parameters: &[_], answer, title, summary| Doc {
        parameters: [parameters, &[ACTOR]].concat(),
        answer,
        problems: &[400, 403, 404, 422],
        ..doc("audits", title, summary)
    };
    vec![
        line(
            Method::POST,
            "/v1/audits",
            post(audits::begin),
            Doc {
                content: Content::Audit,
                problems: &[400, 403, 409, 413, 415, 422],
                ..told(
                    &[],
                    Answer::AuditBegun,
                    "开始审计",
                    "Begins an audit: every event is read and hashed anew, beside everything else. One at a time.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/audits",
            get(audits::list),
            Doc {
                problems: &[400, 403, 422],
                ..told(
                    &[],
                    Answer::AuditRuns,
                    "审计记录",
                    "The newest audits, with how far they came and what they found.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/audits/{audit}",
            get(audits::one),
            told(&[AUDIT], Answer::AuditRun, "单次审计", "One audit."),
        ),
        line(
            Method::DELETE,
            "/v1/audits/{audit}",
            delete(audits::cancel),
            told(
                &[AUDIT],
                Answer::AuditRun,
                "取消审计",
                "Ends an audit that is under way in this process; one that is over stays as it is.",
            ),
        ),
    ]
}
