//! Granting access and revoking it.

use serde::{Deserialize, Serialize};

use super::AccessEvent;
use crate::circumstance::{Actor, Circumstance, Role};
use crate::decider::{Decider, Decision};
use crate::ids::LoginId;

crate::refusals! { "access";
    /// Never granted.
    unknown(login: &LoginId) Unknown at "login":
        "没有登录名 {login}", "there is no login {login}";
    /// A role that nobody signs in with.
    no_such_capacity(role: &str) Invalid at "role":
        "身份 {role} 不能授予登录名", "nobody signs in as {role}";
    /// A department gives no more than it stands above.
    above_oneself(role: &str) Forbidden at "role":
        "身份 {role} 只能由系统管理员授予或撤销", "the role {role} is given and taken by an operator only";
    /// Another division's.
    elsewhere(organisation: &str) Forbidden at "organisation":
        "{organisation} 不在本部门辖区内", "{organisation} does not lie in the department's own division";
    /// The capacity is of a body, and none is named.
    organisation_needed(role: &str) Invalid at "organisation":
        "身份 {role} 须注明所属组织", "the role {role} needs the body on whose behalf it acts";
    /// The capacity is of nobody's.
    no_organisation(role: &str) Invalid at "organisation":
        "身份 {role} 不属于任何组织", "the role {role} acts on nobody's behalf";
    /// Nobody takes his own access away, so that somebody is left.
    ones_own() Rule at "login":
        "不得撤销本人的登录名", "nobody revokes the access that he acts under";
}

/// Who acts under a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    is_known: bool,
    held: Option<Actor>,
}

impl Decider for Access {
    const TYPE: &'static str = "access";
    type Event = AccessEvent;

    fn evolve(&mut self, fact: &AccessEvent) {
        match fact {
            AccessEvent::AccessGranted { role, actor, organisation } => {
                self.is_known = true;
                self.held = Some(Actor {
                    id: actor.clone(),
                    role: *role,
                    organisation: organisation.clone().map(String::from),
                });
            }
            AccessEvent::AccessRevoked {} => self.held = None,
        }
    }
}

impl Access {
    /// In what capacity whoever signs in acts; none when it was never granted, or was revoked.
    pub fn held(&self) -> Option<&Actor> {
        self.held.as_ref()
    }

    /// Grants a capacity, in place of the one held before; the same again is nothing.
    pub fn grant(&self, wanted: &Actor, at: &Circumstance) -> Decision<Self> {
        fits(wanted)?;
        may_give(wanted, &at.actor)?;
        if let Some(held) = &self.held {
            if held == wanted {
                return Ok(vec![]);
            }
            may_give(held, &at.actor)?;
        }
        let organisation = wanted.organisation.clone().map(crate::ids::ActorId::new).transpose();
        Ok(vec![AccessEvent::AccessGranted {
            role: wanted.role,
            actor: wanted.id.clone(),
            organisation: organisation.map_err(|_| organisation_needed(wanted.role.name()))?,
        }])
    }

    /// Revokes it; the same again is nothing.
    pub fn revoke(&self, login: &LoginId, at: &Circumstance) -> Decision<Self> {
        if !self.is_known {
            return Err(unknown(login));
        }
        let Some(held) = &self.held else { return Ok(vec![]) };
        may_give(held, &at.actor)?;
        if *held == at.actor {
            return Err(ones_own());
        }
        Ok(vec![AccessEvent::AccessRevoked {}])
    }
}

/// Whether the role can be signed in with, and its body is named where it has one.
fn fits(wanted: &Actor) -> Result<(), crate::Refusal> {
    let role = wanted.role;
    match (role, &wanted.organisation) {
        (Role::Public | Role::System, _) => Err(no_such_capacity(role.name())),
        (Role::CommunityWorker | Role::Unit, None) => Err(organisation_needed(role.name())),
        (Role::Resident | Role::Operator, Some(_)) => Err(no_organisation(role.name())),
        _ => Ok(()),
    }
}

/// Operators give everything; a department what stands below it, within its division.
fn may_give(wanted: &Actor, giver: &Actor) -> Result<(), crate::Refusal> {
    match (giver.role, wanted.role) {
        (Role::Operator | Role::System, _) | (_, Role::Member | Role::Resident | Role::Unit) => Ok(()),
        (_, Role::CommunityWorker) => {
            let place = wanted.organisation.as_deref().unwrap_or_default();
            let own = giver.organisation.as_deref().unwrap_or_default();
            if place.starts_with(own) { Ok(()) } else { Err(elsewhere(place)) }
        }
        (_, above) => Err(above_oneself(above.name())),
    }
}
