//! The division that a page is about, those above it and those within.

use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// Lengths of codes by level.
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// A division.
pub(super) struct Place {
    /// Its code; none for the whole ledger.
    pub(super) code: Option<String>,
    name: Option<String>,
    above: Vec<(String, String)>,
    within: Vec<(String, String)>,
}

impl Place {
    /// The one that the address asks for; else that of the visitor's body.
    pub(super) async fn asked(visit: &Visit) -> Result<Self, Problem> {
        let body = visit.body().filter(|body| body.bytes().all(|byte| byte.is_ascii_digit()));
        let code = visit.asked("division").or_else(|| visit.asked("community")).or(body).map(str::to_owned);
        let own = body.map_or(0, str::len);
        let mut above = vec![];
        for length in LEVELS.into_iter().filter(|length| *length >= own) {
            let Some(prefix) = code.as_deref().and_then(|code| code.get(..length)) else { break };
            if Some(prefix) == code.as_deref() {
                break;
            }
            if let Some(name) = name_of(visit, prefix).await? {
                above.push((prefix.to_owned(), name));
            }
        }
        let name = match &code {
            Some(code) => name_of(visit, code).await?,
            None => None,
        };
        let mut query = vec![("limit", "500")];
        match &code {
            Some(code) => query.push(("parent", code)),
            // A ledger is a prefecture: its parts are the counties.
            None => query.push(("level", "county")),
        }
        let within = visit.list_seen("divisions", &query).await?.items;
        let within = within.iter().filter_map(|row| Some((text(row, "code")?, text(row, "name")?))).collect();
        Ok(Self { code, name, above, within })
    }

    /// What the division of a code within is called.
    pub(super) fn name_within(&self, code: &str) -> Option<&str> {
        let own = (self.code.as_deref() == Some(code)).then_some(self.name.as_deref()).flatten();
        own.or_else(|| self.within.iter().find(|(known, _)| known == code).map(|(_, name)| name.as_str()))
    }

    /// As a page shows it; `here` is the page's address of a division.
    pub(super) fn told(&self, here: &impl Fn(&str) -> String) -> Value {
        let linked = |all: &[(String, String)]| -> Vec<Value> {
            all.iter().map(|(code, name)| json!({ "code": code, "name": name, "href": here(code) })).collect()
        };
        json!({ "code": self.code, "name": self.name, "above": linked(&self.above), "within": linked(&self.within) })
    }
}

fn text(row: &Value, name: &str) -> Option<String> {
    row[name].as_str().map(str::to_owned)
}

async fn name_of(visit: &Visit, code: &str) -> Result<Option<String>, Problem> {
    let row = visit.find(&format!("/v1/divisions/{}", escaped(code)), &[]).await?;
    Ok(row.and_then(|row| text(&row, "name")))
}
