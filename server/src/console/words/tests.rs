//! Everything that the interface names has a text in both languages (issue 5). The lists are the interface's own: its description, its
//! commands, its sheets, the events' schemas.

use std::collections::BTreeSet;

use aggregates::ledger::{self, STREAM_TYPES};
use commands::registry;
use projections::sheets;
use serde_json::Value;

use super::*;

const BOTH: [Language; 2] = [Language::Zh, Language::En];

/// Descriptions of other systems' forms, which no page shows field by field.
const NOT_SHOWN: [&str; 1] = ["CloudEvent"];

/// Every field and every word to choose from below a schema.
fn collect(schema: &Value, fields: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (name, value) in object {
                match (name.as_str(), value) {
                    ("properties", Value::Object(properties)) => fields.extend(properties.keys().cloned()),
                    ("enum", Value::Array(values)) => {
                        words.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    _ => {}
                }
                collect(value, fields, words);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, fields, words)),
        _ => {}
    }
}

/// Those of the description of the interface and of the events.
fn of_the_interface() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut fields, mut words) = (BTreeSet::new(), BTreeSet::new());
    let document = crate::http::openapi::document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if !NOT_SHOWN.contains(&name.as_str()) {
            collect(schema, &mut fields, &mut words);
        }
    }
    let events: BTreeSet<&str> = ledger::versions().into_iter().map(|(_, event, _)| event).collect();
    for schema in ledger::schemas().into_values() {
        collect(&schema.to_value(), &mut fields, &mut words);
    }
    fields.retain(|name| !events.contains(name.as_str()));
    (fields, words)
}

fn without(names: impl IntoIterator<Item = String>, key: impl Fn(&str) -> String) -> Vec<String> {
    names
        .into_iter()
        .map(|name| key(&name))
        .filter(|key| BOTH.iter().any(|language| texts::text(*language, key, None).is_none()))
        .collect()
}

#[test]
fn every_command_event_and_sheet_has_a_text() {
    let commands = registry::NAMES.iter().map(|name| (*name).to_owned());
    assert_eq!(without(commands, |name| format!("command-{name}")), [""; 0]);
    let events = ledger::versions().into_iter().map(|(_, event, _)| event.to_owned());
    assert_eq!(without(events, |name| format!("event-{name}")), [""; 0]);
    let document = crate::http::openapi::document();
    let listed = document["paths"].as_object().unwrap().keys().filter_map(|path| path.strip_prefix("/v1/"));
    let resources: BTreeSet<String> = sheets::resources()
        .iter()
        .map(|resource| resource.name)
        .chain(listed.filter_map(|path| path.strip_suffix("/{key}")))
        .map(str::to_owned)
        .collect();
    assert!(resources.len() > 20, "{resources:?}");
    assert_eq!(without(resources, |name| format!("resource-{name}")), [""; 0]);
}

/// A command is called on pages what the registry calls it.
#[test]
fn commands_have_their_titles() {
    for command in registry::descriptions() {
        let text = texts::text(Language::Zh, &format!("command-{}", command.name), None);
        assert_eq!(text.as_deref(), Some(command.title), "{}", command.name);
    }
}

#[test]
fn every_field_has_a_label() {
    let (mut fields, _) = of_the_interface();
    fields.extend(sheets::resources().iter().flat_map(|resource| resource.fields.clone()));
    fields.extend(
        sheets::resources()
            .iter()
            .flat_map(|resource| resource.sheet.columns.iter().map(|column| (*column).to_owned())),
    );
    assert!(fields.len() > 300, "{}", fields.len());
    assert_eq!(without(fields, |name| format!("field-{}", kebab(name))), [""; 0]);
    for measure in projections::Measure::ALL {
        assert!(label(Language::Zh, measure.name()).is_some(), "{measure:?}");
        let text = |language| texts::text(language, &format!("term-measure-{}", kebab(measure.name())), None);
        assert_eq!(text(Language::Zh).as_deref(), Some(measure.title()));
        assert_eq!(text(Language::En).as_deref(), Some(measure.title_en()));
    }
}

#[test]
fn every_word_has_a_text() {
    let (_, mut words) = of_the_interface();
    words.extend(STREAM_TYPES.iter().map(|kind| (*kind).to_owned()));
    words.extend(["true", "false", "defined", "filed", "ended", "done_late", "person"].map(str::to_owned));
    words.retain(|word| projections::Measure::ALL.iter().all(|measure| measure.name() != word));
    assert!(words.len() > 150, "{}", words.len());
    assert_eq!(without(words, |word| format!("term-{}", kebab(word))), [""; 0]);
}

/// One word is called differently where it means different things.
#[test]
fn a_word_goes_by_its_field() {
    let zh = |word, of| term(Language::Zh, word, of).unwrap();
    assert_eq!(zh("emergency", Some("kind")), "应急响应网格");
    assert_eq!(zh("emergency", Some("urgency")), "紧急");
    assert_eq!(zh("screened", Some("stage")), "受理");
    assert_eq!(zh("screened", Some("phase")), "已受理");
    assert_eq!(zh("community-worker", None), "社区工作者");
    assert_eq!(zh("community_worker", Some("source")), "社区干部、社区工作者");
    assert_eq!(term(Language::En, "m-1", Some("member")), None);
}

/// What a policy or a catalogue names is called by its title there.
#[test]
fn a_policy_s_names_have_its_titles() {
    let zh = |word, of| term(Language::Zh, word, Some(of));
    assert_eq!(zh("post_a", "slot").as_deref(), Some("A 岗网格员"));
    assert_eq!(zh("medium", "difficulty").as_deref(), Some("一般"));
    assert_eq!(zh("report_reception", "category").as_deref(), Some("接收在职党员报到、登记、派岗"));
    assert_eq!(zh("report_reception", "words.category"), zh("report_reception", "category"));
    assert!(zh("qianxinan@2025.1", "policy").unwrap().ends_with("办法 2025.1"));
    assert_eq!(zh("report_reception", "slot"), None);
    assert_eq!(zh("elderly", "needs").as_deref(), Some("老年人"));
}

/// Where a field lies in another its label is its own.
#[test]
fn a_field_within_another_has_its_own_label() {
    assert_eq!(label(Language::En, "photo.digest"), label(Language::En, "digest"));
    assert_eq!(label(Language::Zh, "there_is_no_such_field"), None);
}
