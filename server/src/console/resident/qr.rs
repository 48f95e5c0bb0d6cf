//! A text as a QR code, drawn within the page: nothing is fetched, and it prints sharp at any size.

use std::fmt::Write as _;

use fast_qr::qr::QRBuilder;
use serde_json::{Value, json};

use crate::http::problem::Problem;

/// White around it, in modules, as scanners need.
const MARGIN: usize = 4;

/// Its size in modules and the path of the dark ones.
pub(super) fn of(text: &str) -> Result<Value, Problem> {
    let code = QRBuilder::new(text).build().map_err(|error| {
        tracing::error!(%error, "a QR code cannot be made");
        Problem::internal()
    })?;
    let mut path = String::new();
    for row in 0..code.size {
        let dark: Vec<bool> = code[row].iter().take(code.size).map(|module| module.value()).collect();
        let mut at = 0;
        while at < dark.len() {
            let run = dark[at..].iter().take_while(|one| **one).count();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", at + MARGIN, row + MARGIN);
            }
            at += run.max(1);
        }
    }
    Ok(json!({ "size": code.size + 2 * MARGIN, "path": path, "text": text }))
}
