//! Bodies: their type, and how much of them is taken.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures::StreamExt;

use super::problem::Problem;

/// So much of a body that is too large is still taken and thrown away, so that the caller gets to read the answer.
const DRAINED_MAX: usize = 8 << 20;

/// Refuses other content types than those given.
pub(super) fn must_be(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = given.split(';').next().unwrap_or_default().trim();
    if types.iter().any(|taken| media.eq_ignore_ascii_case(taken)) {
        return Ok(());
    }
    let taken = types.join(", ");
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "request.media_type",
        format!("Content-Type 应为 {taken}"),
        format!("Content-Type must be {taken}"),
    )
    .at("Content-Type"))
}

/// A body over the limit.
pub(super) fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request.too_large",
        format!("内容不得超过 {limit} 字节"),
        format!("the content must not be larger than {limit} bytes"),
    )
}

/// A body that broke off.
pub(super) fn broken_off() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "request.broken_off", "请求内容传输中断", "the body broke off")
}

/// The whole body as text.
pub(super) async fn text(body: Body, limit: usize) -> Result<String, Problem> {
    let bytes = bytes(body, limit).await?;
    String::from_utf8(bytes).map_err(|_| super::unreadable::malformed_json("the body is not UTF-8"))
}

/// The whole body.
pub(super) async fn bytes(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut received = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| broken_off())?;
        received += chunk.len();
        if received <= limit {
            bytes.extend_from_slice(&chunk);
        } else if received > limit + DRAINED_MAX {
            break;
        }
    }
    if received > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}
