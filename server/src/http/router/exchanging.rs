//! Routes of files that come and go.

use axum::http::Method;
use axum::routing::{get, post};

use super::super::exchange;
use super::super::parameters::{ACTOR, AT_LEAST, DRY_RUN, ENVELOPE, FILE_FORMAT, KIND, TEMPLATE};
use super::super::route::{Answer, Content, Doc, Route};
use super::{doc, line};

/// Imports and exports.
pub(super) fn routes() -> Vec<Route> {
    vec![
        line(
            Method::POST,
            "/v1/imports/{kind}",
            post(exchange::import),
            Doc {
                parameters: [[KIND, DRY_RUN].as_slice(), &ENVELOPE, &[ACTOR]].concat(),
                content: Content::File,
                answer: Answer::Imported,
                problems: &[400, 403, 404, 409, 413, 415, 422, 504],
                ..doc(
                    "exchange",
                    "导入文件",
                    "Records a CSV or Excel file as a whole, or nothing of it: every fault is told by row and column. Without an Idempotency-Key the key derives from what the file says, so that the same file again gets the first answer.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/exports/{kind}",
            get(exchange::export),
            Doc {
                parameters: vec![KIND, FILE_FORMAT, TEMPLATE, AT_LEAST, ACTOR],
                answer: Answer::File,
                problems: &[400, 403, 404, 406, 422],
                ..doc(
                    "exchange",
                    "导出文件",
                    "A CSV (when nothing else is asked for) or Excel file with the columns that the same kind is imported with.",
                )
            },
        ),
    ]
}
