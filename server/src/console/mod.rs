//! The web console: pages for people. It is a client of the interface like any other (`interface.rs`): the same commands, the same rows,
//! the same authority. A page contains no rule.

mod act;
mod auditor;
mod choices;
mod community;
mod department;
mod emergency;
mod field;
mod figures;
mod files;
mod form;
mod home;
mod interface;
mod keys;
mod live;
mod member;
mod menu;
mod pages;
mod render;
mod resident;
mod sheets;
mod texts;
mod told;
mod undo;
mod unit;
mod visit;
mod when;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::http::House;
use interface::Interface;
pub(crate) use interface::written;

pub(crate) use render::{sign_in_page, with};
pub(crate) use texts::{called, worded};

/// What every page can reach.
pub(crate) struct Console {
    pub(crate) house: Arc<House>,
    interface: Interface,
}

/// The pages of a ledger: those at addresses within it, and the first one at its own address. `interface` are its routes under `/v1/`.
pub(crate) fn routes(house: &Arc<House>, interface: Router) -> (Router, Router) {
    let console = Arc::new(Console { house: Arc::clone(house), interface: Interface(interface) });
    let framed = |pages: Router<Arc<Console>>| {
        pages.layer(from_fn_with_state(Arc::clone(&console), told::pass)).with_state(Arc::clone(&console))
    };
    (framed(pages::table()), framed(pages::first(&house.link("/"))))
}
