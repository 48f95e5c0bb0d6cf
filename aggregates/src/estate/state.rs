//! What the rules of an estate read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::EstateEvent;
use crate::decider::Decider;
use crate::ids::{CommunityCode, MemberId};
use crate::member::{DwellingKind, LedgerKind};

/// An estate or building.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Estate {
    pub(super) registered: Option<Registered>,
    pub(super) serving: BTreeSet<MemberId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Registered {
    pub(super) community: CommunityCode,
    pub(super) kind: DwellingKind,
    pub(super) ledger: LedgerKind,
    pub(super) name: String,
    pub(super) households: u32,
    pub(super) buildings: u32,
}

impl Decider for Estate {
    const TYPE: &'static str = "estate";
    type Event = EstateEvent;

    fn evolve(&mut self, fact: &EstateEvent) {
        match fact {
            EstateEvent::EstateRegistered {
                community, kind, ledger, name, households, buildings, ..
            } => {
                self.registered = Some(Registered {
                    community: community.clone(),
                    kind: *kind,
                    ledger: *ledger,
                    name: name.clone(),
                    households: *households,
                    buildings: *buildings,
                });
            }
            EstateEvent::EstateCorrected { name, households, buildings, .. } => {
                if let Some(registered) = &mut self.registered {
                    registered.name.clone_from(name);
                    registered.households = *households;
                    registered.buildings = *buildings;
                }
            }
            EstateEvent::EstateMovedToCommunity { to, .. } => {
                if let Some(registered) = &mut self.registered {
                    registered.community = to.clone();
                }
            }
            EstateEvent::EstateMemberAssigned { member } => {
                self.serving.insert(member.clone());
            }
            EstateEvent::EstateMemberLeft { member } => {
                self.serving.remove(member);
            }
        }
    }
}

impl Estate {
    /// The community that it lies in, once registered.
    pub fn community(&self) -> Option<&CommunityCode> {
        self.registered.as_ref().map(|registered| &registered.community)
    }
}
