//! Posts held (B6–B13): lists of heads, of part-time officers, of those who look after a building. `/v1/posts`.

use std::collections::BTreeSet;

use aggregates::Recorded;
use aggregates::grid::{GridEvent, Holder};
use aggregates::points::Work;
use aggregates::policy::PostHolder;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::{fact, word, yes_no};
use crate::projection::Projection;

/// Somebody's post in a slot of a grid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PostRow {
    /// The grid.
    pub grid: String,
    /// Its community.
    pub community: String,
    /// The slot.
    pub slot: String,
    /// `member` or `person`.
    pub holder_kind: String,
    /// Opaque id.
    pub holder: String,
    /// As what.
    pub source: Option<PostHolder>,
    /// Duty or voluntary.
    pub work: Option<Work>,
    /// Whether the slot is a fixed one.
    pub fixed: bool,
    /// The unit that sends a member.
    pub on_behalf_of: Option<String>,
    /// The estate or building looked after (B11).
    pub estate: Option<String>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// First day no longer in the slot, when recorded.
    pub until: Option<NaiveDate>,
    /// Duty roles (B9).
    pub duty_roles: BTreeSet<String>,
    /// Earlier times in the same slot.
    pub earlier: Vec<Term>,
}

/// A time in a slot, from the first day to before the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Term {
    /// First day.
    pub from: Option<NaiveDate>,
    /// First day no longer in the slot.
    pub until: Option<NaiveDate>,
}

/// The projection.
pub struct Posts;

fn holder_of(fact: &GridEvent) -> Option<(&str, &Holder)> {
    match fact {
        GridEvent::PostFilled { slot, holder, .. }
        | GridEvent::PostVacated { slot, holder, .. }
        | GridEvent::DutyAssigned { slot, holder, .. }
        | GridEvent::DutyRelieved { slot, holder, .. } => Some((slot.as_str(), holder)),
        _ => None,
    }
}

impl Projection for Posts {
    const NAME: &'static str = "posts";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("posts");
    const COLUMNS: &'static [&'static str] =
        &["community", "grid", "slot", "source", "holder_kind", "holder", "ended"];
    type Row = PostRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        fact(event)
            .and_then(holder_of)
            .map(|(slot, holder)| format_smolstr!("{}/{slot}/{}/{holder}", event.stream_id, holder.kind()))
            .into_iter()
            .collect()
    }

    fn fold(_key: &str, row: &mut PostRow, event: &Recorded) {
        let Some(fact) = fact(event) else { return };
        match fact {
            GridEvent::PostFilled {
                community,
                slot,
                holder,
                source,
                work,
                fixed,
                on_behalf_of,
                estate,
                from,
                ..
            } => {
                let mut earlier = std::mem::take(&mut row.earlier);
                if row.from.is_some() {
                    earlier.push(Term { from: row.from, until: row.until });
                }
                *row = PostRow {
                    grid: event.stream_id.to_string(),
                    community: community.to_string(),
                    slot: slot.to_string(),
                    holder_kind: holder.kind().to_owned(),
                    holder: holder.id().to_owned(),
                    source: Some(*source),
                    work: Some(*work),
                    fixed: *fixed,
                    on_behalf_of: on_behalf_of.as_ref().map(ToString::to_string),
                    estate: estate.as_ref().map(ToString::to_string),
                    from: Some(*from),
                    until: None,
                    duty_roles: BTreeSet::new(),
                    earlier,
                };
            }
            GridEvent::PostVacated { on, .. } => row.until = Some(*on),
            GridEvent::DutyAssigned { role, .. } => {
                row.duty_roles.insert(role.to_string());
            }
            GridEvent::DutyRelieved { role, .. } => {
                row.duty_roles.remove(role.as_str());
            }
            _ => {}
        }
    }

    fn columns(_key: &str, row: &PostRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            Some(row.grid.clone()),
            Some(row.slot.clone()),
            row.source.map(word),
            Some(row.holder_kind.clone()),
            Some(row.holder.clone()),
            Some(yes_no(row.until.is_some())),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (grid, _) = key.split_once('/')?;
        Some(vec![("grid", grid.to_owned())])
    }
}
