//! Checkpoints (C2SP tlog-checkpoint): whose log it is, how large it is, and its root. An extension line of ours, `sm3 ROOT`, is the root of a
//! second tree over the same leaves.

use std::fmt;

use crate::Hash;
use crate::encoding::decimal;
use crate::hash::{Hashing, Sm3};
use crate::note::{Note, NoteError};

/// The text that a log signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Leaves of the tree.
    pub size: u64,
    /// Of the tree.
    pub root: Hash,
    /// Of the tree of the same leaves with SM3, where the log grows one.
    pub sm3: Option<Hash>,
}

/// Begins the line with the root of the second tree.
const SM3: &str = "sm3 ";

impl Checkpoint {
    /// From the text of a note. Lines behind the third are refused, but for the one with the other root: our log writes none, and nobody vouches
    /// for them.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Malformed;
        let text = text.strip_suffix('\n').ok_or(wrong("the last line does not end"))?;
        let lines: Vec<&str> = text.split('\n').collect();
        let (origin, size, root, sm3) = match *lines {
            [origin, size, root] => (origin, size, root, None),
            [origin, size, root, sm3] => {
                let sm3 = sm3.strip_prefix(SM3).and_then(Hash::parse);
                (origin, size, root, Some(sm3.ok_or(wrong("the fourth line is not sm3 and a root"))?))
            }
            _ => return Err(wrong("a checkpoint has three lines, or four")),
        };
        if origin.is_empty() {
            return Err(wrong("the checkpoint names no log"));
        }
        let size = decimal(size).ok_or(wrong("the size of the tree is not a number"))?;
        let root = Hash::parse(root).ok_or(wrong("the root is not a hash in Base 64"))?;
        if size == 0 && (root != Hash::of_nothing() || sm3.is_some_and(|sm3| sm3 != Sm3::of_nothing())) {
            return Err(wrong("an empty tree has another root"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, sm3 })
    }

    /// The checkpoint of a note.
    pub fn of(note: &Note) -> Result<Self, NoteError> {
        Self::parse(&note.text)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.sm3.map_or(Ok(()), |sm3| writeln!(f, "{SM3}{sm3}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn the_example_of_the_specification_is_read() {
        let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(checkpoint.to_string(), EXAMPLE);
    }

    /// Issue 4 A: the root of the second tree stands in the text that is signed.
    #[test]
    fn the_root_of_the_second_tree_is_an_extension_line() {
        let text = format!("{EXAMPLE}sm3 {}\n", Sm3::of(&[b"abc"]));
        let checkpoint = Checkpoint::parse(&text).unwrap();
        assert_eq!((checkpoint.sm3, checkpoint.to_string()), (Some(Sm3::of(&[b"abc"])), text.clone()));
        assert_eq!(Checkpoint::parse(EXAMPLE).unwrap().sm3, None);
        for wrong in [
            text.replace("sm3 ", "sm3"),
            text.replace("sm3 ", "sm4 "),
            text.clone() + "x\n",
            text.replace("=\nsm3", "=\n\nsm3"),
        ] {
            assert!(Checkpoint::parse(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_not_written_in_the_one_way_is_refused() {
        for wrong in [
            "",
            "\n",
            EXAMPLE.trim_end(),
            &EXAMPLE.replace("2085", "02085"),
            &EXAMPLE.replace("20852163", "-1"),
            &EXAMPLE.replace("20852163", "18446744073709551616"),
            &EXAMPLE.replace("q2I=", "q2I"),
            &EXAMPLE.replace("example.com/behind-the-sofa", ""),
            &format!("{EXAMPLE}extension\n"),
            &format!("{EXAMPLE}\n"),
            &EXAMPLE.replace("20852163", "0"),
        ] {
            assert!(Checkpoint::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
