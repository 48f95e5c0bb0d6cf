//! Parameters of queries, read strictly: what is not known is refused by name.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{Datelike, NaiveDate};
use projections::ports::Feed;
use projections::resource::Resource;

use crate::http::caller;
use crate::http::problem::Problem;
use crate::http::unreadable::short;

/// Rows of a page when nothing is said.
pub(super) const LIMIT_DEFAULT: usize = 50;
/// Rows of a page at most.
pub(super) const LIMIT_MAX: usize = 1000;

/// The parameters of a query that are not taken yet.
#[derive(Debug)]
pub(crate) struct Parameters {
    given: BTreeMap<String, String>,
    faults: Vec<Problem>,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::of_status(StatusCode::BAD_REQUEST))?;
        let mut given = BTreeMap::new();
        let mut faults = vec![];
        for (name, value) in pairs {
            if given.contains_key(&name) {
                faults.push(fault(
                    "query.duplicate_parameter",
                    &name,
                    "参数重复",
                    "the parameter is given twice",
                ));
            }
            if name.contains('\0') || value.contains('\0') {
                faults.push(fault(
                    "query.invalid_parameter",
                    &name,
                    "不得含有空字符",
                    "it must not hold a NUL",
                ));
            }
            given.insert(name, value);
        }
        Ok(Self { given, faults })
    }
}

/// A parameter at fault.
pub(super) fn fault(code: &'static str, name: &str, zh: &str, en: &str) -> Problem {
    // One without a name is called by what begins the parameters.
    let name = if name.is_empty() { "?".to_owned() } else { short(name) };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, format!("{name}：{zh}"), format!("{name}: {en}"))
        .at(name)
}

impl Parameters {
    /// Takes a parameter.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.given.remove(name)
    }

    /// Takes a parameter that is read by a function; notes a fault when it cannot be.
    pub(crate) fn read<T>(
        &mut self,
        name: &str,
        zh: &str,
        en: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.take(name)?;
        let value = read(&text);
        if value.is_none() {
            self.note(fault("query.invalid_parameter", name, zh, en));
        }
        value
    }

    /// Notes a fault.
    pub(crate) fn note(&mut self, problem: Problem) {
        self.faults.push(problem);
    }

    /// How many rows the page has.
    pub(super) fn limit(&mut self) -> usize {
        self.read("limit", "应为 1 至 1000 的整数", "expected a whole number from 1 to 1000", |text| {
            text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit))
        })
        .unwrap_or(LIMIT_DEFAULT)
    }

    /// The position that the answer must reflect.
    pub(crate) fn at_least(&mut self) -> Option<u64> {
        self.position("at_least")
    }

    /// A position of the ledger.
    pub(crate) fn position(&mut self, name: &str) -> Option<u64> {
        self.read(
            name,
            "应为账本位次（非负整数）",
            "expected a position: a whole number",
            |text| text.parse().ok(),
        )
    }

    /// A year.
    pub(super) fn year(&mut self) -> Option<i32> {
        self.read("year", "应为四位年份", "expected a year of four digits", |text| {
            text.parse().ok().filter(|year| (1900..=9999).contains(year))
        })
    }

    /// A day of these times: those far off only cost work.
    pub(super) fn day(&mut self, name: &str) -> Option<NaiveDate> {
        let (zh, en) =
            ("应为 1900 至 2199 年的日期（年-月-日）", "expected a date from 1900 to 2199: year-month-day");
        self.read(name, zh, en, |text| {
            text.parse().ok().filter(|day: &NaiveDate| (1900..2200).contains(&day.year()))
        })
    }

    /// The point in the ledger's history that is asked for.
    pub(super) fn as_of(&mut self) -> Option<AsOf> {
        let (zh, en) = ("应为账本位次或 RFC 3339 时间", "expected a position or a time as RFC 3339 has it");
        // A plus that was not escaped arrives as a space.
        self.read("as_of", zh, en, |text| AsOf::read(&text.replace(' ', "+")))
    }

    /// Refuses what was not taken and what was at fault.
    pub(crate) fn done(mut self, known: impl Fn() -> String) -> Result<(), Problem> {
        let left: Vec<String> = self.given.keys().cloned().collect();
        for name in left {
            let known = known();
            let zh = format!("没有此参数，可用：{known}");
            let en = format!("there is no such parameter; known are {known}");
            self.note(fault("query.unknown_parameter", &name, &zh, &en));
        }
        Problem::several(self.faults).map_or(Ok(()), Err)
    }
}

/// A point in the ledger's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// After the event at this position.
    Position(u64),
    /// After the last event recorded by then.
    Instant(chrono::DateTime<chrono::Utc>),
}

impl AsOf {
    /// Reads a position or a time.
    pub fn read(text: &str) -> Option<Self> {
        let position = text.parse().map(Self::Position).ok();
        position.or_else(|| caller::moment(text).map(|moment| Self::Instant(moment.to_utc())))
    }

    /// The position that is meant.
    pub async fn position(self, feed: &dyn Feed) -> Result<u64, Problem> {
        match self {
            Self::Instant(instant) => Ok(feed.position_at(instant).await?),
            Self::Position(position) => {
                let head = feed.head().await?;
                if position > head {
                    let zh = format!("账本目前只到第 {head} 位");
                    let en = format!("the ledger ends at position {head}");
                    return Err(fault("query.as_of_beyond", "as_of", &zh, &en));
                }
                Ok(position)
            }
        }
    }
}

/// The names of all parameters of a list of the resource.
pub(super) fn of_list(resource: &Resource) -> String {
    let columns = resource.sheet.columns;
    let filters = columns.iter().map(|column| format!("{column}, {column}_from, {column}_before"));
    filters.chain(["order, limit, after, at_least, format".to_owned()]).collect::<Vec<_>>().join(", ")
}
