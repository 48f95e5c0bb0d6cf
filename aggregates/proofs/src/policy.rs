//! Trust policies (C2SP tlog-policy): whose logs are believed, and how many of which witnesses must have cosigned. A line of our own,
//! `issuer KEY`, says whose statements on records are believed. A `log` line may also hold an SM2 key: then a checkpoint needs its line, too.

use std::collections::{HashMap, HashSet};

use crate::checkpoint::Checkpoint;
use crate::encoding::decimal;
use crate::note::{Kind, Note, NoteError, Verifier};

/// Why a policy file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {what}")]
pub struct PolicyError {
    /// From 1; 0 where something is missing.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// The note is none, or a signature is wrong.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// No log of the policy has signed.
    #[error("it is not signed by a log of the policy")]
    NotOurLog,
    /// The key of one log has signed for another.
    #[error("the log {signed} has signed a checkpoint of {origin}")]
    OtherOrigin {
        /// Of the checkpoint.
        origin: String,
        /// Whose key it is.
        signed: String,
    },
    /// The policy names keys of two kinds for a log, and one of them has not signed.
    #[error("the policy names an {kind} key of {origin}, and it has not signed")]
    Half {
        /// The log.
        origin: String,
        /// What the key is of.
        kind: &'static str,
    },
    /// Too few witnesses have cosigned.
    #[error("the policy asks for more witnesses than have cosigned ({0})")]
    TooFewWitnesses(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    /// By its place among the witnesses.
    Witness(usize),
    /// So many of these.
    Group(usize, Vec<String>),
}

/// Where a log or a witness is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What the policy calls it; the key's name for a log.
    pub name: String,
    /// Its key.
    pub key: Verifier,
    /// Its address.
    pub url: Option<String>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    members: HashMap<String, Member>,
    /// None where no witness is asked for.
    quorum: Option<String>,
    issuers: Vec<Verifier>,
}

/// A checkpoint that a policy lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// Names that the policy has for the witnesses who cosigned, and when they did, in seconds since 1970.
    pub witnessed: Vec<(String, u64)>,
}

impl Policy {
    /// One log, no witness.
    pub fn of_log(key: Verifier) -> Self {
        let log = Party { name: key.name().to_owned(), key, url: None };
        Self { logs: vec![log], witnesses: vec![], members: HashMap::new(), quorum: None, issuers: vec![] }
    }

    /// The same, which believes the statements of this key, too.
    pub fn with_issuer(mut self, key: Verifier) -> Result<Self, NoteError> {
        if key.kind() != Kind::Statement {
            return Err(NoteError::Key("expected a key for statements (255)"));
        }
        self.issuers.push(key);
        Ok(self)
    }

    /// From the text of a policy file.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut reading = Reading::default();
        for (number, line) in text.split('\n').enumerate() {
            let wrong = |what: String| PolicyError { line: number + 1, what };
            if let Some(control) = line.chars().find(|c| c.is_ascii_control() && *c != '\t') {
                return Err(wrong(format!("the control character {control:?} is not allowed")));
            }
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            if words.first().is_some_and(|word| !word.starts_with('#')) {
                reading.line(&words).map_err(wrong)?;
            }
        }
        let missing = PolicyError { line: 0, what: "there is no quorum line".to_owned() };
        let Reading { logs, witnesses, members, quorum, issuers, .. } = reading;
        let quorum = match quorum {
            Quorum::Missing => return Err(missing),
            Quorum::Nobody => None,
            Quorum::Of(name) => Some(name),
        };
        Ok(Self { logs, witnesses, members, quorum, issuers })
    }

    /// The logs.
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[Party] {
        &self.witnesses
    }

    /// Keys of those whose statements on records are believed.
    pub fn issuers(&self) -> &[Verifier] {
        &self.issuers
    }

    /// Whether it asks for witnesses at all.
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// All keys of logs and witnesses.
    pub fn keys(&self) -> Vec<Verifier> {
        self.logs.iter().chain(&self.witnesses).map(|party| party.key.clone()).collect()
    }

    /// The checkpoint of a note, if it is signed by a log and cosigned as the policy says.
    pub fn trust(&self, note: &Note) -> Result<Trusted, Distrust> {
        let trusted = self.trust_log(note)?;
        let cosigned =
            self.witnesses.iter().map(|one| trusted.witnessed.iter().any(|(name, _)| *name == one.name));
        let cosigned: Vec<bool> = cosigned.collect();
        match &self.quorum {
            Some(name) if !self.has_cosigned(name, &cosigned) => {
                Err(Distrust::TooFewWitnesses(trusted.witnessed.len()))
            }
            _ => Ok(trusted),
        }
    }

    /// The checkpoint of a note, if it is signed by a log; whichever witnesses have cosigned it.
    pub fn trust_log(&self, note: &Note) -> Result<Trusted, Distrust> {
        let checkpoint = Checkpoint::of(note)?;
        let signed = note.verify(&self.keys())?;
        let of_log = signed.iter().filter(|one| one.kind.is_of_log());
        let mut names = of_log.map(|one| &one.name);
        if !names.clone().any(|name| *name == checkpoint.origin) {
            return Err(match names.next() {
                Some(name) => Distrust::OtherOrigin { origin: checkpoint.origin, signed: name.clone() },
                None => Distrust::NotOurLog,
            });
        }
        for (kind, name) in [(Kind::Note, "Ed25519"), (Kind::Sm2, "SM2")] {
            let is_asked =
                self.logs.iter().any(|log| log.name == checkpoint.origin && log.key.kind() == kind);
            if is_asked && !signed.iter().any(|one| one.kind == kind && one.name == checkpoint.origin) {
                return Err(Distrust::Half { origin: checkpoint.origin, kind: name });
            }
        }
        let witnessed = self.witnesses.iter().filter_map(|witness| {
            let cosigned =
                signed.iter().find(|one| one.key == witness.key.key() && one.kind == Kind::Cosignature)?;
            Some((witness.name.clone(), cosigned.at?))
        });
        Ok(Trusted { witnessed: witnessed.collect(), checkpoint })
    }

    fn has_cosigned(&self, name: &str, cosigned: &[bool]) -> bool {
        match self.members.get(name) {
            Some(Member::Witness(place)) => cosigned.get(*place).copied().unwrap_or_default(),
            Some(Member::Group(needed, members)) => {
                members.iter().filter(|member| self.has_cosigned(member, cosigned)).count() >= *needed
            }
            None => false,
        }
    }
}

#[derive(Default)]
struct Reading {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    members: HashMap<String, Member>,
    /// Names that stand in a group already.
    taken: HashSet<String>,
    quorum: Quorum,
    issuers: Vec<Verifier>,
}

/// What the quorum line says.
#[derive(Default)]
enum Quorum {
    #[default]
    Missing,
    Nobody,
    Of(String),
}

impl Reading {
    fn line(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            ["log", key, rest @ ..] if rest.len() <= 1 => {
                let key = self.key(key, Kind::Note)?;
                self.logs.push(Party {
                    name: key.name().to_owned(),
                    key,
                    url: rest.first().map(ToString::to_string),
                });
            }
            ["witness", name, key, rest @ ..] if rest.len() <= 1 => {
                let key = self.key(key, Kind::Cosignature)?;
                self.define(name, Member::Witness(self.witnesses.len()))?;
                self.witnesses.push(Party {
                    name: (*name).to_owned(),
                    key,
                    url: rest.first().map(ToString::to_string),
                });
            }
            ["group", name, needed, members @ ..] if !members.is_empty() => {
                let needed = match *needed {
                    "all" => members.len(),
                    "any" => 1,
                    number => decimal(number)
                        .and_then(|number| usize::try_from(number).ok())
                        .filter(|number| (1..=members.len()).contains(number))
                        .ok_or(format!("expected all, any or a number from 1 to {}", members.len()))?,
                };
                for member in members {
                    if !self.members.contains_key(*member) {
                        return Err(format!("{member} is not defined before this line"));
                    }
                    if !self.taken.insert((*member).to_owned()) {
                        return Err(format!("{member} stands in a group already"));
                    }
                }
                let members = members.iter().map(ToString::to_string).collect();
                self.define(name, Member::Group(needed, members))?;
            }
            // Ours, not C2SP's: who is believed to have issued a record's statement.
            ["issuer", key] => {
                let key = self.key(key, Kind::Statement)?;
                self.issuers.push(key);
            }
            ["quorum", name] => {
                if !matches!(self.quorum, Quorum::Missing) {
                    return Err("there is a quorum line already".to_owned());
                }
                if *name != "none" && !self.members.contains_key(*name) {
                    return Err(format!("{name} is not defined before this line"));
                }
                self.quorum = if *name == "none" { Quorum::Nobody } else { Quorum::Of((*name).to_owned()) };
            }
            _ => return Err(
                "expected log KEY [URL], witness NAME KEY [URL], group NAME all|any|K NAME…, quorum NAME or issuer KEY"
                    .to_owned(),
            ),
        }
        Ok(())
    }

    fn key(&self, text: &str, kind: Kind) -> Result<Verifier, String> {
        let key = Verifier::parse(text).map_err(|error| error.to_string())?;
        if key.kind() != kind && !(kind.is_of_log() && key.kind().is_of_log()) {
            return Err(match kind {
                Kind::Note | Kind::Sm2 => "a log signs notes: its key is of kind 1, or an SM2 key".to_owned(),
                Kind::Cosignature => "a witness cosigns: its key is of kind 4".to_owned(),
                Kind::Statement => "an issuer signs statements: its key is of kind 255".to_owned(),
            });
        }
        // A log that poses as its own witness, or one witness under two names, would count twice.
        let parties = self.logs.iter().chain(&self.witnesses).map(|party| &party.key);
        if parties.chain(&self.issuers).any(|known| known.key() == key.key()) {
            return Err("this key stands in the policy already".to_owned());
        }
        Ok(key)
    }

    fn define(&mut self, name: &str, member: Member) -> Result<(), String> {
        if name == "none" || self.members.insert(name.to_owned(), member).is_some() {
            return Err(format!("the name {name} is taken"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
