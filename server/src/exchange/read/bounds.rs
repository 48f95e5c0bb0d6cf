//! What a workbook may unpack to. A file of a few megabytes can hold as much as a disk, or say that it does: that is found out here,
//! before anything is kept of it.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::super::fault::{Fault, Said};

/// Bytes of all parts together; a sheet of a million rows has fewer.
const UNPACKED_MAX: u64 = 512 << 20;
/// Parts; a workbook has a dozen, and a few for each sheet.
const PARTS_MAX: usize = 2000;
/// The part whose reader makes room for as many texts as it says to have.
const TEXTS: &str = "sharedstrings.xml";

/// Refuses a workbook that is too large when unpacked, or says of itself what cannot be.
pub(super) fn check(bytes: &[u8]) -> Result<(), Box<Fault>> {
    within(bytes, UNPACKED_MAX)
}

fn within(bytes: &[u8], most: u64) -> Result<(), Box<Fault>> {
    // What is no archive at all is told by the one who reads it.
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    if archive.len() > PARTS_MAX {
        return Err(too_large(most));
    }
    let mut left = most;
    for index in 0..archive.len() {
        // A part that cannot be unpacked, or not to the size that it tells, is told by the reader.
        let Ok(part) = archive.by_index(index) else { continue };
        let is_texts = part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with(TEXTS));
        let mut part = part.take(left + 1);
        let unpacked = if is_texts {
            let mut text = vec![];
            let unpacked = part.read_to_end(&mut text).map(|length| length as u64);
            must_be_true(&text)?;
            unpacked
        } else {
            std::io::copy(&mut part, &mut std::io::sink())
        };
        left = left.checked_sub(unpacked.unwrap_or_default()).ok_or_else(|| too_large(most))?;
    }
    Ok(())
}

/// No more texts than the part has bytes.
fn must_be_true(texts: &[u8]) -> Result<(), Box<Fault>> {
    let wrong = || {
        Box::new(Fault::of_file(Said::new(
            "工作簿的文字表有误；请另存为新的 xlsx",
            "the workbook's table of texts is wrong; save it as a new xlsx",
        )))
    };
    let text = std::str::from_utf8(texts).map_err(|_| wrong())?;
    for told in text.split("uniqueCount").skip(1) {
        let digits =
            told.trim_start_matches(|c: char| c == '=' || c == '"' || c == '\'' || c.is_whitespace());
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let fits = digits.parse().is_ok_and(|count: usize| count <= texts.len());
        if !digits.is_empty() && !fits {
            return Err(wrong());
        }
    }
    Ok(())
}

fn too_large(most: u64) -> Box<Fault> {
    let most = most >> 20;
    Box::new(Fault::of_file(Said::new(
        format!("工作簿解压后超过 {most} MB；请拆分文件，或另存为 CSV"),
        format!("the workbook is larger than {most} MB when unpacked; split it, or save it as CSV"),
    )))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(vec![]));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn told(outcome: Result<(), Box<Fault>>) -> String {
        outcome.err().map(|fault| fault.problem.en).unwrap_or_default()
    }

    /// Issue 3, fuzzing: what is small when it comes and large when it is unpacked is not unpacked.
    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_refused() {
        let spaces = vec![b' '; 3 << 20];
        let bomb = archive(&[("xl/a.xml", &spaces), ("xl/b.xml", &spaces)]);
        assert!(bomb.len() < 20_000, "{}", bomb.len());
        assert_eq!(told(within(&bomb, 6 << 20)), "");
        assert_eq!(
            told(within(&bomb, (6 << 20) - 1)),
            "the workbook is larger than 5 MB when unpacked; split it, or save it as CSV"
        );
        // One that says that its parts are small is unpacked no further than it says, by the reader of archives itself.
        let mut liar = bomb;
        let size = (3_u32 << 20).to_le_bytes();
        for at in 0..liar.len() - 4 {
            if liar[at..at + 4] == size {
                liar[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
            }
        }
        let mut parts = ZipArchive::new(Cursor::new(&liar)).unwrap();
        let unpacked = std::io::copy(&mut parts.by_index(0).unwrap(), &mut std::io::sink());
        assert!(unpacked.as_ref().map_or(true, |length| *length <= 1), "{unpacked:?}");
        let empty: Vec<(String, &[u8])> = (0..=PARTS_MAX).map(|part| (part.to_string(), &b""[..])).collect();
        let many: Vec<(&str, &[u8])> = empty.iter().map(|(name, part)| (name.as_str(), *part)).collect();
        assert!(told(check(&archive(&many))).contains("larger than"));
    }

    /// Issue 3, fuzzing: the reader makes room for as many texts as the file says; a few bytes ended the process.
    #[test]
    fn a_workbook_that_says_to_have_more_texts_than_bytes_is_refused() {
        for (count, fits) in
            [("3", true), ("4611686018427387904", false), ("99999999999999999999", false), ("", true)]
        {
            let texts = format!(r#"<sst count="3" uniqueCount="{count}"><si><t>a</t></si></sst>"#);
            let file = archive(&[("XL/SharedStrings.xml", texts.as_bytes())]);
            assert_eq!(told(check(&file)).is_empty(), fits, "{count}");
        }
    }
}
