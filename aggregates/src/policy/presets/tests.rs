use serde_json::Value;

use super::*;
use crate::policy::{Grade, Holiday};
use crate::rulebook::{DutyOwner, DutyPart, SHIPPED_CATALOGUES, read_catalogue};

fn shipped() -> Vec<Policy> {
    PRESETS
        .iter()
        .map(|(name, text)| match read(text) {
            Ok(policy) => policy,
            Err(faults) => panic!("{name}: {faults:#?}"),
        })
        .collect()
}

/// D1 and all numbers of the reports: every shipped policy is valid, is found by its name, and opens cards with 80 points.
#[test]
fn shipped_policies_are_valid_and_open_cards_with_eighty_points() {
    for (policy, (name, _)) in shipped().iter().zip(PRESETS) {
        assert_eq!(policy.name.as_str(), *name);
        assert_eq!(preset(name).as_ref(), Some(policy));
        assert_eq!(policy.card.base.value, 80, "{name}");
    }
    assert_eq!(preset("nowhere"), None);
}

/// Design §1.4: every figure of every shipped policy is accounted for, by a source or as an assumption, and a source
/// names the report, law or city that it comes from.
#[test]
fn every_figure_is_accounted_for() {
    fn count(value: &Value, path: &str) -> usize {
        match value {
            Value::Object(object) if object.contains_key("source") || object.contains_key("assumed") => {
                let told = ["source", "assumed"]
                    .map(|key| object.get(key).and_then(Value::as_str).unwrap_or_default());
                if object.contains_key("value") {
                    assert_eq!(told.iter().filter(|text| !text.is_empty()).count(), 1, "{path}");
                }
                let origins = ["000", "001", "002", "003", "004", "条例", "晴隆县", "假定"];
                assert!(
                    told[0].is_empty() || origins.iter().any(|origin| told[0].contains(origin)),
                    "{path}: {}",
                    told[0]
                );
                1
            }
            Value::Object(object) => {
                object.iter().map(|(key, value)| count(value, &format!("{path}.{key}"))).sum()
            }
            Value::Array(list) => {
                list.iter().enumerate().map(|(index, value)| count(value, &format!("{path}[{index}]"))).sum()
            }
            Value::Number(_) => {
                assert!(path.rsplit('.').next() == Some("stars"), "{path} is a figure without a source");
                0
            }
            _ => 0,
        }
    }
    for policy in shipped() {
        let figures = count(&serde_json::to_value(&policy).expect("JSON"), policy.name.as_str());
        assert!(figures > 60, "{}: only {figures}", policy.name);
    }
}

/// A5, B5, C8, D3: what the report of 六盘水 states stands in its policy as sourced.
#[test]
fn liupanshui_states_what_its_report_states() {
    let policy = preset("liupanshui").expect("valid");
    assert_eq!(policy.enrolment.exclusion_reasons.value.len(), 3);
    assert_eq!(
        (policy.grids.emergency_households_min.value, policy.grids.emergency_households_max.value),
        (30, 50)
    );
    assert_eq!(policy.pairing.households_max.value, 3);
    assert_eq!(policy.appraisal.community_weight_percent.value, 40);
    let stated = [
        &policy.grids.emergency_households_min.source,
        &policy.grids.emergency_households_max.source,
        &policy.pairing.households_max.source,
        &policy.appraisal.community_weight_percent.source,
        &policy.enrolment.exclusion_reasons.source,
    ];
    assert!(stated.iter().all(|source| source.as_ref().is_some_and(|text| text.starts_with("000 六盘水"))));
    assert!(policy.card.base.assumed.is_some(), "the report of 六盘水 names no base");
}

/// C9, D1, D2: what the report of 潞州区 states stands in its policy as sourced.
#[test]
fn luzhou_states_what_its_report_states() {
    let policy = preset("luzhou").expect("valid");
    assert_eq!(policy.pairing.households_max.value, 1);
    assert_eq!(policy.pairing.visits_per_month.value, 1);
    assert!(policy.pairing.holidays.value.contains(&Holiday::SpringFestival));
    assert!(policy.card.base.source.as_ref().is_some_and(|text| text.contains("基准分80分")));
    assert_eq!(policy.card.cap.value, None);
    let grades: Vec<Grade> = policy.appraisal.grades.iter().map(|step| step.grade).collect();
    assert_eq!(grades, [Grade::Excellent, Grade::Good, Grade::Fair, Grade::Poor]);
    assert_eq!(policy.appraisal.grade(80), Grade::Fair, "the base alone is no merit");
}

/// C3, C4: the shipped catalogue is valid, counts 52 principal and 27 assisting items of communities, and has enough of
/// the others; every difficulty that it names is graded by every shipped policy (C5).
#[test]
fn the_shipped_catalogue_is_valid_and_complete() {
    let policies = shipped();
    for (name, text) in SHIPPED_CATALOGUES {
        let catalogue = read_catalogue(text).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        let count = |owner, part| {
            catalogue.entries.iter().filter(|one| one.owner == owner && one.part == part).count()
        };
        assert_eq!(count(DutyOwner::Community, DutyPart::Principal), 52);
        assert_eq!(count(DutyOwner::Community, DutyPart::Assist), 27);
        assert!(count(DutyOwner::PropertyCompany, DutyPart::Principal) >= 12);
        assert!(count(DutyOwner::Department, DutyPart::Principal) >= 8);
        assert!(count(DutyOwner::MemberService, DutyPart::Principal) >= 25);
        for entry in &catalogue.entries {
            assert!(entry.source.starts_with("假定"), "{}", entry.code);
            assert_eq!(entry.difficulty.is_some(), entry.owner == DutyOwner::MemberService, "{}", entry.code);
            let graded = |policy: &Policy| {
                entry.difficulty.as_ref().is_none_or(|d| policy.demand.difficulty(d).is_some())
            };
            assert!(policies.iter().all(graded), "{}", entry.code);
        }
    }
}
