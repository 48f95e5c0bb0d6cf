//! The cookie of a session (ASVS 3.3): out of reach of scripts, sent to this house only, and over TLS alone where there is TLS: a name that
//! begins with `__Host-` no other host of the domain can set.

use axum::http::{HeaderMap, HeaderValue, header};

use super::House;
use super::language::Language;
use crate::signin::Code;
use crate::signin::oidc::{CALLBACK, UNDER_WAY};

/// Seconds that a browser keeps what it began to sign in with.
const BEGUN: i64 = UNDER_WAY.num_seconds();

/// Of a ledger: each has sessions of its own.
fn name(house: &House) -> String {
    if house.settings.https {
        format!("__Host-baodao-{}", house.name())
    } else {
        format!("baodao-{}", house.name())
    }
}

/// Of a sign-in under way at an identity provider: a browser may begin several.
fn name_begun(house: &House, tag: &str) -> String {
    format!("{}-oidc-{tag}", name(house))
}

/// What the browser holds.
pub(crate) fn held(headers: &HeaderMap, house: &House) -> Option<String> {
    found(headers, &name(house))
}

/// What it holds of a sign-in that it began.
pub(super) fn begun_held(headers: &HeaderMap, house: &House, tag: &str) -> Option<String> {
    found(headers, &name_begun(house, tag))
}

fn found(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Gives the browser a session.
pub(super) fn given(house: &House, secret: &str) -> HeaderValue {
    written(house, &name(house), secret, root(house), "")
}

/// Takes it away.
pub(super) fn taken(house: &House) -> HeaderValue {
    written(house, &name(house), "", root(house), "; Max-Age=0")
}

/// Gives the browser what it comes back with from an identity provider.
pub(super) fn begun(house: &House, tag: &str, secret: &str) -> HeaderValue {
    let life = format!("; Max-Age={BEGUN}");
    written(house, &name_begun(house, tag), secret, &house.link(CALLBACK), &life)
}

/// Takes it away.
pub(super) fn begun_taken(house: &House, tag: &str) -> HeaderValue {
    written(house, &name_begun(house, tag), "", &house.link(CALLBACK), "; Max-Age=0")
}

/// Seconds that a code is kept on the telephone that it was given to: as long as browsers keep anything.
const CODE_KEPT: u32 = 34_560_000;

/// Of the code of somebody without an account.
fn name_code(house: &House) -> String {
    format!("{}-code", name(house))
}

/// The code that the browser holds.
pub(crate) fn code_held(headers: &HeaderMap, house: &House) -> Option<Code> {
    Code::read(&found(headers, &name_code(house))?)
}

/// Gives the browser a code.
pub(crate) fn code_given(house: &House, code: &Code) -> HeaderValue {
    let life = format!("; Max-Age={CODE_KEPT}");
    written(house, &name_code(house), &code.to_string(), root(house), &life)
}

/// Takes it away.
pub(crate) fn code_taken(house: &House) -> HeaderValue {
    written(house, &name_code(house), "", root(house), "; Max-Age=0")
}

/// The code as a browser sends it back: what asks in the name of somebody who is just being given it.
pub(crate) fn code_sent(house: &House, code: &Code) -> HeaderValue {
    HeaderValue::from_str(&format!("{}={code}", name_code(house)))
        .unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Of the place where the visitor lives, as far as he told: it stays on his telephone.
fn name_place(house: &House) -> String {
    format!("{}-place", name(house))
}

/// The place that the browser holds.
pub(crate) fn place_held(headers: &HeaderMap, house: &House) -> Option<String> {
    found(headers, &name_place(house))
}

/// Keeps a place.
pub(crate) fn place_given(house: &House, place: &str) -> HeaderValue {
    written(house, &name_place(house), place, root(house), &format!("; Max-Age={YEAR}"))
}

/// The name of the cookie of the language, which all ledgers of a house share.
const LANGUAGE: &str = "baodao-language";
/// Seconds that it is kept: a year.
const YEAR: u32 = 31_536_000;

/// The language that the visitor chose.
pub(super) fn language_held(headers: &HeaderMap) -> Option<Language> {
    match found(headers, LANGUAGE)?.as_str() {
        "zh" => Some(Language::Zh),
        "en" => Some(Language::En),
        _ => None,
    }
}

/// Keeps the language that a visitor chose.
pub(crate) fn language(house: &House, language: Language) -> HeaderValue {
    written(house, LANGUAGE, language.pick("zh", "en"), "/", &format!("; Max-Age={YEAR}"))
}

fn root(house: &House) -> &str {
    if house.prefix.is_empty() { "/" } else { &house.prefix }
}

fn written(house: &House, name: &str, value: &str, path: &str, more: &str) -> HeaderValue {
    // What the prefix of its name asks for: the whole host, and TLS.
    let (path, secure) = if house.settings.https { ("/", "; Secure") } else { (path, "") };
    // Lax, not Strict: who follows a link into the house from a message is signed in. What changes anything must come from
    // the house itself (edge.rs).
    let text = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{more}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
