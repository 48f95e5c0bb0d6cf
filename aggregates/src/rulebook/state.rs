//! Which policies and catalogues there are, by effective date.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DutyCatalogue, RulebookEvent};
use crate::decider::Decider;
use crate::policy::Policy;

/// Policies and catalogues in the order of adoption.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Rulebook {
    policies: Vec<Arc<Policy>>,
    catalogues: Vec<Arc<DutyCatalogue>>,
}

impl Decider for Rulebook {
    const TYPE: &'static str = "policy";
    type Event = RulebookEvent;

    fn evolve(&mut self, fact: &RulebookEvent) {
        match fact {
            RulebookEvent::PolicyAdopted { policy, .. } => self.policies.push(Arc::new((**policy).clone())),
            RulebookEvent::DutyCatalogueAdopted { catalogue, .. } => {
                self.catalogues.push(Arc::new(catalogue.clone()));
            }
        }
    }
}

impl Rulebook {
    /// The policy in force on a business date: of those effective by then the one with the latest effective date,
    /// and of equal dates the one adopted last.
    pub fn policy_on(&self, date: NaiveDate) -> Option<&Arc<Policy>> {
        self.policies
            .iter()
            .filter(|policy| policy.effective_from <= date)
            .max_by_key(|policy| policy.effective_from)
    }

    /// The duty catalogue in force on a business date, by the same rule.
    pub fn catalogue_on(&self, date: NaiveDate) -> Option<&Arc<DutyCatalogue>> {
        self.catalogues
            .iter()
            .filter(|catalogue| catalogue.effective_from <= date)
            .max_by_key(|catalogue| catalogue.effective_from)
    }

    /// All policies, in the order of adoption.
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// All catalogues, in the order of adoption.
    pub fn catalogues(&self) -> &[Arc<DutyCatalogue>] {
        &self.catalogues
    }
}
