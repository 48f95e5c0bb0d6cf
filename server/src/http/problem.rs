//! Problems (RFC 9457): a stable code, a sentence in the caller's language, the field at fault.

use std::borrow::Cow;

use aggregates::Refusal;
use aggregates::refusal::Kind;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{JournalError, Trouble};
use projections::StoreError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::language::Language;
use crate::app::Lag;

/// `Content-Type` of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// A sentence is never longer: what a caller sent is not sent back at length.
const DETAIL_MAX: usize = 1000;

/// What went wrong, in both languages; told in one when it is answered.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Of the answer.
    pub status: StatusCode,
    /// Stable, dotted.
    pub code: Cow<'static, str>,
    /// The sentence in Chinese.
    pub zh: Box<str>,
    /// The sentence in English.
    pub en: Box<str>,
    /// The field, parameter or header at fault.
    pub field: Option<String>,
    /// The row and column of a file at fault.
    pub cell: Option<Box<CellBody>>,
    /// Where several things are at fault: each of them.
    pub errors: Box<[Problem]>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u16>,
}

/// A problem as it is answered (`application/problem+json`).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemBody {
    /// `urn:baodao:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What sort of problem, in the caller's language.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// A sentence in the caller's language.
    pub detail: String,
    /// Stable: programs go by it.
    pub code: String,
    /// The field, parameter or header at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Each fault, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultBody>,
}

/// One of several faults.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Fault")]
pub struct FaultBody {
    /// Stable.
    pub code: String,
    /// A sentence in the caller's language.
    pub detail: String,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where in a file it stands.
    #[serde(flatten)]
    pub cell: Option<CellBody>,
}

/// A place in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Cell")]
pub struct CellBody {
    /// As the spreadsheet shows it, from 1; absent when the file as a whole is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Machine name of the column; absent when the row as a whole is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The column as the spreadsheet shows it: `A`, `B` …; absent when the file lacks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// What stands there, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// The code of a problem that became an answer, for the log.
#[derive(Debug, Clone)]
pub(super) struct Code(pub(super) Cow<'static, str>);

impl Problem {
    /// A problem without a field.
    pub fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            zh: zh.into().into_boxed_str(),
            en: en.into().into_boxed_str(),
            field: None,
            cell: None,
            errors: Box::default(),
            retry_after: None,
        }
    }

    /// The same, naming the field.
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, to be tried again after so many seconds.
    pub fn retry(mut self, seconds: u16) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// One problem of several; none of them must be lost.
    pub fn several(mut problems: Vec<Self>) -> Option<Self> {
        if problems.len() < 2 {
            return problems.pop();
        }
        let first = problems.first()?.clone();
        Some(Self { errors: problems.into(), ..first })
    }

    /// The problem in one language.
    pub fn body(&self, language: Language) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:baodao:problem:{}", self.code),
            title: title(self.status, language).to_owned(),
            status: self.status.as_u16(),
            detail: cut(language.pick(&self.zh, &self.en)),
            code: self.code.clone().into_owned(),
            field: self.field.as_deref().map(cut),
            errors: self
                .errors
                .iter()
                .map(|fault| FaultBody {
                    code: fault.code.clone().into_owned(),
                    detail: cut(language.pick(&fault.zh, &fault.en)),
                    field: fault.field.as_deref().map(cut),
                    cell: fault.cell.as_deref().cloned(),
                })
                .collect(),
        }
    }

    /// The answer in one language.
    pub fn answer(&self, language: Language) -> Response {
        let body = serde_json::to_vec(&self.body(language)).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.extensions_mut().insert(Code(self.code.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"baodao\""));
        }
        if let Some(seconds) = self.retry_after.or_else(|| worth_a_retry(self.status)) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// Nothing that a caller can do about it.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server.failed",
            "服务器内部错误，已记录",
            "the server failed; it has been noted",
        )
    }

    /// The problem that a bare status means: what the framework answers by itself.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, zh, en) = match status.as_u16() {
            401 => (
                "request.not_signed_in",
                "请先登录",
                "sign in first: POST /v1/session, or send a token as Authorization: Bearer",
            ),
            403 => ("request.not_allowed", "您的身份无权查看此项", "this is not for your role"),
            404 => {
                ("route.unknown", "没有这个地址，接口见 /docs", "there is nothing at this address; see /docs")
            }
            405 => (
                "method.not_allowed",
                "此地址不支持该方法，支持的方法见 Allow",
                "this address does not take that method; Allow names those it takes",
            ),
            406 => (
                "format.not_acceptable",
                "无法以所要求的格式回答",
                "there is no answer in the format asked for",
            ),
            408 => ("request.too_slow", "请求传输过慢", "the request came in too slowly"),
            413 => ("request.too_large", "请求内容过大", "the request is too large"),
            415 => ("request.media_type", "不支持的内容类型", "the content type is not supported"),
            431 => ("request.headers_too_large", "请求头过大", "the request's headers are too large"),
            500.. => return Self { status, ..Self::internal() },
            _ => ("request.malformed", "请求格式有误", "the request is malformed"),
        };
        Self::new(status, code, zh, en)
    }
}

/// Seconds after which what was too much, not there or unknown may have changed, where nothing better is known.
fn worth_a_retry(status: StatusCode) -> Option<u16> {
    match status.as_u16() {
        429 | 504 => Some(1),
        503 => Some(2),
        _ => None,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(DETAIL_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn title(status: StatusCode, language: Language) -> &'static str {
    let (zh, en) = match status.as_u16() {
        400 => ("请求格式有误", "Malformed request"),
        401 => ("未登录", "Not signed in"),
        403 => ("无权办理", "Not allowed"),
        404 => ("不存在", "Not found"),
        405 => ("方法不支持", "Method not allowed"),
        406 => ("格式不支持", "Not acceptable"),
        408 => ("请求超时", "Request timed out"),
        409 => ("规则不允许", "Refused by a rule"),
        413 => ("内容过大", "Too large"),
        415 => ("内容类型不支持", "Unsupported content type"),
        422 => ("内容有误", "Invalid content"),
        429 => ("请求过多", "Too many requests"),
        503 => ("暂时不可用", "Unavailable"),
        504 => ("结果未知", "Outcome unknown"),
        _ => ("服务器错误", "Server error"),
    };
    language.pick(zh, en)
}

/// The edge turns it into an answer in the caller's language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind {
            Kind::Rule => StatusCode::CONFLICT,
            Kind::Unknown => StatusCode::NOT_FOUND,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Forbidden => StatusCode::FORBIDDEN,
        };
        Self {
            status,
            code: refusal.code,
            zh: refusal.zh.into(),
            en: refusal.en.into(),
            field: refusal.field.map(Cow::into_owned),
            cell: None,
            errors: Box::default(),
            retry_after: None,
        }
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(refusal) => refusal.into(),
            Trouble::Conflict(stream) => Self::new(
                StatusCode::CONFLICT,
                "stream.conflict",
                format!("{stream} 正被他人同时办理，请重试"),
                format!("{stream} is being changed by others at the same time; try again"),
            )
            .retry(1),
            Trouble::KeyReused(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency.key_reused",
                "该 Idempotency-Key 已用于另一内容",
                "this Idempotency-Key was used before for other content",
            )
            .at("Idempotency-Key"),
            Trouble::Journal(error) => error.into(),
        }
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Overloaded => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "journal.overloaded",
                "办理请求过多，请稍后重试",
                "too many commands are waiting; try again later",
            )
            .retry(1),
            JournalError::Unavailable(reason) => {
                tracing::error!(reason, "the journal is not available");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "journal.unavailable",
                    "账本暂时不可用，未写入任何内容，请稍后重试",
                    "the journal is not available and nothing was stored; try again later",
                )
                .retry(2)
            }
            JournalError::OutcomeUnknown => Self::new(
                StatusCode::GATEWAY_TIMEOUT,
                "journal.outcome_unknown",
                "写入结果未知，请使用同一 Idempotency-Key 重试，不会重复入账",
                "the outcome is unknown; retry with the same Idempotency-Key, it will not be stored twice",
            ),
            JournalError::Conflict(stream) => Trouble::Conflict(stream).into(),
            JournalError::KeyReused(id) => Trouble::KeyReused(id).into(),
            JournalError::Malformed(reason) | JournalError::Damaged(reason) => {
                tracing::error!(reason, "the journal cannot serve");
                Self::internal()
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Fenced(_) => {
                tracing::error!(%error, "a query could not be served");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store.unavailable",
                    "数据库暂时不可用，请稍后重试",
                    "the database is not available; try again later",
                )
                .retry(2)
            }
            StoreError::Misused(_) | StoreError::Damaged(_) => {
                tracing::error!(%error, "a query could not be served");
                Self::internal()
            }
        }
    }
}

impl From<Lag> for Problem {
    fn from(lag: Lag) -> Self {
        match lag {
            Lag::Store(error) => error.into(),
            Lag::NotCaughtUp(lag) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "query.not_caught_up",
                format!("数据截至第 {} 位，尚未到达所要求的第 {} 位，请稍后重试", lag.reached, lag.asked),
                format!(
                    "the answer reflects position {}, not yet {} as asked for; try again",
                    lag.reached, lag.asked
                ),
            )
            .at("at_least")
            .retry(1),
        }
    }
}
