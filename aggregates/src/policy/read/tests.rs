use super::*;
use crate::policy::{PRESETS, preset};

/// The policy file of 六盘水 with replacements, each of which must hit exactly once.
fn edited(edits: &[(&str, &str)]) -> String {
    let (_, text) = PRESETS[0];
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replacen(from, to, 1)
    })
}

/// The line, from 1, on which the text begins to stand first.
fn line_of(text: &str, needle: &str) -> usize {
    let at = text.find(needle).unwrap_or_else(|| panic!("{needle} is not in the file"));
    text[..at].matches('\n').count() + 1
}

/// Reads the edited file and compares its faults, each by the line of a needle and by its path.
fn expect(edits: &[(&str, &str)], faults: &[(&str, &str)]) {
    let text = edited(edits);
    let told = read(&text).expect_err("a broken file");
    let told: Vec<(usize, &str)> = told.iter().map(|fault| (fault.line, fault.path.as_str())).collect();
    let expected: Vec<(usize, &str)> =
        faults.iter().map(|(needle, path)| (line_of(&text, needle), *path)).collect();
    assert_eq!(told, expected);
}

/// Design §1.4: a figure must tell exactly one of source and assumption.
#[test]
fn a_figure_without_or_with_two_accounts_is_refused() {
    expect(
        &[("rating_days = { value = 7, assumed", "rating_days = { value = 7, sauce")],
        &[("rating_days", "demand.rating_days"), ("rating_days", "demand.rating_days.sauce")],
    );
    expect(
        &[("reopen_max = { value = 1, ", "reopen_max = { value = 1, source = \"x\", ")],
        &[("reopen_max", "demand.reopen_max")],
    );
    expect(
        &[(
            "answer_hours = { value = 24, assumed = \"派单次日未答复即可改派\" }",
            "answer_hours = { value = 24, source = \"\" }",
        )],
        &[("answer_hours", "demand.answer_hours.source")],
    );
}

/// B5: bounds of households are in order.
#[test]
fn bounds_out_of_order_are_refused() {
    expect(
        &[("emergency_households_min = { value = 30", "emergency_households_min = { value = 51")],
        &[("emergency_households_max", "grids.emergency_households_max.value")],
    );
    expect(
        &[("joint_households = { value = 10", "joint_households = { value = 0")],
        &[("joint_households", "grids.joint_households.value")],
    );
}

/// D3: percents lie between 0 and 100.
#[test]
fn percents_are_bounded() {
    expect(
        &[("community_weight_percent = { value = 40", "community_weight_percent = { value = 101")],
        &[("community_weight_percent", "appraisal.community_weight_percent.value")],
    );
    expect(
        &[("unit_share_percent = { value = 10", "unit_share_percent = { value = -1")],
        &[("unit_share_percent", "card.unit_share_percent.value")],
    );
}

/// C5: there is one rule for each of one to five stars, and more stars never earn less.
#[test]
fn stars_are_one_to_five_once_each() {
    expect(
        &[("{ stars = 5, ", "{ stars = 4, ")],
        &[("stars = [", "card.stars"), ("{ stars = 4, percent = { value = 80", "card.stars[1].stars")],
    );
    expect(
        &[("{ stars = 5, ", "{ stars = 6, ")],
        &[("stars = [", "card.stars"), ("{ stars = 6", "card.stars[0].stars")],
    );
    expect(
        &[("stars = 3, percent = { value = 60", "stars = 3, percent = { value = 90")],
        &[("{ stars = 4", "card.stars[1].percent.value")],
    );
}

/// D2: four grades, descending, the lowest reaching the card's floor.
#[test]
fn grades_descend_to_the_floor() {
    expect(
        &[("{ grade = \"good\", at_least = { value = 85", "{ grade = \"good\", at_least = { value = 95")],
        &[("grade = \"good\"", "appraisal.grades[1].at_least.value")],
    );
    expect(
        &[("{ grade = \"poor\", at_least = { value = 0", "{ grade = \"poor\", at_least = { value = 1")],
        &[("grade = \"poor\"", "appraisal.grades[3].at_least.value")],
    );
    expect(
        &[("{ grade = \"fair\"", "{ grade = \"good\"")],
        &[
            ("grades = [", "appraisal.grades"),
            ("{ grade = \"good\", at_least = { value = 60", "appraisal.grades[2].grade"),
        ],
    );
    expect(
        &[(
            "{ grade = \"excellent\", at_least = { value = 95",
            "{ grade = \"excellent\", at_least = { value = 121",
        )],
        &[("grade = \"excellent\"", "appraisal.grades[0].at_least.value")],
    );
}

/// D1: the base lies between floor and cap.
#[test]
fn the_base_lies_between_floor_and_cap() {
    expect(&[("base = { value = 80", "base = { value = -1")], &[("floor = {", "card.floor.value")]);
    expect(
        &[("cap = { value = 120", "cap = { value = 79")],
        &[
            ("cap = {", "card.cap.value"),
            ("grade = \"excellent\"", "appraisal.grades[0].at_least.value"),
            ("grade = \"good\"", "appraisal.grades[1].at_least.value"),
        ],
    );
}

/// D1: clauses have names of their own, positive points, and a yearly most that one entry can keep to.
#[test]
fn clauses_are_told_apart_and_positive() {
    let twice = ("name = \"no_project\"", "name = \"bad_service\"");
    expect(&[twice], &[("name = \"bad_service\"\ntitle = \"未完成年度合作项目\"", "card.clauses[11].name")]);
    let reserved = ("name = \"no_project\"", "name = \"service_share\"");
    expect(&[reserved], &[("name = \"service_share\"", "card.clauses[11].name")]);
    let (more, least) = ("yearly_max = { value = 5, ", "yearly_max = { value = 0, ");
    expect(&[(more, least)], &[(least, "card.clauses[2].yearly_max.value")]);
    let (one, none) = (
        "points = { value = 1, assumed = \"000 六盘水: 安全隐患",
        "points = { value = 0, assumed = \"000 六盘水: 安全隐患",
    );
    expect(&[(one, none)], &[(none, "card.clauses[2].points.value")]);
}

/// A1, A5, E6: closed lists hold something, and nothing twice.
#[test]
fn closed_lists_hold_something_and_nothing_twice() {
    expect(
        &[("[\"seconded_away\", \"village_aid\", \"special_post\"]", "[]")],
        &[("exclusion_reasons", "enrolment.exclusion_reasons.value")],
    );
    expect(
        &[(
            "[\"absent_without_cause\", \"disruptive\", \"inactive\"]",
            "[\"inactive\", \"disruptive\", \"inactive\"]",
        )],
        &[("grounds", "discipline.grounds.value[2]")],
    );
}

/// C11: every kind at every urgency is governed exactly once.
#[test]
fn every_kind_at_every_urgency_has_one_sla() {
    let petition = "kinds = [\"petition\"]\nurgencies = [\"routine\"]";
    let order = "kinds = [\"order\"]\nurgencies = [\"routine\"]";
    expect(
        &[(petition, order)],
        &[
            ("[[demand.slas]]\nname = \"order\"", "demand.slas"),
            ("[[demand.slas]]\nname = \"1351\"", "demand.slas[3]"),
        ],
    );
    expect(
        &[("name = \"1351\"", "name = \"issue\"")],
        &[("name = \"issue\"\nkinds = [\"petition\"]", "demand.slas[3].name")],
    );
}

/// C11: stages stand in order, no later one is due before an earlier one, one is completion, and none twice.
#[test]
fn stages_are_in_order_and_grow() {
    let taken = "{ stage = \"taken\", within = { amount = 10, unit = \"workday\" } }";
    expect(
        &[(taken, "{ stage = \"taken\", within = { amount = 1, unit = \"workday\" } }")],
        &[("{ stage = \"taken\", within = { amount = 1, ", "demand.slas[1].stages[1].within")],
    );
    expect(
        &[(taken, "{ stage = \"taken\", within = { amount = 47, unit = \"hour\" } }")],
        &[("{ stage = \"taken\", within = { amount = 47, ", "demand.slas[1].stages[1].within")],
    );
    expect(
        &[(taken, "{ stage = \"taken\", within = { amount = 0, unit = \"workday\" } }")],
        &[
            ("{ stage = \"taken\", within = { amount = 0, ", "demand.slas[1].stages[1].within"),
            ("{ stage = \"taken\", within = { amount = 0, ", "demand.slas[1].stages[1].within.amount"),
        ],
    );
    let screened = "{ stage = \"screened\", within = { amount = 2, unit = \"workday\" } }";
    let late = "{ stage = \"completed\", within = { amount = 1, unit = \"workday\" } }";
    expect(
        &[(screened, late)],
        &[
            (
                "{ stage = \"taken\", within = { amount = 10, unit = \"workday\" } }",
                "demand.slas[1].stages[1].stage",
            ),
            (
                "{ stage = \"completed\", within = { amount = 30, unit = \"day\" } },\n]\n\n[[demand.slas]]\nname = \"issue\"",
                "demand.slas[1].stages[2].stage",
            ),
        ],
    );
    let completed = "{ stage = \"completed\", within = { amount = 24, unit = \"hour\" } }";
    expect(
        &[(completed, "{ stage = \"screened\", within = { amount = 24, unit = \"hour\" } }")],
        &[
            (
                "stages = [\n    { stage = \"screened\", within = { amount = 1, unit = \"hour\" } },\n    { stage = \"taken\", within = { amount = 2,",
                "demand.slas[5].stages",
            ),
            ("{ stage = \"screened\", within = { amount = 24, ", "demand.slas[5].stages[2].stage"),
            ("{ stage = \"screened\", within = { amount = 24, ", "demand.slas[5].stages[2].stage"),
        ],
    );
}

/// B6–B11: templates and slots have names of their own, somebody to fill them, and bounds in order.
#[test]
fn templates_and_slots_are_usable() {
    let post_b = "{ name = \"post_b\", title = \"B 岗网格员\", title_en = \"post B\", min = 1, max = 1, holders = [\"unit_cadre\", \"section_cadre\"]";
    let empty =
        "{ name = \"post_a\", title = \"B 岗网格员\", title_en = \"post B\", min = 2, max = 1, holders = []";
    expect(
        &[(post_b, empty)],
        &[
            (empty, "grids.templates[0].slots[1].holders"),
            (empty, "grids.templates[0].slots[1].max"),
            (empty, "grids.templates[0].slots[1].name"),
        ],
    );
    let twice = ("name = \"one_three_n\"", "name = \"three_tier\"");
    expect(&[twice], &[("name = \"three_tier\"\ntitle = \"新就业", "grids.templates[8].name")]);
}

/// A4: every kind of dwelling goes to exactly one ledger.
#[test]
fn every_dwelling_has_one_ledger() {
    expect(
        &[("{ dwelling = \"self_built\"", "{ dwelling = \"large_estate\"")],
        &[
            ("ledgers = [", "enrolment.ledgers"),
            (
                "{ dwelling = \"large_estate\", ledger = { value = \"community\"",
                "enrolment.ledgers[4].dwelling",
            ),
        ],
    );
}

/// C5: difficulties have names of their own and positive points.
#[test]
fn difficulties_are_told_apart_and_positive() {
    expect(
        &[
            ("name = \"expert\"", "name = \"hard\""),
            (
                "points = { value = 5, assumed = \"000 六盘水: 对",
                "points = { value = 0, assumed = \"000 六盘水: 对",
            ),
        ],
        &[
            ("name = \"hard\"\ntitle = \"需专业资质\"", "demand.difficulties[3].name"),
            ("points = { value = 0, assumed = \"000 六盘水: 对", "demand.difficulties[3].points.value"),
        ],
    );
}

/// Design §1.4: the effective date lies in our time, and a day of the local calendar is told once.
#[test]
fn dates_are_sane_and_told_once() {
    expect(
        &[("effective_from = 2025-01-01", "effective_from = 1925-01-01")],
        &[("effective_from", "effective_from")],
    );
    expect(&[("effective_from = 2025-01-01", "effective_from = 2025-02-30")], &[("effective_from", "")]);
    let day = "[[calendar]]\ndate = 2027-02-15\nwork = false\nsource = \"a\"\n";
    let text = format!("{}{day}{}", PRESETS[0].1, day.replace("\"a\"", "\"b\""));
    let told = read(&text).expect_err("a repeat");
    let line = text.lines().count() - 2;
    assert_eq!(
        told.iter().map(|fault| (fault.line, fault.path.as_str())).collect::<Vec<_>>(),
        [(line, "calendar[1].date")]
    );
}

/// Design §1.4: unknown keys are refused by name, at any depth.
#[test]
fn unknown_keys_are_refused_by_name() {
    expect(
        &[("reopen_max", "reopens_max")],
        &[("[demand]", "demand"), ("reopens_max", "demand.reopens_max")],
    );
    expect(
        &[(
            "stage = \"taken\", within = { amount = 3, unit = \"day\" }",
            "stage = \"taken\", within = { amount = 3, unit = \"day\", grace = 1 }",
        )],
        &[("grace", "demand.slas[0].stages[1].within.grace")],
    );
}

/// Design §1.4: all faults are told at once, by line: a fault of shape in one section hides no fault of meaning in another.
#[test]
fn all_faults_are_told_at_once() {
    expect(
        &[
            ("division = \"5202\"", "division = \"Liupanshui\""),
            ("emergency_households_min = { value = 30", "emergency_households_min = { value = 51"),
            ("claim_days = { value = 15", "claim_days = { value = \"15\""),
            ("households_max = { value = 3, source", "households_max = { value = 0, source"),
            ("{ grade = \"good\", at_least = { value = 85", "{ grade = \"good\", at_least = { value = 95"),
            ("appeal_days = { value = 15, assumed", "appeal_days = { value = 15, asumed"),
        ],
        &[
            ("division", "division"),
            ("emergency_households_max", "grids.emergency_households_max.value"),
            ("claim_days", "demand.claim_days.value"),
            ("households_max = { value = 0", "pairing.households_max.value"),
            ("grade = \"good\"", "appraisal.grades[1].at_least.value"),
            ("appeal_days", "discipline.appeal_days"),
            ("appeal_days", "discipline.appeal_days.asumed"),
        ],
    );
}

/// Design §1.4: the shipped file itself is without a fault, so that each fault above is the edit's.
#[test]
fn the_file_that_these_tests_break_is_good() {
    assert!(preset("liupanshui").is_some());
}
