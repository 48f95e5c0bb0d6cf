//! Drawing, counting, filing a grid and giving it a roster (B1, B2, B5–B13).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::state::Defined;
use super::{Grid, GridEvent, GridKind, HouseholdBounds, NewGrid, RosterSlot, Tenure, refusal};
use crate::Refusal;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::{DivisionCode, EstateId, GridCode, Level, Term};

const NAME_LENGTH_MAX: usize = 50;

impl Grid {
    /// Draws a grid that comes from no other (B1, B5).
    pub fn define(&self, new: &NewGrid, kind: GridKind, at: &Circumstance) -> Decision<Self> {
        self.draw(new, kind, at.date(), &[], at)
    }

    /// Draws a grid from a day on. The code is the stream, so that no two grids can share one (B2).
    pub(super) fn draw(
        &self,
        new: &NewGrid,
        kind: GridKind,
        from: NaiveDate,
        predecessors: &[GridCode],
        at: &Circumstance,
    ) -> Decision<Self> {
        if let Some(name) = &new.name
            && !(1..=NAME_LENGTH_MAX).contains(&name.chars().count())
        {
            return Err(refusal::name_length());
        }
        once_each(&new.estates)?;
        if let Some(had) = &self.defined {
            return if had.is_drawn_as(new, kind, from, predecessors) {
                Ok(vec![])
            } else {
                Err(refusal::code_taken(&new.grid))
            };
        }
        let bounds = bounds(kind, at);
        if let Some(bounds) =
            bounds.filter(|bounds| kind == GridKind::Emergency && !bounds.hold(new.households))
        {
            return Err(refusal::out_of_bounds(new.households, bounds.min, bounds.max));
        }
        Ok(vec![GridEvent::GridDefined {
            grid: new.grid.clone(),
            community: new.grid.community(),
            kind,
            name: new.name.clone(),
            households: new.households,
            bounds,
            estates: new.estates.clone(),
            from,
            predecessors: predecessors.to_vec(),
            template: new.template.clone(),
        }])
    }

    /// Counts households and estates anew. Bounds that no longer hold are listed, not refused: people moved (B1, B5).
    pub fn recount(
        &self,
        grid: &GridCode,
        households: u32,
        estates: &[EstateId],
        at: &Circumstance,
    ) -> Decision<Self> {
        let defined = self.must_go_on(grid)?;
        once_each(estates)?;
        if defined.households == households && defined.estates == estates {
            return Ok(vec![]);
        }
        Ok(vec![GridEvent::GridRecounted {
            community: grid.community(),
            kind: defined.kind,
            households,
            bounds: bounds(defined.kind, at),
            estates: estates.to_vec(),
        }])
    }

    /// Lets the roster follow a template of the policy, as it stands there now. Whoever is on the roster must fit.
    pub fn adopt_template(&self, grid: &GridCode, template: &Term, at: &Circumstance) -> Decision<Self> {
        self.must_go_on(grid)?;
        let found = at.policy.grids.template(template).ok_or_else(|| refusal::unknown_template(template))?;
        let slots: Vec<RosterSlot> = found.slots.iter().map(RosterSlot::from).collect();
        if self
            .template
            .as_ref()
            .is_some_and(|had| had.name == *template && had.slots == slots && had.doubling == found.doubling)
        {
            return Ok(vec![]);
        }
        let date = at.date();
        let live: Vec<&Tenure> = self.tenures.iter().filter(|tenure| tenure.reaches(date)).collect();
        if let Some(tenure) = misfit(&live, &slots, found.doubling) {
            return Err(refusal::template_does_not_fit(&tenure.slot, &tenure.holder));
        }
        Ok(vec![GridEvent::TemplateAdopted {
            community: grid.community(),
            template: template.clone(),
            slots,
            doubling: found.doubling,
        }])
    }

    /// Takes the grid into the prefecture's register (B2).
    pub fn file(&self, grid: &GridCode, at: &Circumstance) -> Decision<Self> {
        let kind = self.must_be_defined(grid)?.kind;
        if !speaks_for_prefecture(grid, at) {
            return Err(refusal::not_prefecture(grid));
        }
        if self.filed {
            return Ok(vec![]);
        }
        self.must_go_on(grid)?;
        Ok(vec![GridEvent::GridFiled { community: grid.community(), kind, on: at.date() }])
    }
}

impl Defined {
    /// Whether the same drawing is repeated, whatever was recounted since. A first drawing may be repeated on a
    /// later day.
    fn is_drawn_as(&self, new: &NewGrid, kind: GridKind, from: NaiveDate, predecessors: &[GridCode]) -> bool {
        self.kind == kind
            && self.name == new.name
            && self.drawn == (new.households, new.estates.clone(), new.template.clone())
            && self.predecessors == predecessors
            && (predecessors.is_empty() || self.from == from)
    }
}

fn once_each(estates: &[EstateId]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match estates.iter().find(|estate| !seen.insert(*estate)) {
        Some(estate) => Err(refusal::estate_twice(estate)),
        None => Ok(()),
    }
}

fn bounds(kind: GridKind, at: &Circumstance) -> Option<HouseholdBounds> {
    let policy = &at.policy.grids;
    match kind {
        GridKind::Base => Some(HouseholdBounds {
            min: policy.base_households_min.value,
            max: policy.base_households_max.value,
        }),
        GridKind::Emergency => Some(HouseholdBounds {
            min: policy.emergency_households_min.value,
            max: policy.emergency_households_max.value,
        }),
        GridKind::Dedicated => None,
    }
}

/// The first of those on the roster who does not fit the slots.
fn misfit<'a>(live: &[&'a Tenure], slots: &[RosterSlot], doubling: bool) -> Option<&'a Tenure> {
    let slot_of = |tenure: &Tenure| slots.iter().find(|slot| slot.slot == tenure.slot);
    live.iter().enumerate().find_map(|(index, tenure)| {
        let earlier = live.get(..index).unwrap_or_default();
        let fits = slot_of(tenure).is_some_and(|slot| {
            let before = earlier.iter().filter(|other| other.slot == tenure.slot).count();
            let doubles = earlier.iter().any(|other| {
                other.holder == tenure.holder && slot_of(other).is_some_and(RosterSlot::is_fixed)
            });
            slot.holders.contains(&tenure.source)
                && slot.max.is_none_or(|max| before < max as usize)
                && (doubling || !slot.is_fixed() || !doubles)
        });
        (!fits).then_some(*tenure)
    })
}

/// The prefecture's organisation department files; so does whoever runs an embedded ledger.
fn speaks_for_prefecture(grid: &GridCode, at: &Circumstance) -> bool {
    match at.actor.role {
        Role::Operator | Role::System => true,
        Role::OrganisationDepartment => {
            at.actor.organisation.as_ref().and_then(|body| DivisionCode::new(body.as_str()).ok()).is_some_and(
                |body| body.level() == Level::Prefecture && grid.community().division().within(&body),
            )
        }
        _ => false,
    }
}
