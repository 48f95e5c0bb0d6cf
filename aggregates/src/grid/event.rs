//! Facts of a grid. Each names what a projection needs, so that none has to look anything up.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Holder;
use crate::ids::{CommunityCode, EstateId, GridCode, Term, UnitId};
use crate::points::Work;
use crate::policy::{PostHolder, Slot};

/// The kinds of grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GridKind {
    /// 基础网格: together they hold every household of the community (B1).
    Base,
    /// 专属网格: a mall, a market, a campus.
    Dedicated,
    /// 应急响应网格: laid over the base grids (B5).
    Emergency,
}

/// How many households a grid of a kind should have, by the policy in force then (B1, B5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HouseholdBounds {
    /// Fewest.
    pub min: u32,
    /// Most.
    pub max: u32,
}

impl HouseholdBounds {
    /// Whether so many households are within.
    pub fn hold(self, households: u32) -> bool {
        (self.min..=self.max).contains(&households)
    }
}

/// A slot of a roster as its template stood when the grid adopted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RosterSlot {
    /// Short name: `first_head`, `post_a`.
    pub slot: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Fewest holders; fewer is a vacancy.
    pub min: u32,
    /// Most holders; none for N.
    pub max: Option<u32>,
    /// Who may stand here.
    pub holders: Vec<PostHolder>,
    /// Whether the public is told who stands here (B16).
    pub public: bool,
}

impl RosterSlot {
    /// Whether the slot is one of the fixed ones, not one of the N.
    pub fn is_fixed(&self) -> bool {
        self.max.is_some()
    }
}

impl From<&Slot> for RosterSlot {
    fn from(slot: &Slot) -> Self {
        Self {
            slot: slot.name.clone(),
            title: slot.title.clone(),
            title_en: slot.title_en.clone(),
            min: slot.min,
            max: slot.max,
            holders: slot.holders.clone(),
            public: slot.public,
        }
    }
}

/// One item of a duty list (B17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DutyItem {
    /// Short name, unique in the list: `gas-check`.
    pub item: Term,
    /// The slot whose duty it is.
    pub slot: Term,
    /// Last day.
    pub due: NaiveDate,
}

/// A fact of a grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum GridEvent {
    /// The grid was drawn (B1), as the first of its code or by a redraw (B3).
    GridDefined {
        /// The code.
        grid: GridCode,
        /// Told by the code.
        community: CommunityCode,
        /// The kind.
        kind: GridKind,
        /// Name of the place, where it has one beside the code: `凤凰社区第一网格`.
        name: Option<String>,
        /// Households in it.
        households: u32,
        /// What the policy asks of the kind; none where it asks nothing.
        bounds: Option<HouseholdBounds>,
        /// Estates and buildings in it. A large estate may lie in several grids.
        estates: Vec<EstateId>,
        /// First day.
        from: NaiveDate,
        /// The grids that it was drawn from.
        predecessors: Vec<GridCode>,
        /// The roster's template, when one was chosen at once: `TemplateAdopted` tells its slots.
        template: Option<Term>,
    },
    /// Households and estates were counted anew (B1: 根据人口数量调整优化).
    GridRecounted {
        /// Its community.
        community: CommunityCode,
        /// Its kind.
        kind: GridKind,
        /// Households in it.
        households: u32,
        /// See `GridDefined`.
        bounds: Option<HouseholdBounds>,
        /// Estates and buildings in it.
        estates: Vec<EstateId>,
    },
    /// The roster follows a template of the policy from now on (B6–B13).
    TemplateAdopted {
        /// Its community.
        community: CommunityCode,
        /// Short name of the template.
        template: Term,
        /// The slots as they stood in the policy.
        slots: Vec<RosterSlot>,
        /// Whether one person may hold two fixed slots of the grid.
        doubling: bool,
    },
    /// The prefecture took the grid into its register (B2: 州级备案管理).
    GridFiled {
        /// Its community.
        community: CommunityCode,
        /// Its kind.
        kind: GridKind,
        /// On which day.
        on: NaiveDate,
    },
    /// Ends: cut into several (B3).
    GridSplit {
        /// Its community.
        community: CommunityCode,
        /// Its kind.
        kind: GridKind,
        /// The successors.
        into: Vec<GridCode>,
        /// First day without this grid.
        effective: NaiveDate,
        /// Whether it was in the prefecture's register.
        filed: bool,
    },
    /// Ends: joined with others into one (B3).
    GridMerged {
        /// Its community.
        community: CommunityCode,
        /// Its kind.
        kind: GridKind,
        /// The others.
        with: Vec<GridCode>,
        /// The successor.
        into: GridCode,
        /// First day without this grid.
        effective: NaiveDate,
        /// Whether it was in the prefecture's register.
        filed: bool,
    },
    /// Ends: cut anew together with others (B3: 5 grids into 7).
    GridRedrawn {
        /// Its community.
        community: CommunityCode,
        /// Its kind.
        kind: GridKind,
        /// The others.
        with: Vec<GridCode>,
        /// The successors of all of them.
        into: Vec<GridCode>,
        /// First day without this grid.
        effective: NaiveDate,
        /// Whether it was in the prefecture's register.
        filed: bool,
    },
    /// Ends without a successor.
    GridClosed {
        /// Its community.
        community: CommunityCode,
        /// Its kind.
        kind: GridKind,
        /// First day without this grid.
        effective: NaiveDate,
        /// Whether it was in the prefecture's register.
        filed: bool,
    },
    /// Somebody took a slot (B6–B13, B15).
    PostFilled {
        /// Its community.
        community: CommunityCode,
        /// The slot.
        slot: Term,
        /// Who.
        holder: Holder,
        /// As what.
        source: PostHolder,
        /// Duty for those who are posted, voluntary for those who offer themselves.
        work: Work,
        /// Whether the slot is a fixed one.
        fixed: bool,
        /// Fixed slots that one person may hold before being a single point of failure, by the policy in force (B6).
        posts_max: u32,
        /// The unit that sends a member.
        on_behalf_of: Option<UnitId>,
        /// The estate or building looked after, for building heads (B11).
        estate: Option<EstateId>,
        /// First day.
        from: NaiveDate,
    },
    /// A holder left a slot, or will on the day told.
    PostVacated {
        /// Its community.
        community: CommunityCode,
        /// The slot.
        slot: Term,
        /// Who.
        holder: Holder,
        /// As what.
        source: PostHolder,
        /// First day without the holder.
        on: NaiveDate,
        /// The later day recorded before, when it comes sooner.
        instead_of: Option<NaiveDate>,
    },
    /// A holder was given one of the policy's duty roles (B9: 七大员).
    DutyAssigned {
        /// Its community.
        community: CommunityCode,
        /// The slot held.
        slot: Term,
        /// Who.
        holder: Holder,
        /// The role, from the policy's list.
        role: Term,
        /// First day.
        from: NaiveDate,
    },
    /// A duty role was taken off a holder.
    DutyRelieved {
        /// Its community.
        community: CommunityCode,
        /// The slot held.
        slot: Term,
        /// Who.
        holder: Holder,
        /// The role.
        role: Term,
        /// First day without it.
        on: NaiveDate,
    },
    /// A duty list was published (B17: 网格日常任务清单).
    DutyListPublished {
        /// Its community.
        community: CommunityCode,
        /// Its name: `2026-03`.
        list: Term,
        /// The items.
        items: Vec<DutyItem>,
    },
    /// An item of a duty list was done by a holder of its slot (B17).
    DutyDone {
        /// Its community.
        community: CommunityCode,
        /// The list.
        list: Term,
        /// The item.
        item: Term,
        /// The slot whose duty it was.
        slot: Term,
        /// Who.
        by: Holder,
        /// On which day.
        on: NaiveDate,
        /// Whether that was after the last day.
        late: bool,
    },
}

crate::facts!(GridEvent:
    GridDefined "1.0", GridRecounted "1.0", TemplateAdopted "1.0", GridFiled "1.0",
    GridSplit "1.0", GridMerged "1.0", GridRedrawn "1.0", GridClosed "1.0",
    PostFilled "1.0", PostVacated "1.0", DutyAssigned "1.0", DutyRelieved "1.0",
    DutyListPublished "1.0", DutyDone "1.0",
);
