//! Who holds which posts, and whether so many that the network hangs on one person (B6). `/v1/post-holders`.

use std::collections::BTreeMap;

use aggregates::Recorded;
use aggregates::grid::{GridEvent, Holder};
use aggregates::policy::PostHolder;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::{day, fact, yes_no};
use crate::projection::Projection;

/// A person's posts in all grids.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HolderPosts {
    /// `member` or `person`.
    pub holder_kind: String,
    /// Opaque id.
    pub holder: String,
    /// Fixed slots held whose end is not recorded.
    pub fixed_posts: u32,
    /// Fixed slots that one person may hold before being a single point of failure, by the policy last in force.
    pub posts_max: u32,
    /// Whether there are more (B6).
    pub single_point: bool,
    /// Posts by `grid/slot`; whoever has left by the last event is gone.
    pub posts: BTreeMap<String, HeldPost>,
}

/// One of the posts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeldPost {
    /// The grid's community.
    pub community: String,
    /// As what.
    pub source: PostHolder,
    /// Whether the slot is a fixed one.
    pub fixed: bool,
    /// First day.
    pub from: NaiveDate,
    /// First day no longer in the slot, when recorded.
    pub until: Option<NaiveDate>,
}

/// The projection.
pub struct PostHolders;

fn holder_of(fact: &GridEvent) -> Option<&Holder> {
    match fact {
        GridEvent::PostFilled { holder, .. } | GridEvent::PostVacated { holder, .. } => Some(holder),
        _ => None,
    }
}

impl Projection for PostHolders {
    const NAME: &'static str = "post_holders";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("post-holders");
    const COLUMNS: &'static [&'static str] = &["holder_kind", "holder", "single_point"];
    type Row = HolderPosts;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        fact(event)
            .and_then(holder_of)
            .map(|holder| format_smolstr!("{}/{holder}", holder.kind()))
            .into_iter()
            .collect()
    }

    fn fold(_key: &str, row: &mut HolderPosts, event: &Recorded) {
        match fact(event) {
            Some(GridEvent::PostFilled {
                community, slot, holder, source, fixed, posts_max, from, ..
            }) => {
                holder.kind().clone_into(&mut row.holder_kind);
                holder.id().clone_into(&mut row.holder);
                row.posts_max = *posts_max;
                let post = HeldPost {
                    community: community.to_string(),
                    source: *source,
                    fixed: *fixed,
                    from: *from,
                    until: None,
                };
                row.posts.insert(format!("{}/{slot}", event.stream_id), post);
            }
            Some(GridEvent::PostVacated { slot, on, .. }) => {
                if let Some(post) = row.posts.get_mut(&format!("{}/{slot}", event.stream_id)) {
                    post.until = Some(*on);
                }
            }
            _ => {}
        }
        let today = day(event);
        row.posts.retain(|_, post| post.until.is_none_or(|until| until > today));
        let fixed = row.posts.values().filter(|post| post.fixed && post.until.is_none()).count();
        row.fixed_posts = u32::try_from(fixed).unwrap_or(u32::MAX);
        row.single_point = row.fixed_posts > row.posts_max;
    }

    fn columns(_key: &str, row: &HolderPosts) -> Vec<Option<String>> {
        vec![Some(row.holder_kind.clone()), Some(row.holder.clone()), Some(yes_no(row.single_point))]
    }

    fn is_gone(row: &HolderPosts) -> bool {
        row.posts.is_empty()
    }
}
