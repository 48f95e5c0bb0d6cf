//! Who sees what: the one place that decides which parts of facts and rows leave the house (A5).
//!
//! Of the three exclusions the reason of one is a secret in itself (特种岗位). Hiding only that one would tell it, so the reason
//! of every exclusion is hidden from all but those who keep them: others see that somebody is not counted, and no more.

use aggregates::Role;
use serde_json::Value;

/// A row's field, and a sheet's column, that tells why a member is not counted.
pub const EXCLUSION_REASON: &str = "exclusion_reason";

/// Whether the role sees why a member is not counted (A5).
pub fn sees_exclusion_reasons(role: Role) -> bool {
    matches!(role, Role::OrganisationDepartment | Role::Auditor)
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

/// Takes out of a row, at any depth, what the role does not see.
pub fn mask_row(role: Role, row: &mut Value) {
    if sees_exclusion_reasons(role) {
        return;
    }
    match row {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == EXCLUSION_REASON {
                    *value = Value::Null;
                } else {
                    mask_row(role, value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_row(role, item)),
        _ => {}
    }
}

/// Whether [`mask_row`] may change a row with this text: most rows need not be read for it.
pub fn may_hold_secrets(body: &str) -> bool {
    body.contains(EXCLUSION_REASON)
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

    /// A5: rows hold it under one name, wherever it stands in them.
    #[test]
    fn rows_are_masked_at_any_depth() {
        let row = json!({"member": "m-1", "exclusions": [{"exclusion_reason": "special_post", "from": "2026-03-01"}]});
        assert!(may_hold_secrets(&row.to_string()));
        for role in ALL {
            let mut masked = row.clone();
            mask_row(role, &mut masked);
            assert_eq!(masked == row, sees_exclusion_reasons(role), "{role:?}");
            assert_eq!(masked["exclusions"][0]["from"], "2026-03-01");
        }
    }
}
