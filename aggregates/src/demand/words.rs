//! What is said about a demand in words: kept by the vault, told here by digests only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Demand, DemandEvent};
use crate::decider::Decision;
use crate::ids::{ActorId, DemandId, Sealed};

/// What is wanted, and how to reach whoever asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DemandWords {
    /// What is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Sealed>,
    /// Whom to ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<Sealed>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<Sealed>,
    /// Where to come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_address: Option<Sealed>,
}

impl DemandWords {
    /// The names of its fields, in the vault and in JSON.
    pub const FIELDS: [&'static str; 4] = ["text", "contact_name", "contact_phone", "contact_address"];

    /// The digests by field, as far as there are any.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, &Sealed)> {
        let all = [&self.text, &self.contact_name, &self.contact_phone, &self.contact_address];
        Self::FIELDS.into_iter().zip(all).filter_map(|(field, sealed)| Some((field, sealed.as_ref()?)))
    }

    /// Itself, unless nothing is told.
    pub fn if_any(self) -> Option<Self> {
        let is_empty = self.told().next().is_none();
        (!is_empty).then_some(self)
    }
}

impl Demand {
    /// What is wanted, and how to reach whoever asks; none when nothing was told, or when it was forgotten.
    pub fn words(&self) -> Option<&DemandWords> {
        self.placed.as_ref()?.words.as_ref().filter(|_| !self.contact_forgotten)
    }

    /// The digests of the words that it was placed with, also when they were forgotten since.
    pub fn first_words(&self) -> Option<&DemandWords> {
        self.placed.as_ref()?.words.as_ref()
    }

    /// Who asked, when that is known.
    pub fn placed_by(&self) -> Option<&ActorId> {
        self.placed.as_ref()?.placed_by.as_ref()
    }

    /// Whether the words were forgotten.
    pub fn is_contact_forgotten(&self) -> bool {
        self.contact_forgotten
    }

    /// What was told of the services and in ratings, by field, in order.
    pub fn remarks(&self) -> &[(String, Sealed)] {
        &self.remarks
    }

    /// Forgets what was wanted and how to reach whoever asked, once the demand is over. Nothing to do while it is open (again), and where
    /// nothing is kept.
    pub fn forget_contact(&self, demand: &DemandId) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        if self.words().is_none() || self.phase.is_open() {
            return Ok(vec![]);
        }
        Ok(vec![DemandEvent::ContactForgotten { community: placed.community.clone() }])
    }
}
