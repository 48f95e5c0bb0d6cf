//! `POST /v1/imports/{kind}` and `GET /v1/exports/{kind}`: files in and out, the same columns both ways.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::caller::{self, Caller};
use super::commands::position;
use super::problem::{CellBody, Problem};
use super::query::Parameters;
use super::query::format::{CSV, XLSX};
use super::sight::Sight;
use super::unreadable::short;
use super::{House, body};
use crate::App;
use crate::exchange::{
    self, ExportError, Fault, Faults, Format, Import, Imported, Kind, NotImported, WriteError,
};

/// The types taken as files; which of the two it is, the file's first bytes tell.
pub(super) const FILES: [&str; 4] = [CSV, XLSX, "application/vnd.ms-excel", "application/octet-stream"];

/// Records a file as a whole, or nothing of it. With `dry_run` it only tells what it would record.
pub(super) async fn import(
    State(house): State<Arc<House>>,
    Path(kind): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    mut given: Parameters,
    content: Body,
) -> Result<Response, Problem> {
    let kind = known(&kind)?;
    // Before anything of the file is read.
    caller.must_have_account(&headers, &house)?;
    let envelope = caller::envelope(caller, &headers)?;
    let dry_run = given
        .read("dry_run", "应为 true 或 false", "expected true or false", |text| text.parse().ok())
        .unwrap_or(false);
    given.done(|| "dry_run".to_owned())?;
    body::must_be(&headers, &FILES)?;
    let permit = Arc::clone(&house.batches).try_acquire_owned().map_err(|_| super::batch::too_many())?;
    let file = body::bytes(content, house.settings.batch_bytes_max).await?;
    let app = Arc::clone(&house.app);
    // The work goes on when the caller has gone away: the same file again gets its answer.
    let work = tokio::spawn(async move {
        let _permit = permit;
        let import = tokio::task::spawn_blocking(move || Import::read(kind, &file))
            .await
            .map_err(|_| Problem::internal())?
            .map_err(|faults| faulty(&faults))?;
        let envelope = if envelope.fresh { import.envelope(envelope) } else { envelope };
        record(&app, &import, &envelope, dry_run).await
    });
    let imported = work.await.map_err(|_| Problem::internal())??;
    let status = if imported.repeat || dry_run { StatusCode::OK } else { StatusCode::CREATED };
    Ok(match imported.position {
        Some(reflects) => (status, position(reflects), Json(imported)).into_response(),
        None => (status, Json(imported)).into_response(),
    })
}

async fn record(
    app: &App,
    import: &Import,
    envelope: &commands::Envelope,
    dry_run: bool,
) -> Result<Imported, Problem> {
    let outcome = if dry_run {
        import.rehearse(app.desk(), envelope).await
    } else {
        import.submit(app.desk(), envelope).await
    };
    outcome.map_err(|error| match error {
        NotImported::Faults(faults) => faulty(&faults),
        NotImported::Trouble(trouble) => trouble.into(),
    })
}

/// A kind as a file; with `template` an empty one to fill in.
pub(super) async fn export(
    State(house): State<Arc<House>>,
    Path(kind): Path<String>,
    sight: Sight,
    headers: HeaderMap,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let kind = known(&kind)?;
    let format = given
        .read("format", "应为 csv 或 xlsx", "expected csv or xlsx", |text| match text {
            "csv" => Some(Format::Csv),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        })
        .unwrap_or_else(|| accepted(&headers));
    let template = given
        .read("template", "应为 true 或 false", "expected true or false", |text| text.parse().ok())
        .unwrap_or(false);
    let at_least = given.at_least();
    given.done(|| "format, template, at_least".to_owned())?;
    let (bytes, reflects) = if template {
        (exchange::template(kind, format).map_err(unwritten)?, None)
    } else {
        if let Some(position) = at_least {
            house.app.reached(&kind.sheet(), position).await?;
        }
        let found = sight.of_export(&kind.sheet()).await?;
        let store = house.app.store().as_ref();
        let exported = exchange::export(store, kind, format, sight.actor(), found).await.map_err(
            |error| match error {
                ExportError::Store(error) => error.into(),
                ExportError::Refused(refusal) => refusal.into(),
                ExportError::Write(error) => unwritten(error),
            },
        )?;
        (exported.bytes, Some(exported.position))
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization, Cookie, Baodao-Actor"));
    if let Some(reflects) = reflects {
        headers.insert(caller::POSITION, HeaderValue::from(reflects));
    }
    let name = format!("attachment; filename=\"{}.{}\"", kind.name, format.extension());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// A workbook where `Accept` names its type, else CSV.
fn accepted(headers: &HeaderMap) -> Format {
    let mut named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if named.any(|accept| accept.contains(XLSX)) { Format::Xlsx } else { Format::Csv }
}

fn known(name: &str) -> Result<&'static Kind, Problem> {
    exchange::kind(name).ok_or_else(|| {
        let (name, known) = (short(name), exchange::kinds::NAMES.join(", "));
        Problem::new(
            StatusCode::NOT_FOUND,
            "exchange.unknown_kind",
            format!("没有 {name} 这种文件，可用：{known}"),
            format!("there is no kind of file {name}; known are {known}"),
        )
    })
}

fn unwritten(error: WriteError) -> Problem {
    match error {
        WriteError::TooLong { rows } => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "export.too_long",
            format!("共 {rows} 行，超出工作表容量，请用 format=csv"),
            format!("{rows} rows are more than a sheet holds; use format=csv"),
        )
        .at("format"),
        WriteError::Failed(reason) => {
            tracing::error!(reason, "an export cannot be written");
            Problem::internal()
        }
    }
}

/// All faults of a file in one problem.
fn faulty(faults: &Faults) -> Problem {
    let count = faults.count();
    let least = if faults.broken_off { "至少 " } else { "" };
    let at_least = if faults.broken_off { "at least " } else { "" };
    let mut problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "import.faulty",
        format!("文件有{least} {count} 处错误，全部未入库"),
        format!("the file has {at_least}{count} faults; nothing was imported"),
    );
    problem.errors = faults.faults.iter().map(fault).collect();
    problem
}

fn fault(fault: &Fault) -> Problem {
    let mut problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "import.unreadable",
        fault.problem.zh.clone(),
        fault.problem.en.clone(),
    );
    if let Some(code) = &fault.code {
        problem.code = code.clone().into();
    }
    problem.cell = Some(Box::new(CellBody {
        row: fault.row,
        column: fault.column.as_ref().map(|at| at.name.clone()),
        letter: fault.column.as_ref().and_then(|at| at.letter.clone()),
        found: fault.found.clone(),
    }));
    problem
}
