//! Fields that are taken out of rows which somebody else sees whole: masked are fields, not only rows.

use aggregates::Role;
use aggregates::circumstance::Actor;
use serde_json::{Value, json};

/// Whether rows of the resource are masked for the role at all.
pub fn masks(role: Role, resource: &str) -> bool {
    match (resource, role) {
        ("demands" | "households", Role::Auditor) => true,
        (
            _,
            Role::Operator
            | Role::System
            | Role::OrganisationDepartment
            | Role::Auditor
            | Role::CommunityWorker,
        ) => false,
        ("demands" | "grids" | "estates" | "groups", _) => true,
        _ => false,
    }
}

/// Takes out of a row what the actor does not see.
pub fn mask_row(actor: &Actor, resource: &str, row: &mut Value) {
    if !masks(actor.role, resource) {
        return;
    }
    match resource {
        "demands" => mask_demand(actor, row),
        // What somebody needs is special identity (PIPL 28): an audit needs to know that it was handled, not what it was.
        "households" => put(row, "needs", &json!([])),
        // The public is told who stands in the slots that are published (B16); others, who stands anywhere.
        "grids" if matches!(actor.role, Role::Public | Role::Resident) => {
            for slot in row.get_mut("slots").and_then(Value::as_array_mut).into_iter().flatten() {
                if slot.get("public") != Some(&Value::Bool(true)) {
                    put(slot, "holders", &json!([]));
                }
            }
        }
        "estates" => put(row, "serving", &json!([])),
        "groups" => put(row, "members", &json!([])),
        _ => {}
    }
}

/// Who asked and where is for the one himself, his community, and whoever has it in hand until it is done.
fn mask_demand(actor: &Actor, row: &mut Value) {
    let is = |field: &str| row.get(field).and_then(Value::as_str) == Some(actor.id.as_str());
    let is_open = row.get("open") == Some(&Value::Bool(true));
    let sees = match actor.role {
        Role::Resident => is("placed_by"),
        Role::Member => is("taker") && is_open,
        _ => false,
    };
    if !sees {
        for field in ["placed_by", "household", "estate"] {
            put(row, field, &Value::Null);
        }
    }
    if actor.role == Role::Member {
        // He sees the stars, and not from whom.
        put(row, "rater", &Value::Null);
    }
}

fn put(row: &mut Value, field: &str, value: &Value) {
    if let Some(slot) = row.get_mut(field) {
        slot.clone_from(value);
    }
}
