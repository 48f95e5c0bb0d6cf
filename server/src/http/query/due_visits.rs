//! `GET /v1/due-visits`: which visits pairs owe, made, open or overdue on a day (C9).

use std::sync::Arc;

use aggregates::policy::PairingPolicy;
use aggregates::rulebook::{self, Rulebook};
use aggregates::visits::VisitState;
use aggregates::when;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{Datelike, Days, Months, NaiveDate};
use projections::ports::{Condition, Find, StoreError};
use projections::resource::Resource;
use projections::{DueVisitRow, HelpPair, HelpPairs, Projection, due_visits};

use super::cursor::Cursor;
use super::format::{Format, Rows};
use super::list::Link;
use super::parameters::{self, Parameters, fault};
use crate::http::House;
use crate::http::language::Language;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};

/// The plural noun.
pub const NAME: &str = "due-visits";
/// Days that a period lasts at most: every pair's visits are reckoned month by month.
const PERIOD_MAX: i64 = 366;

/// What the parameters ask.
struct Question {
    on: NaiveDate,
    from: NaiveDate,
    to: NaiveDate,
    state: Option<VisitState>,
    find: Find,
    link: Link,
}

/// Answers the visits due of a page of pairs.
pub(crate) async fn due(
    State(house): State<Arc<House>>,
    sight: Sight,
    language: Language,
    headers: HeaderMap,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let format = Format::asked(&mut given, &headers)?;
    let at_least = given.at_least();
    let today = when::date_of(&when::local(house.app.clock().now()));
    let mut asked = question(&mut given, today);
    given.done(|| {
        "community, member, household, state, on, from, to, limit, after, at_least, format".to_owned()
    })?;
    asked.find.conditions.extend(sight.of_list("help-pairs")?);
    let sheet = HelpPairs::sheet();
    if let Some(position) = at_least {
        house.app.reached(&sheet, position).await?;
    }
    let rules = house.app.desk().look::<Rulebook>(rulebook::STREAM).await?;
    let policy = rules.policy_on(asked.on).ok_or_else(|| rulebook::none_in_force(asked.on))?;
    let limit = asked.find.limit;
    asked.find.limit += 1;
    let (mut pairs, position) = sight.find(&sheet, &asked.find).await?;
    let more = pairs.len() > limit;
    pairs.truncate(limit);
    let next = pairs.last().filter(|_| more).map(|last| {
        let cursor = Cursor { order: None, value: last.order.clone(), key: last.key.clone() };
        asked.link.with(&house.link(&format!("/v1/{NAME}")), &cursor, format)
    });
    sight.shown(NAME, pairs.iter().map(|pair| pair.body.as_str()), Seen::Yes).await?;
    let mut bodies = vec![];
    for pair in &pairs {
        let pair: HelpPair = serde_json::from_str(&pair.body).map_err(|error| damaged(&error))?;
        bodies.extend(told(&pair, &policy.pairing, &asked)?);
    }
    let resource = Resource::of_rows::<DueVisitRow>(NAME, sheet);
    let narrowed = asked.link.parameters.into_iter().filter(|(name, _)| name != "limit").collect();
    Rows { resource: &resource, bodies, next, position, asked: narrowed }
        .answer(&house, format, language)
        .await
}

fn told(pair: &HelpPair, policy: &PairingPolicy, asked: &Question) -> Result<Vec<String>, Problem> {
    due_visits(pair, policy, asked.from, asked.to, asked.on)
        .iter()
        .filter(|due| asked.state.is_none_or(|state| due.state == state))
        .map(|due| {
            serde_json::to_string(&DueVisitRow::of(pair, due)).map_err(|error| Problem::from(damaged(&error)))
        })
        .collect()
}

fn damaged(error: &serde_json::Error) -> StoreError {
    StoreError::Damaged(format!("a pair: {error}"))
}

/// The day asked about is today unless told; the period begins with its year and ends with its month.
fn question(given: &mut Parameters, today: NaiveDate) -> Question {
    let mut link = Link { parameters: vec![], order: None };
    let mut find = Find { limit: given.limit(), ..Find::default() };
    if find.limit != parameters::LIMIT_DEFAULT {
        link.parameters.push(("limit".to_owned(), find.limit.to_string()));
    }
    for column in ["community", "member", "household"] {
        let told = given.read(column, "不得为空", "it must not be empty", |text| {
            (!text.is_empty()).then(|| text.to_owned())
        });
        let Some(value) = told else { continue };
        link.parameters.push((column.to_owned(), value.clone()));
        find.conditions.push(match column {
            "community" => Condition::StartsWith(column, value),
            _ => Condition::Is(column, value),
        });
    }
    let state =
        given.read("state", "应为 done、open 或 overdue", "expected done, open or overdue", |text| {
            serde_json::from_value::<VisitState>(text.into()).ok()
        });
    if let Some(Ok(serde_json::Value::String(name))) = state.map(serde_json::to_value) {
        link.parameters.push(("state".to_owned(), name));
    }
    let mut date = |name: &str| {
        let day = given.day(name);
        link.parameters.extend(day.map(|day| (name.to_owned(), day.to_string())));
        day
    };
    let on = date("on").unwrap_or(today);
    let from = date("from").unwrap_or_else(|| on.with_ordinal(1).unwrap_or(on));
    let to = date("to").unwrap_or_else(|| end_of_month(on));
    if (to - from).num_days() > PERIOD_MAX {
        let (zh, en) = ("起止日期相距不得超过 366 天", "it must not be more than 366 days after from");
        given.note(fault("query.period_too_long", "to", zh, en));
    }
    if let Some(after) = given.take("after") {
        match Cursor::read(&after) {
            Ok(cursor) => find.after = Some((cursor.value, cursor.key)),
            Err(problem) => given.note(problem),
        }
    }
    Question { on, from, to, state, find, link }
}

fn end_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.checked_sub_days(Days::new(1)))
        .unwrap_or(day)
}
