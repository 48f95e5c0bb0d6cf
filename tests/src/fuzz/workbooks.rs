//! Excel workbooks: a line with the kind, then the file as it is, or the parts that are to be zipped in it. A mutated part is
//! still a part of a workbook; a mutated file is nearly always a broken zip and nothing more.

use std::io::{Cursor, Read, Write};

use server::exchange::{Format, kind};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{first_line, imports};

/// What stands before a part's name.
const PART: &str = "\n--- ";

/// The template and the example workbook of every kind, in parts, and one as it is.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let whole = imports::made(Format::Xlsx);
    let parts = whole.iter().map(|input| in_parts(input));
    parts.chain(whole.last().cloned()).collect()
}

fn in_parts(input: &[u8]) -> Vec<u8> {
    let (name, file) = first_line(input);
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut out = name.to_vec();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        out.extend(format!("{PART}{}\n", part.name().unwrap()).into_bytes());
        part.read_to_end(&mut out).unwrap();
    }
    out
}

fn zipped(parts: &str) -> Option<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for part in parts.split(PART) {
        let (name, content) = part.split_once('\n')?;
        archive.start_file(name, SimpleFileOptions::default()).ok()?;
        archive.write_all(content.as_bytes()).ok()?;
    }
    archive.finish().ok().map(Cursor::into_inner)
}

/// As text files: see [`imports::check`].
pub(super) fn run(input: &[u8]) {
    let (name, rest) = first_line(input);
    let Some(kind) = std::str::from_utf8(name).ok().and_then(kind) else { return };
    let parts = std::str::from_utf8(rest).ok().and_then(|text| text.strip_prefix(PART.trim_start()));
    match parts {
        Some(parts) => zipped(parts).into_iter().for_each(|file| imports::check(kind, &file)),
        None => imports::check(kind, rest),
    }
}
