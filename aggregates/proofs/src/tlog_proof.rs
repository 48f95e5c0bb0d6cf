//! One event's proof as a file of its own (C2SP tlog-proof), for tools that know nothing of us.

use std::fmt::Write as _;

use crate::Hash;
use crate::checkpoint::Checkpoint;
use crate::encoding::decimal;
use crate::note::{Note, NoteError};
use crate::tree;

const FIRST: &str = "c2sp.org/tlog-proof@v1";

/// That a leaf is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Of the leaf, from 0.
    pub index: u64,
    /// From the leaf upwards.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: Note,
}

impl TlogProof {
    /// From the text of a file. Extra data, which nobody vouches for, is refused.
    pub fn parse(text: &[u8]) -> Result<Self, NoteError> {
        let wrong = NoteError::Malformed;
        let text = std::str::from_utf8(text).map_err(|_| wrong("it is not UTF-8"))?;
        let (head, note) =
            text.split_once("\n\n").ok_or(wrong("there is no blank line before the checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST) {
            return Err(wrong("the first line is not that of a tlog-proof"));
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(wrong("the second line is not the index"))?;
        let proof: Option<Vec<Hash>> = lines.map(Hash::parse).collect();
        Ok(Self {
            index,
            proof: proof.ok_or(wrong("a line of the proof is not a hash"))?,
            note: Note::parse(note.as_bytes())?,
        })
    }

    /// As the text of a file.
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST}\nindex {}\n", self.index);
        for hash in &self.proof {
            let _ = writeln!(text, "{hash}");
        }
        let _ = write!(text, "\n{}", self.note);
        text
    }

    /// Whether the leaf with this hash is in the tree of a checkpoint, which must be that of its note.
    #[must_use]
    pub fn proves(&self, leaf: Hash, checkpoint: &Checkpoint) -> bool {
        checkpoint.to_string() == self.note.text
            && tree::is_included(leaf, self.index, checkpoint.size, &self.proof, checkpoint.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{Kind, Signer};
    use crate::tree::Tree;

    #[test]
    fn a_proof_is_written_read_and_checked() {
        let leaves: Vec<Hash> = (0..11_u8).map(|n| Hash::of_leaf(&[n])).collect();
        let tree: Tree = leaves.iter().copied().collect();
        let checkpoint =
            Checkpoint { origin: "ledger.example".to_owned(), size: 11, root: tree.root(), sm3: None };
        let signer = Signer::new("ledger.example", Kind::Note, &[1; 32]).unwrap();
        let text = checkpoint.to_string();
        let note = Note { signatures: vec![signer.sign(&text, 0)], text };
        let proof = tree.hashes(tree::inclusion(10, 11).unwrap()).unwrap();
        let proof = TlogProof { index: 10, proof, note };
        let read = TlogProof::parse(proof.text().as_bytes()).unwrap();
        assert_eq!(read, proof);
        assert!(read.proves(leaves[10], &checkpoint));
        assert!(!read.proves(leaves[9], &checkpoint));
        assert!(!read.proves(leaves[10], &Checkpoint { origin: "other.example".to_owned(), ..checkpoint }));
        for (part, other) in
            [("@v1", "@v2"), ("index 10", "index 010"), ("index 10", "extra AAAA\nindex 10"), ("\n\n", "\n")]
        {
            assert!(TlogProof::parse(proof.text().replacen(part, other, 1).as_bytes()).is_err(), "{other}");
        }
    }
}
