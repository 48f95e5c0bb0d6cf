//! A grid's roster: slots with their holders, as told by the grid's own facts (B6–B13, B15, B17).

use std::collections::BTreeSet;

use aggregates::grid::{GridEvent, Holder, RosterSlot};
use aggregates::points::Work;
use aggregates::policy::PostHolder;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A slot of a roster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SlotRow {
    /// Short name.
    pub slot: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Fewest holders.
    pub min: u32,
    /// Most holders; none for N.
    pub max: Option<u32>,
    /// Whether the public is told who stands here (B16).
    pub public: bool,
    /// Holders missing to the fewest; those whose end is recorded do not count.
    pub missing: u32,
    /// Those in the slot, and those named for a day to come.
    pub holders: Vec<HolderRow>,
    /// Items of duty lists published for the slot (B17).
    pub duties: u32,
    /// Of these, done.
    pub duties_done: u32,
    /// Of those done, after the last day.
    pub duties_late: u32,
}

/// Somebody in a slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HolderRow {
    /// `member` or `person`.
    pub holder_kind: String,
    /// Opaque id.
    pub holder: String,
    /// As what.
    pub source: PostHolder,
    /// Duty or voluntary.
    pub work: Work,
    /// The unit that sends a member.
    pub on_behalf_of: Option<String>,
    /// The estate or building looked after.
    pub estate: Option<String>,
    /// First day.
    pub from: NaiveDate,
    /// First day no longer in the slot, when recorded.
    pub until: Option<NaiveDate>,
    /// Duty roles (B9).
    pub duty_roles: BTreeSet<String>,
}

impl HolderRow {
    pub(super) fn is(&self, holder: &Holder) -> bool {
        self.holder_kind == holder.kind() && self.holder == holder.id()
    }

    fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| until > date)
    }
}

impl SlotRow {
    /// An empty slot of a template.
    fn new(slot: &RosterSlot) -> Self {
        Self {
            slot: slot.slot.to_string(),
            title: slot.title.clone(),
            title_en: slot.title_en.clone(),
            min: slot.min,
            max: slot.max,
            public: slot.public,
            missing: slot.min,
            holders: vec![],
            duties: 0,
            duties_done: 0,
            duties_late: 0,
        }
    }

    /// Whether it is a fixed slot, not one of the N.
    pub fn is_fixed(&self) -> bool {
        self.max.is_some()
    }

    /// Those who stay: no end is recorded.
    pub(super) fn staying(&self) -> impl Iterator<Item = &HolderRow> {
        self.holders.iter().filter(|holder| holder.until.is_none())
    }

    pub(super) fn count(&mut self) {
        let staying = u32::try_from(self.staying().count()).unwrap_or(u32::MAX);
        self.missing = self.min.saturating_sub(staying);
    }

    /// Only those in the slot on the day.
    pub(super) fn on(mut self, date: NaiveDate) -> Self {
        self.holders.retain(|holder| holder.covers(date));
        let there = u32::try_from(self.holders.len()).unwrap_or(u32::MAX);
        self.missing = self.min.saturating_sub(there);
        self
    }
}

/// The slots of a template, with those holders and duties that were there before.
pub(super) fn adopt(slots: &mut Vec<SlotRow>, template: &[RosterSlot]) {
    let before = std::mem::take(slots);
    slots.extend(template.iter().map(|slot| {
        let mut row = SlotRow::new(slot);
        if let Some(had) = before.iter().find(|had| had.slot == row.slot) {
            row.holders.clone_from(&had.holders);
            (row.duties, row.duties_done, row.duties_late) = (had.duties, had.duties_done, had.duties_late);
        }
        row
    }));
}

/// Takes a fact of the roster into the slots. `today` is its business day: whoever has left by then is no longer shown.
pub(super) fn fold(slots: &mut [SlotRow], fact: &GridEvent, today: NaiveDate) {
    match fact {
        GridEvent::PostFilled { slot, holder, source, work, on_behalf_of, estate, from, .. } => {
            if let Some(row) = find(slots, slot.as_str()) {
                row.holders.push(HolderRow {
                    holder_kind: holder.kind().to_owned(),
                    holder: holder.id().to_owned(),
                    source: *source,
                    work: *work,
                    on_behalf_of: on_behalf_of.as_ref().map(ToString::to_string),
                    estate: estate.as_ref().map(ToString::to_string),
                    from: *from,
                    until: None,
                    duty_roles: BTreeSet::new(),
                });
            }
        }
        GridEvent::PostVacated { slot, holder, on, .. } => {
            with_holder(slots, slot.as_str(), holder, |row| row.until = Some(*on));
        }
        GridEvent::DutyAssigned { slot, holder, role, .. } => {
            with_holder(slots, slot.as_str(), holder, |row| {
                row.duty_roles.insert(role.to_string());
            });
        }
        GridEvent::DutyRelieved { slot, holder, role, .. } => {
            with_holder(slots, slot.as_str(), holder, |row| {
                row.duty_roles.remove(role.as_str());
            });
        }
        GridEvent::DutyListPublished { items, .. } => {
            for item in items {
                if let Some(row) = find(slots, item.slot.as_str()) {
                    row.duties += 1;
                }
            }
        }
        GridEvent::DutyDone { slot, late, .. } => {
            if let Some(row) = find(slots, slot.as_str()) {
                row.duties_done += 1;
                row.duties_late += u32::from(*late);
            }
        }
        _ => {}
    }
    for row in slots {
        row.holders.retain(|holder| holder.until.is_none_or(|until| until > today));
        row.count();
    }
}

fn find<'a>(slots: &'a mut [SlotRow], slot: &str) -> Option<&'a mut SlotRow> {
    slots.iter_mut().find(|row| row.slot == slot)
}

fn with_holder(slots: &mut [SlotRow], slot: &str, holder: &Holder, change: impl FnOnce(&mut HolderRow)) {
    if let Some(row) =
        find(slots, slot).and_then(|slot| slot.holders.iter_mut().rev().find(|row| row.is(holder)))
    {
        change(row);
    }
}
