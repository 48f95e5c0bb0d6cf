//! OpenID Connect: an organisation's own identity provider proves who somebody is (authorization code flow with PKCE). What he may do the
//! journal alone tells: a login that it grants nothing is let in nowhere, and none is made by itself.

mod begun;
mod config;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aggregates::ids::LoginId;
use chrono::{DateTime, Utc};
use commands::Clock;
use futures::FutureExt as _;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdTokenClaims,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse, TokenResponse,
};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::secret;
use begun::{Begun, UnderWay};
use wire::{Wire, WireError};

pub use begun::UNDER_WAY;
pub use config::{CALLBACK, Claim, Config, Misconfigured};

/// What a provider once told of itself and its keys is believed for so long.
const BELIEVED: Duration = Duration::from_secs(3600);
/// A provider is asked about itself no more often.
pub const PAUSE: Duration = Duration::from_secs(2);
/// Those that need the provider's own key: none that whoever knows our secret could make.
const SIGNED_WITH: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type NotGiven = RequestTokenError<WireError, StandardErrorResponse<CoreErrorResponseType>>;

/// Why somebody is not signed in by the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotProved {
    /// The provider does not answer, or not as one does.
    #[error("the identity provider does not answer")]
    Unreachable,
    /// Nobody began this here, or too long ago, or it is finished.
    #[error("no such sign-in is under way")]
    NotBegun,
    /// What the provider gave does not hold.
    #[error("what the identity provider gave does not hold")]
    NotHeld,
    /// It names nobody.
    #[error("the identity provider names no {0}")]
    Nameless(&'static str),
    /// It names somebody by what is no login.
    #[error("what the identity provider calls somebody is no login")]
    NotALogin(String),
}

/// Where to send somebody to prove himself.
pub struct Leaving {
    /// The provider's address.
    pub url: String,
    /// Names the sign-in among those of the browser.
    pub tag: String,
    /// What the browser holds until it comes back: the sign-in itself, sealed.
    pub held: String,
}

/// What the provider sent somebody back with.
pub struct Returned {
    /// Which sign-in it is.
    pub state: String,
    /// What the provider gives tokens for.
    pub code: String,
    /// Who the provider says it is (RFC 9207).
    pub issuer: Option<String>,
}

/// Who has proved himself.
#[derive(Debug)]
pub struct Proved {
    /// The login.
    pub login: LoginId,
    /// Where he wanted to go.
    pub next: String,
}

#[derive(Default)]
struct Found {
    metadata: Option<(Instant, Arc<CoreProviderMetadata>)>,
    failed: Option<Instant>,
}

/// One identity provider, for all ledgers of a process.
pub struct Oidc {
    issuer: IssuerUrl,
    client: ClientId,
    secret: ClientSecret,
    claim: Claim,
    public: String,
    wire: Wire,
    under_way: UnderWay,
    found: Mutex<Found>,
}

/// Without secrets.
impl fmt::Debug for Oidc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Oidc({})", self.issuer.as_str())
    }
}

impl Oidc {
    /// The address that the provider sends people back to, in the ledger whose addresses begin so.
    pub fn redirect(&self, prefix: &str) -> String {
        format!("{}{prefix}{CALLBACK}", self.public)
    }

    /// Names a sign-in among those of one browser, which may begin several.
    pub fn tag(state: &str) -> String {
        secret::hash(state).chars().take(8).collect()
    }

    /// Begins to sign somebody in, in the ledger whose addresses begin so.
    pub async fn begin(&self, prefix: &str, next: String, now: DateTime<Utc>) -> Result<Leaving, NotProved> {
        let client = self.client(&*self.provider(BELIEVED).await?, prefix)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = secret::random();
        let known = state.clone();
        let (url, _, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(known),
                || Nonce::new(secret::random()),
            )
            .set_pkce_challenge(challenge)
            .add_scopes(self.claim.scope().map(|scope| Scope::new(scope.to_owned())))
            .url();
        if !self.wire.may_reach(&url) {
            tracing::error!("the identity provider's page has an address without TLS");
            return Err(NotProved::Unreachable);
        }
        let begun = Begun { next, nonce: nonce.secret().clone(), verifier: verifier.into_secret(), at: now };
        let held = self.under_way.seal(&state, prefix, &begun).ok_or(NotProved::Unreachable)?;
        Ok(Leaving { url: url.into(), tag: Self::tag(&state), held })
    }

    /// Ends a sign-in of this browser that the provider refused.
    pub fn give_up(&self, prefix: &str, state: &str, held: &str, now: DateTime<Utc>) {
        let _ = self.under_way.take(state, held, prefix, now);
    }

    /// Who it is that the provider sent back into the ledger whose addresses begin so.
    pub async fn finish(
        &self,
        prefix: &str,
        returned: Returned,
        held: &str,
        clock: &dyn Clock,
    ) -> Result<Proved, NotProved> {
        let Returned { state, code, issuer } = returned;
        let begun = self.under_way.take(&state, held, prefix, clock.now()).ok_or(NotProved::NotBegun)?;
        if issuer.is_some_and(|issuer| issuer != self.issuer.as_str()) {
            tracing::warn!("another identity provider answered a sign-in");
            return Err(NotProved::NotHeld);
        }
        let Begun { next, nonce, verifier, .. } = begun;
        let (nonce, verifier) = (Nonce::new(nonce), PkceCodeVerifier::new(verifier));
        let provider = self.provider(BELIEVED).await?;
        let given = self.exchange(&self.client(&provider, prefix)?, code, verifier).await?;
        let mut held = self.held(&provider, &given, &nonce, clock);
        if held == Err(Unheld::UnknownKey) {
            // It may have taken new keys since.
            let provider = self.provider(PAUSE).await?;
            held = self.held(&provider, &given, &nonce, clock);
        }
        let name = held.map_err(|unheld| match unheld {
            Unheld::Nameless => NotProved::Nameless(self.claim.name()),
            Unheld::UnknownKey | Unheld::Invalid(_) => {
                tracing::warn!(?unheld, "an ID token does not hold");
                NotProved::NotHeld
            }
        })?;
        let login = LoginId::new(&*name).map_err(|_| NotProved::NotALogin(name))?;
        Ok(Proved { login, next })
    }

    /// What the provider tells of itself, not older than this; asked for when it is needed, and again after a pause when there was no answer.
    async fn provider(&self, age: Duration) -> Result<Arc<CoreProviderMetadata>, NotProved> {
        // Held while asking: a crowd asks once.
        let mut found = self.found.lock().await;
        if let Some((at, metadata)) = &found.metadata
            && at.elapsed() < age
        {
            return Ok(Arc::clone(metadata));
        }
        let known = found.metadata.as_ref().map(|(_, metadata)| Arc::clone(metadata));
        if found.failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return known.ok_or(NotProved::Unreachable);
        }
        let asking = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.wire).boxed();
        match asking.await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *found = Found { metadata: Some((Instant::now(), Arc::clone(&metadata))), failed: None };
                Ok(metadata)
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, cause, "the identity provider cannot be asked about itself");
                found.failed = Some(Instant::now());
                known.ok_or(NotProved::Unreachable)
            }
        }
    }

    fn client(&self, provider: &CoreProviderMetadata, prefix: &str) -> Result<Client, NotProved> {
        let redirect = RedirectUrl::new(self.redirect(prefix)).map_err(|_| NotProved::Unreachable)?;
        let secret = Some(self.secret.clone());
        let client = CoreClient::from_provider_metadata(provider.clone(), self.client.clone(), secret)
            .set_redirect_uri(redirect);
        let takes = provider.token_endpoint_auth_methods_supported();
        let is_posted = takes.is_some_and(|takes| {
            !takes.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && takes.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        Ok(if is_posted { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    async fn exchange(
        &self,
        client: &Client,
        code: String,
        verifier: PkceCodeVerifier,
    ) -> Result<CoreTokenResponse, NotProved> {
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| {
            tracing::error!("the identity provider names no address that gives tokens");
            NotProved::Unreachable
        })?;
        let asking = request.set_pkce_verifier(verifier).request_async(&self.wire).boxed();
        asking.await.map_err(|error: NotGiven| match error {
            // What the provider says beside the code may hold anything.
            RequestTokenError::ServerResponse(told) => match told.error() {
                CoreErrorResponseType::InvalidGrant => NotProved::NotHeld,
                other => {
                    let other: &str = other.as_ref();
                    tracing::error!(code = other, "the identity provider gives us no tokens");
                    NotProved::Unreachable
                }
            },
            RequestTokenError::Request(error) => {
                tracing::warn!(%error, "the identity provider gave no tokens");
                NotProved::Unreachable
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                tracing::error!("the identity provider's answer to a code cannot be read");
                NotProved::Unreachable
            }
        })
    }

    /// The name that a valid ID token tells.
    fn held(
        &self,
        provider: &CoreProviderMetadata,
        given: &CoreTokenResponse,
        nonce: &Nonce,
        clock: &dyn Clock,
    ) -> Result<String, Unheld> {
        let token = given.id_token().ok_or(Unheld::Invalid("there is none"))?;
        let client = CoreClient::from_provider_metadata(
            provider.clone(),
            self.client.clone(),
            Some(self.secret.clone()),
        );
        let now = clock.now();
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNED_WITH).set_time_fn(move || now);
        let claims = token.claims(&verifier, nonce).map_err(|error| Unheld::of(&error))?;
        self.name(claims).ok_or(Unheld::Nameless)
    }

    fn name(&self, claims: &CoreIdTokenClaims) -> Option<String> {
        match self.claim {
            Claim::Sub => Some(claims.subject().to_string()),
            Claim::PreferredUsername => claims.preferred_username().map(|name| name.to_string()),
            // Whoever may write any address into his account must not become somebody else by it.
            Claim::Email if claims.email_verified() == Some(true) => {
                claims.email().map(|address| config::login_of(address))
            }
            Claim::Email => None,
        }
    }
}

/// Why an ID token does not tell who it is.
#[derive(Debug, PartialEq, Eq)]
enum Unheld {
    /// Signed with a key that the provider did not name.
    UnknownKey,
    /// It is none, or not for us, or not now: nothing of what stands in it.
    Invalid(&'static str),
    /// It holds, and does not name anybody in the way asked for.
    Nameless,
}

impl Unheld {
    fn of(error: &ClaimsVerificationError) -> Self {
        Self::Invalid(match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                return Self::UnknownKey;
            }
            ClaimsVerificationError::SignatureVerification(_) => "signature",
            ClaimsVerificationError::Expired(_) => "expired",
            ClaimsVerificationError::InvalidAudience(_) => "audience",
            ClaimsVerificationError::InvalidIssuer(_) => "issuer",
            ClaimsVerificationError::InvalidNonce(_) => "nonce",
            _ => "otherwise",
        })
    }
}
