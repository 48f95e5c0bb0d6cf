//! Who stands on a roster, and as what (B6–B11, B13, B15).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ActorId, CommunityCode, Level, MemberId};
use crate::member::{Member, MemberRank};
use crate::policy::PostHolder;
use crate::unit::Unit;

/// Somebody on a roster: a member of the ledger, or a person outside it (community worker, officer, volunteer …).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// 在职党员、干部
    Member(MemberId),
    /// Somebody outside the member ledger: opaque.
    Person(ActorId),
}

impl Holder {
    /// `member` or `person`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Person(_) => "person",
        }
    }

    /// The opaque id.
    pub fn id(&self) -> &str {
        match self {
            Self::Member(id) => id.as_str(),
            Self::Person(id) => id.as_str(),
        }
    }

    /// The member, when one.
    pub fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Member(id) => Some(id),
            Self::Person(_) => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// As what a member may stand on a roster of the community: told by the rank, by whether the unit is a street's own
/// (its division is a street), and by where the member lives. Never by anybody's word (B7: who comes from a county
/// unit is a matter of record).
pub fn member_sources(member: &Member, unit: &Unit, community: &CommunityCode) -> Vec<PostHolder> {
    let of_street = unit.division().is_some_and(|division| division.level() == Level::Street);
    let mut sources = match member.rank() {
        None => return vec![],
        Some(MemberRank::CountyLeader) => vec![PostHolder::CountyLeader],
        Some(_) if of_street => vec![PostHolder::StreetCadre],
        Some(MemberRank::SectionCadre) => vec![PostHolder::SectionCadre],
        Some(MemberRank::RegularCadre | MemberRank::Member) => vec![PostHolder::UnitCadre],
    };
    if member.residence().is_some_and(|home| home.community == *community) {
        sources.push(PostHolder::EstateMember);
    }
    sources
}
