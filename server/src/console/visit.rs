//! Who looks at a page, in which language, and what the address says beside its path.

use std::net::SocketAddr;
use std::sync::Arc;

use aggregates::circumstance::Actor;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::Console;
use crate::http::caller::Caller;
use crate::http::cookie;
use crate::http::language::Language;
use crate::http::problem::Problem;

/// One look at a page.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) console: Arc<Console>,
    /// Who looks.
    pub(super) actor: Actor,
    /// Whether it is somebody who could sign in, and has not.
    pub(super) is_nobody: bool,
    /// The name signed in with.
    pub(super) login: Option<String>,
    /// In which language.
    pub(super) language: Language,
    /// What the address asks beside its path.
    pub(super) asked: Vec<(String, String)>,
    /// The position that what is shown must reflect: that of what the visitor has just done.
    pub(super) at_least: Option<u64>,
    /// Path and query, as asked for, without where the house's addresses begin.
    pub(super) address: String,
    pub(super) headers: HeaderMap,
    pub(super) peer: Option<SocketAddr>,
}

impl Visit {
    /// Of a request.
    pub(super) async fn of(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Problem> {
        let house = &console.house;
        let caller = Caller::from_request_parts(parts, house).await?;
        let is_nobody = caller.is_nobody(house);
        let login = match cookie::held(&parts.headers, house) {
            Some(held) if !is_nobody => house.app.sign_in().session(&held).await?.map(|known| known.login),
            _ => None,
        };
        let asked: Vec<(String, String)> =
            axum::extract::Query::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            console: Arc::clone(console),
            actor: caller.0,
            is_nobody,
            login,
            language: Language::of(&parts.headers),
            at_least: asked
                .iter()
                .find(|(name, _)| name == "at_least")
                .and_then(|(_, text)| text.parse().ok()),
            address: path.strip_prefix(&*house.prefix).unwrap_or(path).to_owned(),
            asked,
            headers: parts.headers.clone(),
            peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0),
        })
    }

    /// What the address asks under this name; nothing when it is empty.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        let found = self.asked.iter().find(|(asked, _)| asked == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// An address of the house: `/demands/d-1`.
    pub(super) fn link(&self, path: &str) -> String {
        self.console.house.link(path)
    }

    /// The body that the visitor acts for: a community's code, a unit's id, a division's code.
    pub(super) fn body(&self) -> Option<&str> {
        self.actor.organisation.as_deref()
    }
}

impl FromRequestParts<Arc<Console>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Problem> {
        match parts.extensions.get::<Self>() {
            Some(visit) => Ok(visit.clone()),
            None => Self::of(parts, console).await,
        }
    }
}
