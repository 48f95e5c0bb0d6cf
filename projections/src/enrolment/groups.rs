//! Service groups with their rosters (C6).

use aggregates::group::GroupEvent;
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::day;
use crate::projection::Projection;

/// A service group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupRow {
    /// The group.
    pub group: String,
    /// Its public name.
    pub name: String,
    /// Its community.
    pub community: String,
    /// The categories of service that it offers.
    pub categories: Vec<String>,
    /// Business day on which it was formed.
    pub formed_on: Option<NaiveDate>,
    /// Business day on which it was dissolved.
    pub dissolved_on: Option<NaiveDate>,
    /// How many are in it.
    pub members_count: u32,
    /// Categories of the group that nobody in it is good at.
    pub uncovered: Vec<String>,
    /// Who is in it.
    pub members: Vec<GroupMember>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupMember {
    /// The member.
    pub member: String,
    /// The member's unit when joining.
    pub unit: Option<String>,
    /// The group's categories that the member is good at.
    pub skilled_in: Vec<String>,
    /// Business day of joining.
    pub since: NaiveDate,
}

/// The projection.
pub struct Groups;

impl Projection for Groups {
    const NAME: &'static str = "groups";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("groups");
    const COLUMNS: &'static [&'static str] = &["community", "status", "name"];
    type Row = GroupRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Group(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut GroupRow, event: &Recorded) {
        let LedgerEvent::Group(fact) = &event.event else { return };
        event.stream_id.as_str().clone_into(&mut row.group);
        match fact {
            GroupEvent::GroupFormed { community, name, categories, .. } => {
                row.community = community.to_string();
                row.name.clone_from(name);
                row.categories = categories.iter().map(ToString::to_string).collect();
                row.formed_on = Some(day(event));
            }
            GroupEvent::GroupMemberJoined { member, unit, skilled_in } => row.members.push(GroupMember {
                member: member.to_string(),
                unit: unit.as_ref().map(ToString::to_string),
                skilled_in: skilled_in.iter().map(ToString::to_string).collect(),
                since: day(event),
            }),
            GroupEvent::GroupMemberLeft { member } => {
                row.members.retain(|one| one.member != member.as_str());
            }
            GroupEvent::GroupDissolved {} => row.dissolved_on = Some(day(event)),
        }
        row.members_count = u32::try_from(row.members.len()).unwrap_or(u32::MAX);
        let covered = |category: &String| row.members.iter().any(|one| one.skilled_in.contains(category));
        row.uncovered = row.categories.iter().filter(|category| !covered(category)).cloned().collect();
    }

    fn columns(_key: &str, row: &GroupRow) -> Vec<Option<String>> {
        let status = if row.dissolved_on.is_some() { "dissolved" } else { "active" };
        vec![Some(row.community.clone()), Some(status.to_owned()), Some(row.name.clone())]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("group", key.to_owned())])
    }
}
