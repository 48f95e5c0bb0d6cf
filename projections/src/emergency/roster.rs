//! The roster of an emergency (F4): who is due in which grid with which post, and who is there.
//!
//! Due are members on duty posts: in an emergency all of them go to the grid. Volunteers on the roster may come and owe nothing (gap
//! G7), and persons who are no members work there anyway: both are named, neither is missing.

use std::collections::{BTreeMap, BTreeSet};

use aggregates::points::Work;
use aggregates::policy::PostHolder;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EmergencyRow, EmergencyState, MusterRow};
use crate::grids::PostRow;

/// The fixed posts of an emergency grid (B6), in their order.
const FIRST: [&str; 2] = ["post_a", "post_b"];

/// Who is due in an emergency and who is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyRoster {
    /// The emergency.
    pub emergency: String,
    /// The plan's public title.
    pub title: String,
    /// The division that it is for.
    pub scope: String,
    /// Whether it is in force.
    pub state: Option<EmergencyState>,
    /// The day whose posts these are: today, or the day of standing down.
    pub on: NaiveDate,
    /// Members due.
    pub due: u32,
    /// Of these, how many have come.
    pub there: u32,
    /// The grids with somebody on the roster.
    pub items: Vec<GridMuster>,
    /// Members who came without being due: from the neighbourhood, or as volunteers.
    pub others: Vec<MusterRow>,
    /// Whether there are more posts than were looked at: ask by community.
    pub more: bool,
    /// The position that the answer reflects.
    pub position: u64,
}

/// A grid's part of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GridMuster {
    /// The grid.
    pub grid: String,
    /// Its community.
    pub community: String,
    /// Members due here.
    pub due: u32,
    /// Of these, how many have come.
    pub there: u32,
    /// Who stands here: A and B posts first (B6), then fixed slots, then the others.
    pub holders: Vec<RosterEntry>,
}

/// Somebody on a grid's roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RosterEntry {
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
    /// The unit that sends a member.
    pub on_behalf_of: Option<String>,
    /// Whether the member is due.
    pub due: bool,
    /// Came at.
    pub mustered_at: Option<String>,
}

/// The roster of an emergency on a day, from the posts in its scope and from who came.
pub fn emergency_roster(
    emergency: &EmergencyRow,
    posts: &[PostRow],
    musters: &[MusterRow],
    on: NaiveDate,
    position: u64,
) -> EmergencyRoster {
    let scope = emergency.place();
    let came: BTreeMap<&str, &str> =
        musters.iter().map(|row| (row.member.as_str(), row.mustered_at.as_str())).collect();
    let stands = |post: &&PostRow| {
        post.from.is_some_and(|from| from <= on) && post.until.is_none_or(|until| until > on)
    };
    let in_scope = |post: &&PostRow| scope.as_ref().is_some_and(|scope| scope.covers(&post.grid));
    let mut grids: BTreeMap<&str, Vec<&PostRow>> = BTreeMap::new();
    for post in posts.iter().filter(stands).filter(in_scope) {
        grids.entry(&post.grid).or_default().push(post);
    }
    let mut due: BTreeSet<&str> = BTreeSet::new();
    let mut items = vec![];
    for (grid, mut posts) in grids {
        posts.sort_by_key(|post| order(post));
        let owing: BTreeSet<&str> =
            posts.iter().filter(|post| is_due(post)).map(|post| post.holder.as_str()).collect();
        due.extend(&owing);
        items.push(GridMuster {
            grid: grid.to_owned(),
            community: posts.first().map(|post| post.community.clone()).unwrap_or_default(),
            due: count(owing.iter()),
            there: count(owing.iter().filter(|member| came.contains_key(**member))),
            holders: posts.into_iter().map(|post| entry(post, &came)).collect(),
        });
    }
    let there = count(due.iter().filter(|member| came.contains_key(**member)));
    let others = musters.iter().filter(|row| !due.contains(row.member.as_str())).cloned().collect();
    EmergencyRoster {
        emergency: emergency.emergency.clone(),
        title: emergency.title.clone(),
        scope: emergency.scope.clone(),
        state: emergency.state,
        on,
        due: count(due.iter()),
        there,
        items,
        others,
        more: false,
        position,
    }
}

fn is_due(post: &PostRow) -> bool {
    post.holder_kind == "member" && post.work == Some(Work::Duty)
}

fn order(post: &PostRow) -> (usize, bool, String, String) {
    let first = FIRST.iter().position(|slot| *slot == post.slot).unwrap_or(FIRST.len());
    (first, !post.fixed, post.slot.clone(), post.holder.clone())
}

fn entry(post: &PostRow, came: &BTreeMap<&str, &str>) -> RosterEntry {
    let is_member = post.holder_kind == "member";
    let mustered_at = came.get(post.holder.as_str()).filter(|_| is_member);
    RosterEntry {
        slot: post.slot.clone(),
        holder_kind: post.holder_kind.clone(),
        holder: post.holder.clone(),
        source: post.source,
        work: post.work,
        on_behalf_of: post.on_behalf_of.clone(),
        due: is_due(post),
        mustered_at: mustered_at.map(|at| (*at).to_owned()),
    }
}

fn count<T>(some: impl Iterator<Item = T>) -> u32 {
    u32::try_from(some.count()).unwrap_or(u32::MAX)
}
