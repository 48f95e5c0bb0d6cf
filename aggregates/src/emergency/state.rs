//! What the rules of an emergency read. Who has come is the members' own rule: each comes once.

use serde::{Deserialize, Serialize};

use super::{EmergencyEvent, EmergencyOutcome, Scope, refusal};
use crate::Refusal;
use crate::decider::Decider;
use crate::ids::{EmergencyId, Term};

/// An emergency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub(super) declared: Option<Declared>,
    pub(super) ended: Option<EmergencyOutcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Declared {
    pub(super) scope: Scope,
    pub(super) plan: Term,
    pub(super) title: String,
}

impl Decider for Emergency {
    const TYPE: &'static str = "emergency";
    type Event = EmergencyEvent;

    fn evolve(&mut self, fact: &EmergencyEvent) {
        match fact {
            EmergencyEvent::EmergencyDeclared { scope, grids, plan, title, .. } => {
                self.declared = Some(Declared {
                    scope: Scope { division: scope.clone(), grids: grids.clone() },
                    plan: plan.clone(),
                    title: title.clone(),
                });
            }
            EmergencyEvent::MemberMustered { .. } => {}
            EmergencyEvent::EmergencyStoodDown { outcome, .. } => self.ended = Some(*outcome),
        }
    }
}

impl Emergency {
    /// Where it is.
    pub fn scope(&self, emergency: &EmergencyId) -> Result<&Scope, Refusal> {
        self.declared.as_ref().map(|declared| &declared.scope).ok_or_else(|| refusal::unknown(emergency))
    }

    /// Where it is, while it is in force.
    pub fn must_be_in_force(&self, emergency: &EmergencyId) -> Result<&Scope, Refusal> {
        let scope = self.scope(emergency)?;
        if self.ended.is_some() { Err(refusal::over(emergency)) } else { Ok(scope) }
    }
}
