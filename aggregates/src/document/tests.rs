use serde::Deserialize;

use super::*;
use crate::ids::Term;
use crate::policy::Sourced;

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Colour {
    /// 红
    Red,
    /// 绿
    Green,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Part {
    name: Term,
    colour: Colour,
    #[serde(default)]
    weight: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    from: chrono::NaiveDate,
    count: Sourced<i64>,
    limit: Sourced<Option<i64>>,
    parts: Vec<Part>,
}

fn told(text: &str) -> Vec<(usize, String)> {
    let document = Document::parse(text).expect("syntax");
    let faults = Checks::new(&document, document.shape_faults::<File>()).into_faults();
    faults.into_iter().map(|fault| (fault.line, fault.path)).collect()
}

const GOOD: &str = r#"from = 2026-01-31
count = { value = -3, source = "x" }
limit = { assumed = "none" }

[[parts]]
name = "a"
colour = "red"

[[parts]]
name = "b"
colour = "green"
weight = 7
"#;

/// Design §1.4: a well-formed file has no faults, and TOML's own dates are read.
#[test]
fn a_good_file_is_read() {
    assert_eq!(told(GOOD), []);
    let file: File = Document::parse(GOOD).expect("syntax").decode().expect("a file");
    assert_eq!(file.from, "2026-01-31".parse().expect("a date"));
    assert_eq!(file.limit.value, None);
    assert_eq!(
        file.parts[1],
        Part { name: Term::new("b").expect("a name"), colour: Colour::Green, weight: Some(7) }
    );
}

/// Design §1.4: every fault of shape is told with its line and key, in the order of lines.
#[test]
fn every_fault_of_shape_names_its_line_and_key() {
    let text = r#"from = "31 January"
count = { value = "three", source = "x", assumed = "y" }
limit = { value = 1 }
colour = "red"

[[parts]]
name = "no blanks"
colour = "blue"

[[parts]]
colour = "green"
weight = 256
height = 2

[[parts]]
name = " "
colour = 1
weight = "heavy"
"#;
    let expected = [
        (1, "from"),
        (2, "count"),
        (2, "count.value"),
        (3, "limit"),
        (4, "colour"),
        (7, "parts[0].name"),
        (8, "parts[0].colour"),
        (10, "parts[1]"),
        (12, "parts[1].weight"),
        (13, "parts[1].height"),
        (16, "parts[2].name"),
        (17, "parts[2].colour"),
        (18, "parts[2].weight"),
    ];
    let expected: Vec<(usize, String)> =
        expected.into_iter().map(|(line, path)| (line, path.to_owned())).collect();
    assert_eq!(told(text), expected);
}

/// Design §1.4: what is expected is said: the known keys, the allowed values, the missing key.
#[test]
fn faults_say_what_is_expected() {
    let text =
        GOOD.replace("weight = 7", "wieght = 7").replace("\"red\"", "\"blue\"").replace("name = \"b\"\n", "");
    let document = Document::parse(&text).expect("syntax");
    let faults = Checks::new(&document, document.shape_faults::<File>()).into_faults();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "line 7: parts[0].colour: \"blue\" is not one of red, green / \"blue\" 不是下列之一：red, green",
            "line 9: parts[1]: lacks the key name / 缺少键 name",
            "line 11: parts[1].wieght: unknown key; known are colour, name, weight / 未知的键，可用：colour, name, weight",
        ]
    );
}

/// Design §1.4: a table where a value is expected, and the reverse, are told and not passed over.
#[test]
fn tables_lists_and_values_are_not_confused() {
    let text = "from = 2026-01-31\ncount = 3\nlimit = [1]\nparts = [\n  1,\n  { name = \"a\", colour = [\"red\"] },\n]\n";
    let expected = [(2, "count"), (3, "limit"), (5, "parts[0]"), (6, "parts[1].colour")];
    assert_eq!(told(text), expected.map(|(line, path)| (line, path.to_owned())));
    let lacking = [(1, ""), (1, ""), (1, ""), (1, "parts")];
    assert_eq!(told("parts = 1\n"), lacking.map(|(line, path)| (line, path.to_owned())));
}

/// Design §1.4: faults of syntax are told with their lines, all that the parser recovers from.
#[test]
fn faults_of_syntax_name_their_lines() {
    let text = "a = 1\nb = = 2\n\nc = \"open\nd = 4\na = 5\n";
    let faults = Document::parse(text).expect_err("no TOML");
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert!(lines.contains(&2) && lines.contains(&4), "{faults:?}");
    assert!(lines.is_sorted());
    let huge = Document::parse("a = 1\nb = 99999999999999999999\n").expect_err("too large");
    assert_eq!((huge[0].line, huge[0].path.as_str()), (2, "b"));
}

/// Design §1.4: the line of a key that the file lacks is the line of the nearest key around it.
#[test]
fn a_missing_key_has_the_line_of_what_is_around_it() {
    let document = Document::parse("a = 1\n\n[b.c]\nd = [\n  2,\n  3,\n]\n").expect("syntax");
    let lines =
        ["a", "b.c", "b.c.d", "b.c.d[1]", "b.c.d[7].x", "b.c.none", "none"].map(|path| document.line(path));
    assert_eq!(lines, [1, 3, 4, 6, 4, 3, 1]);
}
