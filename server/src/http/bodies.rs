//! Two small services of their own: the signer of a log, and a witness. They speak the same protocol (C2SP tlog-witness).

use std::future::Future;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request as HttpRequest, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use proofs::growth::{Refusal, Request};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use crate::tlog::seal::paths;
use crate::tlog::signer::{LogSigner, SignError};
use crate::tlog::witness::{Witness, WitnessError};

/// Bytes of a request at most.
const BODY_MAX: usize = 1 << 17;
/// What a conflict is told as.
const SIZE: &str = "text/x.tlog.size";

/// Serves the signer until `stop` ends. Whoever asks must show the token: a stranger could have it sign what the ledger does not hold.
pub async fn serve_signer(
    listener: TcpListener,
    signer: Arc<LogSigner>,
    token: &str,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let expected: Arc<[u8]> = Sha256::digest(format!("Bearer {token}")).to_vec().into();
    let routes = Router::new()
        .route(&format!("/{}", paths::LAST), get(last))
        .route(&format!("/{}", paths::HISTORY), get(history))
        .route(&format!("/{}", paths::SIGN), post(sign))
        .layer(middleware::from_fn(move |request: HttpRequest, next: Next| {
            let expected = Arc::clone(&expected);
            async move {
                // Hashes are compared: how long it takes tells nothing of the token.
                let shown = request
                    .headers()
                    .get(header::AUTHORIZATION)
                    .map(|value| Sha256::digest(value.as_bytes()));
                if shown.is_some_and(|shown| shown[..] == expected[..]) {
                    next.run(request).await
                } else {
                    told(StatusCode::UNAUTHORIZED, "the token is missing or wrong")
                }
            }
        }))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(signer);
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}

async fn last(State(signer): State<Arc<LogSigner>>) -> Response {
    match signer.last() {
        Some(note) => told(StatusCode::OK, &note.to_string()),
        None => told(StatusCode::NOT_FOUND, "nothing was signed yet"),
    }
}

async fn history(State(signer): State<Arc<LogSigner>>) -> Response {
    let lines: Vec<String> = signer.history().iter().map(|(size, root)| format!("{size} {root}\n")).collect();
    told(StatusCode::OK, &lines.concat())
}

async fn sign(State(signer): State<Arc<LogSigner>>, body: String) -> Response {
    let Some(request) = Request::parse(&body) else { return malformed() };
    match spawn_blocking(move || signer.sign(&request)).await {
        Ok(Ok(note)) => told(StatusCode::OK, &note.to_string()),
        Ok(Err(SignError::Refused(refusal))) => refused(&refusal),
        Ok(Err(SignError::Malformed(what))) => told(StatusCode::BAD_REQUEST, &what),
        Ok(Err(SignError::Home(error))) => failed(&error),
        Err(error) => failed(&error),
    }
}

/// Serves the witness until `stop` ends.
pub async fn serve_witness(
    listener: TcpListener,
    witness: Arc<Witness>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin_hash}/checkpoint", get(cosigned))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(witness);
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let Some(request) = Request::parse(&body) else { return malformed() };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    match spawn_blocking(move || witness.cosign(&request, now)).await {
        Ok(Ok(signature)) => told(StatusCode::OK, &signature.to_string()),
        Ok(Err(WitnessError::Refused(refusal))) => {
            if matches!(refusal, Refusal::Inconsistent { .. }) {
                tracing::error!(%refusal, "A LOG SHOWED A HISTORY THAT DOES NOT CONTINUE WHAT IT HAD SHOWN");
            }
            refused(&refusal)
        }
        Ok(Err(error @ WitnessError::Malformed(_))) => told(StatusCode::BAD_REQUEST, &error.to_string()),
        Ok(Err(error @ WitnessError::UnknownLog(_))) => told(StatusCode::NOT_FOUND, &error.to_string()),
        Ok(Err(error @ WitnessError::BadSignature(_))) => told(StatusCode::FORBIDDEN, &error.to_string()),
        Ok(Err(WitnessError::Home(error))) => failed(&error),
        Err(error) => failed(&error),
    }
}

async fn cosigned(State(witness): State<Arc<Witness>>, Path(origin_hash): Path<String>) -> Response {
    match witness.checkpoint(&origin_hash) {
        Some(note) => told(StatusCode::OK, &note.to_string()),
        None => told(StatusCode::NOT_FOUND, "no checkpoint of such a log was cosigned"),
    }
}

fn refused(refusal: &Refusal) -> Response {
    match refusal {
        Refusal::Backwards { .. } => told(StatusCode::BAD_REQUEST, &refusal.to_string()),
        Refusal::Elsewhere(size) => {
            (StatusCode::CONFLICT, [(header::CONTENT_TYPE, SIZE)], format!("{size}\n")).into_response()
        }
        Refusal::Inconsistent { .. } => told(StatusCode::UNPROCESSABLE_ENTITY, &refusal.to_string()),
    }
}

fn malformed() -> Response {
    told(
        StatusCode::BAD_REQUEST,
        "expected: old SIZE, a line for each hash of the proof, an empty line, a checkpoint",
    )
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "nothing was signed");
    told(StatusCode::INTERNAL_SERVER_ERROR, "nothing was signed; see the log of this process")
}

fn told(status: StatusCode, text: &str) -> Response {
    let line_end = if text.ends_with('\n') { "" } else { "\n" };
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{text}{line_end}"))
        .into_response()
}
