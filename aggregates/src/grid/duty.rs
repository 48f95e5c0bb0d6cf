//! Duty lists and duty roles (B9, B17). What stands on them is duty, never voluntary service.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DutyItem, Grid, GridEvent, Holder, Tenure, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{GridCode, Term};

/// An item of a duty list to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDuty {
    /// Short name, unique in the list.
    pub item: Term,
    /// The slot whose duty it is.
    pub slot: Term,
    /// Last day; so many days from now as the policy says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
}

impl Grid {
    /// Publishes a duty list for the slots of the roster (B17: 网格日常任务清单).
    pub fn publish_duties(
        &self,
        grid: &GridCode,
        list: &Term,
        items: &[NewDuty],
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_filed(grid)?;
        if items.is_empty() {
            return Err(refusal::no_items());
        }
        if let Some(had) = self.lists.get(list) {
            return if is_same_list(had, items) { Ok(vec![]) } else { Err(refusal::list_taken(list)) };
        }
        let today = at.date();
        let last = today
            .checked_add_days(Days::new(at.policy.grids.duty_days.value.into()))
            .unwrap_or(NaiveDate::MAX);
        let mut seen = BTreeSet::new();
        for item in items {
            self.must_have_slot(grid, &item.slot)?;
            if !seen.insert(&item.item) {
                return Err(refusal::item_twice(&item.item));
            }
            if item.due.is_some_and(|due| due < today) {
                return Err(refusal::due_past(&item.item, today));
            }
        }
        let items = items.iter().map(|item| DutyItem {
            item: item.item.clone(),
            slot: item.slot.clone(),
            due: item.due.unwrap_or(last),
        });
        Ok(vec![GridEvent::DutyListPublished {
            community: grid.community(),
            list: list.clone(),
            items: items.collect(),
        }])
    }

    /// Records that a holder of the item's slot did it (B17). It stays possible after the grid ended, for what was
    /// done before.
    pub fn complete_duty(
        &self,
        grid: &GridCode,
        (list, item): (&Term, &Term),
        by: &Holder,
        on: NaiveDate,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_defined(grid)?;
        let duty = self
            .lists
            .get(list)
            .and_then(|items| items.iter().find(|known| known.item == *item))
            .ok_or_else(|| refusal::unknown_duty(list, item))?;
        match self.done.get(list).and_then(|done| done.get(item)) {
            Some(had) if had == by => return Ok(vec![]),
            Some(_) => return Err(refusal::done_already(item)),
            None => {}
        }
        if on > at.date() {
            return Err(refusal::not_yet(at.date()));
        }
        if !self.tenures.iter().any(|tenure| tenure.is_of(&duty.slot, by) && tenure.covers(on)) {
            return Err(refusal::not_their_duty(&duty.slot, by));
        }
        Ok(vec![GridEvent::DutyDone {
            community: grid.community(),
            list: list.clone(),
            item: item.clone(),
            slot: duty.slot.clone(),
            by: by.clone(),
            on,
            late: on > duty.due,
        }])
    }

    /// Gives a holder one of the policy's duty roles (B9: 七大员职责分工). It ends with the post.
    pub fn assign_duty(
        &self,
        grid: &GridCode,
        slot: &Term,
        holder: &Holder,
        role: &Term,
        at: &Circumstance,
    ) -> Decision<Self> {
        let held = self.must_hold(grid, slot, holder, at)?;
        if held.roles.contains(role) {
            return Ok(vec![]);
        }
        if at.policy.grids.duty_role(role).is_none() {
            return Err(refusal::role_not_listed(role));
        }
        Ok(vec![GridEvent::DutyAssigned {
            community: grid.community(),
            slot: slot.clone(),
            holder: holder.clone(),
            role: role.clone(),
            from: at.date().max(held.from),
        }])
    }

    /// Takes a duty role off a holder (B9).
    pub fn relieve_duty(
        &self,
        grid: &GridCode,
        slot: &Term,
        holder: &Holder,
        role: &Term,
        at: &Circumstance,
    ) -> Decision<Self> {
        let held = self.must_hold(grid, slot, holder, at)?;
        if !held.roles.contains(role) {
            return Ok(vec![]);
        }
        Ok(vec![GridEvent::DutyRelieved {
            community: grid.community(),
            slot: slot.clone(),
            holder: holder.clone(),
            role: role.clone(),
            on: at.date(),
        }])
    }

    fn must_hold(
        &self,
        grid: &GridCode,
        slot: &Term,
        holder: &Holder,
        at: &Circumstance,
    ) -> Result<&Tenure, Refusal> {
        self.must_be_filed(grid)?;
        self.must_have_slot(grid, slot)?;
        self.last_tenure(slot, holder)
            .filter(|held| held.reaches(at.date()))
            .ok_or_else(|| refusal::not_holder(slot, holder))
    }
}

/// Whether the items are those published; a due day that the command leaves out was filled in by the policy.
fn is_same_list(had: &[DutyItem], items: &[NewDuty]) -> bool {
    had.len() == items.len()
        && had.iter().zip(items).all(|(had, item)| {
            had.item == item.item && had.slot == item.slot && item.due.is_none_or(|due| due == had.due)
        })
}
