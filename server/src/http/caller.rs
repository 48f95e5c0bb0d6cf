//! Who calls, and what comes with a command in its headers.

use std::sync::{Arc, OnceLock};

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use aggregates::when::Moment;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use chrono::DateTime;
use commands::Envelope;
use uuid::Uuid;

use super::problem::Problem;
use super::{House, cookie};
use crate::signin::Scope;

/// `role/id[@organisation]`
pub const ACTOR: &str = "Baodao-Actor";
/// A UUID made by the client.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Business time.
pub const OCCURRED_AT: &str = "Baodao-Occurred-At";
/// Why the record is late or a correction.
pub const REASON: &str = "Baodao-Reason";
/// The second person of a late record.
pub const APPROVED_BY: &str = "Baodao-Approved-By";
/// The ledger's position that an answer reflects.
pub const POSITION: &str = "Baodao-Position";

/// How the house knows who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Callers {
    /// They prove it: a session or a token. Whoever does not is the public.
    #[default]
    SignedIn,
    /// They say it in a header: behind a gateway that signs them in, and on one's own machine.
    Trusted,
}

/// Where the edge is told who it was, once that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Named(Arc<OnceLock<String>>);

impl Named {
    fn tell(&self, actor: &Actor) {
        let _ = self.0.set(format!("{}/{}", actor.role.name(), actor.id));
    }

    /// `role/id`; nothing where nobody asked.
    pub(super) fn told(&self) -> &str {
        self.0.get().map_or("", String::as_str)
    }
}

/// The one who calls. Where callers are trusted, without a header it is the operator of an embedded ledger.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl Caller {
    /// Reads `role/id[@organisation]`.
    pub fn parse(text: &str) -> Result<Actor, Problem> {
        let expected = || {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "request.actor",
                "应为 角色/编号[@组织]，例如 community-worker/w-1@520201016001",
                "expected role/id[@organisation], such as community-worker/w-1@520201016001",
            )
            .at(ACTOR)
        };
        let (role, rest) = text.split_once('/').ok_or_else(expected)?;
        let (id, organisation) = match rest.split_once('@') {
            Some((id, organisation)) => (id, Some(organisation)),
            None => (rest, None),
        };
        let role = Role::named(role).ok_or_else(expected)?;
        if role == Role::System {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "request.reserved_role",
                "角色 system 仅供系统内部使用",
                "the role system is reserved for the system itself",
            )
            .at(ACTOR));
        }
        let id = ActorId::new(id).map_err(|_| expected())?;
        let organisation =
            organisation.map(ActorId::new).transpose().map_err(|_| expected())?.map(String::from);
        Ok(Actor { id, role, organisation })
    }

    /// The person at the machine.
    pub fn local() -> Actor {
        Actor { id: ActorId::new("local").unwrap_or_default(), role: Role::Operator, organisation: None }
    }

    /// Whoever has not signed in.
    fn nobody() -> Actor {
        Actor { id: ActorId::new("anonymous").unwrap_or_default(), role: Role::Public, organisation: None }
    }

    /// The actor that the headers name.
    fn said(headers: &HeaderMap) -> Result<Actor, Problem> {
        text(headers, ACTOR)?.map_or_else(|| Ok(Self::local()), |actor| Self::parse(&actor))
    }

    /// The actor that a session or a token stands for.
    async fn proved(parts: &Parts, house: &House) -> Result<Actor, Problem> {
        if parts.headers.contains_key(ACTOR) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "request.actor_not_taken",
                "本服务只认登录身份，不接受请求头中的办理人",
                "callers sign in here: who they are is not taken from a header",
            )
            .at(ACTOR));
        }
        let door = house.app.sign_in();
        if let Some(bearer) = bearer(&parts.headers)? {
            let known = door.token(&bearer).await?.ok_or_else(|| {
                Problem::new(
                    StatusCode::UNAUTHORIZED,
                    "request.token",
                    "令牌无效、已过期或已收回",
                    "the token is unknown, has ended, or was withdrawn",
                )
                .at("Authorization")
            })?;
            let wanted = scope(parts);
            if known.scopes.is_some_and(|scopes| !scopes.contains(&wanted)) {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "request.scope",
                    "令牌的用途不包括此项",
                    "the token was not made for this use",
                )
                .at("Authorization"));
            }
            return Ok(known.actor);
        }
        if let Some(held) = cookie::held(&parts.headers, house)
            && let Some(known) = door.session(&held).await?
        {
            return Ok(known.actor);
        }
        // Who has no account may have a code, which tells that it is the same person again.
        Ok(cookie::code_held(&parts.headers, house).map_or_else(Self::nobody, |code| code.actor()))
    }

    /// Whether it is somebody without an account: nobody, or whoever has no more than a code.
    pub(super) fn has_no_account(&self, headers: &HeaderMap, house: &House) -> bool {
        self.is_nobody(house)
            || house.settings.callers == Callers::SignedIn
                && cookie::code_held(headers, house).is_some_and(|code| code.actor() == self.0)
    }

    /// Many things at once are not for whoever has no account.
    pub(super) fn must_have_account(&self, headers: &HeaderMap, house: &House) -> Result<(), Problem> {
        if self.has_no_account(headers, house) {
            return Err(Problem::of_status(StatusCode::UNAUTHORIZED));
        }
        Ok(())
    }

    /// Whether it is somebody who could sign in, and has not.
    pub fn is_nobody(&self, house: &House) -> bool {
        house.settings.callers == Callers::SignedIn && self.0.role == Role::Public
    }

    /// What the one is told who may not: to sign in, or no.
    pub fn refused(&self, house: &House) -> Problem {
        Problem::of_status(if self.is_nobody(house) {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::FORBIDDEN
        })
    }
}

impl FromRequestParts<Arc<House>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Problem> {
        let actor = match house.settings.callers {
            Callers::Trusted => Self::said(&parts.headers)?,
            Callers::SignedIn => Self::proved(parts, house).await?,
        };
        if let Some(named) = parts.extensions.get::<Named>() {
            named.tell(&actor);
        }
        Ok(Self(actor))
    }
}

/// What a token that comes with `Authorization: Bearer` says.
fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(given) = text(headers, "Authorization")? else { return Ok(None) };
    let (scheme, token) = given.split_once(' ').unwrap_or((&given, ""));
    if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() {
        return Ok(Some(token.trim().to_owned()));
    }
    Err(malformed("Authorization", "应为 Bearer 加令牌", "expected Bearer and a token"))
}

/// What a request is for.
fn scope(parts: &Parts) -> Scope {
    let path = parts.uri.path();
    let is_of_journal =
        ["/v1/events", "/v1/log/"].iter().any(|part| path.contains(part)) || path.ends_with("/record");
    match parts.method {
        Method::GET | Method::HEAD if is_of_journal => Scope::Events,
        Method::GET | Method::HEAD => Scope::Read,
        _ => Scope::Submit,
    }
}

/// The envelope of a caller, with what the headers tell.
pub fn envelope(Caller(actor): Caller, headers: &HeaderMap) -> Result<Envelope, Problem> {
    let mut envelope = Envelope::new(actor);
    if let Some(key) = text(headers, IDEMPOTENCY_KEY)? {
        let key = Uuid::parse_str(key.trim_matches('"'))
            .map_err(|_| malformed(IDEMPOTENCY_KEY, "应为 UUID", "expected a UUID"))?;
        envelope = envelope.keyed(key);
    }
    if let Some(at) = text(headers, OCCURRED_AT)? {
        envelope.at = Some(moment(&at).ok_or_else(|| {
            malformed(OCCURRED_AT, "应为 RFC 3339 时间", "expected a time as RFC 3339 has it")
        })?);
    }
    envelope.reason = text(headers, REASON)?;
    if let Some(id) = text(headers, APPROVED_BY)? {
        let id =
            ActorId::new(id).map_err(|_| malformed(APPROVED_BY, "应为人员编号", "expected an actor's id"))?;
        envelope.approved_by = Some(id);
    }
    Ok(envelope)
}

/// A time as RFC 3339 has it, told in the business zone.
pub fn moment(text: &str) -> Option<Moment> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(aggregates::when::local(instant.to_utc()))
}

fn malformed(header: &'static str, zh: &str, en: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "request.malformed_header", zh, en).at(header)
}

/// A header's text: UTF-8, percent-encoded where the client cannot send such.
pub(super) fn text(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed(name, "重复的请求头", "the header is given twice"));
    }
    let text = String::from_utf8(unescaped(value.as_bytes()))
        .map_err(|_| malformed(name, "应为 UTF-8 文本", "expected UTF-8 text"))?;
    Ok(Some(text.trim().to_owned()))
}

/// Percent-decoded.
pub(crate) fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        if let [b'%', high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high * 16 + low);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn one(name: &'static str, value: &'static [u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_bytes(value).unwrap());
        headers
    }

    fn told(headers: &HeaderMap) -> Result<Envelope, Problem> {
        envelope(Caller(Caller::local()), headers)
    }

    /// Design §3: the actor of every event is an opaque id, a role and an organisation.
    #[test]
    fn an_actor_is_role_id_and_organisation() {
        let actor = Caller::said(&one(ACTOR, b"community-worker/w-1@520201016001")).unwrap();
        assert_eq!((actor.role, actor.id.as_str()), (Role::CommunityWorker, "w-1"));
        assert_eq!(actor.organisation.as_deref(), Some("520201016001"));
        assert_eq!(Caller::said(&HeaderMap::new()).unwrap().role, Role::Operator);
    }

    /// Nobody outside is a part of the system, and an actor that cannot be read is not taken for another.
    #[test]
    fn other_actors_are_refused() {
        assert_eq!(Caller::parse("system/genesis").unwrap_err().code, "request.reserved_role");
        for text in ["w-1", "king/w-1", "unit/", "unit/a b", "unit/u-1@", "unit/u-1@a b"] {
            assert_eq!(Caller::parse(text).unwrap_err().code, "request.actor", "{text}");
        }
    }

    /// Design §5: malformed headers are refused with the header's name.
    #[test]
    fn headers_are_read_strictly() {
        let key = "018f3a2e-7c4b-7d1e-8f00-0123456789ab";
        let keyed = told(&one(IDEMPOTENCY_KEY, key.as_bytes())).unwrap();
        assert_eq!((keyed.command_id.to_string(), keyed.fresh), (key.to_owned(), false));
        assert!(told(&HeaderMap::new()).unwrap().fresh);
        for (name, value) in [
            (IDEMPOTENCY_KEY, &b"1"[..]),
            (OCCURRED_AT, b"yesterday"),
            (APPROVED_BY, b"a b"),
            (REASON, b"\xff"),
        ] {
            let problem = told(&one(name, value)).unwrap_err();
            assert_eq!((problem.status, problem.field.as_deref()), (StatusCode::BAD_REQUEST, Some(name)));
        }
    }

    /// A reason is told in Chinese even by clients whose headers are ASCII.
    #[test]
    fn a_reason_is_utf_8_or_percent_encoded() {
        for value in ["补录".as_bytes(), b"%E8%A1%A5%E5%BD%95"] {
            let headers = HeaderValue::from_bytes(value).unwrap();
            let mut map = HeaderMap::new();
            map.insert(REASON, headers);
            assert_eq!(told(&map).unwrap().reason.as_deref(), Some("补录"));
        }
        assert_eq!(told(&one(REASON, b"100% late")).unwrap().reason.as_deref(), Some("100% late"));
    }
}
