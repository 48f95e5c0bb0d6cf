//! Routes of what is proved: the transparency log and verified records.

use axum::http::Method;
use axum::routing::get;

use super::super::parameters::{
    ACTOR, CHECK_FILE, ID, LANG, OPINION, PLACE, POSITION, PURPOSE, RECORD_FORMAT, SINCE,
};
use super::super::route::{Answer, Doc, Route};
use super::super::{check_page, log, record};
use super::{doc, line};

/// The log, and records out of it.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        line(
            Method::GET,
            "/v1/log/checkpoint",
            get(log::checkpoint),
            Doc {
                answer: Answer::Text("text/plain"),
                problems: &[404, 422],
                ..doc(
                    "log",
                    "签名检查点",
                    "The newest checkpoint of the ledger's transparency log, a signed note (C2SP tlog-checkpoint).",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/log/tile/{*place}",
            get(log::tile),
            Doc {
                parameters: vec![PLACE, ACTOR],
                answer: Answer::Text("application/octet-stream"),
                problems: &[400, 403, 404, 422],
                ..doc(
                    "log",
                    "哈希树数据块",
                    "A tile of the log's Merkle tree, or for auditors a bundle of its entries (C2SP tlog-tiles). Slashes in the place are written as they are.",
                )
            },
        ),
    ];
    routes.push(line(
        Method::GET,
        "/v1/log/proof/{position}",
        get(log::proof),
        Doc {
            parameters: vec![POSITION],
            answer: Answer::Text("text/plain"),
            problems: &[404, 422],
            ..doc(
                "log",
                "单个事件的证明",
                "That the event at a position is in the newest checkpoint, as a file that other tools verify (C2SP tlog-proof). Whoever holds the event's leaf checks it with that.",
            )
        },
    ));
    routes.extend(records());
    routes.extend(checking());
    routes
}

fn checking() -> Vec<Route> {
    vec![
        line(
            Method::GET,
            "/check",
            get(check_page::page),
            Doc {
                parameters: vec![LANG],
                answer: Answer::Text("text/html"),
                problems: &[400, 422],
                ..doc(
                    "log",
                    "核验页面",
                    "A page that verifies a record in the reader's browser, and sends nothing anywhere.",
                )
            },
        ),
        line(
            Method::GET,
            "/check/style.css",
            get(check_page::style),
            Doc {
                answer: Answer::Text("text/css"),
                ..doc("log", "核验页面的样式", "The style of the page.")
            },
        ),
        line(
            Method::GET,
            "/check/{file}",
            get(check_page::script),
            Doc {
                parameters: vec![CHECK_FILE],
                answer: Answer::Text("text/javascript"),
                problems: &[400, 404],
                ..doc("log", "核验页面的脚本", "A script of the page.")
            },
        ),
    ]
}

fn records() -> Vec<Route> {
    let told = |title, summary| Doc {
        parameters: vec![ID, PURPOSE, OPINION, SINCE, RECORD_FORMAT, ACTOR],
        answer: Answer::Record,
        problems: &[400, 403, 404, 422],
        ..doc("log", title, summary)
    };
    vec![
        line(
            Method::GET,
            "/v1/members/{id}/record",
            get(record::member),
            told(
                "成员核验记录",
                "All events of a member with their proofs: `baodao verify` and `baodao-verify` check it offline.",
            ),
        ),
        line(
            Method::GET,
            "/v1/units/{id}/record",
            get(record::unit),
            told("单位核验记录", "All events of a unit with their proofs."),
        ),
    ]
}
