//! Praise lists of communities (好评张榜, E9): only members who consented, and only while they do.

use aggregates::member::MemberEvent;
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// A praise on a community's list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PraiseLine {
    /// The community whose list it is.
    pub community: String,
    /// The member praised, by consent.
    pub member: String,
    /// The demand served.
    pub demand: String,
    /// Its stars.
    pub stars: u8,
    /// Business day of publication.
    pub published_on: String,
    /// The event behind it.
    pub position: u64,
}

/// The projection.
pub struct Praise;

impl Projection for Praise {
    const NAME: &'static str = "praise";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("praise");
    const COLUMNS: &'static [&'static str] = &["community", "member", "published_on"];
    type Row = PraiseLine;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Member(
                MemberEvent::PraisePublished { demand, community, .. }
                | MemberEvent::PraiseWithdrawn { demand, community },
            ) => vec![format_smolstr!("{community}/{demand}/{}", event.stream_id)],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut PraiseLine, event: &Recorded) {
        *row = match &event.event {
            LedgerEvent::Member(MemberEvent::PraisePublished { demand, community, stars }) => PraiseLine {
                community: community.to_string(),
                member: event.stream_id.to_string(),
                demand: demand.to_string(),
                stars: *stars,
                published_on: aggregates::when::date_of(&event.meta.occurred_at).to_string(),
                position: event.position,
            },
            _ => PraiseLine::default(),
        };
    }

    fn columns(_key: &str, row: &PraiseLine) -> Vec<Option<String>> {
        vec![Some(row.community.clone()), Some(row.member.clone()), Some(row.published_on.clone())]
    }

    fn is_gone(row: &PraiseLine) -> bool {
        row.member.is_empty()
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (_, member) = key.rsplit_once('/')?;
        Some(vec![("member", member.to_owned())])
    }
}
