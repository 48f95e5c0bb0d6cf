//! A record inside a PDF file: the one file that is attached to it, not compressed, so that no reader needs more than to find it.

use super::verdict::{Finding, Outcome};

/// How a PDF file begins.
const PDF: &[u8] = b"%PDF-";
/// The type of an attached file's stream.
const TYPE: &[u8] = b"/EmbeddedFile";

/// Whether it is a PDF file.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(PDF)
}

/// The bytes of the one file attached to a PDF.
pub fn record(pdf: &[u8]) -> Result<&[u8], Finding> {
    let places: Vec<usize> = places(pdf, TYPE)
        // `/EmbeddedFiles` is the list of them.
        .filter(|at| pdf.get(at + TYPE.len()).is_none_or(|next| !next.is_ascii_alphanumeric()))
        .collect();
    let wrong = |zh: &str, en: &str| Finding::new(Outcome::Invalid, zh, en);
    let [at] = *places else {
        return Err(if places.is_empty() {
            wrong("PDF 中没有附带核验记录", "no record is attached to the PDF file")
        } else {
            wrong(
                "PDF 附带了多个文件，无法确定核验哪一个",
                "several files are attached to the PDF file: which is meant cannot be told",
            )
        });
    };
    stream(pdf, at).ok_or_else(|| {
        wrong(
            "PDF 附件的存储方式已改变：请用 PDF 软件取出附件后核验",
            "the attachment was stored anew: take it out with a PDF program, and verify that",
        )
    })
}

/// The bytes of the stream whose dictionary has something at this place.
fn stream(pdf: &[u8], at: usize) -> Option<&[u8]> {
    const STREAM: &[u8] = b"stream";
    let begin = places(pdf.get(..at)?, b" obj").last()?;
    let end = at + places(pdf.get(at..)?, STREAM).next()?;
    let dictionary = std::str::from_utf8(pdf.get(begin..end)?).ok()?;
    if dictionary.contains("/Filter") || dictionary.contains("endobj") {
        return None;
    }
    let mut lengths = dictionary.split("/Length").skip(1);
    let (length, None) = (lengths.next()?.trim_start(), lengths.next()) else { return None };
    let digits = length.find(|c: char| !c.is_ascii_digit()).unwrap_or(length.len());
    let length: usize = length.get(..digits)?.parse().ok()?;
    let after = pdf.get(end + STREAM.len()..)?;
    let after = after.strip_prefix(b"\r").unwrap_or(after).strip_prefix(b"\n")?;
    let (bytes, rest) = after.split_at_checked(length)?;
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    rest.strip_prefix(b"\n").unwrap_or(rest).starts_with(b"endstream").then_some(bytes)
}

/// Where a text stands.
fn places<'a>(bytes: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(text.len()).enumerate().filter(move |(_, window)| *window == text).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "%PDF-1.7\n1 0 obj\n<< /Names << /EmbeddedFiles [] >> >>\nendobj\n2 0 obj\n<<\n  /Length 7\n  /Type /EmbeddedFile\n>>\nstream\n{\"a\":1}\nendstream\nendobj\n";

    #[test]
    fn the_one_attachment_is_taken_out() {
        assert!(is_pdf(FILE.as_bytes()));
        assert_eq!(record(FILE.as_bytes()).unwrap(), b"{\"a\":1}");
        for (from, to) in [
            ("/Type /EmbeddedFile", "/Type /XObject"),
            ("/Length 7", "/Length 9"),
            ("/Length 7", "/Length 99999999999999999999"),
            ("/Length 7", "/Length 7 /Filter /FlateDecode"),
            ("/Length 7", "/Length 7 /Length 3"),
            ("/Length 7", ""),
            ("stream\n{", "stream{"),
            ("endobj\n2", "2 0 obj << /Type /EmbeddedFile >>\nendobj\n2"),
            ("2 0 obj", "2"),
        ] {
            assert!(record(FILE.replace(from, to).as_bytes()).is_err(), "{from} → {to}");
        }
        assert!(record(b"%PDF-1.7").is_err());
    }
}
