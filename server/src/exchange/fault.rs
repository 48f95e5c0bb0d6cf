//! What is wrong with a file: every fault at once, by row and column, in both languages.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// Faults told of one file at most.
pub const FAULTS_MAX: usize = 100;
/// Characters of a cell that are shown.
const SHOWN_MAX: usize = 40;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Said {
    /// Both.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A sentence that stands in both languages already, as `English / 中文`.
    pub fn both(text: &str) -> Self {
        match text.split_once(" / ") {
            Some((en, zh)) => Self::new(zh, en),
            None => Self::new(text, text),
        }
    }
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ColumnAt {
    /// Machine name; the header's own text when no column has it.
    pub name: String,
    /// Chinese title; empty when no column has the name.
    pub title: String,
    /// As the spreadsheet shows it: `A`, `B` … `AA`; absent when the file lacks the column.
    pub letter: Option<String>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// As the spreadsheet shows it, from 1; absent when the file as a whole is at fault.
    pub row: Option<u32>,
    /// The column; absent when the row as a whole is at fault.
    pub column: Option<ColumnAt>,
    /// What stands there, shortened.
    pub found: Option<String>,
    /// What was expected.
    pub problem: Said,
    /// Stable code of the rule that refused the row; absent when the cell itself cannot be read.
    pub code: Option<String>,
}

impl Fault {
    /// A fault of the file as a whole.
    pub fn of_file(problem: Said) -> Self {
        Self { row: None, column: None, found: None, problem, code: None }
    }

    /// A fault of a row.
    pub fn of_row(row: u32, problem: Said) -> Self {
        Self { row: Some(row), ..Self::of_file(problem) }
    }

    /// The same fault, in a column.
    pub fn at(mut self, column: ColumnAt) -> Self {
        self.column = Some(column);
        self
    }

    /// The same fault, showing what stands there.
    pub fn found(mut self, text: &str) -> Self {
        self.found = Some(shortened(text));
        self
    }

    /// The fault as one line of Chinese.
    pub fn zh(&self) -> String {
        let row = self.row.map(|row| format!("第 {row} 行"));
        let column = self.column.as_ref().map(|at| match (&at.letter, at.title.is_empty()) {
            (Some(letter), false) => format!("{letter} 列（{}）", at.title),
            (Some(letter), true) => format!("{letter} 列（{}）", at.name),
            (None, _) => format!("列“{}”", at.title),
        });
        let found = self.found.as_ref().map(|found| format!("“{found}”"));
        line([row, column, found], " ", "：", &self.problem.zh)
    }

    /// The fault as one line of English.
    pub fn en(&self) -> String {
        let row = self.row.map(|row| format!("row {row}"));
        let column = self.column.as_ref().map(|at| match &at.letter {
            Some(letter) => format!("column {letter} ({})", at.name),
            None => format!("column {}", at.name),
        });
        let found = self.found.as_ref().map(|found| format!("“{found}”"));
        line([row, column, found], ", ", ": ", &self.problem.en)
    }
}

fn line(places: [Option<String>; 3], between: &str, colon: &str, problem: &str) -> String {
    let places: Vec<String> = places.into_iter().flatten().collect();
    if places.is_empty() { problem.to_owned() } else { format!("{}{colon}{problem}", places.join(between)) }
}

fn shortened(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// All faults of a file: the first [`FAULTS_MAX`] as they are, the rest counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error, Serialize, JsonSchema)]
pub struct Faults {
    /// In order of row.
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
    /// Whether the check broke off, so that there may be still more.
    pub broken_off: bool,
}

impl Faults {
    /// A single fault.
    pub fn one(fault: Fault) -> Self {
        Self { faults: vec![fault], ..Self::default() }
    }

    /// One more.
    pub fn push(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.faults.len() + self.more
    }

    /// What follows the list, in both languages; nothing when the list is whole.
    pub fn rest(&self) -> Option<Said> {
        if self.more > 0 {
            let more = self.more;
            Some(Said::new(format!("另有 {more} 处"), format!("and {more} more")))
        } else if self.broken_off {
            Some(Said::new("其余各行未再核对", "the rows behind these were not checked any more"))
        } else {
            None
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{}\n  {}", fault.zh(), fault.en())?;
        }
        if let Some(rest) = self.rest() {
            writeln!(f, "{}\n  {}", rest.zh, rest.en)?;
        }
        Ok(())
    }
}

/// The letters of a column as a spreadsheet shows them; `index` from 0.
pub fn letters(index: usize) -> String {
    let mut rest = index + 1;
    let mut letters = vec![];
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §5: errors by row and column, as a spreadsheet names them.
    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        let named: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702, 16_383].map(letters).into();
        assert_eq!(named, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    /// Issue «Bad input»: a hundred faults are told, the others counted, and long cells shortened.
    #[test]
    fn a_hundred_faults_are_told_and_the_rest_counted() {
        let mut faults = Faults::default();
        for row in 1..=130 {
            faults.push(Fault::of_row(row, Said::new("不对", "wrong")).found(&"长".repeat(60)));
        }
        assert_eq!((faults.faults.len(), faults.more, faults.count()), (100, 30, 130));
        let told = faults.to_string();
        assert!(told.contains("第 1 行 “长长") && told.contains("row 100, “长"));
        assert!(told.ends_with("另有 30 处\n  and 30 more\n"));
        assert!(faults.faults[0].found.as_ref().is_some_and(|found| found.chars().count() == 41));
    }
}
