//! The world of a demonstration: divisions, estates, grids, units, members, households. All people are synthetic, and
//! none has a name: only opaque ids.

use aggregates::member::{DwellingKind, MemberRank};
use aggregates::rulebook::{DutyCatalogue, DutyOwner};
use aggregates::when::Moment;
use chrono::TimeDelta;
use rand_chacha::ChaCha8Rng;

use super::city::City;
use super::script::Step;

/// A community with what stands in it.
#[derive(Debug, Clone)]
pub struct Community {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its grids.
    pub grids: Vec<String>,
    /// Its estates and buildings.
    pub estates: Vec<(String, DwellingKind)>,
    /// Units linked to it.
    pub units: Vec<usize>,
}

/// A unit.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Index of the community it is linked to.
    pub community: usize,
    /// Indices of its members.
    pub members: Vec<usize>,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    /// Opaque.
    pub id: String,
    /// Index of the unit.
    pub unit: usize,
    /// Index of the community lived in.
    pub home: usize,
    /// The rank.
    pub rank: MemberRank,
    /// What the member is good at.
    pub skills: Vec<String>,
    /// Whether one of the three exclusions holds all through the season.
    pub excluded: bool,
    /// Whether the report to the community lived in is made.
    pub reported_home: bool,
    /// Whether the report to the community of the unit is made.
    pub reported_unit: bool,
}

/// Everything there is before the season begins.
#[derive(Debug, Clone)]
pub struct World {
    /// Urban communities that take part.
    pub communities: Vec<Community>,
    /// Units.
    pub units: Vec<Unit>,
    /// Members.
    pub members: Vec<Member>,
    /// By community: grids with a full-time officer, and who that is.
    pub officers: Vec<Vec<(String, String)>>,
    /// Key households with the member paired.
    pub pairs: Vec<(String, usize)>,
    /// Categories open to members, with their difficulty.
    pub categories: Vec<String>,
    /// Categories that are another body's duty.
    pub owned: Vec<String>,
}

/// Makes a world and the steps that enter it in the ledger, from `start` on.
pub fn build(
    city: &City,
    catalogue: &DutyCatalogue,
    members: usize,
    start: Moment,
    rng: &mut ChaCha8Rng,
) -> (World, Vec<Step>) {
    let mut builder = Builder::new(city, catalogue, start, rng);
    builder.divisions();
    builder.estates();
    builder.units(members.div_ceil(city.members_per_unit).max(1));
    builder.members(members);
    builder.grids();
    builder.households();
    (builder.world, builder.steps)
}

pub(super) struct Builder<'a> {
    pub(super) city: &'a City,
    start: Moment,
    pub(super) rng: &'a mut ChaCha8Rng,
    pub(super) world: World,
    steps: Vec<Step>,
}

impl<'a> Builder<'a> {
    fn new(city: &'a City, catalogue: &DutyCatalogue, start: Moment, rng: &'a mut ChaCha8Rng) -> Self {
        let codes = |members: bool| {
            let of = |owner: DutyOwner| (owner == DutyOwner::MemberService) == members;
            catalogue
                .entries
                .iter()
                .filter(|entry| of(entry.owner))
                .map(|entry| entry.code.to_string())
                .collect()
        };
        let world = World {
            communities: vec![],
            units: vec![],
            members: vec![],
            officers: vec![],
            pairs: vec![],
            categories: codes(true),
            owned: codes(false),
        };
        Self { city, start, rng, world, steps: vec![] }
    }

    /// Enrolment goes on over the first days, a minute for each step.
    pub(super) fn now(&self) -> Moment {
        self.start + TimeDelta::seconds(self.steps.len() as i64)
    }

    pub(super) fn department(&mut self, command: &'static str, body: serde_json::Value) {
        let at = self.now();
        self.steps.push(Step::department(at, self.city.code, command, body));
    }

    pub(super) fn community(&mut self, command: &'static str, body: serde_json::Value) {
        let at = self.now();
        self.steps.push(Step::community(at, command, body));
    }
}
