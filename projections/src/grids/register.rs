//! The register of grids, each with its roster (B1–B3, B5–B13): `/v1/grids`.

use std::collections::BTreeSet;

use aggregates::Recorded;
use aggregates::grid::{GridEvent, GridKind, HouseholdBounds};
use aggregates::policy::PostHolder;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::roster::{self, HolderRow, SlotRow};
use super::{day, fact, word, yes_no};
use crate::projection::Projection;

/// A grid with its roster. Figures count everybody whose end is not recorded; [`GridRow::on`] tells a day exactly.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GridRow {
    /// The code.
    pub grid: String,
    /// Its community.
    pub community: String,
    /// The kind.
    pub kind: Option<GridKind>,
    /// Name of the place, where it has one.
    pub name: Option<String>,
    /// `defined`, `filed` at the prefecture (B2), or `ended`, perhaps on a day to come (see `ends_on`).
    pub status: String,
    /// First day.
    pub begins_on: Option<NaiveDate>,
    /// The day of filing.
    pub filed_on: Option<NaiveDate>,
    /// First day without the grid, when recorded (B3).
    pub ends_on: Option<NaiveDate>,
    /// Drawn from these (B3).
    pub predecessors: Vec<String>,
    /// Went into these (B3).
    pub successors: Vec<String>,
    /// Households in it.
    pub households: u32,
    /// Fewest by the policy then in force.
    pub households_min: Option<u32>,
    /// Most by the policy then in force.
    pub households_max: Option<u32>,
    /// Whether the households are outside these bounds (B1, B5).
    pub out_of_bounds: bool,
    /// Estates and buildings in it.
    pub estates: Vec<String>,
    /// The roster's template.
    pub template: Option<String>,
    /// `name@version` of the policy that it was adopted from.
    pub template_policy: Option<String>,
    /// Holders missing over all slots.
    pub vacancies: u32,
    /// Whether all of several fixed slots that are filled hang on one person (B6).
    pub single_point: bool,
    /// Full-time grid officers on the roster (B13).
    pub full_time_officers: u32,
    /// Members of the ledger on the roster.
    pub members: u32,
    /// Items of duty lists published (B17).
    pub duties: u32,
    /// Of these, done.
    pub duties_done: u32,
    /// Of those done, after the last day.
    pub duties_late: u32,
    /// The roster.
    pub slots: Vec<SlotRow>,
}

impl GridRow {
    /// The roster as it is on a day: only who is in the slots then, and what is vacant then. An effective day to come is
    /// thus honoured (B3).
    pub fn on(mut self, date: NaiveDate) -> Self {
        self.slots = self.slots.into_iter().map(|slot| slot.on(date)).collect();
        let ended = self.ends_on.is_some_and(|end| end <= date);
        if self.ends_on.is_some() && !ended {
            let status = if self.filed_on.is_some() { "filed" } else { "defined" };
            status.clone_into(&mut self.status);
        }
        self.figure(ended, |_| true);
        self
    }

    fn bound(&mut self, households: u32, bounds: Option<HouseholdBounds>) {
        self.households = households;
        self.households_min = bounds.map(|bounds| bounds.min);
        self.households_max = bounds.map(|bounds| bounds.max);
        self.out_of_bounds = bounds.is_some_and(|bounds| !bounds.hold(households));
    }

    fn end(&mut self, effective: NaiveDate, into: Vec<String>) {
        self.ends_on = Some(effective);
        self.successors = into;
        "ended".clone_into(&mut self.status);
    }

    /// Adds up the slots, by those holders who count.
    fn figure(&mut self, ended: bool, counts: impl Fn(&HolderRow) -> bool) {
        self.vacancies = if ended { 0 } else { self.slots.iter().map(|slot| slot.missing).sum() };
        self.single_point = !ended && hangs_on_one(&self.slots, &counts);
        let count = |of: &dyn Fn(&HolderRow) -> bool| {
            let holders = self.slots.iter().flat_map(|slot| &slot.holders);
            u32::try_from(holders.filter(|holder| counts(holder) && of(holder)).count()).unwrap_or(u32::MAX)
        };
        let full_time = count(&|holder| holder.source == PostHolder::FullTimeOfficer);
        let members = count(&|holder| holder.holder_kind == "member");
        (self.full_time_officers, self.members) = (full_time, members);
        self.duties = self.slots.iter().map(|slot| slot.duties).sum();
        self.duties_done = self.slots.iter().map(|slot| slot.duties_done).sum();
        self.duties_late = self.slots.iter().map(|slot| slot.duties_late).sum();
    }
}

/// Whether a roster with several fixed slots has one person in all that are filled.
fn hangs_on_one(slots: &[SlotRow], counts: impl Fn(&HolderRow) -> bool) -> bool {
    let fixed = || slots.iter().filter(|slot| slot.is_fixed());
    let persons: BTreeSet<(&str, &str)> = fixed()
        .flat_map(|slot| &slot.holders)
        .filter(|holder| counts(holder))
        .map(|holder| (holder.holder_kind.as_str(), holder.holder.as_str()))
        .collect();
    fixed().count() > 1 && persons.len() == 1
}

/// The projection.
pub struct Grids;

impl Projection for Grids {
    const NAME: &'static str = "grid_rosters";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("grids");
    const COLUMNS: &'static [&'static str] =
        &["community", "kind", "status", "template", "vacant", "single_point", "out_of_bounds", "full_time"];
    type Row = GridRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        fact(event).map(|_| event.stream_id.clone()).into_iter().collect()
    }

    fn fold(key: &str, row: &mut GridRow, event: &Recorded) {
        use GridEvent as E;
        let Some(fact) = fact(event) else { return };
        match fact {
            E::GridDefined {
                community, kind, name, households, bounds, estates, from, predecessors, ..
            } => {
                key.clone_into(&mut row.grid);
                row.community = community.to_string();
                row.kind = Some(*kind);
                row.name.clone_from(name);
                "defined".clone_into(&mut row.status);
                row.begins_on = Some(*from);
                row.predecessors = predecessors.iter().map(ToString::to_string).collect();
                row.estates = estates.iter().map(ToString::to_string).collect();
                row.bound(*households, *bounds);
            }
            E::GridRecounted { households, bounds, estates, .. } => {
                row.estates = estates.iter().map(ToString::to_string).collect();
                row.bound(*households, *bounds);
            }
            E::TemplateAdopted { template, slots, .. } => {
                row.template = Some(template.to_string());
                row.template_policy = event.meta.policy.as_deref().map(ToOwned::to_owned);
                roster::adopt(&mut row.slots, slots);
            }
            E::GridFiled { on, .. } => {
                row.filed_on = Some(*on);
                "filed".clone_into(&mut row.status);
            }
            E::GridSplit { into, effective, .. } | E::GridRedrawn { into, effective, .. } => {
                row.end(*effective, into.iter().map(ToString::to_string).collect());
            }
            E::GridMerged { into, effective, .. } => row.end(*effective, vec![into.to_string()]),
            E::GridClosed { effective, .. } => row.end(*effective, vec![]),
            _ => {}
        }
        roster::fold(&mut row.slots, fact, day(event));
        row.figure(row.ends_on.is_some(), |holder| holder.until.is_none());
    }

    fn columns(_key: &str, row: &GridRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            row.kind.map(word),
            Some(row.status.clone()),
            row.template.clone(),
            Some(yes_no(row.vacancies > 0)),
            Some(yes_no(row.single_point)),
            Some(yes_no(row.out_of_bounds)),
            Some(yes_no(row.full_time_officers > 0)),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("grid", key.to_owned())])
    }
}
