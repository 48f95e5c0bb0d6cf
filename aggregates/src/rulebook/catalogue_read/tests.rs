use super::*;

const GOOD: &str = r#"version = "2026.1"
effective_from = 2026-01-01

[[entry]]
code = "lift_maintenance"
title = "电梯维护"
title_en = "lift maintenance"
owner = "property_company"
part = "principal"
source = "x"

[[entry]]
code = "appliance_repair"
title = "家电维修"
title_en = "repair of appliances"
owner = "member_service"
part = "principal"
difficulty = "easy"
source = "x"
"#;

fn told(text: &str) -> Vec<(usize, String)> {
    let faults = read_catalogue(text).expect_err("a broken file");
    faults.into_iter().map(|fault| (fault.line, fault.path)).collect()
}

/// C4: a catalogue is read with its owners.
#[test]
fn a_good_catalogue_is_read() {
    let catalogue = read_catalogue(GOOD).expect("a catalogue");
    let owners: Vec<DutyOwner> = catalogue.entries.iter().map(|entry| entry.owner).collect();
    assert_eq!(owners, [DutyOwner::PropertyCompany, DutyOwner::MemberService]);
}

/// C4: each fault names its line, and all are told at once.
#[test]
fn every_fault_of_a_catalogue_names_its_line() {
    let text = GOOD
        .replace("2026-01-01", "1026-01-01")
        .replace("\"property_company\"", "\"landlord\"")
        .replace("title_en = \"repair of appliances\"\n", "")
        .replace("source = \"x\"\n\n", "sauce = \"x\"\n\n");
    let expected = [
        (2, "effective_from"),
        (4, "entry[0]"),
        (8, "entry[0].owner"),
        (10, "entry[0].sauce"),
        (12, "entry[1]"),
    ];
    assert_eq!(told(&text), expected.map(|(line, path)| (line, path.to_owned())));
}

/// C3: codes are told apart, and another body's duty earns no points.
#[test]
fn codes_are_unique_and_duties_of_others_have_no_difficulty() {
    let text = GOOD
        .replace("\"appliance_repair\"", "\"lift_maintenance\"")
        .replace("\"member_service\"", "\"community\"");
    let expected = [(13, "entry[1].code"), (18, "entry[1].difficulty")];
    assert_eq!(told(&text), expected.map(|(line, path)| (line, path.to_owned())));
    let empty = "version = \"1\"\neffective_from = 2026-01-01\nentry = []\n";
    assert_eq!(told(empty), [(3, "entry".to_owned())]);
}
