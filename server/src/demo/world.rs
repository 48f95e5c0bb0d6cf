//! The world of a demonstration: divisions, estates, grids, units, members, households. All people are synthetic, and
//! none has a name: only opaque ids.

use std::collections::BTreeMap;

use aggregates::member::{DwellingKind, MemberRank};
use aggregates::when::Moment;
use chrono::{Days, NaiveDate, TimeDelta};
use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::city::City;
use super::script::Step;

/// Households that each hundred members help.
const PAIRS_PER_100_MEMBERS: usize = 20;
/// Of a thousand members, so many are left out for each of the three reasons (A5).
const EXCLUDED_PER_1000: [(&str, usize); 3] = [("seconded_away", 8), ("village_aid", 18), ("special_post", 4)];
/// Skills that members name, from the catalogue's categories.
const SKILLS_MAX: usize = 3;

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
    /// Key households with the member paired.
    pub pairs: Vec<(String, usize)>,
    /// Categories open to members, with their difficulty.
    pub categories: Vec<String>,
    /// Categories that are another body's duty.
    pub owned: Vec<String>,
}

/// Makes a world and the steps that enter it in the ledger, from `start` on.
pub fn build(city: &City, members: usize, start: Moment, rng: &mut ChaCha8Rng) -> (World, Vec<Step>) {
    let mut builder = Builder::new(city, start, rng);
    builder.divisions();
    builder.estates();
    builder.units(members.div_ceil(city.members_per_unit).max(1));
    builder.members(members);
    builder.grids(members);
    builder.households();
    (builder.world, builder.steps)
}

struct Builder<'a> {
    city: &'a City,
    start: Moment,
    rng: &'a mut ChaCha8Rng,
    world: World,
    steps: Vec<Step>,
}
