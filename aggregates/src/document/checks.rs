//! What the checks of a subject have in common: ranges, repeats, complete lists.

use std::fmt::Display;

use schemars::JsonSchema;
use serde_json::Value;

use super::{Document, Fault};

/// Collects the faults of meaning of a file.
#[derive(Debug)]
pub struct Checks<'a> {
    document: &'a Document,
    faults: Vec<Fault>,
}

impl<'a> Checks<'a> {
    /// Starts with the faults of shape, so that all are told together.
    pub fn new(document: &'a Document, faults: Vec<Fault>) -> Self {
        Self { document, faults }
    }

    /// A fault at a key.
    pub fn say(&mut self, path: &str, problem: impl Into<String>) {
        self.faults.push(self.document.fault(path, problem));
    }

    /// The number must lie between two others, both allowed.
    pub fn within(&mut self, path: &str, number: i64, least: i64, most: i64) {
        if number < least || number > most {
            self.say(
                path,
                format!("{number} is not within {least} to {most} / {number} 不在 {least} 至 {most} 之间"),
            );
        }
    }

    /// The list must hold something.
    pub fn not_empty<T>(&mut self, path: &str, list: &[T]) {
        if list.is_empty() {
            self.say(path, "must not be empty / 不能为空列表");
        }
    }

    /// No element twice; `key` tells the path of the element at an index. Says so at each later one.
    pub fn no_repeats<T: PartialEq + Display>(
        &mut self,
        elements: impl Iterator<Item = T>,
        key: impl Fn(usize) -> String,
    ) {
        let mut seen: Vec<T> = Vec::new();
        for (index, element) in elements.enumerate() {
            if seen.contains(&element) {
                self.say(&key(index), format!("{element} is told twice / {element} 重复"));
            }
            seen.push(element);
        }
    }

    /// A closed list: it holds something, and nothing twice.
    pub fn closed_list<T: JsonSchema + serde::Serialize>(&mut self, path: &str, list: &[T]) {
        self.not_empty(path, list);
        self.no_repeats(list.iter().map(name), |index| format!("{path}[{index}]"));
    }

    /// Every choice of a type exactly once; `key` as for [`Self::no_repeats`].
    pub fn each_once<T: JsonSchema + serde::Serialize>(
        &mut self,
        path: &str,
        told: &[T],
        key: impl Fn(usize) -> String,
    ) {
        let names: Vec<String> = told.iter().map(name).collect();
        for lacking in choices_of::<T>().into_iter().filter(|choice| !names.contains(choice)) {
            self.say(path, format!("lacks {lacking} / 缺少 {lacking}"));
        }
        self.no_repeats(names.into_iter(), key);
    }

    /// All faults, by line.
    pub fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort();
        self.faults.dedup();
        self.faults
    }
}

/// The name of a choice as files write it.
pub(crate) fn name<T: serde::Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(Value::String(name)) => name,
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// The names of all choices of a type, in the order of its declaration.
pub(crate) fn choices_of<T: JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T).to_value();
    let names = super::shape::choices(&schema).unwrap_or_default();
    names.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
