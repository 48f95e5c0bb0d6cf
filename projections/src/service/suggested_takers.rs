//! Whom a demand could be offered to, and why (C3, C4, F5: 按需分配、就近就便、相对均衡): skill first, then distance, then load.
//!
//! It suggests and decides nothing: whoever dispatches chooses, and the dispatch itself is decided by [`aggregates::demand`]. No
//! points, stars or rank of persons is told or weighed: nobody is compared by them.

use std::collections::BTreeMap;

use aggregates::member::MemberStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DemandRow;
use crate::enrolment::MemberRow;

/// Why somebody is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakerReason {
    /// 专长对口: good at this category of service.
    Skilled,
    /// 同小区: lives or serves in the estate that asks.
    SameEstate,
    /// 同网格: holds a post in the grid, or lives or serves in one of its estates.
    SameGrid,
    /// 住在本社区: lives in the community.
    LivesHere,
    /// 已到本社区报到: reported to the community from elsewhere.
    ReportedHere,
    /// 手头无任务: has nothing in hand, and no post.
    Free,
    /// 任务较少: has fewer in hand than half of those who could be asked.
    LittleInHand,
}

/// Somebody whom a demand could be offered to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuggestedTaker {
    /// The member: opaque.
    pub member: String,
    /// The member's unit.
    pub unit: String,
    /// Why, the weightiest first.
    pub reasons: Vec<TakerReason>,
    /// Demands in hand, or offered and not yet answered.
    pub tasks: u32,
    /// Posts held on grids' rosters.
    pub posts: u32,
    /// Whether the member holds a duty post in the demand's grid, so that an issue may be given as a duty.
    pub has_duty_post: bool,
}

/// Whom a demand could be offered to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuggestedTakers {
    /// The demand.
    pub demand: String,
    /// The entry of the duty catalogue that skills are held against.
    pub category: String,
    /// The best suited first.
    pub items: Vec<SuggestedTaker>,
    /// How many could be asked in all.
    pub candidates: usize,
    /// The position that the answer reflects.
    pub position: u64,
}

/// What is known beside the rows of members.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The estates in the demand's grid.
    pub estates: Vec<String>,
    /// How many demands each member has in hand.
    pub tasks: BTreeMap<String, u32>,
    /// So many at most; whoever has them is not asked.
    pub tasks_max: u32,
}

/// The members whom the demand could be offered to, best suited first: those who count, have reported to its community and have
/// room for one more. Among equals the order is another for each demand, so that it is not always the same who are asked.
pub fn suggested_takers(
    demand: &DemandRow,
    members: &[MemberRow],
    around: &Surroundings,
) -> Vec<SuggestedTaker> {
    let in_hand = |member: &MemberRow| around.tasks.get(&member.member).copied().unwrap_or(0);
    let able: Vec<&MemberRow> = members
        .iter()
        .filter(|member| member.status == MemberStatus::Active && has_reported(member, &demand.community))
        .filter(|member| in_hand(member) < around.tasks_max && Some(&member.member) != demand.taker.as_ref())
        .collect();
    let mut loads: Vec<u32> = able.iter().map(|member| in_hand(member)).collect();
    loads.sort_unstable();
    let middle = loads.get(loads.len() / 2).copied().unwrap_or(0);
    let mut found: Vec<(u64, SuggestedTaker)> = able
        .into_iter()
        .map(|member| {
            let (tasks, posts) = (in_hand(member), member.posts_count);
            let mut reasons: Vec<TakerReason> = member
                .skills
                .contains(&demand.category)
                .then_some(TakerReason::Skilled)
                .into_iter()
                .collect();
            reasons.push(nearness(demand, member, &around.estates));
            if tasks == 0 && posts == 0 {
                reasons.push(TakerReason::Free);
            } else if tasks < middle {
                reasons.push(TakerReason::LittleInHand);
            }
            let taker = SuggestedTaker {
                member: member.member.clone(),
                unit: member.unit.clone(),
                reasons,
                tasks,
                posts,
                has_duty_post: has_duty_post(demand, member),
            };
            (turn(&demand.demand, &member.member), taker)
        })
        .collect();
    found.sort_by(|(turn_a, a), (turn_b, b)| (rank(a), turn_a, &a.member).cmp(&(rank(b), turn_b, &b.member)));
    found.into_iter().map(|(_, taker)| taker).collect()
}

/// The smaller, the better suited: skill, distance, tasks, posts.
fn rank(taker: &SuggestedTaker) -> (bool, Option<TakerReason>, u32, u32) {
    let is_distance =
        |reason: &&TakerReason| (TakerReason::SameEstate..=TakerReason::ReportedHere).contains(*reason);
    let distance = taker.reasons.iter().find(is_distance).copied();
    (!taker.reasons.contains(&TakerReason::Skilled), distance, taker.tasks, taker.posts)
}

fn has_reported(member: &MemberRow, community: &str) -> bool {
    member.reports.iter().any(|report| report.lapsed_on.is_none() && report.community == community)
}

fn nearness(demand: &DemandRow, member: &MemberRow, estates_of_grid: &[String]) -> TakerReason {
    let home = member.residence.as_ref().filter(|home| home.community.as_str() == demand.community);
    let home_estate = home.and_then(|home| home.estate.as_ref()).map(ToString::to_string);
    let served = member.service_estates.iter().map(|line| &line.estate);
    let estates: Vec<&String> = home_estate.iter().chain(served).collect();
    let holds_post =
        |grid: &String| member.posts.iter().any(|post| post.left_on.is_none() && post.grid == *grid);
    if demand.estate.as_ref().is_some_and(|estate| estates.contains(&estate)) {
        TakerReason::SameEstate
    } else if demand.grid.as_ref().is_some_and(holds_post)
        || estates.iter().any(|estate| estates_of_grid.contains(estate))
    {
        TakerReason::SameGrid
    } else if home.is_some() {
        TakerReason::LivesHere
    } else {
        TakerReason::ReportedHere
    }
}

fn has_duty_post(demand: &DemandRow, member: &MemberRow) -> bool {
    member.posts.iter().any(|post| {
        post.left_on.is_none()
            && post.work == aggregates::points::Work::Duty
            && demand.grid.as_ref() == Some(&post.grid)
    })
}

/// Whose turn it is among equals (FNV-1a of the two ids).
fn turn(demand: &str, member: &str) -> u64 {
    demand
        .bytes()
        .chain([0])
        .chain(member.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests;
