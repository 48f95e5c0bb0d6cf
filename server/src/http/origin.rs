//! From where a request comes: who is slowed down, and what is told in the log.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use super::House;
use super::problem::Problem;

/// Each gateway adds at its end whom it was reached from.
const FORWARDED: &str = "x-forwarded-for";

/// The address of whoever calls.
pub(super) struct From(pub(super) IpAddr);

impl FromRequestParts<Arc<House>> for From {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Problem> {
        Ok(Self(of(house, &parts.extensions, &parts.headers)))
    }
}

/// The same, of a request's parts.
pub(super) fn of(house: &House, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    before(house.settings.gateways, peer, headers)
}

/// Who stands before so many gateways. What the caller himself wrote stands further to the left, and is not believed.
fn before(gateways: u8, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let Some(hop) = usize::from(gateways).checked_sub(1) else { return peer };
    let told = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = told.flat_map(|value| value.split(',')).map(str::trim).collect();
    let hop = hops.iter().rev().nth(hop);
    let address = hop
        .and_then(|hop| hop.parse().ok().or_else(|| hop.parse().ok().map(|socket: SocketAddr| socket.ip())));
    address.unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// Issue 4 D (ASVS 15.3.4): behind a gateway the caller's address is what the gateway says, never what the caller says of himself.
    #[test]
    fn the_gateway_is_believed_and_the_caller_is_not() {
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let told = |gateways: u8, values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(FORWARDED, HeaderValue::from_static(value));
            }
            before(gateways, peer, &headers).to_string()
        };
        assert_eq!(told(0, &["192.0.2.9"]), "10.0.0.1");
        assert_eq!(told(1, &["192.0.2.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(told(1, &["192.0.2.9", "198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(told(2, &["192.0.2.9, 198.51.100.7", "10.0.0.2"]), "198.51.100.7");
        assert_eq!(told(1, &["[2001:db8::1]:443"]), "2001:db8::1");
        for missing in [&[][..], &["unknown"], &["192.0.2.9, "]] {
            assert_eq!(told(1, missing), "10.0.0.1");
        }
    }
}
