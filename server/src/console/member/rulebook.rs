//! The rules behind points, read from the history of the rulebook, which is for everybody to read.

use serde_json::{Map, Value, json};

use super::lookup::{rows, text};
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// Where adopted policies and catalogues are told.
const HISTORY: &str = "streams/policy/ledger";

/// Policies and catalogues as they were adopted, the newest last.
#[derive(Default)]
pub(in crate::console) struct Rulebook {
    policies: Vec<Value>,
    catalogues: Vec<Value>,
}

impl Rulebook {
    /// All that was adopted.
    pub(in crate::console) async fn read(visit: &Visit) -> Result<Self, Problem> {
        let mut book = Self::default();
        let mut after: Option<String> = None;
        loop {
            let mut query = vec![("limit", "1000")];
            query.extend(after.as_deref().map(|after| ("after", after)));
            let page = match visit.list(HISTORY, &query).await {
                // Nothing was ever adopted.
                Err(problem) if problem.status == axum::http::StatusCode::NOT_FOUND => return Ok(book),
                other => other?,
            };
            for mut line in page.items {
                let fact = line["fact"].take();
                match fact {
                    Value::Object(mut fact) if fact.contains_key("policy") => {
                        book.policies.extend(fact.remove("policy"));
                    }
                    Value::Object(mut fact) => book.catalogues.extend(fact.remove("catalogue")),
                    _ => {}
                }
            }
            after = page.after;
            if after.is_none() {
                return Ok(book);
            }
        }
    }

    fn policy(&self, label: &str) -> Option<&Value> {
        let is_it =
            |policy: &&Value| format!("{}@{}", text(policy, "name"), text(policy, "version")) == label;
        self.policies.iter().rev().find(is_it)
    }

    /// The clause that gave points, with all that the policy says of it: its titles, its points, its source.
    pub(super) fn clause(&self, label: &str, name: &str) -> Value {
        let Some(policy) = self.policy(label) else { return Value::Null };
        let card = &policy["card"];
        let found = rows(card, "clauses").iter().find(|clause| text(clause, "name") == name);
        let of_service = || match name {
            "service" => json!({ "stars": card["stars"], "difficulties": policy["demand"]["difficulties"] }),
            "service_share" => json!({ "share": card["unit_share_percent"] }),
            _ => Value::Null,
        };
        let mut clause = found.cloned().unwrap_or_else(of_service);
        if let Value::Object(clause) = &mut clause {
            clause.insert("policy_title".to_owned(), policy["title"].clone());
            clause.insert("policy_title_en".to_owned(), policy["title_en"].clone());
        }
        clause
    }

    /// What the categories of demands are called, by their codes.
    pub(in crate::console) fn categories(&self, visit: &Visit) -> Map<String, Value> {
        let title = visit.language.pick("title", "title_en");
        let entries = self.catalogues.iter().flat_map(|catalogue| rows(catalogue, "entry"));
        entries.map(|entry| (text(entry, "code").to_owned(), entry[title].clone())).collect()
    }

    /// What slots, difficulties and clauses of the latest policy are called.
    pub(in crate::console) fn titles(&self, visit: &Visit) -> Value {
        let title = visit.language.pick("title", "title_en");
        let named = |entries: &mut dyn Iterator<Item = &Value>| -> Map<String, Value> {
            entries.map(|entry| (text(entry, "name").to_owned(), entry[title].clone())).collect()
        };
        let policy = self.policies.last().unwrap_or(&Value::Null);
        let templates = rows(&policy["grids"], "templates").iter();
        json!({
            "slots": named(&mut templates.flat_map(|template| rows(template, "slots"))),
            "difficulties": named(&mut rows(&policy["demand"], "difficulties").iter()),
            "clauses": named(&mut rows(&policy["card"], "clauses").iter()),
        })
    }

    /// Categories that members may take up, with what they are called.
    pub(super) fn services(&self, visit: &Visit) -> Vec<Value> {
        let title = visit.language.pick("title", "title_en");
        let entries = self.catalogues.last().map(|catalogue| rows(catalogue, "entry")).unwrap_or_default();
        let open = entries.iter().filter(|entry| text(entry, "owner") == "member_service");
        open.map(|entry| json!({ "code": entry["code"], "title": entry[title] })).collect()
    }

    /// All categories, with what they are called.
    pub(super) fn others(&self, visit: &Visit) -> Vec<Value> {
        let title = visit.language.pick("title", "title_en");
        let entries = self.catalogues.last().map(|catalogue| rows(catalogue, "entry")).unwrap_or_default();
        let owned = entries.iter().filter(|entry| text(entry, "owner") != "member_service");
        owned
            .map(|entry| json!({ "code": entry["code"], "title": entry[title], "owner": entry["owner"] }))
            .collect()
    }
}
