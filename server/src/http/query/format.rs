//! In which format rows are answered: JSON, CSV or Excel. All three serialise the same rows.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use projections::resource::Resource;
use serde_json::value::RawValue;

use super::list::Page;
use super::parameters::{Parameters, fault};
use super::table::Table;
use crate::http::caller::POSITION;
use crate::http::language::{Language, weighted};
use crate::http::problem::Problem;

/// `Content-Type` of Excel workbooks.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// `Content-Type` of CSV files.
pub const CSV: &str = "text/csv";

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// JSON, with the link to the next page inside.
    #[default]
    Json,
    /// CSV in UTF-8 with a byte order mark, which Excel needs to read Chinese.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// The one that `format` or else `Accept` asks for.
    pub(super) fn asked(given: &mut Parameters, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(name) = given.take("format") {
            return Ok(Self::named(&name).unwrap_or_else(|| {
                given.note(fault(
                    "query.invalid_parameter",
                    "format",
                    "应为 json、csv 或 xlsx",
                    "expected json, csv or xlsx",
                ));
                Self::Json
            }));
        }
        let accepted: Vec<&str> =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        if accepted.is_empty() {
            return Ok(Self::Json);
        }
        let mut best: Option<(f32, Self)> = None;
        for (media, weight) in accepted.iter().flat_map(|value| value.split(',')).map(weighted) {
            let format = match media.trim().to_ascii_lowercase().as_str() {
                "*/*" | "application/*" | "application/json" => Self::Json,
                CSV | "text/*" => Self::Csv,
                XLSX => Self::Xlsx,
                _ => continue,
            };
            if weight > best.map_or(0.0, |(weight, _)| weight) {
                best = Some((weight, format));
            }
        }
        best.map(|(_, format)| format).ok_or_else(|| Problem::of_status(StatusCode::NOT_ACCEPTABLE))
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// What links repeat.
    pub(super) fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Json => None,
            Self::Csv => Some("csv"),
            Self::Xlsx => Some("xlsx"),
        }
    }
}

/// Rows to be answered.
pub(super) struct Rows<'a> {
    pub(super) resource: &'a Resource,
    pub(super) bodies: Vec<String>,
    pub(super) next: Option<String>,
    pub(super) position: u64,
}

impl Rows<'_> {
    /// The answer in the format; the link to the next page is in a header too.
    pub(super) fn answer(self, format: Format, language: Language) -> Result<Response, Problem> {
        let Self { resource, bodies, next, position } = self;
        let link = next.clone();
        let (media, body) = match format {
            Format::Json => {
                let items = bodies.into_iter().map(RawValue::from_string).collect::<Result<Vec<_>, _>>();
                let page = Page { items: items.map_err(|error| damaged(&error))?, next, position };
                ("application/json", serde_json::to_vec(&page).map_err(|error| damaged(&error))?)
            }
            Format::Csv => ("text/csv; charset=utf-8; header=present", Table::of(resource, &bodies)?.csv()?),
            Format::Xlsx => (XLSX, Table::of(resource, &bodies)?.xlsx()?),
        };
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        headers.insert(POSITION, HeaderValue::from(position));
        headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization, Cookie, Baodao-Actor"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        if let Some(link) =
            link.and_then(|link| HeaderValue::from_str(&format!("<{link}>; rel=\"next\"")).ok())
        {
            headers.insert(header::LINK, link);
        }
        if let Some(extension) = format.parameter()
            && let Ok(name) =
                HeaderValue::from_str(&format!("attachment; filename=\"{}.{extension}\"", resource.name))
        {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        Ok(response)
    }
}

fn damaged(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "rows cannot be told");
    Problem::internal()
}
