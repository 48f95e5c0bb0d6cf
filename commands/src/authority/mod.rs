//! Who sees what: the one place that decides which parts of facts leave the house (A5).
//!
//! Of the three exclusions the reason of one is a secret in itself (特种岗位). Hiding only that one would tell it, so the reason
//! of every exclusion is hidden from all but those who keep them: others see that somebody is not counted, and no more.
//! Rows of projections do not hold it at all.

mod acts;
mod mask;
pub mod personal;
mod place;
mod reading;

pub use acts::{ACTS, may, not_yours};
pub use mask::{mask_row, masks};
pub use place::must_lie_within;
pub use reading::{
    Limit, Reach, breaks_glass, is_office, is_personal, reach, reach_history, sees_figures, subject_of,
};

use aggregates::Role;
use aggregates::circumstance::Actor;
use serde_json::Value;

/// Whether the role sees why a member is not counted (A5).
pub fn sees_exclusion_reasons(role: Role) -> bool {
    matches!(role, Role::OrganisationDepartment | Role::Auditor)
}

/// Whether the role follows the journal: events, by their opaque ids.
pub fn reads_events(role: Role) -> bool {
    matches!(role, Role::Auditor | Role::Operator)
}

/// Whether the role tries what a draft policy would make of the cards in its reach.
pub fn tries_policies(role: Role) -> bool {
    matches!(role, Role::OrganisationDepartment | Role::Auditor | Role::Operator)
}

/// Whether the role reads what was recorded as it was recorded, masked in nothing.
pub fn reads_the_journal_itself(role: Role) -> bool {
    role == Role::Auditor
}

/// Whether the role has the whole ledger audited, and reads what audits found.
pub fn runs_audits(role: Role) -> bool {
    matches!(role, Role::Auditor | Role::Operator)
}

/// Whether the actor pulls the verified record of a member or unit: one's own, or in an office that records are made for.
pub fn pulls_records(actor: &Actor, kind: &str, id: &str) -> bool {
    match actor.role {
        Role::OrganisationDepartment | Role::Auditor | Role::PromotionReview | Role::Operator => true,
        Role::Member => kind == "member" && actor.id.as_str() == id,
        Role::Unit => kind == "unit" && actor.organisation.as_deref() == Some(id),
        Role::Public | Role::Resident | Role::CommunityWorker | Role::System => false,
    }
}

/// Takes out of a fact what the role does not see. `fact` is a payload as stored, or its content alone.
pub fn mask_fact(role: Role, event_type: &str, fact: &mut Value) {
    if event_type != "MemberExcluded" || sees_exclusion_reasons(role) {
        return;
    }
    let content = match fact.get_mut(event_type) {
        Some(inner) => inner,
        None => fact,
    };
    if let Some(reason) = content.get_mut("reason") {
        *reason = Value::Null;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALL: [Role; 10] = [
        Role::Public,
        Role::Resident,
        Role::Member,
        Role::CommunityWorker,
        Role::Unit,
        Role::OrganisationDepartment,
        Role::Auditor,
        Role::PromotionReview,
        Role::Operator,
        Role::System,
    ];

    /// A5: only the organisation department and auditors see why somebody is not counted; and nobody else can tell the
    /// secret reason from the others.
    #[test]
    fn the_reason_of_an_exclusion_is_for_two_roles_only() {
        for role in ALL {
            let mut told = Vec::new();
            for reason in ["special_post", "village_aid"] {
                let mut payload =
                    json!({"MemberExcluded": {"reason": reason, "from": "2026-03-01", "until": null}});
                mask_fact(role, "MemberExcluded", &mut payload);
                let mut content = json!({"reason": reason, "from": "2026-03-01", "until": null});
                mask_fact(role, "MemberExcluded", &mut content);
                assert_eq!(payload["MemberExcluded"], content);
                assert_eq!(content["from"], "2026-03-01");
                told.push(content["reason"].clone());
            }
            let sees = matches!(role, Role::OrganisationDepartment | Role::Auditor);
            assert_eq!(told[0] != told[1], sees, "{role:?}");
            assert_eq!(told[0] == "special_post", sees, "{role:?}");
        }
    }

    /// A5: other facts have reasons of their own, which are no secret.
    #[test]
    fn other_facts_stay_as_they_are() {
        let mut fact = json!({"reason": "waiting for parts"});
        mask_fact(Role::Public, "DeadlineExtended", &mut fact);
        assert_eq!(fact["reason"], "waiting for parts");
    }
}
