//! Inputs made of others: a seed and a few edits, each somewhere in it. Told as edits, so that a failing one shrinks.

use proptest::prelude::*;
use proptest::sample::Index;

/// Pieces that readers stumble over.
const PIECES: &[&str] = &[
    "",
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65536",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1e400",
    "1.5",
    "-0",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\0",
    "%00",
    "%ff",
    "%",
    "\u{feff}",
    "\u{202e}",
    "é",
    "成员",
    "，",
    ";",
    "、",
    ",",
    ":",
    "\n",
    "\r\n",
    "\t",
    "'",
    "=1+1",
    "<",
    "&",
    "&#0;",
    "]]>",
    "--- ",
    "0000-00-00",
    "0001-01-01",
    "1899-12-31",
    "2026-02-30",
    "9999-12-31",
    "+262142-12-31",
    "-262143-01-01",
    "2026-03-02T09:00:00+08:00",
    "9999-12-31T23:59:59.999999999Z",
    "1969-12-31T23:59:60Z",
    "0001-01-01T00:00:00+23:59",
    "2026-13",
    "520201016001",
    "520201016001001",
    "5202",
    "m-1",
    "u-tax",
    "d-1",
    "w-1",
    "operator/x",
    "system/x",
    "018f3a2e-7c4b-7d1e-8f00-0123456789ab",
    "00000000-0000-0000-0000-000000000000",
    "A1",
    "XFD1048576",
    "A0",
    "A99999999999",
];

/// How often a piece of the input is repeated at most.
const REPEATED_MAX: usize = 4000;
/// No input grows longer.
const LENGTH_MAX: usize = 1 << 18;

/// Somewhere in an input.
type Place = Index;

/// One edit.
#[derive(Debug, Clone)]
enum Edit {
    /// A bit of a byte is turned.
    Flip(Place, u8),
    /// A piece is put there.
    Insert(Place, Index),
    /// A word, number or quoted text is replaced by a piece.
    Replace(Place, Index),
    /// So many bytes go.
    Delete(Place, usize),
    /// So many bytes are repeated so often.
    Repeat(Place, usize, usize),
    /// So many bytes from one place are put in another.
    Copy(Place, Place, usize),
    /// The rest is that of another seed.
    Cross(Place, Index, Place),
}

/// Inputs made of the seeds.
pub fn of(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec(edit(), 1..6);
    (any::<Index>(), edits).prop_map(move |(seed, edits)| {
        let mut input = seed.get(&seeds).clone();
        for edit in &edits {
            apply(edit, &mut input, &seeds);
            input.truncate(LENGTH_MAX);
        }
        input
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<Place>;
    prop_oneof![
        1 => (place(), 0..8_u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        2 => (place(), any::<Index>()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        6 => (place(), any::<Index>()).prop_map(|(at, piece)| Edit::Replace(at, piece)),
        2 => (place(), 1..40_usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        1 => (place(), 1..40_usize, 1..REPEATED_MAX).prop_map(|(at, length, times)| Edit::Repeat(at, length, times)),
        2 => (place(), place(), 1..80_usize).prop_map(|(from, to, length)| Edit::Copy(from, to, length)),
        1 => (place(), any::<Index>(), place()).prop_map(|(at, seed, from)| Edit::Cross(at, seed, from)),
    ]
}

fn apply(edit: &Edit, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let length = input.len();
    let at = |place: &Place| place.index(length + 1);
    let end = |from: usize, count: usize| (from + count).min(length);
    match edit {
        Edit::Flip(place, bit) => {
            if let Some(byte) = input.get_mut(at(place)) {
                *byte ^= 1 << bit;
            }
        }
        Edit::Insert(place, piece) => put(input, at(place)..at(place), piece.get(PIECES).as_bytes()),
        Edit::Replace(place, piece) => {
            let word = word(input, at(place));
            put(input, word, piece.get(PIECES).as_bytes());
        }
        Edit::Delete(place, count) => put(input, at(place)..end(at(place), *count), b""),
        Edit::Repeat(place, count, times) => {
            let repeated = input[at(place)..end(at(place), *count)].repeat(*times);
            put(input, at(place)..at(place), &repeated);
        }
        Edit::Copy(from, to, count) => {
            let copied = input[at(from)..end(at(from), *count)].to_vec();
            put(input, at(to)..at(to), &copied);
        }
        Edit::Cross(place, seed, from) => {
            let other = seed.get(seeds);
            input.truncate(at(place));
            input.extend_from_slice(&other[from.index(other.len() + 1)..]);
        }
    }
}

fn put(input: &mut Vec<u8>, range: std::ops::Range<usize>, piece: &[u8]) {
    input.splice(range, piece.iter().copied());
}

/// The word around a place, or the quoted text that it stands in the quotation marks of.
fn word(input: &[u8], at: usize) -> std::ops::Range<usize> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte) || *byte >= 0x80;
    if input.get(at) == Some(&b'"') {
        let length = input[at + 1..].iter().position(|byte| *byte == b'"').map_or(0, |length| length + 1);
        return at..at + 1 + length;
    }
    let from = input[..at].iter().rposition(|byte| !is_part(byte)).map_or(0, |before| before + 1);
    let to = input[at..].iter().position(|byte| !is_part(byte)).map_or(input.len(), |after| at + after);
    from..to
}
