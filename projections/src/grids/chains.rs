//! 网格联楼栋、楼栋联党员、党员联群众 (B11): the chain of a community, from grid to household. `/v1/grid-chains`.

use std::collections::{BTreeMap, BTreeSet};

use aggregates::grid::GridEvent;
use aggregates::ids::CommunityCode;
use aggregates::member::{MemberEvent, Standing};
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr};

use super::day;
use crate::projection::Projection;

/// The chain of a community, each link by the key of the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChainRow {
    /// The community.
    pub community: String,
    /// Its grids, with their estates and buildings.
    pub grids: BTreeMap<String, ChainGrid>,
    /// Its estates and buildings, with their grids, heads, and the members who live there.
    pub buildings: BTreeMap<String, ChainBuilding>,
    /// The members who live in it, and those paired with a household of it.
    pub members: BTreeMap<String, ChainMember>,
}

/// A grid of the chain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChainGrid {
    /// Its estates and buildings.
    pub estates: Vec<String>,
    /// First day without the grid, when recorded; it leaves the chain with the first event after that.
    pub ends_on: Option<NaiveDate>,
}

/// A building or estate of the chain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChainBuilding {
    /// The grids that it lies in.
    pub grids: BTreeSet<String>,
    /// Who looks after it, by `grid/slot/kind/id` of the post, with the first day without them when recorded.
    pub heads: BTreeMap<String, Option<NaiveDate>>,
    /// Members who live in it.
    pub members: BTreeSet<String>,
}

/// A member of the chain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChainMember {
    /// Whether the member lives in the community, and counts.
    pub lives_here: bool,
    /// The building or estate, where the residence ledger goes so far.
    pub estate: Option<String>,
    /// Households of the community that the member is paired with: opaque.
    pub households: BTreeSet<String>,
}

impl ChainRow {
    fn settle(&mut self, member: &str, lives_here: bool, estate: Option<String>) {
        for building in self.buildings.values_mut() {
            building.members.remove(member);
        }
        if let Some(estate) = estate.as_ref().filter(|_| lives_here) {
            self.buildings.entry(estate.clone()).or_default().members.insert(member.to_owned());
        }
        let row = self.members.entry(member.to_owned()).or_default();
        row.lives_here = lives_here;
        row.estate = estate.filter(|_| lives_here);
    }

    fn draw(&mut self, grid: &str, estates: Vec<String>) {
        for building in self.buildings.values_mut() {
            building.grids.remove(grid);
        }
        for estate in &estates {
            self.buildings.entry(estate.clone()).or_default().grids.insert(grid.to_owned());
        }
        self.grids.entry(grid.to_owned()).or_default().estates = estates;
    }

    /// Drops what has ended by the day, and what hangs on nothing any more.
    fn tidy(&mut self, today: NaiveDate) {
        let ended: Vec<String> = self
            .grids
            .iter()
            .filter(|(_, grid)| grid.ends_on.is_some_and(|end| end <= today))
            .map(|(code, _)| code.clone())
            .collect();
        for grid in ended {
            self.draw(&grid, vec![]);
            self.grids.remove(&grid);
        }
        for building in self.buildings.values_mut() {
            building.heads.retain(|_, until| until.is_none_or(|until| until > today));
        }
        self.buildings.retain(|_, building| *building != ChainBuilding::default());
        self.members.retain(|_, member| member.lives_here || !member.households.is_empty());
    }

    fn take_grid(&mut self, grid: &str, fact: &GridEvent) {
        use GridEvent as E;
        match fact {
            E::GridDefined { estates, .. } | E::GridRecounted { estates, .. } => {
                self.draw(grid, estates.iter().map(ToString::to_string).collect());
            }
            E::GridSplit { effective, .. }
            | E::GridMerged { effective, .. }
            | E::GridRedrawn { effective, .. }
            | E::GridClosed { effective, .. } => {
                self.grids.entry(grid.to_owned()).or_default().ends_on = Some(*effective);
            }
            E::PostFilled { slot, holder, estate: Some(estate), .. } => {
                let post = format!("{grid}/{slot}/{}/{holder}", holder.kind());
                self.buildings.entry(estate.to_string()).or_default().heads.insert(post, None);
            }
            E::PostVacated { slot, holder, on, .. } => {
                let post = format!("{grid}/{slot}/{}/{holder}", holder.kind());
                for building in self.buildings.values_mut() {
                    if let Some(until) = building.heads.get_mut(&post) {
                        *until = Some(*on);
                    }
                }
            }
            _ => {}
        }
    }

    fn take_member(&mut self, member: &str, fact: &MemberEvent) {
        match fact {
            MemberEvent::ResidenceRecorded { community, estate, before, .. } => {
                let here = community.as_str() == self.community;
                let counts = before.status == aggregates::member::MemberStatus::Active;
                self.settle(member, here && counts, estate.as_ref().map(ToString::to_string));
            }
            MemberEvent::MemberRetired { .. } | MemberEvent::ExclusionBegan { .. } => {
                self.settle(member, false, None);
            }
            MemberEvent::MemberReinstated { before, .. } => {
                let estate = before.residence.as_ref().and_then(|home| home.estate.as_ref());
                self.settle(member, true, estate.map(ToString::to_string));
            }
            MemberEvent::HouseholdPaired { household, .. } => {
                let row = self.members.entry(member.to_owned()).or_default();
                row.households.insert(household.to_string());
            }
            MemberEvent::HouseholdUnpaired { household, .. } => {
                let row = self.members.entry(member.to_owned()).or_default();
                row.households.remove(household.as_str());
            }
            _ => {}
        }
    }
}

fn home(standing: &Standing) -> Option<&CommunityCode> {
    standing.residence.as_ref().map(|home| &home.community)
}

/// The communities whose chain the fact changes.
fn communities(event: &LedgerEvent) -> Vec<&CommunityCode> {
    use GridEvent as E;
    match event {
        LedgerEvent::Grid(
            E::GridDefined { community, .. }
            | E::GridRecounted { community, .. }
            | E::GridSplit { community, .. }
            | E::GridMerged { community, .. }
            | E::GridRedrawn { community, .. }
            | E::GridClosed { community, .. }
            | E::PostFilled { community, estate: Some(_), .. }
            | E::PostVacated { community, .. },
        )
        | LedgerEvent::Member(
            MemberEvent::HouseholdPaired { community, .. } | MemberEvent::HouseholdUnpaired { community, .. },
        ) => vec![community],
        LedgerEvent::Member(MemberEvent::ResidenceRecorded { community, before, .. }) => {
            home(before).filter(|left| *left != community).into_iter().chain([community]).collect()
        }
        LedgerEvent::Member(
            MemberEvent::MemberRetired { before, .. }
            | MemberEvent::ExclusionBegan { before, .. }
            | MemberEvent::MemberReinstated { before, .. },
        ) => home(before).into_iter().collect(),
        _ => vec![],
    }
}

/// The projection.
pub struct GridChains;

impl Projection for GridChains {
    const NAME: &'static str = "grid_chains";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("grid-chains");
    const COLUMNS: &'static [&'static str] = &["community"];
    type Row = ChainRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        communities(&event.event).into_iter().map(ToSmolStr::to_smolstr).collect()
    }

    fn fold(key: &str, row: &mut ChainRow, event: &Recorded) {
        key.clone_into(&mut row.community);
        match &event.event {
            LedgerEvent::Grid(fact) => row.take_grid(&event.stream_id, fact),
            LedgerEvent::Member(fact) => row.take_member(&event.stream_id, fact),
            _ => {}
        }
        row.tidy(day(event));
    }

    fn columns(key: &str, _row: &ChainRow) -> Vec<Option<String>> {
        vec![Some(key.to_owned())]
    }
}
