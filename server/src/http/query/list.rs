//! `GET /v1/{resource}`: rows by filters, sorted, a page at a time.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use projections::ports::{Condition, Find};
use projections::resource::Resource;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::cursor::Cursor;
use super::format::{Format, Rows};
use super::parameters::{self, Parameters, fault};
use crate::http::House;
use crate::http::language::Language;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};

/// Columns that hold a division's code: any division above finds what lies in it.
const PREFIXED: [&str; 2] = ["community", "division"];

/// A page of rows.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page {
    /// The rows.
    #[schemars(with = "Vec<Value>")]
    pub items: Vec<Box<RawValue>>,
    /// Link to the next page; none when there is no more.
    pub next: Option<String>,
    /// The position that the rows reflect.
    pub position: u64,
}

/// Answers a page.
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    sight: Sight,
    language: Language,
    headers: HeaderMap,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let resource = super::resource(&name)?;
    let format = Format::asked(&mut given, &headers)?;
    let at_least = given.at_least();
    let (mut find, link) = question(resource, &mut given);
    given.done(|| parameters::of_list(resource))?;
    find.conditions.extend(sight.of_list(resource.name)?);
    if let Some(position) = at_least {
        house.app.reached(&resource.sheet, position).await?;
    }
    let limit = find.limit;
    find.limit += 1;
    let (mut found, position) = sight.find(&resource.sheet, &find).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| {
        let cursor = Cursor { order: link.order.clone(), value: last.order.clone(), key: last.key.clone() };
        link.with(&house.link(&format!("/v1/{name}")), &cursor, format)
    });
    sight.shown(resource.name, found.iter().map(|row| row.body.as_str()), Seen::Yes).await?;
    let bodies = found.into_iter().map(|row| sight.masked(resource.name, row.body, Seen::Yes));
    let bodies = bodies.collect::<Result<_, _>>()?;
    let asked = link.parameters.into_iter().filter(|(name, _)| name != "limit").collect();
    Rows { resource, bodies, next, position, asked }.answer(&house, format, language).await
}

/// What a link to the next page repeats.
pub(super) struct Link {
    pub(super) parameters: Vec<(String, String)>,
    pub(super) order: Option<String>,
}

impl Link {
    pub(super) fn with(&self, path: &str, cursor: &Cursor, format: Format) -> String {
        let mut query = String::new();
        let pairs = self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let format = format.parameter().map(|format| ("format", format));
        let after = cursor.write();
        for (name, value) in pairs.chain(format).chain([("after", after.as_str())]) {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            escape(value, &mut query);
        }
        format!("{path}{query}")
    }
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// The question that the parameters ask; faults are noted in them.
fn question(resource: &Resource, given: &mut Parameters) -> (Find, Link) {
    let mut link = Link { parameters: vec![], order: None };
    let mut find = Find { limit: given.limit(), ..Find::default() };
    if find.limit != parameters::LIMIT_DEFAULT {
        link.parameters.push(("limit".to_owned(), find.limit.to_string()));
    }
    for column in resource.sheet.columns.iter().copied() {
        for (suffix, end) in [("", End::Is), ("_from", End::From), ("_before", End::Before)] {
            let name = format!("{column}{suffix}");
            let Some(value) = given.take(&name) else { continue };
            link.parameters.push((name.clone(), value.clone()));
            find.conditions.push(end.condition(column, value));
        }
    }
    order(resource, given, &mut find, &mut link);
    if let Some(after) = given.take("after") {
        match Cursor::read(&after) {
            Ok(cursor) if cursor.order == link.order => find.after = Some((cursor.value, cursor.key)),
            Ok(_) => {
                let (zh, en) = ("与 order 不符", "it belongs to another order");
                given.note(fault("query.invalid_cursor", "after", zh, en));
            }
            Err(problem) => given.note(problem),
        }
    }
    (find, link)
}

/// Takes the order that the rows are asked for in.
fn order(resource: &Resource, given: &mut Parameters, find: &mut Find, link: &mut Link) {
    let Some(order) = given.take("order") else { return };
    let name = order.strip_prefix('-').unwrap_or(&order);
    let Some(column) = resource.sheet.columns.iter().copied().find(|column| *column == name) else {
        let columns = resource.sheet.columns.join(", ");
        let zh = format!("应为其中之一（前加 - 为倒序）：{columns}");
        let en = format!("expected one of {columns}, with - before it for descending order");
        return given.note(fault("query.invalid_parameter", "order", &zh, &en));
    };
    find.order = Some(column);
    find.descending = order.starts_with('-');
    link.parameters.push(("order".to_owned(), order.clone()));
    link.order = Some(order);
}

#[derive(Clone, Copy)]
enum End {
    Is,
    From,
    Before,
}

impl End {
    fn condition(self, column: &'static str, text: String) -> Condition {
        match self {
            Self::Is if PREFIXED.contains(&column) => Condition::StartsWith(column, text),
            Self::Is => Condition::Is(column, text),
            Self::From => Condition::AtLeast(column, text),
            Self::Before => Condition::Below(column, text),
        }
    }
}
