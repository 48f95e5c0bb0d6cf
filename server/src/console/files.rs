//! What is on the screen as a file: the same rows with the same filters, from the interface.

use serde_json::{Value, json};

use super::interface::written;
use super::visit::Visit;

/// Rows of a file, at most: as many as the interface gives at a time.
const ROWS: &str = "1000";

impl Visit {
    /// The addresses of a list's files, by what people call their format.
    pub(super) fn files(&self, resource: &str, filters: &[(&str, &str)]) -> Value {
        let kept: Vec<_> =
            filters.iter().copied().filter(|(name, _)| !matches!(*name, "limit" | "after")).collect();
        self.files_of(resource, &[kept.as_slice(), &[("limit", ROWS)]].concat())
    }

    /// The same, of what is no list and has no length.
    pub(super) fn files_of(&self, resource: &str, query: &[(&str, &str)]) -> Value {
        let file = |format: &str| {
            let query = [query, &[("format", format)]].concat();
            self.link(&format!("/v1/{resource}?{}", written(&query)))
        };
        json!({ "CSV": file("csv"), "Excel": file("xlsx"), "PDF": file("pdf") })
    }
}
