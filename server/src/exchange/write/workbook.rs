//! Excel workbooks: two header rows that stay in sight, codes as text, lists to choose from.

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;

use super::super::column::{Column, Type, YES_NO};
use super::super::kinds::Kind;
use super::{WriteError, required};

/// Rows of a sheet.
const ROWS_MAX: usize = 1_048_576;
const HEADER_ROWS: u32 = 2;
/// Excel's limit to the names of a list, all together.
const LIST_MAX: usize = 255;

struct Looks {
    title: Format,
    needed: Format,
    name: Format,
    text: Format,
    day: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Self {
        let title = Format::new().set_bold().set_align(FormatAlign::Center);
        Self {
            needed: title.clone().set_background_color(Color::RGB(0x00F7_E0DC)),
            title: title.set_background_color(Color::RGB(0x00E6_ECF2)),
            name: Format::new().set_font_color(Color::RGB(0x0066_6666)).set_align(FormatAlign::Center),
            text: Format::new().set_num_format("@"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// The sheet of a kind, and a second sheet that explains its columns when asked for.
pub(super) fn table(kind: &Kind, rows: &[Value], explained: bool) -> Result<Vec<u8>, WriteError> {
    if rows.len() + HEADER_ROWS as usize > ROWS_MAX {
        return Err(WriteError::TooLong { rows: rows.len() });
    }
    fill(kind, rows, explained).map_err(|error| WriteError::Failed(error.to_string()))
}

fn fill(kind: &Kind, rows: &[Value], explained: bool) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut book = Workbook::new();
    // Without it, the same rows would give another file each second.
    let day = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(kind.title).set_creation_datetime(&day));
    let sheet = book.add_worksheet();
    sheet.set_name(kind.title)?;
    sheet.set_freeze_panes(HEADER_ROWS, 0)?;
    for (place, column) in (0..).zip(kind.columns) {
        head(sheet, place, column, &looks)?;
    }
    for (row, values) in (HEADER_ROWS..).zip(rows) {
        for (place, column) in (0..).zip(kind.columns) {
            put(sheet, row, place, column, values.get(column.name).unwrap_or(&Value::Null), &looks)?;
        }
    }
    if explained {
        explain(book.add_worksheet(), kind, &looks)?;
    }
    book.save_to_buffer()
}

fn head(sheet: &mut Worksheet, place: u16, column: &Column, looks: &Looks) -> Result<(), XlsxError> {
    let title = if column.required { &looks.needed } else { &looks.title };
    sheet.write_string_with_format(0, place, column.title, title)?;
    sheet.write_string_with_format(1, place, column.name, &looks.name)?;
    sheet.set_column_width(place, width(column))?;
    match column.of {
        Type::Integer(..) => {}
        Type::Date => {
            sheet.set_column_format(place, &looks.day)?;
        }
        _ => {
            sheet.set_column_format(place, &looks.text)?;
        }
    }
    let last = ROWS_MAX as u32 - 1;
    if let Some(rule) = rule(column)? {
        sheet.add_data_validation(HEADER_ROWS, place, last, place, &rule)?;
    }
    Ok(())
}

fn rule(column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    let expected = column.expected();
    let rule = match column.of {
        Type::OneOf(_) | Type::YesNo => {
            let labels = if let Type::OneOf(labels) = column.of { labels } else { YES_NO };
            let titles: Vec<&str> = labels.iter().map(|(_, title)| *title).collect();
            if titles.join(",").chars().count() > LIST_MAX {
                return Ok(None);
            }
            DataValidation::new().allow_list_strings(&titles)?
        }
        Type::Integer(least, most) => {
            let bound = |number: i64| number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
            DataValidation::new()
                .allow_whole_number(rust_xlsxwriter::DataValidationRule::Between(bound(least), bound(most)))
        }
        _ => return Ok(None),
    };
    let told: String = expected.zh.chars().take(200).collect();
    Ok(Some(rule.set_error_title(column.title)?.set_error_message(told)?))
}

fn width(column: &Column) -> f64 {
    let least: f64 = match column.of {
        Type::Text | Type::Personal | Type::Texts | Type::Ids | Type::SomeOf(_) => 24.0,
        Type::Grid | Type::Community => 18.0,
        Type::Date => 12.0,
        _ => 14.0,
    };
    least.max(column.title.chars().count() as f64 * 2.2 + 2.0).max(column.name.len() as f64 * 1.2 + 2.0)
}

fn put(
    sheet: &mut Worksheet,
    row: u32,
    place: u16,
    column: &Column,
    value: &Value,
    looks: &Looks,
) -> Result<(), XlsxError> {
    match (column.of, value) {
        (_, Value::Null) => {}
        (Type::Integer(..), Value::Number(number)) => {
            sheet.write_number(row, place, number.as_f64().unwrap_or_default())?;
        }
        (Type::Date, Value::String(text)) => match ExcelDateTime::parse_from_str(text) {
            Ok(day) => {
                sheet.write_datetime_with_format(row, place, &day, &looks.day)?;
            }
            Err(_) => {
                sheet.write_string(row, place, text)?;
            }
        },
        _ => {
            let text = column.show(value, true);
            if !text.is_empty() {
                sheet.write_string_with_format(row, place, text, &looks.text)?;
            }
        }
    }
    Ok(())
}

fn explain(sheet: &mut Worksheet, kind: &Kind, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name("说明 How to fill in")?;
    for (place, (title, width)) in (0..).zip([
        ("列", 16.0),
        ("column", 16.0),
        ("必填", 18.0),
        ("应填", 46.0),
        ("expected", 46.0),
        ("示例 example", 26.0),
    ]) {
        sheet.write_string_with_format(0, place, title, &looks.title)?;
        sheet.set_column_width(place, width)?;
    }
    let mut row = 0;
    for column in kind.columns {
        row += 1;
        let (expected, needed) = (column.expected(), required(column.required));
        let needed = format!("{} {}", needed.zh, needed.en);
        let cells = [column.title, column.name, &needed, &expected.zh, &expected.en, column.example];
        for (place, text) in (0..).zip(cells) {
            sheet.write_string_with_format(row, place, text, &looks.wrapped)?;
        }
    }
    let advice = [
        "第一行或第二行表头保留其一即可，列的顺序不限；空行会跳过。 Keep one of the two header rows; columns may stand in any order; empty rows are skipped.",
        "不得填写姓名、电话、住址、身份证号。 Never enter names, telephone numbers, addresses or identity numbers of people.",
        "整个文件一次入库，任何一行有误则全部不入库。 A file is imported as a whole, or not at all.",
    ];
    for text in advice {
        row += 1;
        sheet.write_string(row + 1, 0, text)?;
    }
    Ok(())
}
