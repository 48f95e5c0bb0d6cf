//! Registering divisions; what is in emergency in a county (F3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::DivisionEvent;
use crate::decider::{Decider, Decision};
use crate::emergency::{Scope, refusal};
use crate::ids::{DivisionCode, EmergencyId, is_public_name};

crate::refusals! { "division";
    /// The register does not know the community.
    unknown_community(code: String) Unknown at "community":
        "区划登记中没有社区 {code}；请先导入区划（baodao import divisions）",
        "the register of divisions has no community {code}; import the divisions first (baodao import divisions)";
    /// The division above is not registered.
    unknown_parent(code: String) Unknown at "code":
        "上级区划 {code} 尚未登记",
        "the division above, {code}, is not registered";
    /// The register does not know the division.
    unknown(code: String) Unknown at "division":
        "区划登记中没有 {code}；请先导入区划（baodao import divisions）",
        "the register of divisions has no {code}; import the divisions first (baodao import divisions)";
    /// Too many aliases, or one that is no name.
    alias_length(max: usize) Invalid at "aliases":
        "别名最多 {max} 个，每个 1 至 100 字",
        "at most {max} aliases, of 1 to 100 characters each";
    /// A name is needed, of reasonable length.
    name_length() Invalid at "name":
        "名称应为 1 至 100 字",
        "the name must have 1 to 100 characters";
}

const ALIASES_MAX: usize = 20;

/// A division as registered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Division {
    name: Option<String>,
    aliases: Vec<String>,
    /// What is in force in a county.
    emergencies: BTreeMap<EmergencyId, Scope>,
}

impl Decider for Division {
    const TYPE: &'static str = "division";
    type Event = DivisionEvent;

    fn evolve(&mut self, fact: &DivisionEvent) {
        match fact {
            DivisionEvent::DivisionRegistered { name, aliases, .. } => {
                self.name = Some(name.clone());
                self.aliases.clone_from(aliases);
            }
            DivisionEvent::EmergencyBegan { emergency, scope, grids } => {
                let scope = Scope { division: scope.clone(), grids: grids.clone() };
                self.emergencies.insert(emergency.clone(), scope);
            }
            DivisionEvent::EmergencyEnded { emergency, .. } => {
                self.emergencies.remove(emergency);
            }
        }
    }
}

impl Division {
    /// Its official name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether it is registered.
    pub fn is_registered(&self) -> bool {
        self.name.is_some()
    }

    /// Enters the division, or corrects its name and aliases. `parent_known` tells whether the division above is
    /// registered; a prefecture, the root of a ledger, needs none.
    pub fn register(
        &self,
        code: &DivisionCode,
        name: &str,
        aliases: &[String],
        parent_known: bool,
    ) -> Decision<Self> {
        if !is_public_name(name) {
            return Err(name_length());
        }
        if aliases.len() > ALIASES_MAX || aliases.iter().any(|alias| !is_public_name(alias)) {
            return Err(alias_length(ALIASES_MAX));
        }
        let parent = code.parent();
        if let Some(above) = parent.as_ref().filter(|_| !parent_known) {
            return Err(unknown_parent(above.to_string()));
        }
        if self.name.as_deref() == Some(name) && self.aliases == aliases {
            return Ok(vec![]);
        }
        Ok(vec![DivisionEvent::DivisionRegistered {
            code: code.clone(),
            name: name.to_owned(),
            level: code.level(),
            parent,
            aliases: aliases.to_vec(),
        }])
    }

    /// Notes in the county that places of it are turned to emergency. What is in emergency already is not turned again;
    /// a wider scope may be declared above a narrower one (F3).
    pub fn begin_emergency(&self, emergency: &EmergencyId, scope: &Scope) -> Decision<Self> {
        let known =
            self.emergencies.iter().find_map(|(other, there)| Some((other, scope.covered_by(there)?)));
        if let Some((other, place)) = known {
            return Err(refusal::in_force(place, other));
        }
        Ok(vec![DivisionEvent::EmergencyBegan {
            emergency: emergency.clone(),
            scope: scope.division.clone(),
            grids: scope.grids.clone(),
        }])
    }

    /// Notes in the county that the emergency is over.
    pub fn end_emergency(&self, emergency: &EmergencyId) -> Decision<Self> {
        let ended = self.emergencies.get(emergency).map(|scope| DivisionEvent::EmergencyEnded {
            emergency: emergency.clone(),
            scope: scope.division.clone(),
        });
        Ok(ended.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
