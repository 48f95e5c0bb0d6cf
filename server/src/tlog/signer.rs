//! Who signs the log: a key, and a state of its own. It signs only what continues what it signed before, whatever the database
//! says; after a restored backup or a rewritten history it refuses.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use proofs::growth::{Refusal, Request};
use proofs::note::{Kind, Note, Signer, Verifier};
use proofs::{Checkpoint, Hash};

use super::home::{self, Home, HomeError, LogKey};

/// The last signed checkpoint.
const LAST: &str = "signed";
/// Sizes and roots signed before, oldest first.
const BEFORE: &str = "history";
/// Of those, so many are kept: when they are more, every other of the older half goes.
const BEFORE_MAX: usize = 2_048;

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The tree does not continue what was signed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What is to be signed is no checkpoint of this log.
    #[error("{0}")]
    Malformed(String),
    /// The folder fails.
    #[error(transparent)]
    Home(#[from] HomeError),
}

/// The one who signs.
#[derive(Debug)]
pub struct LogSigner {
    home: Home,
    key: LogKey,
    second: Option<Signer>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<(Note, Checkpoint)>,
    before: Vec<(u64, Hash)>,
}

impl LogSigner {
    /// Takes up where it left off.
    pub fn open(home: Home) -> Result<Self, HomeError> {
        let key = home.log_key()?;
        if key.verifier().kind() != Kind::Note {
            let what = "the key is one of a witness, a log needs one of its own".to_owned();
            return Err(HomeError::Damaged { path: home.path("private.key"), what });
        }
        let damaged =
            |name: &str, what: &str| HomeError::Damaged { path: home.path(name), what: what.to_owned() };
        let last = match home.read(LAST)? {
            None => None,
            Some(text) => {
                let note = Note::parse(text.as_bytes()).map_err(|error| damaged(LAST, &error.to_string()))?;
                note.verify(&[key.verifier().clone()]).map_err(|error| damaged(LAST, &error.to_string()))?;
                let checkpoint = Checkpoint::of(&note).map_err(|error| damaged(LAST, &error.to_string()))?;
                Some((note, checkpoint))
            }
        };
        let before = home.read(BEFORE)?.unwrap_or_default();
        let before = before.lines().map(entry).collect::<Option<Vec<_>>>();
        let before = before.ok_or_else(|| damaged(BEFORE, "a line is not a size and a root"))?;
        Ok(Self { home, key, second: None, state: Mutex::new(State { last, before }) })
    }

    /// The same, with a second line on every checkpoint, by the SM2 key in this file.
    pub fn with_second(self, file: Option<&Path>) -> Result<Self, HomeError> {
        let Some(file) = file else { return Ok(self) };
        let key = home::key_in(file)?;
        let is_right = key.verifier().kind() == Kind::Sm2 && key.verifier().name() == self.verifier().name();
        if !is_right {
            let name = self.verifier().name();
            let what = format!("expected the SM2 key of this log (baodao key FOLDER --sm --name {name})");
            return Err(HomeError::Damaged { path: file.to_owned(), what });
        }
        Ok(Self { second: Some(key), ..self })
    }

    /// The public SM2 key of the second line.
    pub fn second(&self) -> Option<&Verifier> {
        self.second.as_ref().map(Signer::verifier)
    }

    /// The public key; its name is the origin of the log.
    pub fn verifier(&self) -> &Verifier {
        self.key.verifier()
    }

    /// What was signed last.
    pub fn last(&self) -> Option<Note> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last.as_ref().map(|(note, _)| note.clone())
    }

    /// Sizes and roots that were signed, oldest first; of long ago not all.
    pub fn history(&self) -> Vec<(u64, Hash)> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let last = state.last.iter().map(|(_, checkpoint)| (checkpoint.size, checkpoint.root));
        state.before.iter().copied().chain(last).collect()
    }

    /// Signs the checkpoint in the request, if it continues what was signed. It is on disk before it is handed out. Blocks.
    pub fn sign(&self, request: &Request) -> Result<Note, SignError> {
        let checkpoint =
            Checkpoint::parse(&request.rest).map_err(|error| SignError::Malformed(error.to_string()))?;
        if checkpoint.origin != self.verifier().name() {
            return Err(SignError::Malformed(format!(
                "this is the key of {}, not of {}",
                self.verifier().name(),
                checkpoint.origin
            )));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let last = state.last.as_ref().map(|(_, checkpoint)| checkpoint);
        request.check(last, &checkpoint)?;
        if let Some((note, known)) = &state.last
            && *known == checkpoint
            && self.second().is_none_or(|key| note.verify(std::slice::from_ref(key)).is_ok())
        {
            return Ok(note.clone());
        }
        let second = self.second.as_ref().map(|key| key.sign(&request.rest, 0));
        let signatures = std::iter::once(self.key.sign(&request.rest)?).chain(second).collect();
        let note = Note { signatures, text: request.rest.clone() };
        let before = state.last.as_ref().filter(|(_, known)| known.size < checkpoint.size);
        let before = before.map(|(_, known)| (known.size, known.root));
        if let Some(before) = before {
            state.before.push(before);
            thin_out(&mut state.before);
            let lines: Vec<String> =
                state.before.iter().map(|(size, root)| format!("{size} {root}\n")).collect();
            self.home.write(BEFORE, &lines.concat())?;
        }
        self.home.write(LAST, &note.to_string())?;
        state.last = Some((note.clone(), checkpoint));
        Ok(note)
    }
}

fn entry(line: &str) -> Option<(u64, Hash)> {
    let (size, root) = line.split_once(' ')?;
    Some((proofs::encoding::decimal(size)?, Hash::parse(root)?))
}

/// The further back, the fewer are kept.
fn thin_out(before: &mut Vec<(u64, Hash)>) {
    if before.len() > BEFORE_MAX {
        let half = before.len() / 2;
        let mut place = 0;
        before.retain(|_| {
            place += 1;
            place > half || place % 2 == 1
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofs::tree::{self, Tree};

    fn grown(size: u16, edited: Option<u16>) -> Tree {
        (0..size)
            .map(|n| Hash::of_leaf(&[n.to_be_bytes(), [u8::from(edited == Some(n)), 0]].concat()))
            .collect()
    }

    fn request(old: u64, tree: &Tree) -> Request {
        let proof =
            tree::consistency(old, tree.size()).and_then(|ranges| tree.hashes(ranges)).unwrap_or_default();
        let checkpoint = Checkpoint {
            origin: "ledger.example".to_owned(),
            size: tree.size(),
            root: tree.root(),
            sm3: None,
        };
        Request { old, proof, rest: checkpoint.to_string() }
    }

    fn open(folder: &std::path::Path) -> LogSigner {
        let home = Home::open(folder).unwrap();
        if !home.has_key() {
            home.make_key("ledger.example", Kind::Note).unwrap();
        }
        LogSigner::open(home).unwrap()
    }

    /// Issue 4 A: it signs growth, also after a restart, and refuses what was rewritten or restored.
    #[test]
    fn it_signs_only_what_continues() {
        let folder = tempfile::tempdir().unwrap();
        let signer = open(folder.path());
        let first = signer.sign(&request(0, &grown(5, None))).unwrap();
        first.verify(&[signer.verifier().clone()]).unwrap();
        assert_eq!(signer.sign(&request(5, &grown(5, None))).unwrap(), first, "the same again");
        signer.sign(&request(5, &grown(9, None))).unwrap();
        drop(signer);
        let signer = open(folder.path());
        assert_eq!(signer.history().iter().map(|(size, _)| *size).collect::<Vec<_>>(), [5, 9]);
        let refused = |request: &Request| match signer.sign(request) {
            Err(SignError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&request(5, &grown(7, None))), Refusal::Elsewhere(9), "a backup was restored");
        assert_eq!(refused(&request(9, &grown(12, Some(3)))), Refusal::Inconsistent { old: 9, new: 12 });
        assert_eq!(refused(&request(9, &grown(9, Some(8)))), Refusal::Inconsistent { old: 9, new: 9 });
        assert_eq!(refused(&request(0, &grown(12, Some(3)))), Refusal::Elsewhere(9));
        let other = Request {
            rest: request(9, &grown(12, None)).rest.replace("ledger", "other"),
            ..request(9, &grown(12, None))
        };
        assert!(matches!(signer.sign(&other), Err(SignError::Malformed(_))));
        signer.sign(&request(9, &grown(12, None))).unwrap();
    }

    #[test]
    fn what_was_signed_long_ago_is_thinned_out_and_the_newest_kept() {
        let mut before: Vec<(u64, Hash)> = vec![];
        for size in 0..20_000 {
            before.push((size, Hash::default()));
            thin_out(&mut before);
        }
        assert!(before.len() <= BEFORE_MAX && before.is_sorted());
        assert!(before.iter().rev().take(500).map(|(size, _)| *size).eq((19_500..20_000).rev()));
        assert_eq!(before[0].0, 0);
    }
}
