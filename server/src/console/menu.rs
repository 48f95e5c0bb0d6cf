//! Where each person can go: what is at the top of every page.

use aggregates::Role;
use serde_json::{Value, json};

use super::visit::Visit;

/// Keys of texts (`menu-…`) and addresses, by role.
fn entries(role: Role) -> &'static [(&'static str, &'static str)] {
    match role {
        Role::Public | Role::Resident => {
            &[("home", "/"), ("who", "/who"), ("ask", "/ask"), ("mine", "/mine"), ("check", "/check")]
        }
        Role::Member => &[
            ("home", "/"),
            ("wishes", "/wishes"),
            ("points", "/points"),
            ("cards", "/cards"),
            ("my-data", "/my-data"),
        ],
        Role::CommunityWorker => &[
            ("board", "/"),
            ("demands", "/sheets/demands"),
            ("rosters", "/grids"),
            ("visits", "/visits"),
            ("residence", "/residence"),
            ("catalogue", "/catalogue"),
            ("figures", "/figures"),
            ("opinions", "/opinions"),
            ("sheets", "/sheets"),
            ("acts", "/acts"),
        ],
        Role::Unit => &[
            ("home", "/"),
            ("wishes", "/wishes"),
            ("points", "/points"),
            ("cards", "/cards"),
            ("opinions", "/opinions"),
            ("sheets", "/sheets"),
            ("acts", "/acts"),
        ],
        Role::OrganisationDepartment => &[
            ("home", "/"),
            ("cards", "/card-desk"),
            ("figures", "/figures"),
            ("grids", "/grids"),
            ("policies", "/policies"),
            ("sheets", "/sheets"),
            ("acts", "/acts"),
        ],
        Role::Auditor => &[
            ("home", "/"),
            ("replay", "/replay"),
            ("journal", "/journal"),
            ("audits", "/audits"),
            ("figures", "/figures"),
            ("sheets", "/sheets"),
        ],
        Role::PromotionReview => &[("home", "/"), ("opinions", "/opinions"), ("check", "/check")],
        Role::Operator | Role::System => &[
            ("home", "/"),
            ("figures", "/figures"),
            ("replay", "/replay"),
            ("journal", "/journal"),
            ("sheets", "/sheets"),
            ("acts", "/acts"),
        ],
    }
}

/// The entries of the visitor, the one that he is at marked.
pub(super) fn of(visit: &Visit) -> Vec<Value> {
    let here = visit.address.split('?').next().unwrap_or("/");
    let is_at = |path: &str| {
        if path == "/" { here == "/" } else { here == path || here.starts_with(&format!("{path}/")) }
    };
    // The longest that fits: `/sheets/demands` is not also `/sheets`.
    let best = entries(visit.actor.role)
        .iter()
        .map(|(_, path)| *path)
        .filter(|path| is_at(path))
        .max_by_key(|path| path.len());
    let entry = |(key, path): &(&str, &str)| json!({ "key": format!("menu-{key}"), "href": visit.link(path), "current": Some(*path) == best });
    entries(visit.actor.role).iter().map(entry).collect()
}
