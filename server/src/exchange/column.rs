//! Columns: what may stand in their cells, how a cell becomes a field of a command, and how it is written again.

use aggregates::ids::{CommunityCode, DivisionCode, GridCode, Term};
use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::cell::Cell;
use super::fault::Said;
use super::list;

/// A name of a closed list: as in JSON, and in Chinese. In English it is the JSON name with spaces.
pub type Label = (&'static str, &'static str);

/// What stands in the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Free text about things, never about people.
    Text,
    /// Text about people: it goes to the vault, and is not told again, not even as a fault.
    Personal,
    /// An opaque id or a term of the policy.
    Id,
    /// A division code of any level.
    Division,
    /// A 12-digit community code.
    Community,
    /// A 15-digit grid code.
    Grid,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// A day.
    Date,
    /// Ids or terms, separated by `;` or `、`.
    Ids,
    /// Texts, separated by `;` or `、`; a separator within a text stands behind a backslash.
    Texts,
    /// One of a closed list.
    OneOf(&'static [Label]),
    /// Some of a closed list, separated by `;` or `、`.
    SomeOf(&'static [Label]),
    /// Yes or no.
    YesNo,
}

/// Yes and no in JSON, and in Chinese.
pub const YES_NO: &[Label] = &[("true", "是"), ("false", "否")];

/// A column of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Machine name: the field of the command, too.
    pub name: &'static str,
    /// Chinese title.
    pub title: &'static str,
    /// What stands in it.
    pub of: Type,
    /// Whether no cell may be empty.
    pub required: bool,
    /// A cell that is right.
    pub example: &'static str,
}

impl Column {
    /// A column whose cells must not be empty.
    pub const fn needed(name: &'static str, title: &'static str, of: Type, example: &'static str) -> Self {
        Self { name, title, of, required: true, example }
    }

    /// A column that may be empty, or be missing altogether.
    pub const fn optional(name: &'static str, title: &'static str, of: Type, example: &'static str) -> Self {
        Self { name, title, of, required: false, example }
    }

    /// What is expected in its cells.
    pub fn expected(&self) -> Said {
        match self.of {
            Type::Text | Type::Personal => Said::new("应为文字", "expected a text"),
            Type::Id => {
                Said::new("应为 1 至 64 位字母、数字或 - _ . :", "expected 1 to 64 of A-Z a-z 0-9 - _ . :")
            }
            Type::Division => Said::new(
                "应为 2、4、6、9 或 12 位区划代码",
                "expected a division code of 2, 4, 6, 9 or 12 digits",
            ),
            Type::Community => Said::new("应为 12 位社区（村）代码", "expected a 12-digit community code"),
            Type::Grid => Said::new(
                "应为 15 位网格编码：12 位社区代码加 3 位序号",
                "expected a grid code: 12-digit community and 3-digit sequence",
            ),
            Type::Integer(least, most) => Said::new(
                format!("应为 {least} 至 {most} 的整数"),
                format!("expected a whole number from {least} to {most}"),
            ),
            Type::Date => Said::new("应为日期，如 2026-03-02", "expected a date such as 2026-03-02"),
            Type::Ids => Said::new("应为以 ; 或 、 分隔的编号", "expected ids or terms separated by ; or 、"),
            Type::Texts => Said::new("应为以 ; 或 、 分隔的文字", "expected texts separated by ; or 、"),
            Type::OneOf(labels) => {
                let (names, titles) = listed(labels);
                Said::new(format!("应为其中之一：{titles}"), format!("expected one of {names}"))
            }
            Type::SomeOf(labels) => {
                let (names, titles) = listed(labels);
                Said::new(
                    format!("应为以 ; 或 、 分隔的：{titles}"),
                    format!("expected some of {names}, separated by ; or 、"),
                )
            }
            Type::YesNo => Said::new("应为 是 或 否", "expected yes or no"),
        }
    }

    /// The field that a cell tells; none for an empty one. Says what was expected otherwise.
    pub fn read(&self, cell: &Cell) -> Result<Option<Value>, Said> {
        if let Cell::Wrong(_) = cell {
            return Err(Said::new("公式出错", "the formula in it fails"));
        }
        let text = cell.text();
        if text.is_empty() {
            let missing = || Said::new("此列必填", format!("{} is required", self.name));
            return if self.required { Err(missing()) } else { Ok(None) };
        }
        if let (Type::Id | Type::Ids, Cell::Day(..)) = (self.of, cell) {
            return Err(Said::new(
                "电子表格把编号改成了日期；请将此列设为文本格式后重新填写",
                "a spreadsheet turned the id into a date; format the column as text and enter it again",
            ));
        }
        let value = match self.of {
            Type::Text | Type::Personal => Value::String(text),
            Type::Id => one(text, |text| Term::new(text).is_ok()).ok_or_else(|| self.expected())?,
            Type::Division => self.code(text, |text| DivisionCode::new(text).is_ok())?,
            Type::Community => self.code(text, |text| CommunityCode::new(text).is_ok())?,
            Type::Grid => self.code(text, |text| GridCode::new(text).is_ok())?,
            Type::Integer(least, most) => text
                .parse::<i64>()
                .ok()
                .filter(|number| (least..=most).contains(number))
                .map(Value::from)
                .ok_or_else(|| self.expected())?,
            Type::Date => {
                day(cell).map(|day| Value::String(day.to_string())).ok_or_else(|| self.expected())?
            }
            Type::Ids => {
                let ids = list::split(&text);
                if !ids.iter().all(|id| Term::new(id.as_str()).is_ok()) {
                    return Err(self.expected());
                }
                ids.into()
            }
            Type::Texts => list::split(&text).into(),
            Type::OneOf(labels) => named(labels, &text).map(Value::from).ok_or_else(|| self.expected())?,
            Type::SomeOf(labels) => list::split(&text)
                .iter()
                .map(|text| named(labels, text).map(Value::from))
                .collect::<Option<Value>>()
                .ok_or_else(|| self.expected())?,
            Type::YesNo => yes(&text).map(Value::Bool).ok_or_else(|| self.expected())?,
        };
        Ok(Some(value))
    }

    /// Codes are what spreadsheets spoil most, by making numbers of them.
    fn code(&self, text: String, fits: impl Fn(&str) -> bool) -> Result<Value, Said> {
        let mangled = text.contains("E+") || text.contains("e+");
        one(text, fits).ok_or_else(|| {
            let expected = self.expected();
            if mangled {
                Said::new(
                    format!("电子表格把代码改成了科学计数；请将此列设为文本格式。{}", expected.zh),
                    format!(
                        "a spreadsheet turned the code into a rounded number; format the column as text; {}",
                        expected.en
                    ),
                )
            } else {
                expected
            }
        })
    }

    /// The text of a field as a cell: names of closed lists in Chinese when `titles`.
    pub fn show(&self, value: &Value, titles: bool) -> String {
        let title = |labels: &[Label], name: &str| {
            let known = labels.iter().find(|(known, _)| titles && *known == name);
            known.map_or_else(|| name.to_owned(), |(_, title)| (*title).to_owned())
        };
        match (self.of, value) {
            (Type::OneOf(labels), Value::String(name)) => title(labels, name),
            (Type::YesNo, Value::Bool(truth)) => title(YES_NO, if *truth { "true" } else { "false" }),
            (Type::SomeOf(labels), Value::Array(items)) => {
                let items: Vec<String> =
                    items.iter().map(|item| title(labels, item.as_str().unwrap_or_default())).collect();
                list::join(items.iter().map(String::as_str))
            }
            (_, Value::Array(items)) => {
                list::join(items.iter().map(|item| item.as_str().unwrap_or_default()))
            }
            (_, Value::String(text)) => text.clone(),
            (_, Value::Null) => String::new(),
            (_, other) => other.to_string(),
        }
    }
}

fn one(text: String, fits: impl Fn(&str) -> bool) -> Option<Value> {
    if fits(&text) { Some(Value::String(text)) } else { None }
}

fn listed(labels: &[Label]) -> (String, String) {
    let (names, titles): (Vec<&str>, Vec<&str>) = labels.iter().copied().unzip();
    (names.join(", "), titles.join("、"))
}

fn named(labels: &[Label], text: &str) -> Option<&'static str> {
    let found = labels.iter().find(|(name, title)| *title == text || *name == plain(text));
    found.map(|(name, _)| *name)
}

fn yes(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "是" | "yes" | "true" | "1" | "y" => Some(true),
        "否" | "no" | "false" | "0" | "n" => Some(false),
        _ => None,
    }
}

/// `State enterprise`, `state-enterprise` and `STATE_ENTERPRISE` are the same name.
fn plain(text: &str) -> String {
    text.chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() }).collect()
}

const DATE_FORMS: [&str; 4] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"];

fn day(cell: &Cell) -> Option<NaiveDate> {
    let day = match cell {
        Cell::Day(day, true) => Some(*day),
        Cell::Text(text) if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) => {
            NaiveDate::parse_from_str(text, "%Y%m%d").ok()
        }
        Cell::Text(text) => DATE_FORMS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()),
        Cell::Number(_) => NaiveDate::parse_from_str(&cell.text(), "%Y%m%d").ok(),
        _ => None,
    }?;
    (1900..2200).contains(&day.year()).then_some(day)
}
