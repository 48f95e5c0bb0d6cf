//! Policies (办法): those in force and the earlier ones, clause by clause with the source of each number.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::texts;
use super::super::visit::Visit;
use crate::http::language::Language;
use crate::http::problem::Problem;

/// Where all policies are adopted.
const STREAM: &str = "/v1/streams/policy/ledger";
/// Sections of a policy, in reading order.
pub(super) const SECTIONS: [&str; 8] =
    ["card", "appraisal", "discipline", "demand", "pairing", "enrolment", "grids", "calendar"];

/// Every policy that was adopted, the newest first.
pub(super) async fn adopted(visit: &Visit) -> Result<Vec<Value>, Problem> {
    let mut all = vec![];
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![("limit", "200")];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let Some(page) = visit.find(STREAM, &query).await? else { break };
        let lines = page["items"].as_array().cloned().unwrap_or_default();
        let last = lines.last().map(|line| line["position"].to_string());
        all.extend(lines.into_iter().filter(|line| line["type"] == "PolicyAdopted"));
        if page["next"].is_null() || last.is_none() {
            break;
        }
        after = last;
    }
    all.reverse();
    Ok(all)
}

/// `name@version`.
pub(super) fn label(policy: &Value) -> String {
    let part = |name: &str| policy[name].as_str().unwrap_or_default();
    format!("{}@{}", part("name"), part("version"))
}

/// The one that decides on a day: the last adopted of those whose effective date has come, the later date first.
pub(super) fn in_force<'a>(adopted: &'a [Value], today: &str) -> Option<&'a Value> {
    let from =
        |line: &Value| line["fact"]["policy"]["effective_from"].as_str().unwrap_or_default().to_owned();
    let begun: Vec<&Value> = adopted.iter().filter(|line| from(line).as_str() <= today).collect();
    // The newest stands first, and of the same day it wins.
    begun.into_iter().rev().max_by_key(|line| from(line))
}

/// The list.
pub(super) async fn all(visit: Visit) -> Result<Response, Problem> {
    let today = super::today(&visit);
    let adopted = adopted(&visit).await?;
    let now = in_force(&adopted, &today).map(|line| line["position"].clone());
    let lines: Vec<Value> = adopted
        .iter()
        .map(|line| {
            let policy = &line["fact"]["policy"];
            json!({
                "label": label(policy),
                "title": titled(visit.language, policy),
                "effective_from": policy["effective_from"],
                "position": line["position"],
                "occurred_at": line["occurred_at"],
                "in_force": Some(&line["position"]) == now.as_ref(),
                "to_come": policy["effective_from"].as_str() > Some(today.as_str()),
            })
        })
        .collect();
    visit.show(
        "department/policies.html",
        json!({ "lines": lines, "may": super::may(&visit, &["adopt-policy"]) }),
    )
}

/// One, clause by clause; what differs from the one before it of the same name is marked.
pub(super) async fn one(visit: Visit, Path(wanted): Path<String>) -> Result<Response, Problem> {
    let adopted = adopted(&visit).await?;
    let at = adopted.iter().position(|line| label(&line["fact"]["policy"]) == wanted);
    let at = at.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let line = adopted.get(at).cloned().unwrap_or_default();
    let policy = &line["fact"]["policy"];
    let before = adopted
        .iter()
        .skip(at + 1)
        .map(|line| &line["fact"]["policy"])
        .find(|one| one["name"] == policy["name"]);
    let sections: Vec<Value> = SECTIONS
        .into_iter()
        .filter(|name| {
            policy.get(*name).is_some_and(|section| section.as_array().is_none_or(|all| !all.is_empty()))
        })
        .map(|name| {
            let mut clauses = vec![];
            let then = before.map(|before| &before[name]);
            told(visit.language, &[], &policy[name], then, &mut clauses);
            json!({ "name": name, "title": word(visit.language, name), "clauses": clauses })
        })
        .collect();
    visit.show(
        "department/policy.html",
        json!({
            "label": wanted,
            "title": titled(visit.language, policy),
            "effective_from": policy["effective_from"],
            "division": policy["division"],
            "position": line["position"],
            "backfill_days": policy["backfill_days"],
            "before": before.map(label),
            "sections": sections,
        }),
    )
}

/// What a part of a policy is called.
pub(super) fn word(language: Language, name: &str) -> String {
    texts::text(language, &format!("policy-{}", name.replace('_', "-")), None)
        .unwrap_or_else(|| name.to_owned())
}

/// The clauses under a value, each with where it stands. `then` is the same place of the policy before.
fn told(language: Language, path: &[String], value: &Value, then: Option<&Value>, out: &mut Vec<Value>) {
    match value {
        Value::Object(all) if all.contains_key("value") => {
            out.push(clause(path, &all["value"], Some(all), then));
        }
        Value::Object(all) => {
            for (name, inner) in all {
                if matches!(name.as_str(), "name" | "title" | "title_en" | "source" | "assumed") {
                    continue;
                }
                told(
                    language,
                    &[path, &[word(language, name)]].concat(),
                    inner,
                    then.map(|then| &then[name]),
                    out,
                );
            }
            // Some parts tell their source once for all that they hold.
            if let Some(Value::Object(last)) = out.last_mut()
                && let Some(source) = all.get("source").filter(|_| last["source"].is_null())
            {
                last.insert("source".to_owned(), source.clone());
            }
        }
        Value::Array(all) if all.iter().any(Value::is_object) => {
            for (number, inner) in all.iter().enumerate() {
                let name = named(language, inner).unwrap_or_else(|| (number + 1).to_string());
                let same = |other: &&Value| {
                    ["name", "stars", "grade", "stage", "dwelling", "date"]
                        .iter()
                        .all(|key| inner.get(*key) == other.get(*key))
                };
                let then = then.map(|then| {
                    then.as_array().and_then(|all| all.iter().find(same)).unwrap_or(&Value::Null)
                });
                told(language, &[path, &[name]].concat(), inner, then, out);
            }
        }
        plain => out.push(clause(path, plain, None, then)),
    }
}

/// A title in the visitor's language.
fn titled(language: Language, of: &Value) -> &str {
    language.pick(of["title"].as_str().unwrap_or_default(), of["title_en"].as_str().unwrap_or_default())
}

/// What an item of a list is called.
fn named(language: Language, item: &Value) -> Option<String> {
    let text = |name: &str| item[name].as_str().map(str::to_owned);
    let titled =
        text("title").filter(|_| item["title_en"].is_string()).map(|_| titled(language, item).to_owned());
    let stars = item["stars"].as_i64().map(|stars| format!("{stars} ★"));
    let known = |name: &str| {
        let word = text(name)?.replace('_', "-");
        texts::text(language, &format!("term-{word}"), None).or(Some(word))
    };
    titled
        .or(stars)
        .or_else(|| known("grade"))
        .or_else(|| known("stage"))
        .or_else(|| known("dwelling"))
        .or_else(|| text("name"))
}

fn clause(
    path: &[String],
    value: &Value,
    sourced: Option<&Map<String, Value>>,
    then: Option<&Value>,
) -> Value {
    let before = then.map(|then| if then.get("value").is_some() { &then["value"] } else { then });
    let told = |name: &str| sourced.and_then(|sourced| sourced.get(name)).cloned().unwrap_or_default();
    json!({
        "path": path,
        "value": value,
        "source": told("source"),
        "assumed": told("assumed"),
        "differs": before.is_some_and(|before| before != value),
        "before": before,
    })
}
