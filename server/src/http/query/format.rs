//! In which format rows are answered: JSON, CSV, Excel or PDF. All serialise the same rows.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use projections::resource::Resource;
use serde_json::value::RawValue;

use super::list::Page;
use super::parameters::{Parameters, fault};
use super::print;
use super::table::Table;
use crate::http::House;
use crate::http::caller::POSITION;
use crate::http::language::{Language, weighted};
use crate::http::problem::Problem;
use crate::http::record::PDF;

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
    /// A PDF file, for people: fields and words are told as they call them.
    Pdf,
}

impl Format {
    /// The one that `format` or else `Accept` asks for.
    pub(super) fn asked(given: &mut Parameters, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(name) = given.take("format") {
            return Ok(Self::named(&name).unwrap_or_else(|| {
                given.note(fault(
                    "query.invalid_parameter",
                    "format",
                    "应为 json、csv、xlsx 或 pdf",
                    "expected json, csv, xlsx or pdf",
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
                PDF => Self::Pdf,
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
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// What links repeat.
    pub(super) fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Json => None,
            Self::Csv => Some("csv"),
            Self::Xlsx => Some("xlsx"),
            Self::Pdf => Some("pdf"),
        }
    }
}

/// Rows to be answered.
pub(super) struct Rows<'a> {
    pub(super) resource: &'a Resource,
    pub(super) bodies: Vec<String>,
    pub(super) next: Option<String>,
    pub(super) position: u64,
    /// What they were narrowed by.
    pub(super) asked: Vec<(String, String)>,
}

impl Rows<'_> {
    /// The answer in the format; the link to the next page is in a header too.
    pub(super) async fn answer(
        self,
        house: &House,
        format: Format,
        language: Language,
    ) -> Result<Response, Problem> {
        let Self { resource, bodies, next, position, asked } = self;
        let link = next.clone();
        let mut response = if format == Format::Json {
            let items = bodies.into_iter().map(RawValue::from_string).collect::<Result<Vec<_>, _>>();
            let page = Page { items: items.map_err(|error| damaged(&error))?, next, position };
            let body = serde_json::to_vec(&page).map_err(|error| damaged(&error))?;
            reflecting(position, language, "application/json", body)
        } else {
            let table = Table::of(resource, &bodies)?;
            let more = next.is_some();
            file(house, &table, &About { asked, position, more, language }, format).await?
        };
        if let Some(link) =
            link.and_then(|link| HeaderValue::from_str(&format!("<{link}>; rel=\"next\"")).ok())
        {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}

/// What a file says of itself beside its table.
pub(super) struct About {
    /// What it is narrowed by.
    pub(super) asked: Vec<(String, String)>,
    pub(super) position: u64,
    /// Whether there are more rows than it holds.
    pub(super) more: bool,
    pub(super) language: Language,
}

/// A table as a file.
pub(super) async fn file(
    house: &House,
    table: &Table,
    about: &About,
    format: Format,
) -> Result<Response, Problem> {
    let name = table.name();
    let (media, body) = match format {
        Format::Json | Format::Csv => ("text/csv; charset=utf-8; header=present", table.csv()?),
        Format::Xlsx => (XLSX, table.xlsx()?),
        Format::Pdf => (PDF, print::pdf(house, table, about).await?),
    };
    let mut response = reflecting(about.position, about.language, media, body);
    if let Some(extension) = format.parameter()
        && let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{extension}\""))
    {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn reflecting(position: u64, language: Language, media: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(POSITION, HeaderValue::from(position));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization, Cookie, Baodao-Actor"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    response
}

fn damaged(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "rows cannot be told");
    Problem::internal()
}
