//! Files on the command line, as people import and export them.

use std::path::Path;

use serde_json::{Value, json};
use server::exchange::{KINDS, NAMES};
use tests::place::Place;
use tests::program::{Said, run};

/// A file with this content; its path.
fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn ok(url: &str, arguments: &[&str]) -> Said {
    let said = run(url, arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
    said
}

const DIVISIONS: &str = "区划代码,名称,别名\n520201016001,凤凰社区,凤凰居委会;老凤凰\n520201016,凤凰街道,\n520201,钟山区,\n5202,六盘水市,\n";
const UNITS: &str = "unit,name,class,division\nu-1,市税务局,机关,5202\n";

/// Design §5: `import` records a file once, `--dry-run` stores nothing, `export` gives the same columns, and both speak JSON.
async fn files_are_imported_and_exported(place: Place) {
    let url = place.url();
    let folder = tempfile::tempdir().unwrap();
    let divisions = file(folder.path(), "divisions.csv", DIVISIONS);
    let units = file(folder.path(), "units.csv", UNITS);
    ok(&url, &["policy", "adopt", "liupanshui"]);
    let told = ok(&url, &["import", "divisions", &divisions, "--dry-run", "--json"]).json();
    assert_eq!((&told["dry_run"], &told["events"]), (&json!(true), &json!({"DivisionRegistered": 4})));
    assert_eq!(run(&url, &["replay", "division", "5202"]).code, 1, "a dry run stored something");
    let done = ok(&url, &["import", "divisions", &divisions, "--json"]).json();
    assert_eq!(done["command_id"], told["command_id"]);
    let again = ok(&url, &["import", "区划", &divisions, "--json"]).json();
    assert_eq!((&again["repeat"], &again["position"]), (&json!(true), &done["position"]));
    let said = ok(&url, &["import", "units", &units, "--as", "organisation-department/o-1"]);
    assert!(said.out.contains("1 rows; recorded: UnitEnrolled 1 @"), "{said:?}");
    let history = ok(&url, &["replay", "unit", "u-1", "--json"]).json();
    assert_eq!((&history[0]["actor"], &history[0]["command"]), (&json!("o-1"), &json!("import-units")));
    let out = folder.path().join("out.xlsx");
    ok(&url, &["export", "divisions", "-o", out.to_str().unwrap()]);
    let again = ok(&url, &["import", "divisions", out.to_str().unwrap(), "--json"]).json();
    assert_eq!(again["repeat"], true, "a workbook that says the same is the same command");
    let more = file(folder.path(), "more.csv", &format!("{DIVISIONS}520203,六枝特区,\n"));
    let more = ok(&url, &["import", "divisions", &more, "--json"]).json();
    assert_eq!(
        (&more["rows"], &more["events"]),
        (&json!(5), &json!({"DivisionRegistered": 1})),
        "what is known already is nothing new"
    );
    let csv = ok(&url, &["export", "units"]);
    assert_eq!(csv.out, "\u{feff}unit,name,class,division,upper\r\nu-1,市税务局,organ,5202,\r\n");
    assert_eq!(run(&url, &["export", "exclusions"]).code, 1);
    ok(&url, &["export", "exclusions", "--as", "auditor/a-1"]);
}

/// Issue «Bad input»: the row, the column, what stands there and what was expected, on standard error; nothing is imported.
async fn a_broken_file_is_told_and_brings_nothing(place: Place) {
    let url = place.url();
    let folder = tempfile::tempdir().unwrap();
    let divisions = file(folder.path(), "divisions.csv", DIVISIONS);
    let units = file(folder.path(), "units.csv", UNITS);
    let early = run(&url, &["import", "units", &units]);
    assert_eq!(early.code, 1);
    assert!(early.err.contains("baodao policy adopt"), "{early:?}");
    ok(&url, &["policy", "adopt", "liupanshui"]);
    let said = run(&url, &["import", "units", &units]);
    assert_eq!(said.code, 1);
    assert!(said.err.starts_with("row 2, column D (division)"), "{said:?}");
    assert!(said.err.contains("next: ") && said.out.is_empty(), "{said:?}");
    ok(&url, &["import", "divisions", &divisions]);
    let broken = file(folder.path(), "broken.csv", &format!("{UNITS}u-2,x,club,5202\nu 3,y,organ,52\n"));
    let said = run(&url, &["import", "units", &broken]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("row 3, column C (class), “club”: expected one of organ, "), "{said:?}");
    assert!(said.err.contains("row 4, column A (unit), “u 3”: expected 1 to 64"), "{said:?}");
    assert!(said.err.contains("2 faults; nothing was imported"), "{said:?}");
    let told: Value = run(&url, &["import", "units", &broken, "--json"]).json();
    assert_eq!((&told["faults"][0]["row"], &told["faults"][0]["column"]["letter"]), (&json!(3), &json!("C")));
    assert_eq!(run(&url, &["replay", "unit", "u-1"]).code, 1, "a refused file left a trace");
    for arguments in [&["import", "wages", &units][..], &["import", "units", "/nowhere.csv"]] {
        let said = run(&url, arguments);
        assert!(said.code == 1 && said.err.contains("next: "), "{said:?}");
    }
}

/// Design §3: a late file needs a reason and a second person, like any late record.
async fn a_late_file_needs_a_reason_and_a_second_person(place: Place) {
    let url = place.url();
    let folder = tempfile::tempdir().unwrap();
    let divisions = file(folder.path(), "divisions.csv", DIVISIONS);
    ok(&url, &["policy", "adopt", "liupanshui"]);
    let late = ["import", "divisions", &divisions, "--at", "2026-02-02T09:00:00+08:00"];
    let said = run(&url, &late);
    assert!(said.code == 1 && said.err.contains("second approver"), "{said:?}");
    let why = [&late[..], &["--reason", "补录", "--approved-by", "o-2"]].concat();
    ok(&url, &why);
    let history = ok(&url, &["replay", "division", "5202", "--json"]).json();
    assert_eq!(
        (&history[0]["occurred_at"], &history[0]["backfilled"]),
        (&json!("2026-02-02T09:00:00+08:00"), &json!(true))
    );
}

on_both!(
    files_are_imported_and_exported,
    a_broken_file_is_told_and_brings_nothing,
    a_late_file_needs_a_reason_and_a_second_person,
);

/// Design §5: every kind has a template, without any ledger, and it can be imported as it is.
#[test]
fn every_kind_has_a_template() {
    let place = Place::sqlite();
    let url = place.url();
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        for ending in ["csv", "xlsx"] {
            let out = folder.path().join(format!("{}.{ending}", kind.name));
            let out = out.to_str().unwrap();
            ok(&url, &["export", kind.name, "--template", "-o", out]);
        }
    }
    let template = folder.path().join("units.xlsx");
    ok(&url, &["policy", "adopt", "liupanshui"]);
    let told = ok(&url, &["import", "units", template.to_str().unwrap(), "--json"]).json();
    assert_eq!((&told["rows"], &told["events"]), (&json!(0), &json!({})));
    let said = run(&url, &["export", "point-cards", "--template"]);
    assert!(said.code == 1 && said.err.contains(NAMES[0]), "{said:?}");
}
