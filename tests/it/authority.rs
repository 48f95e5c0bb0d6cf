//! Who may do what, over HTTP: every role tries every command (issue 4 D).

use std::collections::BTreeMap;

use commands::authority;
use commands::registry::{self, NAMES, Unreadable};
use reqwest::Method;
use serde_json::{Value, json};
use server::demo::{LIUPANSHUI, Options, Stage};
use tests::place::Place;
use tests::town::Town;

const ROLES: [&str; 9] = [
    "public",
    "resident",
    "member",
    "community-worker",
    "unit",
    "organisation-department",
    "auditor",
    "promotion-review",
    "operator",
];

/// The smallest input that the command can be read from: what each of its fields asks for.
fn input(schema: &Value, of: &Value) -> Value {
    let of = match of["$ref"].as_str() {
        Some(reference) => schema.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => of,
    };
    if let Some(only) = of.get("const") {
        return only.clone();
    }
    if let Some(first) = of["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    for list in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = of[list].as_array().and_then(|all| all.first()) {
            return input(schema, first);
        }
    }
    let kind = of["type"].as_str().or_else(|| of["type"].as_array().and_then(|all| all[0].as_str()));
    match kind {
        Some("object") => {
            let required = of["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().filter_map(Value::as_str);
            fields.map(|name| (name.to_owned(), input(schema, &of["properties"][name]))).collect()
        }
        Some("array") => json!([]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => match (of["format"].as_str(), of["examples"].get(0)) {
            (Some("date"), _) => json!("2026-03-02"),
            (_, Some(example)) => example.clone(),
            _ => json!("520201016001"),
        },
    }
}

/// The input, with other texts where the command cannot read the ones that are in it.
fn readable(command: &str, mut data: Value) -> Value {
    let mut others: BTreeMap<String, std::slice::Iter<'_, Value>> = BTreeMap::new();
    let texts = [
        json!("520201016001001"),
        json!("2026-1"),
        json!("2026-03-02"),
        json!(["520201016001001"]),
        json!(["x"]),
    ];
    loop {
        match registry::parse(command, &data.to_string()) {
            Ok(_) => return data,
            Err(Unreadable::Invalid { path, problem }) => {
                let other = others.entry(path.clone()).or_insert(texts.iter()).next();
                let other = other.unwrap_or_else(|| panic!("{command}: {path}: {problem}: {data}"));
                let pointer = format!("/{}", path.replace('.', "/").replace(['[', ']'], ""));
                *data.pointer_mut(&pointer).unwrap_or_else(|| panic!("{command}: {path}: {problem}")) =
                    other.clone();
            }
            Err(other) => panic!("{command}: {other}"),
        }
    }
}

/// Issue 4 D: the matrix of roles and commands, every cell, at the door where they come in: who may not is told so, before anything
/// else is looked at, and nothing is stored; who may gets past that.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_role_tries_every_command() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let mut refused = 0;
    for command in registry::descriptions() {
        let schema = serde_json::to_value(&command.schema).unwrap();
        let data = readable(command.name, input(&schema, &schema));
        for name in ROLES {
            let role = aggregates::Role::named(name).unwrap();
            let before = town.position_now().await;
            let (status, answer) = town.acting(name, "x-1").submit(command.name, &data).await;
            let is_refused = answer["code"] == "authority.not_yours";
            assert_eq!(
                is_refused,
                !authority::may(role, command.name),
                "{name} {}: {status} {answer}",
                command.name
            );
            if is_refused {
                refused += 1;
                assert_eq!((status, town.position_now().await), (403, before));
            }
        }
    }
    let cells = NAMES.len() * ROLES.len();
    assert!(refused > cells / 2, "{refused} of {cells}");
    // A file is held against the same table, row by row, and a batch line by line.
    let line = json!({"command": "award-bonus", "data": {"member": "m-1", "clause": "x", "work": "duty", "community": "520201016001"}});
    let request = town.acting("resident", "r-1").request(Method::POST, "/v1/commands");
    let answer =
        request.header("content-type", "application/jsonl").body(line.to_string()).send().await.unwrap();
    let answer: Value = serde_json::from_str(answer.text().await.unwrap().trim()).unwrap();
    assert_eq!(answer["problem"]["code"], "authority.not_yours");
    let file = "unit,name,class,division\nu-9,某局,organ,5202\n";
    let request = town.acting("member", "m-1").request(Method::POST, "/v1/imports/units");
    let answer = request.header("content-type", "text/csv").body(file).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 422, "{}", answer.text().await.unwrap());
    stop.now().await;
}

/// Issue 4 D: the table fits the work as it is done: in a season of a whole city nobody is refused for his role.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_season_everybody_keeps_to_his_work() {
    let place = Place::sqlite();
    let stage = Stage::at(&place.url()).await.unwrap();
    let options = Options { city: LIUPANSHUI, members: 60, months: 2, seed: 3 };
    let driven = stage.play(&options, false).await.unwrap();
    assert!(driven.accepted > 500, "{}", driven.accepted);
    assert!(driven.surprises.is_empty(), "{:?}", driven.surprises);
}
