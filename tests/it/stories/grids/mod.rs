//! 划网格 → 州级备案 → 编组入网 → 设岗定责 → 重划: grids and their rosters, with what may go wrong on the way.

use serde_json::{Value, json};
use tests::town::Town;

mod duties;
mod register;
mod rosters;

const COMMUNITY: &str = "520201016001";
const NOW: &str = "2026-03-02T09:00:00+08:00";

fn code(sequence: u32) -> String {
    format!("{COMMUNITY}{sequence:03}")
}

fn drawn(sequence: u32, households: u32, estates: &[&str]) -> Value {
    json!({"grid": code(sequence), "name": format!("第{sequence}网格"), "households": households, "estates": estates})
}

async fn define(town: &Town, sequence: u32, kind: &str, households: u32, template: &str) {
    let mut grid = drawn(sequence, households, &["e-1"]);
    grid["kind"] = json!(kind);
    grid["template"] = json!(template);
    town.ok("define-grid", grid).await;
}

async fn filed(town: &Town, sequence: u32, kind: &str, households: u32, template: &str) {
    define(town, sequence, kind, households, template).await;
    town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": code(sequence)})).await;
}

fn of_member(sequence: u32, slot: &str, member: &str) -> Value {
    json!({"grid": code(sequence), "slot": slot, "member": member})
}

fn of_person(sequence: u32, slot: &str, person: &str, source: &str) -> Value {
    json!({"grid": code(sequence), "slot": slot, "person": person, "source": source})
}

/// A member of another rank, and perhaps of a street's own unit, who has reported.
async fn member(town: &Town, id: &str, rank: &str, unit: &str) {
    town.ok("enrol-member", json!({"member": id, "unit": unit, "rank": rank})).await;
    town.ok("report", json!({"member": id, "kind": "unit_linked", "community": COMMUNITY})).await;
}

async fn street_unit(town: &Town) {
    let street =
        json!({"unit": "u-street", "name": "凤凰街道办事处", "class": "organ", "division": "520201016"});
    town.ok("enrol-unit", street).await;
    town.ok("link-unit", json!({"unit": "u-street", "community": COMMUNITY})).await;
}

async fn roster(town: &Town, sequence: u32, asking: &str) -> Value {
    town.get(&format!("/v1/grids/{}/roster{asking}", code(sequence))).await
}

fn holders(roster: &Value) -> Vec<String> {
    let slots = roster["slots"].as_array().unwrap();
    let of = |slot: &Value| {
        let holders = slot["holders"].as_array().unwrap();
        holders
            .iter()
            .map(|holder| {
                format!("{}:{}", slot["slot"].as_str().unwrap(), holder["holder"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    slots.iter().flat_map(of).collect()
}

async fn listed(town: &Town, path: &str, field: &str) -> Vec<String> {
    let page = town.get(path).await;
    let rows = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    rows.iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}
