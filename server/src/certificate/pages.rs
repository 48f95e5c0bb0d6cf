//! Text, tables and squares on pages of A4, from the top downwards. Measures are in points.

use std::borrow::Cow;

use super::fonts::Fonts;

/// Of A4.
const SHORT: f32 = 595.28;
const LONG: f32 = 841.89;
/// Around everything.
pub(super) const MARGIN: f32 = 56.0;
/// Below the last line: the foot.
const FOOT: f32 = 52.0;
/// Of a line, in sizes of the font.
const LEADING: f32 = 1.5;
/// Around the text of a cell.
const PADDING: f32 = 4.0;

/// Something drawn.
pub(super) enum Mark {
    /// A line of text; its base line begins there.
    Text { x: f32, y: f32, size: f32, is_bold: bool, text: String },
    /// A filled rectangle: left, top, width, height; how black, from 0 to 255.
    Box { x: f32, y: f32, width: f32, height: f32, black: u8 },
}

/// A column of a table.
pub(super) struct Column {
    pub title: Cow<'static, str>,
    /// A share of the width.
    pub share: f32,
}

impl Column {
    pub(super) fn new(title: impl Into<Cow<'static, str>>, share: f32) -> Self {
        Self { title: title.into(), share }
    }
}

/// What is drawn, page by page.
pub(super) struct Pages<'a> {
    fonts: &'a Fonts,
    pub done: Vec<Vec<Mark>>,
    /// Of every page.
    pub width: f32,
    pub height: f32,
    y: f32,
}

impl<'a> Pages<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, done: vec![vec![]], width: SHORT, height: LONG, y: MARGIN }
    }

    /// Pages that lie, for wide tables.
    pub(super) fn lying(fonts: &'a Fonts) -> Self {
        Self { width: LONG, height: SHORT, ..Self::new(fonts) }
    }

    /// Between the margins.
    pub(super) fn inner(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.done.last_mut() {
            page.push(mark);
        }
    }

    /// Begins a new page where so much does not fit any more.
    pub(super) fn need(&mut self, height: f32) -> bool {
        let is_full = self.y + height > self.height - FOOT;
        if is_full {
            self.done.push(vec![]);
            self.y = MARGIN;
        }
        is_full
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// A line in the middle.
    pub(super) fn centred(&mut self, text: &str, size: f32, is_bold: bool) {
        let x = (self.width - self.fonts.width(text, size, is_bold)) / 2.0;
        self.y += size;
        self.put(Mark::Text { x, y: self.y, size, is_bold, text: text.to_owned() });
        self.y += size * (LEADING - 1.0);
    }

    /// A heading, which is not left alone at the foot of a page.
    pub(super) fn heading(&mut self, text: &str) {
        self.need(80.0);
        self.y += 20.0;
        self.put(Mark::Text { x: MARGIN, y: self.y, size: 12.0, is_bold: true, text: text.to_owned() });
        self.y += 6.0;
    }

    /// Text over the width, in as many lines as it takes.
    pub(super) fn paragraph(&mut self, text: &str, size: f32, width: f32) {
        for line in self.wrapped(text, size, width, false) {
            self.need(size * LEADING);
            self.y += size;
            self.put(Mark::Text { x: MARGIN, y: self.y, size, is_bold: false, text: line });
            self.y += size * (LEADING - 1.0);
        }
    }

    /// Lines of at most this width. Chinese is broken anywhere, a word or an address only where it is longer than a line.
    fn wrapped(&self, text: &str, size: f32, width: f32, is_bold: bool) -> Vec<String> {
        let (mut lines, mut left) = (vec![String::new()], width);
        for word in words(text) {
            let wide = self.fonts.width(word, size, is_bold);
            let parts: Vec<&str> =
                if wide > width { word.split_inclusive(|_| true).collect() } else { vec![word] };
            for part in parts {
                let wide = self.fonts.width(part, size, is_bold);
                if wide > left || part == "\n" {
                    lines.push(String::new());
                    left = width;
                }
                if let Some(line) = lines.last_mut().filter(|_| part != "\n") {
                    line.push_str(part);
                    left -= wide;
                }
            }
        }
        lines
    }

    /// A table, its head on every page that it goes over.
    pub(super) fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let titles: Vec<String> = columns.iter().map(|column| column.title.to_string()).collect();
        self.row(columns, &titles, true);
        for row in rows {
            if self.need(self.height(columns, row)) {
                self.row(columns, &titles, true);
            }
            self.row(columns, row, false);
        }
    }

    /// Names and values, two columns of them.
    pub(super) fn pairs(&mut self, pairs: &[(&str, String)]) {
        let columns = [Column::new("", 0.22), Column::new("", 0.78)];
        for (name, value) in pairs {
            let row = [(*name).to_owned(), value.clone()];
            self.need(self.height(&columns, &row));
            self.row(&columns, &row, false);
        }
    }

    fn cells(&self, columns: &[Column], row: &[String], is_bold: bool) -> Vec<Vec<String>> {
        let wide = self.inner();
        let width = |column: &Column| wide * column.share - 2.0 * PADDING;
        columns
            .iter()
            .zip(row)
            .map(|(column, text)| self.wrapped(text, 10.0, width(column), is_bold))
            .collect()
    }

    fn height(&self, columns: &[Column], row: &[String]) -> f32 {
        let most = self.cells(columns, row, false).iter().map(Vec::len).max().unwrap_or(1);
        most as f32 * 10.0 * LEADING + 2.0
    }

    fn row(&mut self, columns: &[Column], row: &[String], is_head: bool) {
        let (size, wide) = (10.0, self.inner());
        let height = self.height(columns, row);
        if is_head {
            self.put(Mark::Box { x: MARGIN, y: self.y, width: wide, height, black: 20 });
        }
        let mut x = MARGIN;
        for (column, lines) in columns.iter().zip(self.cells(columns, row, is_head)) {
            for (number, text) in lines.into_iter().enumerate() {
                let y = self.y + size * (LEADING * number as f32 + 1.2);
                self.put(Mark::Text { x: x + PADDING, y, size, is_bold: is_head, text });
            }
            x += wide * column.share;
        }
        self.y += height;
        self.put(Mark::Box { x: MARGIN, y: self.y, width: wide, height: 0.5, black: 90 });
    }

    /// A QR code at the right edge, and text beside it.
    pub(super) fn code(&mut self, modules: &[Vec<bool>], beside: &str) {
        const SIDE: f32 = 88.0;
        self.need(SIDE + 12.0);
        self.y += 12.0;
        let (x, y) = (self.width - MARGIN - SIDE, self.y);
        let module = SIDE / modules.len().max(1) as f32;
        for (row, line) in modules.iter().enumerate() {
            for (column, _) in line.iter().enumerate().filter(|(_, is_dark)| **is_dark) {
                let (x, y) = (x + column as f32 * module, y + row as f32 * module);
                // A hair wider, so that no light shows between them.
                let side = module + 0.05;
                self.put(Mark::Box { x, y, width: side, height: side, black: 255 });
            }
        }
        self.paragraph(beside, 10.0, self.inner() - SIDE - 16.0);
        self.y = self.y.max(y + SIDE);
    }
}

/// What a line is not broken within: runs of Latin letters and digits, and every other character by itself.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first.is_ascii_graphic() {
            rest.find(|c: char| !c.is_ascii_graphic()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}
