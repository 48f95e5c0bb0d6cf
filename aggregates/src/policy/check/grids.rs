//! Checks of the grid rules and slot templates (B1–B17).

use super::{DAYS_MAX, positive};
use crate::document::{Checks, name};
use crate::policy::{GridPolicy, Slot, SlotTemplate, Sourced};

const HOUSEHOLDS_MAX: i64 = 100_000;
const HOLDERS_MAX: i64 = 10_000;

pub(super) fn check(section: &GridPolicy, checks: &mut Checks<'_>) {
    bounds(
        checks,
        "grids.emergency_households",
        &section.emergency_households_min,
        &section.emergency_households_max,
    );
    bounds(checks, "grids.base_households", &section.base_households_min, &section.base_households_max);
    positive(checks, "grids.joint_households", &section.joint_households, HOUSEHOLDS_MAX);
    positive(checks, "grids.posts_per_person_max", &section.posts_per_person_max, HOLDERS_MAX);
    positive(checks, "grids.duty_days", &section.duty_days, DAYS_MAX);
    checks.not_empty("grids.templates", &section.templates);
    let names = section.templates.iter().map(|template| &template.name);
    checks.no_repeats(names, |index| format!("grids.templates[{index}].name"));
    let roles = section.duty_roles.iter().map(|role| &role.name);
    checks.no_repeats(roles, |index| format!("grids.duty_roles[{index}].name"));
    for (index, template) in section.templates.iter().enumerate() {
        check_template(template, &format!("grids.templates[{index}]"), checks);
    }
}

fn bounds(checks: &mut Checks<'_>, stem: &str, min: &Sourced<u32>, max: &Sourced<u32>) {
    positive(checks, &format!("{stem}_min"), min, HOUSEHOLDS_MAX);
    positive(checks, &format!("{stem}_max"), max, HOUSEHOLDS_MAX);
    if min.value > max.value {
        let (min, max) = (min.value, max.value);
        checks.say(
            &format!("{stem}_max.value"),
            format!("is {max}, less than the least, {min} / 上限 {max} 小于下限 {min}"),
        );
    }
}

fn check_template(template: &SlotTemplate, path: &str, checks: &mut Checks<'_>) {
    checks.not_empty(&format!("{path}.slots"), &template.slots);
    checks.no_repeats(template.slots.iter().map(|slot| &slot.name), |index| {
        format!("{path}.slots[{index}].name")
    });
    for (index, slot) in template.slots.iter().enumerate() {
        check_slot(slot, &format!("{path}.slots[{index}]"), checks);
    }
}

fn check_slot(slot: &Slot, path: &str, checks: &mut Checks<'_>) {
    checks.within(&format!("{path}.min"), slot.min.into(), 0, HOLDERS_MAX);
    if let Some(max) = slot.max {
        checks.within(&format!("{path}.max"), max.into(), 1, HOLDERS_MAX);
        if max < slot.min {
            let min = slot.min;
            checks.say(
                &format!("{path}.max"),
                format!("is {max}, less than the least, {min} / 上限 {max} 小于下限 {min}"),
            );
        }
    }
    checks.not_empty(&format!("{path}.holders"), &slot.holders);
    checks.no_repeats(slot.holders.iter().map(name), |index| format!("{path}.holders[{index}]"));
}
