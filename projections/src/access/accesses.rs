//! The register of access (登录授权): every login with the capacity that it has or had.

use aggregates::access::AccessEvent;
use aggregates::{LedgerEvent, Recorded, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// A login.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessRow {
    /// The name to sign in with.
    pub login: String,
    /// The capacity.
    pub role: Option<Role>,
    /// Opaque id that stands in what he does.
    pub actor: String,
    /// The body on whose behalf.
    pub organisation: Option<String>,
    /// When it was granted, last.
    pub granted_at: String,
    /// By whom: opaque.
    pub granted_by: String,
    /// When it was revoked.
    pub revoked_at: Option<String>,
    /// By whom: opaque.
    pub revoked_by: Option<String>,
}

/// The projection.
pub struct Accesses;

impl Projection for Accesses {
    const NAME: &'static str = "accesses";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("accesses");
    const COLUMNS: &'static [&'static str] = &["role", "actor", "organisation", "state"];
    type Row = AccessRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Access(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut AccessRow, event: &Recorded) {
        let LedgerEvent::Access(fact) = &event.event else { return };
        let (when, who) = (event.meta.occurred_at.to_rfc3339(), event.meta.actor.to_string());
        match fact {
            AccessEvent::AccessGranted { role, actor, organisation } => {
                *row = AccessRow {
                    login: event.stream_id.to_string(),
                    role: Some(*role),
                    actor: actor.to_string(),
                    organisation: organisation.as_ref().map(ToString::to_string),
                    granted_at: when,
                    granted_by: who,
                    ..AccessRow::default()
                };
            }
            AccessEvent::AccessRevoked {} => (row.revoked_at, row.revoked_by) = (Some(when), Some(who)),
        }
    }

    fn columns(_key: &str, row: &AccessRow) -> Vec<Option<String>> {
        let state = if row.revoked_at.is_some() { "revoked" } else { "granted" };
        vec![
            row.role.map(|role| role.name().to_owned()),
            Some(row.actor.clone()),
            row.organisation.clone(),
            Some(state.to_owned()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("access", key.to_owned())])
    }
}
