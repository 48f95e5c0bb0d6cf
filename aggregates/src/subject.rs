//! Whom something personal is about. Everything of one subject is kept under one key, and forgotten with it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ActorId, Malformed};

/// What sort of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// 成员
    Member,
    /// 居民
    Resident,
    /// 社区工作者
    Worker,
    /// 需求: whoever is behind it, with an account or without
    Demand,
    /// 重点户
    Household,
}

impl SubjectKind {
    const ALL: [Self; 5] = [Self::Member, Self::Resident, Self::Worker, Self::Demand, Self::Household];

    /// The name in JSON, in addresses and in the vault.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Resident => "resident",
            Self::Worker => "worker",
            Self::Demand => "demand",
            Self::Household => "household",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A subject: `member:m-1`. That is also the id of its stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^(member|resident|worker|demand|household):[A-Za-z0-9._:-]{1,64}$"))]
pub struct Subject {
    /// What sort.
    pub kind: SubjectKind,
    /// Opaque.
    pub id: ActorId,
}

impl Subject {
    /// The subject of this kind and id.
    pub fn new(kind: SubjectKind, id: impl AsRef<str>) -> Result<Self, Malformed> {
        Ok(Self { kind, id: ActorId::new(id.as_ref())? })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.id)
    }
}

impl FromStr for Subject {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (kind, id) = text.split_once(':').unwrap_or_default();
        let kind = SubjectKind::named(kind).ok_or_else(|| {
            Malformed("expected kind:id, such as member:m-1 / 应为 类别:编号，例如 member:m-1".to_owned())
        })?;
        Self::new(kind, id)
    }
}

impl TryFrom<String> for Subject {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 C: a subject is read as it is written; ids may hold colons themselves.
    #[test]
    fn a_subject_is_read_as_it_is_written() {
        for text in ["member:m-1", "resident:r:9", "worker:w-1", "demand:d-7", "household:h-1"] {
            assert_eq!(text.parse::<Subject>().unwrap().to_string(), text);
        }
        for text in ["", "m-1", "member", "member:", "king:k-1", "member:a b"] {
            assert!(text.parse::<Subject>().is_err(), "{text}");
        }
    }
}
