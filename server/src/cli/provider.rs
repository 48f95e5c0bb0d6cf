//! What `serve` is told of the identity provider that signs people in, and of passwords beside it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::failure::out;
use super::{Failure, language};
use crate::app::ledgers::Named;
use crate::http::caller::Callers;
use crate::signin::oidc::{Claim, Config, Misconfigured, Oidc};

/// The provider.
#[derive(Debug, clap::Args)]
pub(super) struct ProviderArgs {
    /// Identity provider (OpenID Connect) that signs people in, as it names itself: https://id.example.org
    #[arg(long, env = "BAODAO_OIDC_ISSUER", requires_all = ["oidc_client", "oidc_secret_file"])]
    oidc_issuer: Option<String>,
    /// What this service is called at the provider
    #[arg(long, env = "BAODAO_OIDC_CLIENT", requires = "oidc_issuer")]
    oidc_client: Option<String>,
    /// File with the secret that the provider gave this service
    #[arg(long, env = "BAODAO_OIDC_SECRET_FILE", requires = "oidc_issuer")]
    oidc_secret_file: Option<PathBuf>,
    /// What the provider tells of somebody that is the login here
    #[arg(long, env = "BAODAO_OIDC_CLAIM", value_enum, default_value_t = Claim::default())]
    oidc_claim: Claim,
    /// Address at which people reach this service: https://baodao.example.org; the one listened on when absent
    #[arg(long, env = "BAODAO_PUBLIC_URL")]
    pub(super) public_url: Option<String>,
    /// Nobody signs in with a password, and no first operator is made: the provider and tokens are the only ways in
    #[arg(long, env = "BAODAO_NO_PASSWORDS")]
    no_passwords: bool,
}

impl ProviderArgs {
    /// Whether passwords let anybody in.
    pub(super) fn takes_passwords(&self) -> bool {
        !self.no_passwords
    }

    /// The provider, if there is one. It need not answer yet.
    pub(super) fn provider(
        &self,
        address: SocketAddr,
        callers: Callers,
        https: bool,
    ) -> Result<Option<Arc<Oidc>>, Failure> {
        let (Some(issuer), Some(client), Some(file)) =
            (&self.oidc_issuer, &self.oidc_client, &self.oidc_secret_file)
        else {
            return Ok(None);
        };
        if callers == Callers::Trusted {
            return Err(Failure::new(
                "where callers are trusted no identity provider signs them in",
                "leave out --oidc-issuer, or say --callers signed-in",
            ));
        }
        let public = match &self.public_url {
            Some(url) if url.starts_with("https:") && !https => {
                return Err(Failure::new(
                    "the public address has https, and cookies would go without",
                    "say --https, too",
                ));
            }
            Some(url) => url.clone(),
            None if https || address.ip().is_unspecified() => {
                return Err(Failure::new(
                    "where the identity provider is to send people back to is not known",
                    "say --public-url https://…: the address at which people reach this service",
                ));
            }
            None => format!("http://{address}"),
        };
        let secret = std::fs::read_to_string(file).map_err(|error| {
            Failure::new(
                format!("cannot read the secret in {}: {error}", file.display()),
                "write the secret that the provider gave into that file, or name another with --oidc-secret-file",
            )
        })?;
        let config = Config {
            issuer: issuer.clone(),
            client: client.clone(),
            secret: secret.trim().to_owned(),
            claim: self.oidc_claim,
            public,
        };
        Ok(Some(Arc::new(Oidc::new(config)?)))
    }
}

impl From<Misconfigured> for Failure {
    fn from(error: Misconfigured) -> Self {
        let next = match error {
            Misconfigured::Public => "look at --public-url",
            Misconfigured::Issuer | Misconfigured::NotSecure => "look at --oidc-issuer",
            Misconfigured::Empty | Misconfigured::Key => "look at --oidc-client and --oidc-secret-file",
            Misconfigured::Wire(_) => "",
        };
        Self::new(error.to_string(), next)
    }
}

/// What the provider has to know: where it sends people back to, in each ledger.
pub(super) fn redirects(oidc: Option<&Oidc>, others: &[Named]) -> Vec<String> {
    let prefixes = || std::iter::once(String::new()).chain(others.iter().map(|one| one.name.prefix()));
    oidc.map_or_else(Vec::new, |oidc| prefixes().map(|prefix| oidc.redirect(&prefix)).collect())
}

/// Tells it.
pub(super) fn greet(redirects: &[String]) -> Result<(), Failure> {
    for address in redirects {
        out(language().pick(
            &format!("统一身份认证：请在认证系统登记回调地址 {address}"),
            &format!("identity provider: register the redirect address {address} there"),
        ))?;
    }
    Ok(())
}
