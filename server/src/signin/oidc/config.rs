//! How an identity provider is named, and what must hold of that before anybody is sent there.

use std::fmt;

use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use reqwest::Url;
use tokio::sync::Mutex;

use super::begun::UnderWay;
use super::wire::{Wire, is_loopback};
use super::{Found, Oidc};

/// Where a provider sends people back to, below where a ledger's addresses begin.
pub const CALLBACK: &str = "/sign-in/oidc/callback";

/// What of an ID token is the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Claim {
    /// The provider's own name of somebody, which never becomes another's
    #[default]
    Sub,
    /// What somebody is called there
    #[value(name = "preferred_username")]
    PreferredUsername,
    /// A verified address, with : for its @
    Email,
}

impl Claim {
    /// As the ID token has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sub => "sub",
            Self::PreferredUsername => "preferred_username",
            Self::Email => "email",
        }
    }

    /// What has to be asked for to be told it.
    pub(super) fn scope(self) -> Option<&'static str> {
        match self {
            Self::Sub => None,
            Self::PreferredUsername => Some("profile"),
            Self::Email => Some("email"),
        }
    }
}

/// The login of an address: logins have no @, and addresses no colon.
pub(super) fn login_of(address: &str) -> String {
    if address.contains(':') { address.to_owned() + "@" } else { address.replace('@', ":") }
}

/// A provider, and how this house is known to it.
pub struct Config {
    /// The provider's address, as it names itself.
    pub issuer: String,
    /// What the house is called there.
    pub client: String,
    /// What it proves that with.
    pub secret: String,
    /// What is the login.
    pub claim: Claim,
    /// The address at which people reach the house.
    pub public: String,
}

/// Without secrets.
impl fmt::Debug for Config {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Config({}, {}, {:?}, {})", self.issuer, self.client, self.claim, self.public)
    }
}

/// Why no provider can be used so.
#[derive(Debug, thiserror::Error)]
pub enum Misconfigured {
    /// The issuer is no address.
    #[error("the issuer is not an address like https://id.example.org")]
    Issuer,
    /// Passwords and tokens would cross the network as they are.
    #[error("the issuer must have https, unless it is on this machine")]
    NotSecure,
    /// Client or secret are empty.
    #[error("the client or its secret is empty")]
    Empty,
    /// The public address is none.
    #[error("the public address is not one like https://baodao.example.org, without a path")]
    Public,
    /// The secret cannot be worked with.
    #[error("no key can be made of the secret")]
    Key,
    /// No way out can be made.
    #[error("no HTTP client can be made: {0}")]
    Wire(String),
}

impl Oidc {
    /// The provider of a configuration. It is not asked for anything yet.
    pub fn new(config: Config) -> Result<Self, Misconfigured> {
        let issuer = IssuerUrl::new(config.issuer).map_err(|_| Misconfigured::Issuer)?;
        let url = issuer.url();
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(url) => {}
            "http" => return Err(Misconfigured::NotSecure),
            _ => return Err(Misconfigured::Issuer),
        }
        if url.query().is_some() || url.fragment().is_some() || url.host_str().is_none() {
            return Err(Misconfigured::Issuer);
        }
        if config.client.is_empty() || config.secret.is_empty() {
            return Err(Misconfigured::Empty);
        }
        let public = Url::parse(&config.public).map_err(|_| Misconfigured::Public)?;
        let is_bare = public.path() == "/" && public.query().is_none() && public.fragment().is_none();
        if !is_bare || !["http", "https"].contains(&public.scheme()) || !public.username().is_empty() {
            return Err(Misconfigured::Public);
        }
        let under_way =
            UnderWay::of(&config.secret, &issuer, &config.client).map_err(|_| Misconfigured::Key)?;
        let wire = Wire::to(url).map_err(|error| Misconfigured::Wire(error.to_string()))?;
        Ok(Self {
            issuer,
            client: ClientId::new(config.client),
            secret: ClientSecret::new(config.secret),
            claim: config.claim,
            public: public.as_str().trim_end_matches('/').to_owned(),
            wire,
            under_way,
            found: Mutex::new(Found::default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(issuer: &str, public: &str) -> Result<Oidc, Misconfigured> {
        let config = Config {
            issuer: issuer.to_owned(),
            client: "baodao".to_owned(),
            secret: "very secret".to_owned(),
            claim: Claim::default(),
            public: public.to_owned(),
        };
        assert!(!format!("{config:?}").contains("secret"));
        Oidc::new(config)
    }

    /// Issue 4 D: a provider is reached over TLS, and people come back to where the house is.
    #[test]
    fn a_provider_is_named_rightly_or_not_at_all() {
        let oidc = of("https://id.example", "https://baodao.example/").unwrap();
        assert_eq!(oidc.redirect(""), "https://baodao.example/sign-in/oidc/callback");
        assert_eq!(oidc.redirect("/ledgers/a"), "https://baodao.example/ledgers/a/sign-in/oidc/callback");
        assert!(!format!("{oidc:?}").contains("secret"));
        assert!(of("http://127.0.0.1:9400", "http://127.0.0.1:8300").is_ok());
        for (issuer, public) in [
            ("http://id.example", "https://b.example"),
            ("id.example", "https://b.example"),
            ("ftp://id.example", "https://b.example"),
            ("https://id.example?x=1", "https://b.example"),
            ("https://id.example", "https://b.example/path"),
            ("https://id.example", "b.example"),
            ("https://id.example", "https://me:pass@b.example"),
        ] {
            assert!(of(issuer, public).is_err(), "{issuer} {public}");
        }
    }

    /// No two addresses are one login, and no address is the login of anything else.
    #[test]
    fn an_address_is_a_login_of_its_own() {
        assert_eq!(login_of("wang@lps.example"), "wang:lps.example");
        assert!(aggregates::ids::LoginId::new(login_of("wang:lps.example")).is_err());
    }
}
