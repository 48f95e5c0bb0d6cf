//! Reading, writing and explaining, over every kind; what needs a ledger is told in tests/it/stories.

use commands::registry;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::cell::Cell;
use super::column::Type;
use super::fault::Faults;
use super::kinds::{KINDS, Kind, Makes, kind};
use super::read::{Reading, read};
use super::write::{self, Format};

/// The example of every column, as a row of the file.
fn example(kind: &Kind) -> Value {
    let fields: Map<String, Value> = kind
        .columns
        .iter()
        .map(|column| {
            let value = column.read(&Cell::of(column.example)).unwrap().unwrap();
            (column.name.to_owned(), value)
        })
        .collect();
    Value::Object(fields)
}

fn canonical(reading: &Reading) -> Vec<(&'static str, String)> {
    reading.commands.iter().map(|command| (command.name(), command.canonical())).collect()
}

fn faults(name: &str, text: &str) -> Faults {
    read(kind(name).unwrap(), text.as_bytes()).err().unwrap()
}

/// The commands of a kind, and the fields that their rows give them.
fn commands_of(kind: &Kind) -> Vec<(&'static str, Vec<&'static str>)> {
    let names =
        |but: &str| kind.columns.iter().map(|column| column.name).filter(|name| *name != but).collect();
    match &kind.makes {
        Makes::One(command) => vec![(command, names(""))],
        Makes::By { column, choices } => choices
            .iter()
            .map(|(_, command, field)| {
                let mut fields: Vec<&str> = names(column);
                fields.extend(field);
                (*command, fields)
            })
            .collect(),
        Makes::Then { first, column, second, fields } => {
            vec![(first, names(column)), (second, fields.to_vec())]
        }
    }
}

/// Whether any of the commands that a row becomes is refused by the registry, and how.
fn parse(kind: &Kind, row: &Value) -> Result<Vec<(&'static str, String)>, String> {
    let commands = kind.makes.commands(row.as_object().unwrap().clone());
    let parsed = commands.into_iter().map(|(name, body)| {
        let command = registry::parse(name, &Value::Object(body).to_string()).map_err(|no| no.to_string())?;
        Ok((name, command.canonical()))
    });
    parsed.collect()
}

/// Design §5: the columns of a kind are the fields of its command, all of them, and required where the command requires them.
#[test]
fn every_field_of_a_command_is_a_column() {
    let descriptions = registry::descriptions();
    for kind in KINDS {
        for (command, mut columns) in commands_of(kind) {
            let schema = descriptions.iter().find(|it| it.name == command).unwrap().schema.clone().to_value();
            let mut fields: Vec<&str> =
                schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            fields.sort_unstable();
            columns.sort_unstable();
            assert_eq!(columns, fields, "{}", kind.name);
            for needed in schema["required"].as_array().unwrap() {
                let column = kind.columns.iter().find(|column| column.name == needed.as_str().unwrap());
                assert!(column.is_none_or(|column| column.required), "{}: {needed}", kind.name);
            }
        }
    }
}

/// Design §5: every kind is exported from a projection that is there, and named once.
#[test]
fn every_kind_has_a_projection_and_a_name_of_its_own() {
    let known: Vec<&str> = projections::sheets::sheets().iter().map(|sheet| sheet.name).collect();
    for (at, kind) in KINDS.iter().enumerate() {
        assert!(known.contains(&kind.projection), "{}", kind.name);
        let others = KINDS.iter().skip(at + 1);
        assert!(others.clone().all(|other| other.name != kind.name && other.title != kind.title));
        assert_eq!(kind.import, format!("import-{}", kind.name));
        assert!(kind.key.iter().all(|key| kind.columns.iter().any(|column| column.name == *key)));
    }
}

/// Design §5: every name of a closed list is one that the command takes, and no name of the command is missing.
#[test]
fn closed_lists_are_those_of_the_commands() {
    for kind in KINDS {
        for column in kind.columns {
            let Type::OneOf(labels) = column.of else { continue };
            let with = |value: Value| {
                let mut row = example(kind);
                row[column.name] = value;
                row
            };
            for (name, _) in labels {
                assert!(parse(kind, &with(json!(name))).is_ok(), "{} {} {name}", kind.name, column.name);
            }
            if let Err(told) = parse(kind, &with(json!("no_such_name"))) {
                // The registry tells every name that it knows.
                let unknown = labels.iter().find(|(name, _)| !told.contains(&format!("`{name}`")));
                assert_eq!(unknown, None, "{told}");
                assert_eq!(told.matches('`').count(), labels.len() * 2 + 2, "{told}");
            }
        }
    }
}

/// Design §5: the same columns both ways, in both forms: what is written is read again as the same commands.
#[test]
fn what_is_written_is_read_again_the_same() {
    for kind in KINDS {
        let rows = [example(kind)];
        let csv = write::table(kind, &rows, Format::Csv).unwrap();
        let xlsx = write::table(kind, &rows, Format::Xlsx).unwrap();
        let (from_csv, from_xlsx) = (read(kind, &csv).unwrap(), read(kind, &xlsx).unwrap());
        assert_eq!(from_csv.rows.first(), Some(&2), "{}", kind.name);
        assert_eq!(from_xlsx.rows.first(), Some(&3), "the second row repeats the header: {}", kind.name);
        assert_eq!(canonical(&from_csv), canonical(&from_xlsx));
        assert_eq!(canonical(&from_csv), parse(kind, &rows[0]).unwrap());
    }
}

/// Design §5: templates are empty files that can be read, in both forms.
#[test]
fn templates_are_empty_files_of_their_kind() {
    for kind in KINDS {
        for format in [Format::Csv, Format::Xlsx] {
            let reading = read(kind, &write::template(kind, format).unwrap()).unwrap();
            assert!(reading.commands.is_empty(), "{}", kind.name);
        }
    }
}

/// Design §5: titles or machine names, in any order, and either language for closed lists.
#[test]
fn headers_and_lists_are_read_in_either_language() {
    let units = kind("units").unwrap();
    let english = "class,unit,name,division\nState enterprise,u-1,水矿集团,5202\n";
    let chinese = "单位编号,单位名称,上级党组织,单位类别,管理区划\n\n u-1 ,水矿集团,,国有企业,5202\n";
    let english = read(units, english.as_bytes()).unwrap();
    let chinese = read(units, chinese.as_bytes()).unwrap();
    assert_eq!(canonical(&english), canonical(&chinese));
    assert_eq!((english.rows, chinese.rows), (vec![2], vec![3]));
}

/// Issue «Bad input»: a broken header is told by the names of the columns.
#[test]
fn a_broken_header_names_its_columns() {
    let told = faults("units", "unit,name,名称,单位编号,class\nu-1,x,y,z,organ\n").to_string();
    for expected in [
        "row 1, column C (名称), “名称”: there is no such column",
        "row 1, column D (unit), “单位编号”: the same column stands in A already",
        "row 1, column division: the column is missing",
        "第 1 行 列“管理区划”：缺少此必填列",
    ] {
        assert!(told.contains(expected), "{told}");
    }
}

/// Issue «Bad input»: every broken cell is told at once, by row and column, with what stands there and what was expected.
#[test]
fn every_broken_cell_is_told_at_once() {
    let text = "member,unit,rank,skills\n\
                m-1,u-1,member,\n\
                m 2,u-1,boss,\n\
                ,u-1,member,a b\n\
                m-1,u-2,member,\n\
                m-5,u-1,member,x,y\n";
    let told = faults("members", text).to_string();
    for expected in [
        "row 3, column A (member), “m 2”: expected 1 to 64 of A-Z a-z 0-9 - _ . :",
        "row 3, column C (rank), “boss”: expected one of county_leader, section_cadre, regular_cadre, member",
        "第 3 行 C 列（职级） “boss”：应为其中之一：县级领导干部、科级干部、正式干部、其他在职党员",
        "row 4, column A (member), “”: member is required",
        "row 4, column D (skills), “a b”: expected ids or terms separated by ; or 、",
        "row 5, column A (member), “m-1”: the same stands in row 2 already",
        "row 6, column E (E), “y”: the column has no header",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    assert_eq!(faults("members", text).count(), 6);
}

/// Issue «Bad input»: a code that a spreadsheet made a number of is told as such; one that kept its digits is read.
#[test]
fn codes_spoilt_by_spreadsheets_are_told() {
    let told = faults("divisions", "code,name\n5.20201E+11,凤凰社区\n").to_string();
    assert!(told.contains("scientific") || told.contains("rounded number"), "{told}");
    assert!(told.contains("科学计数"), "{told}");
    let divisions = kind("divisions").unwrap();
    let code = divisions.columns[0];
    assert_eq!(code.read(&Cell::Number(520_201_016_001.0)), Ok(Some(json!("520201016001"))));
    assert!(code.read(&Cell::Number(520_201.5)).is_err());
}

/// Design §5: formula injection is guarded against, and the guard is taken off again.
#[test]
fn formulas_are_guarded_and_read_back() {
    let divisions = kind("divisions").unwrap();
    let names = ["=HYPERLINK(\"x\")", "+86", "-1", "@sum", "'quoted", "''=1", "it's", "a,b\"c\"\nd"];
    let rows: Vec<Value> = (0..)
        .zip(names)
        .map(|(n, name)| json!({"code": format!("52{n:02}"), "name": name, "aliases": [name, "b;c"]}))
        .collect();
    let csv = write::table(divisions, &rows, Format::Csv).unwrap();
    let text = String::from_utf8(csv.clone()).unwrap();
    assert!(
        text.contains("'=HYPERLINK")
            && text.contains(",'+86,")
            && !text.contains(",=")
            && !text.contains(",@")
    );
    let xlsx = write::table(divisions, &rows, Format::Xlsx).unwrap();
    for file in [csv, xlsx] {
        let reading = read(divisions, &file).unwrap();
        let read: Vec<Value> =
            canonical(&reading).iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
        assert_eq!(read, rows);
    }
}

/// Issue «Bad input»: an empty file, an old workbook and a broken one are told as what they are.
#[test]
fn files_of_another_sort_are_refused() {
    let told = |bytes: &[u8]| read(kind("units").unwrap(), bytes).err().unwrap().to_string();
    assert!(told(b"").contains("the file is empty"));
    assert!(told(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]).contains("xls"));
    assert!(told(b"PK\x03\x04 and nothing").contains("cannot be read as an xlsx workbook"));
    assert!(told(b"\xff\xff\x00").contains("GB18030"));
}

/// Design §5: the street stands below its community in the file, and is decided before it.
#[test]
fn rows_are_decided_from_the_top_whatever_their_order() {
    let text = "code,name\n520201016001,凤凰社区\n520201016,凤凰街道\n5202,六盘水市\n520201,钟山区\n";
    let reading = read(kind("区划").unwrap(), text.as_bytes()).unwrap();
    assert_eq!(reading.rows, [4, 5, 3, 2]);
}

/// A cell of any column, as the field that it tells.
fn field(of: Type) -> BoxedStrategy<Value> {
    let id = || "[A-Za-z0-9][A-Za-z0-9._:-]{0,20}";
    // Spreadsheets keep no control characters; a cell's outer white space goes when it is read.
    let text = || r#"[=+@'"a-z0-9,;、\\中文-][ -~中文；\n]{0,12}[=+@'",;、\\中文-]"#;
    let name =
        |labels: &'static [(&str, &str)]| proptest::sample::select(labels).prop_map(|(name, _)| json!(name));
    match of {
        Type::Text => text().prop_map(Value::from).boxed(),
        Type::Personal => "[a-z中文][a-z0-9 中文]{0,12}[a-z0-9]".prop_map(Value::from).boxed(),
        Type::Id => id().prop_map(Value::from).boxed(),
        Type::Division => "[0-9]{6}([0-9A-Z]{3}([0-9A-Z]{3})?)?".prop_map(Value::from).boxed(),
        Type::Community => "[0-9]{6}[0-9A-Z]{6}".prop_map(Value::from).boxed(),
        Type::Grid => "[0-9]{6}[0-9A-Z]{6}[0-9]{3}".prop_map(Value::from).boxed(),
        Type::Integer(least, most) => (least..=most).prop_map(Value::from).boxed(),
        Type::Date => (1..20_000_i64)
            .prop_map(|days| {
                json!(chrono::DateTime::from_timestamp_secs(days * 86_400).unwrap().date_naive())
            })
            .boxed(),
        Type::Ids => proptest::collection::vec(id(), 1..4).prop_map(Value::from).boxed(),
        Type::Texts => proptest::collection::vec(text(), 1..4).prop_map(Value::from).boxed(),
        Type::OneOf(labels) => name(labels).boxed(),
        Type::SomeOf(labels) => proptest::collection::btree_set(0..labels.len(), 1..=labels.len())
            .prop_map(|chosen| chosen.into_iter().map(|at| json!(labels[at].0)).collect())
            .boxed(),
        Type::YesNo => any::<bool>().prop_map(Value::from).boxed(),
    }
}

/// A row of the kind: every needed cell, and some of the others.
fn row(kind: &'static Kind) -> BoxedStrategy<Value> {
    let cells = kind.columns.iter().map(|column| {
        let empty = u32::from(!column.required);
        prop_oneof![2 => field(column.of).prop_map(Some), empty => Just(None)]
    });
    let named = |cells: Vec<Option<Value>>| {
        let names = kind.columns.iter().map(|column| column.name.to_owned());
        names.zip(cells).filter_map(|(name, cell)| Some((name, cell?))).collect::<Map<_, _>>()
    };
    cells.collect::<Vec<_>>().prop_map(move |cells| Value::Object(named(cells))).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Design §5, the same columns both ways: whatever may stand in the rows of any kind, what is written is read again as
    /// the same commands, in both forms.
    #[test]
    fn any_rows_survive_writing_and_reading(at in 0..KINDS.len(), seed in proptest::collection::vec(any::<u8>(), 32)) {
        let kind = KINDS[at];
        let seed: [u8; 32] = seed.try_into().unwrap();
        let rng = proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed);
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let rows: Vec<Value> = (0..12).map(|_| row(kind).new_tree(&mut runner).unwrap().current()).collect();
        let keys: std::collections::BTreeSet<Vec<String>> =
            rows.iter().map(|row| kind.key.iter().map(|name| row[*name].to_string()).collect()).collect();
        prop_assume!(keys.len() == rows.len());
        let mut expected: Vec<_> = rows.iter().flat_map(|row| parse(kind, row).unwrap()).collect();
        expected.sort();
        for format in [Format::Csv, Format::Xlsx] {
            let file = write::table(kind, &rows, format).unwrap();
            let reading = read(kind, &file).map_err(|faults| TestCaseError::fail(faults.to_string()))?;
            let mut again = canonical(&reading);
            again.sort();
            prop_assert_eq!(&again, &expected, "{:?}", format);
        }
    }
}
