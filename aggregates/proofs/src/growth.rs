//! What is asked of who signs or witnesses a log: to believe that it grew (C2SP tlog-witness, add-checkpoint).

use std::fmt::Write as _;

use crate::Hash;
use crate::checkpoint::Checkpoint;
use crate::encoding::decimal;
use crate::tree;

/// Hashes of a request at most.
const PROOF_MAX: usize = 63;

/// A request: from which size on, the proof, and the checkpoint, signed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Leaves of the tree that is believed already.
    pub old: u64,
    /// That the new tree grew out of it.
    pub proof: Vec<Hash>,
    /// The text behind the blank line, as it is.
    pub rest: String,
}

/// Why a growth is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The old tree is larger than the new one.
    #[error("the old size {old} is beyond the new one, {new}")]
    Backwards {
        /// As told.
        old: u64,
        /// Of the checkpoint.
        new: u64,
    },
    /// Another tree is believed than the request begins with.
    #[error("the tree believed last has {0} leaves")]
    Elsewhere(u64),
    /// The new tree did not grow out of the old one.
    #[error(
        "the tree of {new} leaves does not continue the one of {old}: what was there before has been changed"
    )]
    Inconsistent {
        /// Leaves of the tree that is believed.
        old: u64,
        /// Of the checkpoint.
        new: u64,
    },
}

impl Request {
    /// From the body of a request. None where it is none.
    pub fn parse(body: &str) -> Option<Self> {
        let (head, rest) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = lines.next()?.strip_prefix("old ").and_then(decimal)?;
        let proof: Vec<Hash> = lines.map(Hash::parse).collect::<Option<_>>()?;
        (proof.len() <= PROOF_MAX).then(|| Self { old, proof, rest: rest.to_owned() })
    }

    /// As the body of a request.
    pub fn text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            let _ = writeln!(text, "{hash}");
        }
        let _ = write!(text, "\n{}", self.rest);
        text
    }

    /// Whether whoever believes `last` may believe the checkpoint, too.
    pub fn check(&self, last: Option<&Checkpoint>, new: &Checkpoint) -> Result<(), Refusal> {
        if self.old > new.size {
            return Err(Refusal::Backwards { old: self.old, new: new.size });
        }
        let (size, root) = last.map_or((0, Hash::of_nothing()), |last| (last.size, last.root));
        if self.old != size {
            return Err(Refusal::Elsewhere(size));
        }
        // Of the second tree nothing is proved; yet one tree of one size has one root.
        let is_other = size == new.size
            && last.and_then(|last| last.sm3).zip(new.sm3).is_some_and(|(before, now)| before != now);
        if !is_other && tree::is_consistent(size, new.size, root, new.root, &self.proof) {
            Ok(())
        } else {
            Err(Refusal::Inconsistent { old: size, new: new.size })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn tree(size: u8, edited: Option<u8>) -> Tree {
        (0..size).map(|n| Hash::of_leaf(&[n, u8::from(edited == Some(n))])).collect()
    }

    fn checkpoint(tree: &Tree) -> Checkpoint {
        Checkpoint { origin: "ledger.example".to_owned(), size: tree.size(), root: tree.root(), sm3: None }
    }

    fn request(old: u64, grown: &Tree) -> Request {
        let proof =
            tree::consistency(old, grown.size()).and_then(|ranges| grown.hashes(ranges)).unwrap_or_default();
        Request { old, proof, rest: checkpoint(grown).to_string() }
    }

    #[test]
    fn a_request_is_written_and_read_again() {
        let request = request(5, &tree(11, None));
        assert_eq!(Request::parse(&request.text()), Some(request));
        for wrong in
            ["", "old 5\n", "old 05\n\nx", "old\n\nx", "older 5\n\nx", "old 5\nAAAA\n\nx", "old -1\n\nx"]
        {
            assert_eq!(Request::parse(wrong), None, "{wrong:?}");
        }
        let many = format!("old 5\n{}\nx", format!("{}\n", Hash::default()).repeat(PROOF_MAX + 1));
        assert_eq!(Request::parse(&many), None);
    }

    #[test]
    fn only_growth_is_believed() {
        let (five, eleven) = (tree(5, None), tree(11, None));
        let last = checkpoint(&five);
        let new = checkpoint(&eleven);
        assert_eq!(request(0, &five).check(None, &last), Ok(()));
        assert_eq!(request(5, &eleven).check(Some(&last), &new), Ok(()));
        assert_eq!(request(5, &five).check(Some(&last), &last), Ok(()), "the same again");
        assert_eq!(request(3, &eleven).check(Some(&last), &new), Err(Refusal::Elsewhere(5)));
        assert_eq!(request(0, &eleven).check(Some(&last), &new), Err(Refusal::Elsewhere(5)));
        let backwards = Request { old: 11, ..request(5, &five) };
        assert_eq!(backwards.check(Some(&new), &last), Err(Refusal::Backwards { old: 11, new: 5 }));
        let with = |last: &Checkpoint, root: &[u8]| Checkpoint { sm3: Some(Hash::of(root)), ..last.clone() };
        let again = request(5, &five);
        assert_eq!(again.check(Some(&last), &with(&last, b"a")), Ok(()), "the second tree began");
        assert_eq!(again.check(Some(&with(&last, b"a")), &with(&last, b"a")), Ok(()));
        assert_eq!(
            again.check(Some(&with(&last, b"a")), &with(&last, b"b")),
            Err(Refusal::Inconsistent { old: 5, new: 5 })
        );
        let edited = tree(11, Some(2));
        let refused = request(5, &edited).check(Some(&last), &checkpoint(&edited));
        assert_eq!(refused, Err(Refusal::Inconsistent { old: 5, new: 11 }));
        let same_size = tree(5, Some(4));
        let refused = request(5, &same_size).check(Some(&last), &checkpoint(&same_size));
        assert_eq!(refused, Err(Refusal::Inconsistent { old: 5, new: 5 }));
    }
}
