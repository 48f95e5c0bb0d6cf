//! A table as a PDF file: what stands on a screen, to be printed or filed.

use super::CertificateError;
use super::fonts::Fonts;
use super::pages::{Column, Pages};
use super::writing::{self, Paper};

/// A column is as wide as its longest text, within these bounds (in characters).
const CHARACTERS: std::ops::RangeInclusive<usize> = 4..=24;

/// What is printed.
pub struct TableFile {
    /// Of the whole.
    pub title: String,
    /// What it was narrowed by, the position, the date: a line each.
    pub about: Vec<String>,
    /// What columns are called.
    pub columns: Vec<String>,
    /// Texts of cells.
    pub rows: Vec<Vec<String>>,
    /// Who gives it out.
    pub author: String,
    /// When, in seconds since 1970.
    pub made: i64,
    /// `zh-CN` or `en`.
    pub language: &'static str,
}

/// The file.
pub fn table_pdf(table: TableFile, fonts: &Fonts) -> Result<Vec<u8>, CertificateError> {
    let mut pages = Pages::lying(fonts);
    pages.centred(&table.title, 16.0, true);
    pages.space(6.0);
    let width = pages.inner();
    for line in &table.about {
        pages.paragraph(line, 9.5, width);
    }
    pages.space(8.0);
    pages.table(&columns(&table), &table.rows);
    let foot = table.title.clone();
    let TableFile { title, author, made, language, .. } = table;
    writing::write(&pages, fonts, Paper { title, author, made, language, foot, attached: None })
}

fn columns(table: &TableFile) -> Vec<Column> {
    let weigh = |number: usize, title: &str| {
        let texts = table.rows.iter().filter_map(|row| row.get(number)).map(String::as_str);
        let longest = texts.chain([title]).map(wide).max().unwrap_or(0);
        longest.clamp(*CHARACTERS.start(), *CHARACTERS.end()) + 2
    };
    let weights: Vec<usize> =
        table.columns.iter().enumerate().map(|(number, title)| weigh(number, title)).collect();
    let sum = weights.iter().sum::<usize>().max(1);
    let share = |weight: usize| weight as f32 / sum as f32;
    table
        .columns
        .iter()
        .zip(weights)
        .map(|(title, weight)| Column::new(title.clone(), share(weight)))
        .collect()
}

/// Width in Latin letters.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
