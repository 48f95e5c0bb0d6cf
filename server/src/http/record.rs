//! `GET /v1/members/{id}/record`, `GET /v1/units/{id}/record`: verified records.

use std::sync::Arc;

use aggregates::Role;
use aggregates::ids::{MemberId, OpinionId};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{Envelope, PullRecord, authority};
use proofs::record::Record;

use super::House;
use super::language::weighted;
use super::problem::Problem;
use super::query::Parameters;
use super::sight::{Seen, Sight};
use crate::certificate::{self, CertificateError, Fonts, Names};
use crate::tlog::PublishError;
use crate::tlog::record::{Asked, RecordError};

/// Only for whoever asked.
const PRIVATE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
/// `Content-Type` of certificates.
pub const PDF: &str = "application/pdf";
/// Characters of a purpose at most.
const PURPOSE_MAX: usize = 200;

/// Of a member.
pub(super) async fn member(
    house: State<Arc<House>>,
    sight: Sight,
    id: Path<String>,
    headers: HeaderMap,
    given: Parameters,
) -> Result<Response, Problem> {
    record(house, sight, "member", id, (headers, given)).await
}

/// Of a unit.
pub(super) async fn unit(
    house: State<Arc<House>>,
    sight: Sight,
    id: Path<String>,
    headers: HeaderMap,
    given: Parameters,
) -> Result<Response, Problem> {
    record(house, sight, "unit", id, (headers, given)).await
}

async fn record(
    State(house): State<Arc<House>>,
    sight: Sight,
    kind: &'static str,
    Path(id): Path<String>,
    (headers, mut given): (HeaderMap, Parameters),
) -> Result<Response, Problem> {
    let is_pdf = is_pdf(&headers, &mut given);
    let purpose = given.take("purpose").unwrap_or_default().trim().to_owned();
    let opinion = given.read(
        "opinion",
        "应为征求意见编号",
        "expected the id of a request for an opinion",
        |text| OpinionId::new(text).ok(),
    );
    let since = given.position("since");
    given.done(|| "purpose, opinion, since, format".to_owned())?;
    let actor = sight.actor().clone();
    let actor_role = actor.role;
    if !authority::pulls_records(&actor, kind, &id) {
        return Err(sight.refused());
    }
    if purpose.is_empty() || purpose.chars().count() > PURPOSE_MAX {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "record.purpose",
            format!("请说明调取用途，1 至 {PURPOSE_MAX} 字"),
            format!("say what the record is for, in 1 to {PURPOSE_MAX} characters"),
        )
        .at("purpose"));
    }
    if let Some(opinion) = opinion
        && kind == "member"
    {
        let member = MemberId::new(id.as_str()).map_err(|_| Problem::of_status(StatusCode::NOT_FOUND))?;
        house.app.desk().submit(&Envelope::new(actor), &PullRecord { opinion, member }).await?;
    } else if actor.role == Role::PromotionReview {
        return Err(only_under_a_request());
    }
    if kind == "member" {
        sight.purposed(&purpose).read("record", [format!("member:{id}")].into(), Seen::Yes).await?;
    }
    let publisher = house.app.log().publisher().ok_or_else(unsigned)?;
    // Audits go by opaque ids.
    let name = match (kind, actor_role) {
        (_, Role::Auditor) => None,
        ("member", _) => house.reading().name(&id).await,
        _ => None,
    };
    let asked = Asked { kind, id: &id, purpose: &purpose, since, name: name.as_deref(), ..Asked::default() };
    let made = house.app.recorder().record(&publisher, &asked).await;
    let record: Record = made.map_err(|error| failed(kind, error))?;
    if !is_pdf {
        return Ok(([PRIVATE], Json(record)).into_response());
    }
    let pdf = certificate(&house, record).await?;
    Ok(([PRIVATE, (header::CONTENT_TYPE, HeaderValue::from_static(PDF))], pdf).into_response())
}

/// Whether `format` or else `Accept` asks for a certificate; JSON is what whoever does not care gets.
fn is_pdf(headers: &HeaderMap, given: &mut Parameters) -> bool {
    let named = given.read("format", "应为 json 或 pdf", "expected json or pdf", |text| match text {
        "json" => Some(false),
        "pdf" => Some(true),
        _ => None,
    });
    let weight = |wanted: &[&str]| {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let of = accepted.flat_map(|value| value.split(',')).map(weighted);
        of.filter(|(media, _)| wanted.contains(media)).map(|(_, weight)| weight).fold(0.0, f32::max)
    };
    named.unwrap_or_else(|| weight(&[PDF]) > weight(&["application/json", "application/*", "*/*"]))
}

async fn certificate(house: &House, record: Record) -> Result<Vec<u8>, Problem> {
    let names = Names::of(&record, house.app.desk()).await?;
    let (font, check_at) = (house.settings.font.clone(), house.check_at());
    let made = tokio::task::spawn_blocking(move || {
        let fonts = Fonts::shared(font.as_deref())?;
        certificate::pdf(&record, &names, &fonts, &check_at)
    });
    made.await.map_err(|_| Problem::internal())?.map_err(|error| {
        tracing::error!(%error, "there is no certificate");
        let unavailable = |code, zh: &str| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, zh.to_owned(), error.to_string())
        };
        match &error {
            CertificateError::Font(_) => unavailable(
                "record.no_font",
                "服务器没有中文字体，无法出具 PDF：请安装 fonts-noto-cjk，或以 BAODAO_FONT 指定字体文件",
            ),
            CertificateError::Unstated => unavailable(
                "record.unstated",
                "本服务未配置记录单位的签署密钥（--statement-key），无法出具证明",
            ),
            CertificateError::Pdf(_) => Problem::internal(),
        }
    })
}

/// A review sees whom it asked about, and nobody else.
fn only_under_a_request() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "record.only_under_a_request",
        "请注明征求意见编号（opinion）：审核方只能调取所征求意见对象的记录",
        "name the request for an opinion (opinion): a review pulls the record of whom it asked about, and nobody else's",
    )
    .at("opinion")
}

fn unsigned() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "record.unsigned",
        "本服务未配置账本签名方，无法出具核验记录",
        "nobody signs this ledger's log here, so no record can be verified: see --log-key and --log-signer",
    )
}

fn failed(kind: &str, error: RecordError) -> Problem {
    match error {
        RecordError::Unknown(_, id) => Problem::new(
            StatusCode::NOT_FOUND,
            if kind == "member" { "member.unknown" } else { "unit.unknown" },
            format!("没有 {id} 的流水"),
            format!("there is no {kind} {id}"),
        ),
        RecordError::Trouble(trouble) => trouble.into(),
        RecordError::Store(error) | RecordError::Publish(PublishError::Store(error)) => error.into(),
        RecordError::Publish(error) => {
            tracing::error!(%error, "a record could not be signed");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "record.unsigned",
                "账本的签名或见证目前无法取得，请稍后重试并告知管理员",
                "the ledger cannot be signed or witnessed now; try again later, and tell whoever runs it",
            )
            .retry(30)
        }
    }
}
