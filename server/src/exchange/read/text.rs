//! Rows of a text file: UTF-8 or GB18030 (or UTF-16, which Excel calls Unicode text); separated by comma, semicolon or tab.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use super::super::cell::Cell;
use super::super::fault::{Fault, Said};

/// A longer cell is the sign of a quotation mark left open; a spreadsheet's cell holds no more either.
const CELL_MAX: usize = 32_767;

/// Hands the rows on, with the numbers that a spreadsheet shows for them.
pub(super) fn rows(bytes: &[u8], take: &mut dyn FnMut(u32, Vec<Cell>)) -> Result<(), Box<Fault>> {
    let text = decoded(bytes)?;
    // Old line ends, of a carriage return alone, would all be line 1.
    let text = if text.contains('\n') { text } else { Cow::Owned(text.replace('\r', "\n")) };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let reason = error.to_string();
                return Err(Fault::of_file(Said::new(format!("文件无法读取：{reason}"), reason)).into());
            }
        }
        let start = record.position().map_or(0, csv::Position::byte) as usize;
        row += 1 + empty_lines(&text, start);
        if let Some(long) = record.iter().find(|cell| cell.chars().nth(CELL_MAX).is_some()) {
            let problem = Said::new(
                format!("单元格超过 {CELL_MAX} 字；可能有引号没有成对"),
                format!("a cell is longer than {CELL_MAX} characters; a quotation mark may be left open"),
            );
            return Err(Fault::of_row(row, problem).found(long).into());
        }
        take(row, record.iter().map(|cell| Cell::of(unguarded(cell))).collect());
    }
}

/// How many empty lines stand before a record: the reader skips them, a spreadsheet numbers them. (A cell of several
/// lines is one row in a spreadsheet, so lines are of no use for numbering.)
fn empty_lines(text: &str, start: usize) -> u32 {
    let ends_here = start > 0 && text.as_bytes().get(start - 1..=start) == Some(b"\r\n");
    let start = if ends_here { start + 1 } else { start };
    let gap = text.get(start..).unwrap_or_default().bytes().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    gap.filter(|byte| *byte == b'\n').count() as u32
}

fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Box<Fault>> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => GB18030,
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken || text.contains('\0') {
        return Err(Fault::of_file(Said::new(
            "文件既不是 UTF-8 也不是 GB18030 编码的文本；请另存为 CSV UTF-8 或 xlsx",
            "the file is neither UTF-8 nor GB18030 text; save it as CSV UTF-8 or as xlsx",
        ))
        .into());
    }
    Ok(text)
}

/// The one that the first line holds most of, outside of quotation marks.
fn separator(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte && !quoted) {
            *count += 1;
        }
    }
    let [mut most, ..] = counts;
    for other in counts {
        if other.1 > most.1 {
            most = other;
        }
    }
    most.0
}

/// The apostrophe that [`super::super::write`] sets before a cell that a spreadsheet would take for a formula.
fn unguarded(cell: &str) -> &str {
    match cell.trim_start().strip_prefix('\'') {
        Some(rest) if rest.starts_with(super::super::write::is_dangerous) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let mut rows = vec![];
        super::rows(bytes, &mut |row, cells| rows.push((row, cells.iter().map(Cell::text).collect())))
            .unwrap();
        rows
    }

    fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    /// Design §5: what Chinese offices save, with or without a mark, in either encoding, separated as it may be.
    #[test]
    fn text_is_read_in_every_encoding_and_with_every_separator() {
        let expected = [row(1, &["代码", "名称"]), row(2, &["5202", "六盘水市"])];
        assert_eq!(read("代码,名称\n5202,六盘水市\n".as_bytes()), expected);
        assert_eq!(read("\u{feff}代码;名称\r\n5202;六盘水市".as_bytes()), expected);
        assert_eq!(read("代码\t名称\r5202\t六盘水市\r".as_bytes()), expected);
        assert_eq!(read(&GB18030.encode("代码,名称\n 5202 ,六盘水市\n").0), expected);
        let utf16: Vec<u8> =
            "\u{feff}代码\t名称\r\n5202\t六盘水市".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf16), expected);
    }

    /// Design §5: row numbers are those of the spreadsheet, also behind empty lines and cells of several lines.
    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        assert_eq!(
            read(b"a,b\n\n1,\"x\ny\nz\"\n2,w\n\n3,v\n"),
            [row(1, &["a", "b"]), row(3, &["1", "x\ny\nz"]), row(4, &["2", "w"]), row(6, &["3", "v"])]
        );
    }

    /// Issue «Bad input»: what is no text is told as such.
    #[test]
    fn what_is_no_text_is_refused() {
        let mut none = |_: u32, _: Vec<Cell>| {};
        assert!(rows(&[0xff, 0x00, 0x81], &mut none).is_err());
        assert!(rows(b"a,b\n\0\0,1", &mut none).is_err());
        let open = format!("a,b\n1,\"{}", "x\n".repeat(20_000));
        let fault = rows(open.as_bytes(), &mut none).unwrap_err();
        assert_eq!(fault.row, Some(2));
    }
}
