//! Marks: something personal that cannot be mistaken, and every form in which somebody may have written it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A mark, and its forms.
pub struct Mark {
    /// What it is told as.
    pub name: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Mark {
    /// Of a text.
    pub fn text(name: &'static str, text: &str) -> Self {
        let mut forms = forms_of(text.as_bytes());
        let units: Vec<u16> = text.encode_utf16().collect();
        let escaped =
            |letters: fn(u32) -> String| text.chars().map(|one| escape(one, letters)).collect::<String>();
        let wide =
            |bytes: fn(u16) -> [u8; 2]| units.iter().flat_map(|unit| bytes(*unit)).collect::<Vec<u8>>();
        let others = [
            escaped(|unit| format!("\\u{unit:04x}")),
            escaped(|unit| format!("\\u{unit:04X}")),
            escaped(|unit| format!("&#{unit};")),
            escaped(|unit| format!("&#x{unit:x};")),
            text.escape_default().to_string(),
            hex(&wide(u16::to_be_bytes), false),
            hex(&wide(u16::to_be_bytes), true),
        ];
        forms.extend(others.map(String::into_bytes));
        forms.extend([wide(u16::to_be_bytes), wide(u16::to_le_bytes)]);
        Self { name, forms }
    }

    /// Of bytes that are no text.
    pub fn bytes(name: &'static str, bytes: &[u8]) -> Self {
        Self { name, forms: forms_of(bytes) }
    }
}

/// Something that was told somewhere.
pub struct Told {
    /// Where.
    pub place: String,
    bytes: Vec<u8>,
}

impl Told {
    /// What was told, as it was.
    pub fn new(place: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { place: place.into(), bytes: bytes.into() }
    }
}

/// In which places each mark stands, in any of its forms; all are looked for at once.
pub fn places<'a>(marks: &[Mark], told: &'a [Told]) -> Vec<BTreeSet<&'a str>> {
    // By their first two bytes: most of what is told is passed over without a comparison.
    let mut beginnings = vec![vec![]; 1 << 16];
    for (number, mark) in marks.iter().enumerate() {
        for form in &mark.forms {
            beginnings[beginning(form[0], form[1])].push((number, form.as_slice()));
        }
    }
    let mut found = vec![BTreeSet::new(); marks.len()];
    for told in told {
        for (at, pair) in told.bytes.windows(2).enumerate() {
            for (number, form) in &beginnings[beginning(pair[0], pair[1])] {
                if told.bytes[at..].starts_with(form) {
                    found[*number].insert(told.place.as_str());
                }
            }
        }
    }
    found
}

fn beginning(first: u8, second: u8) -> usize {
    usize::from(u16::from_be_bytes([first, second]))
}

fn hex(bytes: &[u8], is_upper: bool) -> String {
    bytes.iter().map(|byte| if is_upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
}

fn escape(one: char, letters: fn(u32) -> String) -> String {
    if one.is_ascii() {
        return one.to_string();
    }
    let mut units = [0; 2];
    one.encode_utf16(&mut units).iter().map(|unit| letters(u32::from(*unit))).collect()
}

fn percent(bytes: &[u8], is_upper: bool) -> String {
    let each = |byte: &u8| match byte {
        plain if plain.is_ascii_alphanumeric() => char::from(*plain).to_string(),
        other => format!("%{}", hex(&[*other], is_upper)),
    };
    bytes.iter().map(each).collect()
}

fn forms_of(bytes: &[u8]) -> Vec<Vec<u8>> {
    let listed = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut texts =
        vec![listed, hex(bytes, false), hex(bytes, true), percent(bytes, false), percent(bytes, true)];
    for before in 0..3 {
        // Three bytes are four digits: what stands before and behind decides about the first and the last ones.
        let padded = [vec![0; before], bytes.to_vec()].concat();
        let (from, whole) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        for digits in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            texts.push(digits.get(from..whole).unwrap().to_owned());
        }
    }
    texts.into_iter().map(String::into_bytes).chain([bytes.to_vec()]).collect()
}

/// What is looked for is found in whatever it is wrapped in.
#[test]
fn a_mark_is_found_in_every_form() {
    let (text, bytes) = ("欧阳QZX-标记", b"\x89PNG\xff\x00QZX\xfe".as_slice());
    let json = serde_json::json!(["盐", text]).to_string();
    for wrapped in [
        format!("x{text}x").into_bytes(),
        br"\u6b27\u9633QZX-\u6807\u8bb0".to_vec(),
        br"\u{6b27}\u{9633}QZX-\u{6807}\u{8bb0}".to_vec(),
        b"%E6%AC%A7%E9%98%B3QZX%2D%E6%A0%87%E8%AE%B0".to_vec(),
        b"\\xe6aca7e998b3515a582de6a087e8aeb0".to_vec(),
        URL_SAFE_NO_PAD.encode(&json).into_bytes(),
        STANDARD_NO_PAD.encode(format!("ab{text}")).into_bytes(),
        STANDARD_NO_PAD.encode(format!("a{text}c")).into_bytes(),
        format!("{:?}", text.as_bytes()).into_bytes(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        let (marks, told) =
            ([Mark::text("a text", text), Mark::text("another", "欧阳QZX-别的")], Told::new("here", wrapped));
        let found = places(&marks, std::slice::from_ref(&told));
        assert!(found[0].contains("here") && found[1].is_empty(), "{}", String::from_utf8_lossy(&told.bytes));
    }
    for before in 0..3 {
        let wrapped = STANDARD_NO_PAD.encode([vec![7; before], bytes.to_vec(), vec![9; 4]].concat());
        let told = [Told::new("here", wrapped)];
        let found = places(&[Mark::bytes("bytes", bytes)], &told);
        assert!(!found[0].is_empty(), "{before}");
    }
}
