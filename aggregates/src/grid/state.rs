//! What the rules of a grid read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DutyItem, GridEvent, GridKind, Holder, RosterSlot, refusal};
use crate::Refusal;
use crate::decider::Decider;
use crate::ids::{EstateId, GridCode, Term, UnitId};
use crate::policy::PostHolder;

/// A grid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    pub(super) defined: Option<Defined>,
    pub(super) filed: bool,
    pub(super) end: Option<End>,
    pub(super) template: Option<Template>,
    pub(super) tenures: Vec<Tenure>,
    pub(super) lists: BTreeMap<Term, Vec<DutyItem>>,
    pub(super) done: BTreeMap<Term, BTreeMap<Term, Holder>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Defined {
    pub(super) kind: GridKind,
    pub(super) name: Option<String>,
    pub(super) households: u32,
    pub(super) estates: Vec<EstateId>,
    pub(super) from: NaiveDate,
    pub(super) predecessors: Vec<GridCode>,
    /// As first drawn, whatever was recounted or adopted since.
    pub(super) drawn: (u32, Vec<EstateId>, Option<Term>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) effective: NaiveDate,
    pub(super) into: Vec<GridCode>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Template {
    pub(super) name: Term,
    pub(super) slots: Vec<RosterSlot>,
    pub(super) doubling: bool,
}

/// One holder's time in one slot: from the first day to before the day `until`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenure {
    /// The slot.
    pub slot: Term,
    /// Who.
    pub holder: Holder,
    /// As what.
    pub source: PostHolder,
    /// The unit that sends a member.
    pub on_behalf_of: Option<UnitId>,
    /// The estate or building looked after.
    pub estate: Option<EstateId>,
    /// First day.
    pub from: NaiveDate,
    /// First day no longer in the slot, when known.
    pub until: Option<NaiveDate>,
    /// Duty roles held (B9).
    pub roles: BTreeSet<Term>,
}

impl Tenure {
    /// Whether the holder is in the slot on the day, or will be later.
    pub fn reaches(&self, date: NaiveDate) -> bool {
        self.until.is_none_or(|until| until > date)
    }

    /// Whether the holder is in the slot on the day.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && self.reaches(date)
    }

    pub(super) fn is_of(&self, slot: &Term, holder: &Holder) -> bool {
        self.slot == *slot && self.holder == *holder
    }
}

impl Decider for Grid {
    const TYPE: &'static str = "grid";
    type Event = GridEvent;

    fn evolve(&mut self, fact: &GridEvent) {
        use GridEvent as E;
        match fact {
            E::GridDefined { kind, name, households, estates, from, predecessors, template, .. } => {
                self.defined = Some(Defined {
                    kind: *kind,
                    name: name.clone(),
                    households: *households,
                    estates: estates.clone(),
                    from: *from,
                    predecessors: predecessors.clone(),
                    drawn: (*households, estates.clone(), template.clone()),
                });
            }
            E::GridRecounted { households, estates, .. } => {
                if let Some(defined) = &mut self.defined {
                    defined.households = *households;
                    defined.estates.clone_from(estates);
                }
            }
            E::TemplateAdopted { template, slots, doubling, .. } => {
                self.template =
                    Some(Template { name: template.clone(), slots: slots.clone(), doubling: *doubling });
            }
            E::GridFiled { .. } => self.filed = true,
            E::GridSplit { into, effective, .. } | E::GridRedrawn { into, effective, .. } => {
                self.end = Some(End { effective: *effective, into: into.clone() });
            }
            E::GridMerged { into, effective, .. } => {
                self.end = Some(End { effective: *effective, into: vec![into.clone()] });
            }
            E::GridClosed { effective, .. } => {
                self.end = Some(End { effective: *effective, into: vec![] });
            }
            E::DutyListPublished { list, items, .. } => {
                self.lists.insert(list.clone(), items.clone());
            }
            E::DutyDone { list, item, by, .. } => {
                self.done.entry(list.clone()).or_default().insert(item.clone(), by.clone());
            }
            E::PostFilled { .. }
            | E::PostVacated { .. }
            | E::DutyAssigned { .. }
            | E::DutyRelieved { .. } => {
                self.evolve_roster(fact);
            }
        }
    }
}

impl Grid {
    fn evolve_roster(&mut self, fact: &GridEvent) {
        match fact {
            GridEvent::PostFilled { slot, holder, source, on_behalf_of, estate, from, .. } => {
                self.tenures.push(Tenure {
                    slot: slot.clone(),
                    holder: holder.clone(),
                    source: *source,
                    on_behalf_of: on_behalf_of.clone(),
                    estate: estate.clone(),
                    from: *from,
                    until: None,
                    roles: BTreeSet::new(),
                });
            }
            GridEvent::PostVacated { slot, holder, on, .. } => {
                if let Some(tenure) = self.last_tenure_mut(slot, holder) {
                    tenure.until = Some(*on);
                }
            }
            GridEvent::DutyAssigned { slot, holder, role, .. } => {
                if let Some(tenure) = self.last_tenure_mut(slot, holder) {
                    tenure.roles.insert(role.clone());
                }
            }
            GridEvent::DutyRelieved { slot, holder, role, .. } => {
                if let Some(tenure) = self.last_tenure_mut(slot, holder) {
                    tenure.roles.remove(role);
                }
            }
            _ => {}
        }
    }

    fn last_tenure_mut(&mut self, slot: &Term, holder: &Holder) -> Option<&mut Tenure> {
        self.tenures.iter_mut().rev().find(|tenure| tenure.is_of(slot, holder))
    }

    pub(super) fn last_tenure(&self, slot: &Term, holder: &Holder) -> Option<&Tenure> {
        self.tenures.iter().rev().find(|tenure| tenure.is_of(slot, holder))
    }

    /// Whether it was ever drawn.
    pub fn is_defined(&self) -> bool {
        self.defined.is_some()
    }

    /// Households in it.
    pub fn households(&self) -> u32 {
        self.defined.as_ref().map_or(0, |defined| defined.households)
    }

    /// Short name of the template that its roster follows.
    pub fn template(&self) -> Option<&Term> {
        self.template.as_ref().map(|template| &template.name)
    }

    /// Everybody who was ever on the roster, in the order of taking.
    pub fn tenures(&self) -> &[Tenure] {
        &self.tenures
    }

    pub(super) fn must_be_defined(&self, grid: &GridCode) -> Result<&Defined, Refusal> {
        self.defined.as_ref().ok_or_else(|| refusal::unknown(grid))
    }

    /// Refuses once an end is recorded: what comes is the successors' business.
    pub(super) fn must_go_on(&self, grid: &GridCode) -> Result<&Defined, Refusal> {
        let defined = self.must_be_defined(grid)?;
        match &self.end {
            Some(end) => Err(refusal::ended(grid, end.effective)),
            None => Ok(defined),
        }
    }

    /// Refuses a grid that was never drawn, or whose end is recorded.
    pub fn must_stay(&self, grid: &GridCode) -> Result<(), Refusal> {
        self.must_go_on(grid).map(|_| ())
    }

    /// Refuses for grids that may have no roster: ended, or not filed at the prefecture (B2).
    pub(super) fn must_be_filed(&self, grid: &GridCode) -> Result<&Defined, Refusal> {
        let defined = self.must_go_on(grid)?;
        if self.filed { Ok(defined) } else { Err(refusal::not_filed(grid)) }
    }

    pub(super) fn must_have_slot(&self, grid: &GridCode, slot: &Term) -> Result<&RosterSlot, Refusal> {
        let template = self.template.as_ref().ok_or_else(|| refusal::no_template(grid))?;
        template.slots.iter().find(|known| known.slot == *slot).ok_or_else(|| refusal::unknown_slot(slot))
    }
}
