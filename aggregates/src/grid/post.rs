//! Taking and leaving the slots of a roster (B6–B13, B15).

use chrono::NaiveDate;

use super::{Grid, GridEvent, Holder, RosterSlot, Tenure, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{EstateId, GridCode, Term, UnitId};
use crate::policy::PostHolder;

/// Somebody who is to take a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// The slot.
    pub slot: Term,
    /// Who.
    pub holder: Holder,
    /// As what the holder may stand here: told by the ledger for members, declared for others.
    pub sources: Vec<PostHolder>,
    /// The unit that sends a member.
    pub on_behalf_of: Option<UnitId>,
    /// The estate or building to look after (B11).
    pub estate: Option<EstateId>,
}

impl Grid {
    /// Gives a slot to somebody from the business day on, or from the grid's first day when that is to come.
    pub fn fill_post(&self, grid: &GridCode, wanted: &Appointment, at: &Circumstance) -> Decision<Self> {
        let defined = self.must_be_filed(grid)?;
        let slot = self.must_have_slot(grid, &wanted.slot)?;
        if let Some(estate) = wanted.estate.as_ref().filter(|estate| !defined.estates.contains(estate)) {
            return Err(refusal::estate_elsewhere(estate, grid));
        }
        let source = slot
            .holders
            .iter()
            .copied()
            .find(|source| wanted.sources.contains(source))
            .ok_or_else(|| wrong_source(slot))?;
        let from = at.date().max(defined.from);
        if let Some(held) = self.last_tenure(&wanted.slot, &wanted.holder).filter(|held| held.reaches(from)) {
            let same =
                held.until.is_none() && wanted.sources.contains(&held.source) && held.estate == wanted.estate;
            return if same {
                Ok(vec![])
            } else {
                Err(refusal::holds_it_otherwise(&wanted.slot, &wanted.holder))
            };
        }
        self.must_have_room(slot, &wanted.holder, from)?;
        Ok(vec![GridEvent::PostFilled {
            community: grid.community(),
            slot: wanted.slot.clone(),
            holder: wanted.holder.clone(),
            source,
            work: source.work(),
            fixed: slot.is_fixed(),
            posts_max: at.policy.grids.posts_per_person_max.value,
            on_behalf_of: wanted.on_behalf_of.clone(),
            estate: wanted.estate.clone(),
            from,
        }])
    }

    /// Room in the slot, and, for a fixed one, nobody who already holds another of the grid (B6, B8).
    fn must_have_room(&self, slot: &RosterSlot, holder: &Holder, from: NaiveDate) -> Result<(), Refusal> {
        let live = || self.tenures.iter().filter(|tenure| tenure.reaches(from));
        if let Some(max) = slot.max
            && live().filter(|tenure| tenure.slot == slot.slot).count() >= max as usize
        {
            return Err(refusal::slot_full(&slot.slot, max));
        }
        let Some(template) = self.template.as_ref().filter(|template| !template.doubling && slot.is_fixed())
        else {
            return Ok(());
        };
        let is_fixed = |tenure: &&Tenure| {
            template.slots.iter().any(|known| known.slot == tenure.slot && known.is_fixed())
        };
        match live().filter(is_fixed).find(|tenure| tenure.holder == *holder) {
            Some(other) => Err(refusal::holds_another(&other.slot, holder)),
            None => Ok(()),
        }
    }

    /// Takes a holder off a slot from the day on; sooner than recorded, when an end was recorded before.
    pub fn vacate_post(
        &self,
        grid: &GridCode,
        slot: &Term,
        holder: &Holder,
        on: NaiveDate,
    ) -> Decision<Self> {
        self.must_be_defined(grid)?;
        let held = self.last_tenure(slot, holder).ok_or_else(|| refusal::not_holder(slot, holder))?;
        if held.until.is_some_and(|until| until <= on) {
            return Ok(vec![]);
        }
        if on < held.from {
            return Err(refusal::left_before_taken(held.from));
        }
        Ok(vec![GridEvent::PostVacated {
            community: grid.community(),
            slot: slot.clone(),
            holder: holder.clone(),
            source: held.source,
            on,
            instead_of: held.until,
        }])
    }
}

/// Those who may stand in the slot, told in both languages.
fn wrong_source(slot: &RosterSlot) -> Refusal {
    let (zh, en): (Vec<_>, Vec<_>) = slot.holders.iter().map(|holder| holder.titles()).unzip();
    refusal::wrong_source(&slot.slot, zh.join("、"), en.join(", "))
}
