//! Nothing in the ledger is undone; but some acts have another that takes them back. Whoever has just done the one is offered the other.

use commands::authority;
use serde_json::{Value, json};

use super::act::untold;
use super::field;
use super::form::{FIXED, NEXT, Typed};
use super::interface::{parts, written};
use super::visit::Visit;

/// In an address: what was done is taken back with these fields, as a query of its own.
pub(super) const UNDO: &str = "undo";

/// An act, and the one that takes it back. Those that would only look like it are not here: to close a demand does not unpublish it.
const BACK: [(&str, &str); 19] = [
    ("place-order", "withdraw-demand"),
    ("post-wish", "withdraw-demand"),
    ("raise-issue", "withdraw-demand"),
    ("claim-wish", "release-claim"),
    ("accept-order", "release-claim"),
    ("link-unit", "unlink-unit"),
    ("exclude-member", "reinstate-member"),
    ("assign-to-estate", "leave-estate"),
    ("form-group", "dissolve-group"),
    ("join-group", "leave-group"),
    ("define-grid", "close-grid"),
    ("take-post", "leave-post"),
    ("assign-duty", "relieve-duty"),
    ("pair-household", "end-pair"),
    ("give-consent", "withdraw-consent"),
    ("withdraw-consent", "give-consent"),
    ("request-opinion", "withdraw-opinion"),
    ("grant-access", "revoke-access"),
    ("declare-emergency", "stand-down"),
];

/// The act that takes back what was done, if there is one and the visitor's role may do it.
fn back(visit: &Visit, done: &str) -> Option<&'static str> {
    let (_, back) = BACK.iter().find(|(act, _)| *act == done)?;
    authority::may(visit.actor.role, back).then_some(*back)
}

/// What the way back needs to know: the fields that both acts have, and what the receipt names. Nothing where something would be missing.
pub(super) fn fields(visit: &Visit, done: &str, typed: &Typed, receipt: &Value) -> Option<String> {
    let named = receipt["events"][0]["stream"].as_str().and_then(|stream| stream.split_once('/'));
    let mut known = vec![];
    for field in field::of(back(visit, done)?)? {
        let of_receipt = named.filter(|(kind, _)| *kind == field.name).map(|(_, id)| id);
        match typed.one(&field.name).or(of_receipt) {
            Some(value) => known.push((field.name.as_str(), value)),
            None if field.required => return None,
            None => {}
        }
    }
    Some(written(&known))
}

/// The offer, as a page shows it: the act, and where its form is, filled in. Nothing happens before that form is sent.
pub(super) fn offer(visit: &Visit) -> Option<Value> {
    let back = back(visit, visit.asked("done")?)?;
    let fields = field::of(back)?;
    let known = parts(visit.asked(UNDO)?);
    let is_of_it = |name: &str| fields.iter().any(|field| field.name == name);
    if !known.iter().all(|(name, _)| is_of_it(name)) {
        return None;
    }
    let fixed: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let fixed = fixed.join(",");
    let next = untold(&visit.address);
    let mut query: Vec<(&str, &str)> =
        known.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    query.extend([(FIXED, fixed.as_str()), (NEXT, next.as_str())]);
    Some(json!({ "command": back, "href": visit.link(&format!("/act/{back}?{}", written(&query))) }))
}

#[cfg(test)]
mod tests {
    use commands::registry::NAMES;

    use super::*;

    /// Every way back is a command, and knows from the act itself or its receipt what it is about.
    #[test]
    fn every_way_back_can_be_gone() {
        for (act, back) in BACK {
            assert!(NAMES.contains(&act) && NAMES.contains(&back), "{act} {back}");
            let given: Vec<&str> = field::of(act).unwrap().iter().map(|field| field.name.as_str()).collect();
            for field in field::of(back).unwrap().iter().filter(|field| field.required) {
                assert!(
                    given.contains(&field.name.as_str()),
                    "{back} wants {}, of which {act} does not tell",
                    field.name
                );
            }
        }
    }
}
