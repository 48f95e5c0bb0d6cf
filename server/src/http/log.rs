//! `/v1/log/…`: the ledger's transparency log as C2SP tlog-tiles has it. Checkpoints and hashes are for everybody; what was recorded is for
//! auditors.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::authority;
use projections::ports::Feed;
use proofs::tile::{self, Place, Tile, WIDTH};
use schemars::JsonSchema;
use serde::Serialize;

use super::House;
use super::caller::Caller;
use super::commands::position as at;
use super::events::follower_of;
use super::journal::standing;
use super::problem::Problem;
use super::query::Parameters;
use crate::tlog::standing::Signed;
use crate::tlog::{leaf, prove};

/// Never changes.
const FOR_EVER: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
/// Changes all the time.
const NOT_KEPT: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
/// Only for whoever asked.
const PRIVATE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));

/// The newest signed checkpoint.
pub(super) async fn checkpoint(
    State(house): State<Arc<House>>,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    let published = house.app.store().log().latest().await?.ok_or_else(unsigned)?;
    let text = (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Ok(([text, NOT_KEPT], published.note).into_response())
}

/// Where the transparency log stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogState {
    /// Where the ledger ends.
    pub position: u64,
    /// The newest checkpoint.
    pub checkpoint: Option<Signed>,
    /// What keeps a newer one away.
    pub trouble: Option<String>,
    /// Whether that is a history that was rewritten or cut off.
    pub is_alarm: bool,
}

/// Tells where it stands, to those who follow the journal.
pub(super) async fn state(
    State(house): State<Arc<House>>,
    caller: Caller,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    follower_of(&house, caller)?;
    let position = house.app.store().head().await?;
    let standing = standing(&house).await?;
    let state = house.app.log().state();
    let checkpoint = standing.signed().cloned();
    let told = LogState { position, checkpoint, trouble: state.trouble, is_alarm: state.is_alarm };
    Ok((at(position), [NOT_KEPT], Json(told)).into_response())
}

/// A tile of hashes, or a bundle of entries.
pub(super) async fn tile(
    State(house): State<Arc<House>>,
    Caller(actor): Caller,
    Path(place): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    let place = Place::parse(&place).ok_or_else(unknown)?;
    let binary = (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    match place {
        Place::Tile(tile) => {
            let kept = house.app.store().log().tiles(&[tile]).await?;
            let hashes = kept.get(&tile).ok_or_else(unknown)?;
            Ok(([binary, FOR_EVER], tile::bytes(hashes)).into_response())
        }
        Place::Entries { index, width } => {
            if !authority::reads_the_journal_itself(actor.role) {
                return Err(for_auditors());
            }
            // Only what the tree has grown over.
            let of_hashes = Tile { level: 0, index, width };
            if !house.app.store().log().tiles(&[of_hashes]).await?.contains_key(&of_hashes) {
                return Err(unknown());
            }
            let count = usize::try_from(width).unwrap_or_default();
            let events = house.app.store().after(index * WIDTH, count).await?;
            let leaves: Vec<Vec<u8>> = events.iter().map(leaf::bytes).collect();
            let bundle = tile::bundle(leaves.iter().map(Vec::as_slice)).ok_or_else(Problem::internal)?;
            Ok(([binary, PRIVATE], bundle).into_response())
        }
    }
}

/// That one event is in the newest checkpoint (C2SP tlog-proof). It tells nothing of what was recorded.
pub(super) async fn proof(
    State(house): State<Arc<House>>,
    Path(position): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    let position = proofs::encoding::decimal(&position).ok_or_else(not_in_one)?;
    let proof = prove::proof(house.app.store(), position).await?.ok_or_else(not_in_one)?;
    let text = (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Ok(([text, NOT_KEPT], proof.text()).into_response())
}

fn not_in_one() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "log.not_in_a_checkpoint",
        "该位次不存在，或尚未进入签名检查点",
        "no event is at this position, or no signed checkpoint covers it yet",
    )
}

fn unsigned() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "log.unsigned",
        "账本尚无签名检查点：未配置签名方，或尚未签名",
        "there is no signed checkpoint yet: nobody signs this ledger, or has not yet",
    )
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "log.no_such_tile",
        "没有此数据块：路径应如 0/x001/234 或 0/000.p/12，且树已生长到此",
        "there is no such tile: expected a path such as 0/x001/234 or 0/000.p/12, of a tree that has grown so far",
    )
}

fn for_auditors() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "log.for_auditors",
        "原始流水仅供审计人员查阅",
        "what was recorded is for auditors only",
    )
}
