//! Grids and officers by division (B4, B13). `/v1/grid-counts`.

use std::collections::BTreeMap;

use aggregates::Recorded;
use aggregates::grid::GridEvent;
use aggregates::ids::{CommunityCode, Level};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{day, fact, word};
use crate::projection::Projection;

/// Lengths of the codes of prefecture, county, street and community.
const LENGTHS: [usize; 4] = [4, 6, 9, 12];

/// The counts of a division, at every level from the prefecture down.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountRow {
    /// Its code.
    pub division: String,
    /// Its level.
    pub level: Option<Level>,
    /// The business day of the last event: the day that the figures are true of.
    pub counted_on: Option<NaiveDate>,
    /// Base grids.
    pub base_grids: i64,
    /// Full-time officers to a thousand base grids: 496 is 49.6 % (B13).
    pub full_time_per_mille: Option<i64>,
    /// The figures.
    pub figures: Tally,
    /// What comes on a later day: redraws and ends of posts recorded ahead (B3).
    pub to_come: BTreeMap<NaiveDate, Tally>,
}

/// Figures, or changes of figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Grids by kind.
    pub grids: BTreeMap<String, i64>,
    /// Grids in the prefecture's register (B2).
    pub filed: i64,
    /// Holders of posts by source (B13: `full_time_officer`).
    pub holders_by_source: BTreeMap<String, i64>,
    /// Holders of posts by slot (B13: `part_time_officer`).
    pub holders_by_slot: BTreeMap<String, i64>,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        add_each(&mut self.grids, &other.grids);
        self.filed += other.filed;
        add_each(&mut self.holders_by_source, &other.holders_by_source);
        add_each(&mut self.holders_by_slot, &other.holders_by_slot);
    }

    fn of_grid(kind: &str, change: i64) -> Self {
        Self { grids: BTreeMap::from([(kind.to_owned(), change)]), ..Self::default() }
    }

    fn of_holder(source: &str, slot: &str, change: i64) -> Self {
        Self {
            holders_by_source: BTreeMap::from([(source.to_owned(), change)]),
            holders_by_slot: BTreeMap::from([(slot.to_owned(), change)]),
            ..Self::default()
        }
    }
}

fn add_each(to: &mut BTreeMap<String, i64>, from: &BTreeMap<String, i64>) {
    for (name, change) in from {
        *to.entry(name.clone()).or_default() += change;
    }
    to.retain(|_, figure| *figure != 0);
}

/// What a fact changes, and from which day on.
fn changes(fact: &GridEvent) -> Vec<(NaiveDate, Tally)> {
    use GridEvent as E;
    match fact {
        E::GridDefined { kind, from, .. } => vec![(*from, Tally::of_grid(&word(kind), 1))],
        E::GridFiled { on, .. } => vec![(*on, Tally { filed: 1, ..Tally::default() })],
        E::GridSplit { kind, effective, filed, .. }
        | E::GridMerged { kind, effective, filed, .. }
        | E::GridRedrawn { kind, effective, filed, .. }
        | E::GridClosed { kind, effective, filed, .. } => {
            vec![(*effective, Tally { filed: -i64::from(*filed), ..Tally::of_grid(&word(kind), -1) })]
        }
        E::PostFilled { source, slot, from, .. } => {
            vec![(*from, Tally::of_holder(&word(source), slot.as_str(), 1))]
        }
        E::PostVacated { source, slot, on, instead_of, .. } => {
            let (source, slot) = (word(source), slot.as_str());
            let back = instead_of.map(|day| (day, Tally::of_holder(&source, slot, 1)));
            back.into_iter().chain([(*on, Tally::of_holder(&source, slot, -1))]).collect()
        }
        _ => vec![],
    }
}

fn community(fact: &GridEvent) -> &CommunityCode {
    use GridEvent as E;
    match fact {
        E::GridDefined { community, .. }
        | E::GridRecounted { community, .. }
        | E::TemplateAdopted { community, .. }
        | E::GridFiled { community, .. }
        | E::GridSplit { community, .. }
        | E::GridMerged { community, .. }
        | E::GridRedrawn { community, .. }
        | E::GridClosed { community, .. }
        | E::PostFilled { community, .. }
        | E::PostVacated { community, .. }
        | E::DutyAssigned { community, .. }
        | E::DutyRelieved { community, .. }
        | E::DutyListPublished { community, .. }
        | E::DutyDone { community, .. } => community,
    }
}

/// The projection.
pub struct GridCounts;

impl Projection for GridCounts {
    const NAME: &'static str = "grid_counts";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("grid-counts");
    const COLUMNS: &'static [&'static str] = &["division", "level"];
    type Row = CountRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let Some(fact) = fact(event).filter(|fact| !changes(fact).is_empty()) else { return vec![] };
        let community = community(fact).as_str();
        LENGTHS.iter().filter_map(|length| community.get(..*length)).map(SmolStr::new).collect()
    }

    fn fold(key: &str, row: &mut CountRow, event: &Recorded) {
        let Some(fact) = fact(event) else { return };
        key.clone_into(&mut row.division);
        row.level = aggregates::ids::DivisionCode::new(key).ok().map(|code| code.level());
        // A record made late does not turn the figures back.
        let today = row.counted_on.map_or(day(event), |counted| counted.max(day(event)));
        row.counted_on = Some(today);
        for (from, change) in changes(fact) {
            row.to_come.entry(from).or_default().add(&change);
        }
        while let Some(entry) = row.to_come.first_entry().filter(|entry| *entry.key() <= today) {
            row.figures.add(&entry.remove());
        }
        row.to_come.retain(|_, change| *change != Tally::default());
        row.base_grids = row.figures.grids.get("base").copied().unwrap_or(0);
        let officers = row.figures.holders_by_source.get("full_time_officer").copied().unwrap_or(0);
        row.full_time_per_mille = (officers * 1000).checked_div(row.base_grids);
    }

    fn columns(_key: &str, row: &CountRow) -> Vec<Option<String>> {
        vec![Some(row.division.clone()), row.level.map(word)]
    }
}
