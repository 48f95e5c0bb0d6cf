//! Granting access.

use aggregates::access::Access;
use aggregates::division::{self, Division};
use aggregates::ids::{ActorId, DivisionCode, LoginId, MemberId, UnitId};
use aggregates::member::{Member, refusal as member};
use aggregates::unit::{Unit, refusal as unit};
use aggregates::{Actor, Role};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Gives a login its capacity, in place of the one that it had. Whoever signs in under that name acts in it, and in no other.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantAccess {
    /// The name to sign in with.
    pub login: LoginId,
    /// The capacity.
    pub role: Role,
    /// Opaque id that stands in what he does: of a member the member's; the login when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorId>,
    /// The body on whose behalf: of a unit's organisation the unit, of a community worker or a department a division's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<ActorId>,
}

#[async_trait]
impl Command for GrantAccess {
    const NAME: &'static str = "grant-access";
    const TITLE: &'static str = "授权登录";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let id = match &self.actor {
            Some(actor) => actor.clone(),
            None => ActorId::new(self.login.as_str()).unwrap_or_default(),
        };
        match self.role {
            Role::Member => {
                let member = MemberId::new(id.as_str()).unwrap_or_default();
                if !sitting.look::<Member>(member.as_str()).await?.is_enrolled() {
                    return Err(member::unknown(&member).at("actor").into());
                }
            }
            Role::Unit => {
                let named = self.organisation.as_ref().map(ActorId::as_str).unwrap_or_default();
                if let Ok(id) = UnitId::new(named)
                    && !sitting.look::<Unit>(named).await?.is_enrolled()
                {
                    return Err(unit::unknown(&id).at("organisation").into());
                }
            }
            Role::CommunityWorker | Role::OrganisationDepartment => {
                if let Some(place) = &self.organisation
                    && !is_registered(sitting, place.as_str()).await?
                {
                    return Err(division::unknown(place.to_string()).at("organisation").into());
                }
            }
            _ => {}
        }
        let access = sitting.open::<Access>(self.login.as_str()).await?;
        let wanted = Actor { id, role: self.role, organisation: self.organisation.clone().map(String::from) };
        sitting.record(access, move |access| access.grant(&wanted, &at)).await?;
        Ok(())
    }
}

async fn is_registered(sitting: &mut Sitting<'_>, place: &str) -> Result<bool, Trouble> {
    Ok(DivisionCode::new(place).is_ok() && sitting.look::<Division>(place).await?.is_registered())
}
