//! Splitting, merging and redrawing grids: nothing is lost, history stays (B3: 5 grids into 7).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Grid, GridEvent, GridKind, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{EstateId, GridCode, Term};

/// A grid to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrid {
    /// Its code, never used before.
    pub grid: GridCode,
    /// Name of the place, where it has one beside the code: 1 to 50 characters; never a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Households in it.
    pub households: u32,
    /// Estates and buildings in it.
    #[serde(default)]
    pub estates: Vec<EstateId>,
    /// The roster's template; in a redraw that of the old grids when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Term>,
}

/// A redraw of one or several grids of one community into one or several new ones.
#[derive(Debug, Clone)]
pub struct Redraw {
    old: Vec<GridCode>,
    new: Vec<NewGrid>,
    kind: GridKind,
    effective: NaiveDate,
}

impl Redraw {
    /// Checks what no single grid can tell: that the codes are distinct and of one community, the kinds the same, and
    /// that households and estates are the same before and after (B3).
    pub fn plan(old: &[(GridCode, &Grid)], new: &[NewGrid], effective: NaiveDate) -> Result<Self, Refusal> {
        let mut kinds = BTreeSet::new();
        for (code, grid) in old {
            kinds.insert(grid.must_be_defined(code)?.kind);
        }
        let (Some(kind), true) = (kinds.first().copied(), !new.is_empty() && old.len() + new.len() > 2)
        else {
            return Err(refusal::nothing_redrawn());
        };
        let codes: Vec<&GridCode> =
            old.iter().map(|(code, _)| code).chain(new.iter().map(|grid| &grid.grid)).collect();
        let mut seen = BTreeSet::new();
        if let Some(twice) = codes.iter().find(|code| !seen.insert(**code)) {
            return Err(refusal::code_twice(twice));
        }
        let communities: BTreeSet<_> = codes.iter().map(|code| code.community()).collect();
        if communities.len() != 1 {
            return Err(refusal::not_one_community());
        }
        if kinds.len() != 1 {
            return Err(refusal::not_one_kind());
        }
        conserve(old, new)?;
        Ok(Self {
            old: old.iter().map(|(code, _)| code.clone()).collect(),
            new: new.to_vec(),
            kind,
            effective,
        })
    }

    /// The grids to be drawn.
    pub fn new_grids(&self) -> &[NewGrid] {
        &self.new
    }

    fn successors(&self) -> Vec<GridCode> {
        self.new.iter().map(|grid| grid.grid.clone()).collect()
    }

    fn others(&self, grid: &GridCode) -> Vec<GridCode> {
        self.old.iter().filter(|other| *other != grid).cloned().collect()
    }

    /// How the end of one of the old grids is told.
    fn end_of(&self, grid: &GridCode, filed: bool) -> GridEvent {
        let (community, kind, effective) = (grid.community(), self.kind, self.effective);
        let with = self.others(grid);
        match (with.is_empty(), self.new.as_slice()) {
            (true, _) => GridEvent::GridSplit { community, kind, into: self.successors(), effective, filed },
            (false, [one]) => {
                GridEvent::GridMerged { community, kind, with, into: one.grid.clone(), effective, filed }
            }
            (false, _) => {
                GridEvent::GridRedrawn { community, kind, with, into: self.successors(), effective, filed }
            }
        }
    }
}

impl Grid {
    /// Ends by a redraw: from the effective day on nobody stands on its roster (B3).
    pub fn give_way(&self, grid: &GridCode, redraw: &Redraw, at: &Circumstance) -> Decision<Self> {
        self.must_be_defined(grid)?;
        if let Some(end) = &self.end
            && end.effective == redraw.effective
            && end.into == redraw.successors()
        {
            return Ok(vec![]);
        }
        self.end_with(grid, redraw.end_of(grid, self.filed), redraw.effective, at)
    }

    /// Begins by a redraw, on its effective day, with an empty roster. It is filed anew (B2).
    pub fn succeed(&self, new: &NewGrid, redraw: &Redraw, at: &Circumstance) -> Decision<Self> {
        self.draw(new, redraw.kind, redraw.effective, &redraw.old, at)
    }

    /// Ends without a successor: a dedicated or emergency grid, or a base grid that nobody lives in any more.
    pub fn close(&self, grid: &GridCode, effective: NaiveDate, at: &Circumstance) -> Decision<Self> {
        let defined = self.must_be_defined(grid)?;
        if self.end.as_ref().is_some_and(|end| end.effective == effective && end.into.is_empty()) {
            return Ok(vec![]);
        }
        if defined.kind == GridKind::Base && defined.households > 0 {
            return Err(refusal::households_left(defined.households));
        }
        let closed = GridEvent::GridClosed {
            community: grid.community(),
            kind: defined.kind,
            effective,
            filed: self.filed,
        };
        self.end_with(grid, closed, effective, at)
    }

    fn end_with(
        &self,
        grid: &GridCode,
        end: GridEvent,
        effective: NaiveDate,
        at: &Circumstance,
    ) -> Decision<Self> {
        let defined = self.must_go_on(grid)?;
        if effective < at.date() {
            return Err(refusal::effective_past(at.date()));
        }
        if effective < defined.from {
            return Err(refusal::not_begun(grid, defined.from));
        }
        let mut facts = vec![end];
        facts.extend(self.tenures.iter().filter(|tenure| tenure.reaches(effective)).map(|tenure| {
            GridEvent::PostVacated {
                community: grid.community(),
                slot: tenure.slot.clone(),
                holder: tenure.holder.clone(),
                source: tenure.source,
                on: effective.max(tenure.from),
                instead_of: tenure.until,
            }
        }));
        Ok(facts)
    }
}

fn conserve(old: &[(GridCode, &Grid)], new: &[NewGrid]) -> Result<(), Refusal> {
    let before: u64 = old.iter().map(|(_, grid)| u64::from(grid.households())).sum();
    let after: u64 = new.iter().map(|grid| u64::from(grid.households)).sum();
    if before != after {
        return Err(refusal::households_not_conserved(before, after));
    }
    let had: BTreeSet<&EstateId> =
        old.iter().filter_map(|(_, grid)| grid.defined.as_ref()).flat_map(|grid| &grid.estates).collect();
    let has: BTreeSet<&EstateId> = new.iter().flat_map(|grid| &grid.estates).collect();
    let differ: Vec<&str> = had.symmetric_difference(&has).map(|estate| estate.as_str()).collect();
    if differ.is_empty() { Ok(()) } else { Err(refusal::estates_not_conserved(differ.join(", "))) }
}
