//! A cell as a file holds it.

use chrono::NaiveDate;

/// A cell, trimmed.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or white space.
    Empty,
    /// Text.
    Text(String),
    /// A number, from a spreadsheet.
    Number(f64),
    /// A date from a spreadsheet; whether it is a day without a time.
    Day(NaiveDate, bool),
    /// A formula that fails, and how.
    Wrong(String),
}

/// Spreadsheets keep 15 digits.
const WHOLE_MAX: f64 = 1e15;

impl Cell {
    /// A cell of this text.
    pub fn of(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// What stands in it. A whole number shows all its digits, so that a code that a spreadsheet keeps as a number
    /// stays the code.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Wrong(text) => text.clone(),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE_MAX => {
                format!("{}", *number as i64)
            }
            Self::Number(number) if number.abs() >= WHOLE_MAX => format!("{number:E}").replace('E', "E+"),
            Self::Number(number) => number.to_string(),
            Self::Day(day, true) => day.to_string(),
            Self::Day(day, false) => format!("{day} …"),
        }
    }
}
