//! Whose card a page is of: one's own, or that of the member or unit that the address names.

use aggregates::Role;
use axum::http::StatusCode;

use crate::console::interface::escaped;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// A member or a unit.
pub(in crate::console) struct Holder {
    /// `member` or `unit`.
    pub(in crate::console) kind: &'static str,
    /// Opaque.
    pub(in crate::console) id: String,
    /// What follows in addresses so that they stay with this holder: `?member=m-1`; nothing with one's own.
    pub(in crate::console) asked: String,
}

impl Holder {
    /// Whom the address names, or else the visitor. Whether it is the visitor's to see is for the interface to say.
    pub(in crate::console) fn of(visit: &Visit) -> Result<Self, Problem> {
        for kind in ["member", "unit"] {
            if let Some(id) = visit.asked(kind) {
                return Ok(Self { kind, id: id.to_owned(), asked: format!("?{kind}={}", escaped(id)) });
            }
        }
        let own = |kind, id: &str| Self { kind, id: id.to_owned(), asked: String::new() };
        match (visit.actor.role, visit.body()) {
            (Role::Member, _) => Ok(own("member", visit.actor.id.as_str())),
            (Role::Unit, Some(unit)) => Ok(own("unit", unit)),
            _ => Err(refused(visit)),
        }
    }

    /// Where the interface tells of it: `/v1/members/m-1`.
    pub(in crate::console) fn path(&self) -> String {
        format!("/v1/{}s/{}", self.kind, escaped(&self.id))
    }
}

/// What is told whose page it is not.
pub(in crate::console) fn refused(visit: &Visit) -> Problem {
    Problem::of_status(if visit.is_nobody { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN })
}
