//! What the rules of a batch read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Arrival, BatchEvent};
use crate::decider::Decider;
use crate::ids::{CommunityCode, MemberId, UnitId};

/// A batch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub(super) announced: Option<Announced>,
    pub(super) arrived: BTreeSet<Arrival>,
    pub(super) closed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Announced {
    pub(super) community: CommunityCode,
    pub(super) unit: Option<UnitId>,
    pub(super) expected: BTreeSet<MemberId>,
}

impl Decider for Batch {
    const TYPE: &'static str = "batch";
    type Event = BatchEvent;

    fn evolve(&mut self, fact: &BatchEvent) {
        match fact {
            BatchEvent::BatchOpened { community, unit, expected, .. } => {
                self.announced = Some(Announced {
                    community: community.clone(),
                    unit: unit.clone(),
                    expected: expected.iter().cloned().collect(),
                });
            }
            BatchEvent::BatchReportsReceived { reports, .. } => self.arrived.extend(reports.iter().cloned()),
            BatchEvent::BatchClosed { .. } => self.closed = true,
        }
    }
}
