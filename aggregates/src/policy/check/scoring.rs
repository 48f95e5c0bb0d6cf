//! Checks of point cards, feedback cards and discipline (C5, D1–D3, E6).

use super::{DAYS_MAX, positive};
use crate::document::{Checks, name};
use crate::policy::{AppraisalPolicy, CardPolicy, DisciplinePolicy, Grade};

const POINTS_MAX: i64 = 10_000;
const PERCENT_MAX: i64 = 100;
/// What a rating may make of a service's points: from taking them twice to giving them twice.
const STAR_PERCENT_MAX: i64 = 200;
const RECORDS_MAX: i64 = 1000;
/// Clause names that the program writes itself for rated services.
const RESERVED: [&str; 2] = ["service", "service_share"];

pub(super) fn check_card(section: &CardPolicy, checks: &mut Checks<'_>) {
    let (base, floor) = (section.base.value, section.floor.value);
    for (key, number) in [("base", base), ("floor", floor)] {
        checks.within(&format!("card.{key}.value"), number, -POINTS_MAX, POINTS_MAX);
    }
    if floor > base {
        checks.say(
            "card.floor.value",
            format!("is {floor}, above the base, {base} / 下限 {floor} 高于基准分 {base}"),
        );
    }
    if let Some(cap) = section.cap.value {
        checks.within("card.cap.value", cap, -POINTS_MAX, POINTS_MAX);
        if cap < base {
            checks.say(
                "card.cap.value",
                format!("is {cap}, below the base, {base} / 上限 {cap} 低于基准分 {base}"),
            );
        }
    }
    checks.within("card.unit_share_percent.value", section.unit_share_percent.value.into(), 0, PERCENT_MAX);
    check_stars(section, checks);
    check_clauses(section, checks);
}

/// One rule for each of 1 to 5 stars, and more stars never earn less.
fn check_stars(section: &CardPolicy, checks: &mut Checks<'_>) {
    checks.no_repeats(section.stars.iter().map(|rule| rule.stars), |index| {
        format!("card.stars[{index}].stars")
    });
    for lacking in (1..=5).filter(|stars| !section.stars.iter().any(|rule| rule.stars == *stars)) {
        checks.say("card.stars", format!("lacks the rule for {lacking} stars / 缺少 {lacking} 星的规则"));
    }
    for (index, rule) in section.stars.iter().enumerate() {
        checks.within(&format!("card.stars[{index}].stars"), rule.stars.into(), 1, 5);
        let path = format!("card.stars[{index}].percent.value");
        checks.within(&path, rule.percent.value, -STAR_PERCENT_MAX, STAR_PERCENT_MAX);
        let better = section
            .stars
            .iter()
            .find(|other| other.stars < rule.stars && other.percent.value > rule.percent.value);
        if let Some(other) = better {
            let (more, fewer) = (rule.stars, other.stars);
            checks.say(&path, format!("{more} stars earn less than {fewer} / {more} 星得分低于 {fewer} 星"));
        }
    }
}

fn check_clauses(section: &CardPolicy, checks: &mut Checks<'_>) {
    checks.not_empty("card.clauses", &section.clauses);
    checks.no_repeats(section.clauses.iter().map(|clause| &clause.name), |index| {
        format!("card.clauses[{index}].name")
    });
    for (index, clause) in section.clauses.iter().enumerate() {
        let path = format!("card.clauses[{index}]");
        if RESERVED.contains(&clause.name.as_str()) {
            let problem =
                format!("{} is reserved for rated services / {} 为系统保留名称", clause.name, clause.name);
            checks.say(&format!("{path}.name"), problem);
        }
        checks.closed_list(&format!("{path}.holders"), &clause.holders);
        checks.within(&format!("{path}.points.value"), clause.points.value, 1, POINTS_MAX);
        if let Some(most) = &clause.yearly_max
            && most.value < clause.points.value
        {
            let (most, once) = (most.value, clause.points.value);
            let problem =
                format!("is {most}, less than one entry, {once} / 年度上限 {most} 小于单次分值 {once}");
            checks.say(&format!("{path}.yearly_max.value"), problem);
        }
    }
}

/// Four grades, from 优秀 down to 差, each at a lower total, the last one reaching the lowest total that a card can show.
pub(super) fn check_appraisal(section: &AppraisalPolicy, card: Option<&CardPolicy>, checks: &mut Checks<'_>) {
    let grades: Vec<Grade> = section.grades.iter().map(|step| step.grade).collect();
    checks.each_once("appraisal.grades", &grades, |index| format!("appraisal.grades[{index}].grade"));
    for (index, (higher, lower)) in section.grades.iter().zip(section.grades.iter().skip(1)).enumerate() {
        let path = format!("appraisal.grades[{}]", index + 1);
        let (above, below) = (name(&higher.grade), name(&lower.grade));
        if lower.grade > higher.grade {
            checks.say(
                &format!("{path}.grade"),
                format!("{below} stands after {above} / {below} 应排在 {above} 之前"),
            );
        }
        if lower.at_least.value >= higher.at_least.value {
            let (most, least) = (higher.at_least.value, lower.at_least.value);
            let problem =
                format!("is {least}, not below {above} at {most} / {least} 应低于 {above} 的 {most}");
            checks.say(&format!("{path}.at_least.value"), problem);
        }
    }
    if let Some(card) = card {
        check_reach(section, card, checks);
    }
    positive(checks, "appraisal.objection_days", &section.objection_days, DAYS_MAX);
    let weight = section.community_weight_percent.value;
    checks.within("appraisal.community_weight_percent.value", weight.into(), 0, PERCENT_MAX);
}

fn check_reach(section: &AppraisalPolicy, card: &CardPolicy, checks: &mut Checks<'_>) {
    let lowest = section.grades.iter().enumerate().min_by_key(|(_, step)| step.at_least.value);
    if let Some((index, step)) = lowest
        && step.at_least.value > card.floor.value
    {
        let (least, floor) = (step.at_least.value, card.floor.value);
        let problem =
            format!("is {least}, but a card can show {floor} / 最低等次 {least} 高于积分卡下限 {floor}");
        checks.say(&format!("appraisal.grades[{index}].at_least.value"), problem);
    }
    for (index, step) in section.grades.iter().enumerate() {
        if card.cap.value.is_some_and(|cap| cap < step.at_least.value) {
            let least = step.at_least.value;
            let problem = format!("no card can reach {least} / 积分卡达不到 {least}");
            checks.say(&format!("appraisal.grades[{index}].at_least.value"), problem);
        }
    }
}

/// Misconduct on duty.
pub(super) fn check_discipline(section: &DisciplinePolicy, checks: &mut Checks<'_>) {
    checks.closed_list("discipline.grounds.value", &section.grounds.value);
    positive(checks, "discipline.records_to_disqualify", &section.records_to_disqualify, RECORDS_MAX);
    positive(checks, "discipline.appeal_days", &section.appeal_days, DAYS_MAX);
}
