//! The cookie of a session (ASVS 3.3): out of reach of scripts, sent to this house only, and over TLS alone where there is TLS.

use axum::http::{HeaderMap, HeaderValue, header};

use super::House;

/// Of a ledger: each has sessions of its own.
fn name(house: &House) -> String {
    match house.settings.https {
        true => format!("__Secure-baodao-{}", house.name()),
        false => format!("baodao-{}", house.name()),
    }
}

/// What the browser holds.
pub(super) fn held(headers: &HeaderMap, house: &House) -> Option<String> {
    let name = name(house);
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Gives the browser a session.
pub(super) fn given(house: &House, secret: &str) -> HeaderValue {
    written(house, secret, "")
}

/// Takes it away.
pub(super) fn taken(house: &House) -> HeaderValue {
    written(house, "", "; Max-Age=0")
}

fn written(house: &House, value: &str, more: &str) -> HeaderValue {
    let path = if house.prefix.is_empty() { "/" } else { &house.prefix };
    let secure = if house.settings.https { "; Secure" } else { "" };
    // Lax, not Strict: who follows a link into the house from a message is signed in. What changes anything must come from
    // the house itself (edge.rs).
    let text = format!("{}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{more}", name(house));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
