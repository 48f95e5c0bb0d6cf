//! `/v1/session`: signing in and out, and who one is.

use std::sync::Arc;

use aggregates::circumstance::Actor;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{Caller, Callers};
use super::origin::From;
use super::problem::Problem;
use super::query::Parameters;
use super::{House, body, cookie, unreadable};
use crate::signin::{NotSet, NotSignedIn, Opened, Weak};

/// Bytes of what is sent to sign in at most.
pub(super) const BYTES_MAX: usize = 4096;
/// Never kept by anybody.
const NOT_KEPT: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// What one signs in with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The name to sign in with.
    pub login: String,
    /// The password.
    pub password: String,
}

/// A new password in place of the old one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one that holds now.
    pub old: String,
    /// The one that holds from now on: 12 to 128 characters that nobody can guess.
    pub new: String,
}

/// Who one is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Session {
    /// The name signed in with; none for the public, and where callers are trusted.
    pub login: Option<String>,
    /// In what capacity one acts.
    pub role: String,
    /// Opaque id that stands in what one does.
    pub actor: String,
    /// The body on whose behalf.
    pub organisation: Option<String>,
    /// When the session ends at the latest, RFC 3339.
    pub ends_at: Option<String>,
}

impl Session {
    fn of(actor: Actor, login: Option<String>, ends_at: Option<String>) -> Self {
        let Actor { id, role, organisation } = actor;
        Self { login, role: role.name().to_owned(), actor: id.into(), organisation, ends_at }
    }
}

/// The cookie of a session that began. The one that the browser held until then ends.
pub(super) async fn began(
    house: &House,
    headers: &HeaderMap,
    opened: &Opened,
) -> Result<HeaderValue, Problem> {
    if let Some(held) = cookie::held(headers, house) {
        house.app.sign_in().sign_out(&held, false).await?;
    }
    Ok(cookie::given(house, &opened.secret))
}

/// What the house gave the browser to keep goes.
pub(super) const CLEARED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));

/// Signs in.
pub(super) async fn sign_in(
    State(house): State<Arc<House>>,
    From(from): From,
    headers: HeaderMap,
    given: Parameters,
    content: Body,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_take_passwords(&house)?;
    let Credentials { login, password } = read(&headers, content).await?;
    let opened = house.app.sign_in().sign_in(&login, &password, from).await.map_err(not_signed_in)?;
    let cookie = [(header::SET_COOKIE, began(&house, &headers, &opened).await?), NOT_KEPT];
    let Opened { login, actor, ends_at, .. } = opened;
    Ok((cookie, Json(Session::of(actor, Some(login), Some(ends_at.to_rfc3339())))).into_response())
}

/// Tells who one is.
pub(super) async fn who(
    State(house): State<Arc<House>>,
    Caller(actor): Caller,
    headers: HeaderMap,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    let login = login(&house, &headers).await?;
    Ok(([NOT_KEPT], Json(Session::of(actor, login, None))).into_response())
}

/// Signs out; with `everywhere` out of all sessions of the login.
pub(super) async fn sign_out(
    State(house): State<Arc<House>>,
    headers: HeaderMap,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let everywhere = given
        .read("everywhere", "应为 true 或 false", "expected true or false", |text| text.parse().ok())
        .unwrap_or(false);
    given.done(|| "everywhere".to_owned())?;
    if let Some(held) = cookie::held(&headers, &house) {
        house.app.sign_in().sign_out(&held, everywhere).await?;
    }
    let headers = [(header::SET_COOKIE, cookie::taken(&house)), CLEARED, NOT_KEPT];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Puts a new password in place of one's old one. All sessions of the login end.
pub(super) async fn change_password(
    State(house): State<Arc<House>>,
    From(from): From,
    headers: HeaderMap,
    given: Parameters,
    content: Body,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_take_passwords(&house)?;
    let NewPassword { old, new } = read(&headers, content).await?;
    let login = login(&house, &headers).await?.ok_or_else(|| Problem::of_status(StatusCode::UNAUTHORIZED))?;
    let door = house.app.sign_in();
    if !door.proves(&login, &old, from).await.map_err(not_signed_in)? {
        return Err(wrong().at("old"));
    }
    door.set_password(&login, &new).await.map_err(not_set)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::taken(&house)), NOT_KEPT]).into_response())
}

async fn login(house: &House, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    match cookie::held(headers, house) {
        Some(held) => Ok(house.app.sign_in().session(&held).await?.map(|known| known.login)),
        None => Ok(None),
    }
}

async fn read<T: for<'a> Deserialize<'a>>(headers: &HeaderMap, content: Body) -> Result<T, Problem> {
    body::must_be(headers, &["application/json"])?;
    let text = body::text(content, BYTES_MAX).await?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    // What was sent is a secret: the answer tells the field, and nothing of what stood in it.
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            let expected = "expected an object of texts, with these names and no others";
            unreadable::invalid(&error.path().to_string(), expected)
        } else {
            unreadable::malformed_json("the body is not JSON")
        }
    })
}

/// Where callers are trusted nobody can sign in.
pub(super) fn must_sign_in(house: &House) -> Result<(), Problem> {
    if house.settings.callers == Callers::SignedIn {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::NOT_FOUND,
        "session.not_here",
        "本服务由前端网关负责登录",
        "nobody signs in here: the gateway in front does that",
    ))
}

/// Where an identity provider alone signs people in there are no passwords.
pub(super) fn must_take_passwords(house: &House) -> Result<(), Problem> {
    must_sign_in(house)?;
    if house.settings.passwords {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::NOT_FOUND,
        "session.no_passwords",
        "本服务不使用密码登录",
        "nobody signs in with a password here",
    ))
}

pub(crate) fn not_signed_in(error: NotSignedIn) -> Problem {
    match error {
        NotSignedIn::Wrong => wrong(),
        NotSignedIn::TooMany(wait) => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "session.too_many_attempts",
            "尝试次数过多，请稍后再试",
            "too many attempts; try again later",
        )
        .retry(u16::try_from(wait.as_secs() + 1).unwrap_or(u16::MAX)),
        NotSignedIn::Store(error) => error.into(),
    }
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "session.wrong",
        "登录名或密码不对，或该登录名已停用",
        "no such login, or another password, or its access was revoked",
    )
}

fn not_set(error: NotSet) -> Problem {
    match error {
        NotSet::Weak(weak) => {
            let zh = match weak {
                Weak::Length => "密码应为 12 至 128 个字符",
                Weak::Guessable => "密码容易被猜到：请用几个互不相干的词",
            };
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "session.weak_password", zh, weak.to_string())
                .at("new")
        }
        NotSet::NoAccess(_) => wrong(),
        NotSet::Store(error) => error.into(),
        NotSet::Trouble(trouble) => trouble.into(),
    }
}
