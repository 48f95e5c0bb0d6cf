//! How a member stands towards the reports: what every figure of coverage and every residence ledger is made of.
//!
//! Facts that change it carry how the member stood before, so that a projection can take the member out of one
//! count and into another without looking anything up. [`Standing::take`] is the one place that says what follows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DwellingKind, LedgerKind, MemberEvent, MemberStatus};
use crate::ids::{CommunityCode, EstateId, UnitId};
use crate::policy::ReportKind;

/// Where a member lives (A4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Residence {
    /// The community.
    pub community: CommunityCode,
    /// The kind of dwelling.
    pub dwelling: DwellingKind,
    /// The ledger that keeps it.
    pub ledger: LedgerKind,
    /// The estate or building, for the first two ledgers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estate: Option<EstateId>,
}

/// How a member stands (A2, A4, A5). The reason of an exclusion is no part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// Whether the member counts.
    pub status: MemberStatus,
    /// The member's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Where the member lives, once recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
    /// The reports owed, each with its last day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub due: BTreeMap<ReportKind, NaiveDate>,
    /// The reports made that stand, each with its community.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reported: BTreeMap<ReportKind, CommunityCode>,
}

impl Standing {
    /// Takes a fact of the member.
    pub fn take(&mut self, fact: &MemberEvent) {
        match fact {
            MemberEvent::MemberEnrolled { unit, due, .. } => {
                self.status = MemberStatus::Active;
                self.unit = Some(unit.clone());
                self.due.clone_from(due);
            }
            MemberEvent::MemberTransferred { to, due, .. } => {
                self.unit = Some(to.clone());
                self.reported.remove(&ReportKind::UnitLinked);
                self.owe(due);
            }
            MemberEvent::MemberRetired { .. } => self.status = MemberStatus::Retired,
            MemberEvent::ExclusionBegan { .. } => self.status = MemberStatus::Excluded,
            MemberEvent::MemberReinstated { due, .. } => {
                self.status = MemberStatus::Active;
                self.owe(due);
            }
            MemberEvent::ResidenceRecorded { community, dwelling, ledger, estate, due, .. } => {
                let home = Residence {
                    community: community.clone(),
                    dwelling: *dwelling,
                    ledger: *ledger,
                    estate: estate.clone(),
                };
                self.settle(home);
                self.owe(due);
            }
            MemberEvent::MemberReported { kind, community, .. } => {
                self.reported.insert(*kind, community.clone());
            }
            _ => {}
        }
    }

    fn owe(&mut self, due: &BTreeMap<ReportKind, NaiveDate>) {
        self.due.extend(due.iter().map(|(kind, day)| (*kind, *day)));
    }

    fn settle(&mut self, home: Residence) {
        match self.passage_to(&home) {
            Passage::Stay => {}
            Passage::Recut => {
                if let Some(reported) = self.reported.get_mut(&ReportKind::Residence) {
                    *reported = home.community.clone();
                }
            }
            Passage::Move => {
                self.reported.remove(&ReportKind::Residence);
            }
        }
        self.residence = Some(home);
    }

    /// What a new residence means for the report made at the old one.
    pub(super) fn passage_to(&self, home: &Residence) -> Passage {
        match &self.residence {
            Some(had) if had.community == home.community => Passage::Stay,
            Some(had) if had.estate.is_some() && had.estate == home.estate => Passage::Recut,
            Some(_) => Passage::Move,
            None => Passage::Stay,
        }
    }

    /// Whether the member counts in denominators (A5).
    pub fn counts(&self) -> bool {
        self.status == MemberStatus::Active
    }

    /// Whether a report of this kind is owed.
    pub fn owes(&self, kind: ReportKind) -> bool {
        self.counts() && self.due.contains_key(&kind)
    }

    /// Whether a report of this kind was made and stands.
    pub fn has_made(&self, kind: ReportKind) -> bool {
        self.reported.contains_key(&kind)
    }

    /// The reports owed and not made, each with its last day; none for those who do not count.
    pub fn missing(&self) -> BTreeMap<ReportKind, NaiveDate> {
        let owed = self.due.iter().filter(|(kind, _)| self.owes(**kind) && !self.has_made(**kind));
        owed.map(|(kind, day)| (*kind, *day)).collect()
    }
}

/// How somebody came to another residence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    /// Within the community, or the first record.
    Stay,
    /// The estate is the same, its community is another: divisions were re-cut, nobody moved.
    Recut,
    /// To another community: the report at the old one lapses.
    Move,
}

impl MemberEvent {
    /// How the member stood before and after, for facts that change it.
    pub fn standings(&self) -> Option<(Standing, Standing)> {
        let before = match self {
            Self::MemberEnrolled { .. } => Standing::default(),
            Self::MemberTransferred { before, .. }
            | Self::MemberRetired { before, .. }
            | Self::ExclusionBegan { before, .. }
            | Self::MemberReinstated { before, .. }
            | Self::ResidenceRecorded { before, .. }
            | Self::MemberReported { before, .. } => (**before).clone(),
            _ => return None,
        };
        let mut after = before.clone();
        after.take(self);
        Some((before, after))
    }
}
