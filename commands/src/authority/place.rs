//! Where an office acts: a community's worker for that community, a department within its division (issue 4 D: role × scope). It is held
//! against what is to be recorded, not against what was asked for: a demand's community stands in its facts, whatever the command names.

use aggregates::circumstance::Actor;
use aggregates::{Refusal, Role};
use serde_json::Value;

aggregates::refusals! { "authority";
    /// It is another community's matter.
    elsewhere(community: &str, organisation: &str) Forbidden at "community":
        "{community} 不归 {organisation} 办理", "{community} is not for {organisation} to act for";
}

/// Fields of a fact that tell where it is.
const PLACES: [&str; 3] = ["community", "grid", "scope"];

/// Refuses a fact of a place that does not lie within the body that an office acts for. Without a body of its own it is of the whole ledger.
pub fn must_lie_within(actor: &Actor, event_type: &str, payload: &str) -> Result<(), Refusal> {
    let is_office = matches!(actor.role, Role::CommunityWorker | Role::OrganisationDepartment);
    let Some(body) = actor.organisation.as_deref().filter(|_| is_office) else { return Ok(()) };
    let Ok(payload) = serde_json::from_str::<Value>(payload) else { return Ok(()) };
    let fact = payload.get(event_type).unwrap_or(&payload);
    let place = PLACES.iter().find_map(|field| fact.get(*field).and_then(Value::as_str));
    match place {
        Some(place) if !place.starts_with(body) => Err(elsewhere(place, body)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use aggregates::ids::ActorId;

    use super::*;

    /// Issue 4 D: role × scope holds for what is done, too.
    #[test]
    fn an_office_acts_within_its_place() {
        let actor = |role, body: Option<&str>| Actor {
            id: ActorId::new("w-1").unwrap(),
            role,
            organisation: body.map(str::to_owned),
        };
        let fact = r#"{"DemandScreened": {"community": "520201016001", "demand": "d-1"}}"#;
        let may = |actor: &Actor| must_lie_within(actor, "DemandScreened", fact).is_ok();
        assert!(may(&actor(Role::CommunityWorker, Some("520201016001"))));
        assert!(may(&actor(Role::CommunityWorker, None)));
        assert!(may(&actor(Role::OrganisationDepartment, Some("5202"))));
        assert!(may(&actor(Role::Unit, Some("u-tax"))));
        assert!(!may(&actor(Role::CommunityWorker, Some("520201016002"))));
        assert!(!may(&actor(Role::OrganisationDepartment, Some("5203"))));
        let of_grid = r#"{"PostTaken": {"grid": "520201016001001"}}"#;
        let other = actor(Role::CommunityWorker, Some("520201016002"));
        assert_eq!(must_lie_within(&other, "PostTaken", of_grid).unwrap_err().code, "authority.elsewhere");
        assert!(must_lie_within(&other, "PolicyAdopted", "{}").is_ok());
    }

    /// F3: an office declares an emergency for what lies in its division, and not for the street around it.
    #[test]
    fn an_office_declares_emergencies_within_its_place() {
        let worker = Actor {
            id: ActorId::new("w-1").unwrap(),
            role: Role::CommunityWorker,
            organisation: Some("520201016001".to_owned()),
        };
        let may = |scope: &str| {
            let fact = format!(r#"{{"EmergencyDeclared": {{"emergency": "e-1", "scope": "{scope}"}}}}"#);
            must_lie_within(&worker, "EmergencyDeclared", &fact).is_ok()
        };
        assert!(may("520201016001"));
        assert!(!may("520201016002") && !may("520201016"));
    }
}
