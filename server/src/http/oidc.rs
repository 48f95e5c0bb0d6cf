//! `/sign-in/oidc`: to the organisation's identity provider, and back.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::language::Language;
use super::origin::From;
use super::problem::Problem;
use super::query::Parameters;
use super::session::{began, must_sign_in, not_signed_in};
use super::sign_in::{answer, inside};
use super::{House, cookie};
use crate::signin::oidc::{NotProved, Oidc, Returned};
use crate::signin::{NotSignedIn, Proof};

/// Seconds after which it makes sense to ask a provider again.
const LATER: u16 = 5;
/// Bytes of the way to go afterwards at most: browsers keep no cookie of more than 4096, and it is in one.
const NEXT_MAX: usize = 1024;

/// What a provider sends somebody back with. Others may stand beside: providers add what they like.
#[derive(Deserialize)]
pub(super) struct Back {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Sends somebody to the provider.
pub(super) async fn leave(
    State(house): State<Arc<House>>,
    language: Language,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let next = given.take("next").filter(|next| next.len() <= NEXT_MAX).unwrap_or_default();
    given.done(|| "next".to_owned())?;
    let oidc = provider(&house)?;
    match oidc.begin(&house.prefix, next, house.app.clock().now()).await {
        Ok(leaving) => {
            let cookie = cookie::begun(&house, &leaving.tag, &leaving.held);
            let headers = [(header::SET_COOKIE, cookie), NO_STORE];
            Ok((AppendHeaders(headers), Redirect::to(&leaving.url)).into_response())
        }
        Err(error) => Ok(refused(&house, language, &error)),
    }
}

/// Takes somebody back whom the provider has proved.
pub(super) async fn back(
    State(house): State<Arc<House>>,
    language: Language,
    From(from): From,
    headers: HeaderMap,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Problem> {
    let oidc = provider(&house)?;
    let Ok(Query(Back { state, code, error, iss })) = back else {
        return Ok(refused(&house, language, &NotProved::NotBegun));
    };
    let state = state.unwrap_or_default();
    let tag = Oidc::tag(&state);
    let held = cookie::begun_held(&headers, &house, &tag).unwrap_or_default();
    if let Some(error) = error {
        oidc.give_up(&house.prefix, &state, &held, house.app.clock().now());
        return Ok(ended(&house, &tag, declined(&house, language, &error)));
    }
    let returned = Returned { state, code: code.unwrap_or_default(), issuer: iss };
    let proved = oidc.finish(&house.prefix, returned, &held, &**house.app.clock()).await;
    let answer = match proved {
        Ok(proved) => match house.app.sign_in().open(proved.login.as_str(), Proof::Provider, from).await {
            Ok(opened) => {
                let cookie = [(header::SET_COOKIE, began(&house, &headers, &opened).await?), NO_STORE];
                (AppendHeaders(cookie), Redirect::to(&inside(&house, &proved.next))).into_response()
            }
            Err(NotSignedIn::Wrong) => stranger(&house, language, proved.login.as_str()),
            Err(error) => return Err(not_signed_in(error)),
        },
        Err(error) => refused(&house, language, &error),
    };
    Ok(ended(&house, &tag, answer))
}

/// The address that the sign-in page links to. Not a form: browsers hold where a form leads to against the policy that keeps forms within
/// the house.
pub(super) fn link(house: &House, next: &str) -> String {
    let mut escaped = String::new();
    for byte in next.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    let next = if escaped.is_empty() { escaped } else { format!("?next={escaped}") };
    format!("{}{next}", house.link("/sign-in/oidc"))
}

const NO_STORE: (header::HeaderName, header::HeaderValue) =
    (header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));

fn provider(house: &House) -> Result<&Oidc, Problem> {
    must_sign_in(house)?;
    house.settings.oidc.as_deref().ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "session.no_provider",
            "本服务未接入统一身份认证",
            "no identity provider signs people in here",
        )
    })
}

/// What the browser held for this sign-in has had its time.
fn ended(house: &House, tag: &str, mut answer: Response) -> Response {
    answer.headers_mut().append(header::SET_COOKIE, cookie::begun_taken(house, tag));
    answer
}

fn page(house: &House, language: Language, status: StatusCode, zh: &str, en: &str) -> Response {
    let fault = json!({ "fault": language.pick(zh, en), "is_over": true });
    let mut answer = match answer(house, language, status, "", fault) {
        Ok(answer) => answer,
        Err(problem) => return problem.into_response(),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, LATER.into());
    }
    answer
}

fn refused(house: &House, language: Language, error: &NotProved) -> Response {
    let (status, zh, en) = match error {
        NotProved::Unreachable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "统一身份认证暂时无法使用，请稍后再试".to_owned(),
            "your organisation's identity provider cannot be used now; try again later".to_owned(),
        ),
        NotProved::NotBegun => (
            StatusCode::BAD_REQUEST,
            "此次登录不是从本浏览器发起、已超过十分钟或已完成，请重新登录".to_owned(),
            "this sign-in was not begun in this browser, took more than ten minutes, or is finished; begin again".to_owned(),
        ),
        NotProved::NotHeld => (
            StatusCode::FORBIDDEN,
            "统一身份认证返回的凭证无效，请重新登录".to_owned(),
            "what the identity provider gave does not hold; begin again".to_owned(),
        ),
        NotProved::Nameless(claim) => (
            StatusCode::FORBIDDEN,
            format!("统一身份认证未提供可用的 {claim}，请联系管理员"),
            format!("the identity provider tells no {claim} of yours that can be used; ask whoever runs this service"),
        ),
        NotProved::NotALogin(name) => {
            let name: String = name.chars().take(80).collect();
            (
                StatusCode::FORBIDDEN,
                format!("统一身份认证中的名称“{name}”不能作登录名（1 至 64 位字母、数字或 - _ . :），请联系管理员"),
                format!("the identity provider calls you \"{name}\", which is no login (1 to 64 of A-Z a-z 0-9 - _ . :); ask whoever runs this service"),
            )
        }
    };
    page(house, language, status, &zh, &en)
}

/// Proved, and nobody here.
fn stranger(house: &House, language: Language, login: &str) -> Response {
    page(
        house,
        language,
        StatusCode::FORBIDDEN,
        &format!("登录名“{login}”在本服务没有授权，请联系管理员"),
        &format!("the login \"{login}\" has no access here; ask whoever runs this service to grant it"),
    )
}

/// The provider sent somebody back without having proved anything. What it says beside that is not shown: anybody may write such a link.
fn declined(house: &House, language: Language, error: &str) -> Response {
    match error {
        "access_denied" | "login_required" | "consent_required" | "interaction_required" => page(
            house,
            language,
            StatusCode::FORBIDDEN,
            "统一身份认证未允许此次登录，或您已取消",
            "the identity provider did not let you in, or you called it off",
        ),
        "server_error" | "temporarily_unavailable" => refused(house, language, &NotProved::Unreachable),
        _ => {
            tracing::warn!("the identity provider refuses how people are sent to it");
            page(
                house,
                language,
                StatusCode::FORBIDDEN,
                "统一身份认证拒绝了此次登录，请联系管理员",
                "the identity provider refused this sign-in; ask whoever runs this service",
            )
        }
    }
}
