//! Checks of the demand loop, its deadlines, and pairs (C5, C8, C9, C11).

use super::{DAYS_MAX, positive};
use crate::demand::{DemandKind, Urgency};
use crate::document::{Checks, choices_of, name};
use crate::policy::{Deadline, DemandPolicy, PairingPolicy, Sla, Span, SpanUnit, Stage};

const POINTS_MAX: i64 = 1000;
const HOURS_MAX: i64 = DAYS_MAX * HOURS_A_DAY;
const HOURS_A_DAY: i64 = 24;
const MINUTES_A_DAY: i64 = 1440;
const COUNT_MAX: i64 = 1000;

pub(super) fn check(section: &DemandPolicy, checks: &mut Checks<'_>) {
    checks.not_empty("demand.difficulties", &section.difficulties);
    let names = section.difficulties.iter().map(|difficulty| &difficulty.name);
    checks.no_repeats(names, |index| format!("demand.difficulties[{index}].name"));
    for (index, difficulty) in section.difficulties.iter().enumerate() {
        checks.within(
            &format!("demand.difficulties[{index}].points.value"),
            difficulty.points.value,
            1,
            POINTS_MAX,
        );
    }
    positive(checks, "demand.claim_days", &section.claim_days, DAYS_MAX);
    if let Some(days) = &section.contact_days {
        positive(checks, "demand.contact_days", days, DAYS_MAX);
    }
    positive(checks, "demand.live_claims_max", &section.live_claims_max, COUNT_MAX);
    positive(checks, "demand.answer_hours", &section.answer_hours, HOURS_MAX);
    positive(checks, "demand.rating_days", &section.rating_days, DAYS_MAX);
    // Five stars would make every rating a bad one.
    checks.within("demand.unsatisfied_stars.value", section.unsatisfied_stars.value.into(), 1, 4);
    checks.within("demand.reopen_max.value", section.reopen_max.value.into(), 0, COUNT_MAX);
    checks.within("demand.extensions_max.value", section.extensions_max.value.into(), 0, COUNT_MAX);
    positive(checks, "demand.extension_workdays_max", &section.extension_workdays_max, DAYS_MAX);
    positive(checks, "demand.minutes_min", &section.minutes_min, MINUTES_A_DAY);
    positive(checks, "demand.minutes_per_day_max", &section.minutes_per_day_max, MINUTES_A_DAY);
    let (least, most) = (section.minutes_min.value, section.minutes_per_day_max.value);
    if least > most {
        checks.say(
            "demand.minutes_per_day_max.value",
            format!("is {most}, less than minutes_min, {least} / 小于 minutes_min（{least}）"),
        );
    }
    check_slas(&section.slas, checks);
}

/// Every kind at every urgency is governed exactly once.
fn check_slas(slas: &[Sla], checks: &mut Checks<'_>) {
    checks.no_repeats(slas.iter().map(|sla| &sla.name), |index| format!("demand.slas[{index}].name"));
    let mut governed: Vec<((String, String), usize)> = Vec::new();
    for (index, sla) in slas.iter().enumerate() {
        let path = format!("demand.slas[{index}]");
        checks.closed_list(&format!("{path}.kinds"), &sla.kinds);
        checks.closed_list(&format!("{path}.urgencies"), &sla.urgencies);
        check_stages(&sla.stages, &path, checks);
        for pair in pairs(sla) {
            match governed.iter().find(|(told, by)| *told == pair && *by != index).map(|(_, by)| *by) {
                Some(by) => {
                    let other = slas.get(by).map_or(String::new(), |sla| sla.name.to_string());
                    let (kind, urgency) = pair;
                    checks.say(
                        &path,
                        format!("{kind} at {urgency} is governed by {other} already / {kind} {urgency} 已由 {other} 规定"),
                    );
                }
                None => governed.push((pair, index)),
            }
        }
    }
    for kind in choices_of::<DemandKind>() {
        for urgency in choices_of::<Urgency>() {
            if !governed.iter().any(|((k, u), _)| *k == kind && *u == urgency) {
                checks.say(
                    "demand.slas",
                    format!("none governs {kind} at {urgency} / 没有规定 {kind} {urgency} 的时限"),
                );
            }
        }
    }
}

fn pairs(sla: &Sla) -> Vec<(String, String)> {
    sla.kinds
        .iter()
        .flat_map(|kind| sla.urgencies.iter().map(move |urgency| (name(kind), name(urgency))))
        .collect()
}

fn check_stages(stages: &[Deadline], path: &str, checks: &mut Checks<'_>) {
    checks.no_repeats(stages.iter().map(|one| name(&one.stage)), |index| {
        format!("{path}.stages[{index}].stage")
    });
    if !stages.iter().any(|one| one.stage == Stage::Completed) {
        checks.say(&format!("{path}.stages"), "lacks the stage completed / 缺少 completed（办结）时限");
    }
    for (index, one) in stages.iter().enumerate() {
        let most = if one.within.unit == SpanUnit::Hour { HOURS_MAX } else { DAYS_MAX };
        checks.within(&format!("{path}.stages[{index}].within.amount"), one.within.amount.into(), 1, most);
    }
    // A department's answer to a whistle runs beside the other stages, so it is not in their order.
    let ordered: Vec<(usize, &Deadline)> =
        stages.iter().enumerate().filter(|(_, one)| one.stage != Stage::Answered).collect();
    for (earlier, later) in ordered.iter().zip(ordered.iter().skip(1)) {
        let (index, stage) = (later.0, name(&later.1.stage));
        let before = name(&earlier.1.stage);
        if later.1.stage < earlier.1.stage {
            let problem = format!("{stage} comes before {before} / {stage} 应排在 {before} 之前");
            checks.say(&format!("{path}.stages[{index}].stage"), problem);
        } else if surely_ends_before(later.1.within, earlier.1.within) {
            let problem = format!("{stage} would be due before {before} / {stage} 的时限早于 {before}");
            checks.say(&format!("{path}.stages[{index}].within"), problem);
        }
    }
}

/// Whether a span surely ends before another one, whenever both begin. Spans of days end at midnight, so `n` days last
/// from 24·n to 24·(n + 1) hours; `n` working days are at least `n` days, and leave can stretch them without limit.
fn surely_ends_before(one: Span, other: Span) -> bool {
    let (amount, than) = (i64::from(one.amount), i64::from(other.amount));
    match (one.unit, other.unit) {
        (a, b) if a == b => amount < than,
        (SpanUnit::Hour, _) => amount < than * HOURS_A_DAY,
        (SpanUnit::Day, SpanUnit::Hour) => (amount + 1) * HOURS_A_DAY <= than,
        (SpanUnit::Day, _) => amount < than,
        (SpanUnit::Workday, _) => false,
    }
}

/// Pairs and their visits.
pub(super) fn check_pairing(section: &PairingPolicy, checks: &mut Checks<'_>) {
    positive(checks, "pairing.households_max", &section.households_max, COUNT_MAX);
    checks.within("pairing.visits_per_month.value", section.visits_per_month.value.into(), 0, 31);
    checks.no_repeats(section.holidays.value.iter().map(name), |index| {
        format!("pairing.holidays.value[{index}]")
    });
    checks.within("pairing.holiday_lead_days.value", section.holiday_lead_days.value.into(), 0, 60);
    positive(checks, "pairing.on_demand_days", &section.on_demand_days, DAYS_MAX);
}
