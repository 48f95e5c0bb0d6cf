//! The rows of a rebuild, made beforehand: put on the shelf as a rebuild does, a projection beside another, with their keys and indexes, while
//! all events are read as ours reads them. Nothing is folded. The events are decoded, and the rows written as JSON, where it is asked for: what
//! is read, decoded, written and stored by then is as little as any rebuild can do here.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use projections::ports::{Feed, RowWrite, Sheet, Slot};
use projections::{Shelf, sheets};
use serde_json::Value;
use server::store::Store;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ColumnIndex, ConnectOptions, Connection, Row};
use tokio::task::JoinSet;

/// As a rebuild does it: events of a page, rows of a transaction, projections stored at the same time, pages read ahead.
pub const PAGE: usize = 2_500;
pub const ROWS_STORED: usize = 2_000;
pub const STORING: usize = 2;
pub const PAGES_AHEAD: usize = 2;

/// Of each projection.
pub type Rows = Vec<(Sheet, Vec<Ready>)>;

/// A row with its columns.
pub struct Ready {
    write: RowWrite,
    /// What its body is written from; none when it is there.
    texts: Option<Texts>,
}

/// The texts of a JSON text, and what stands between them, one behind the other.
#[derive(Default)]
struct Texts {
    all: String,
    /// Where each ends, and whether it is written as a JSON text.
    ends: Vec<(usize, bool)>,
}

impl Texts {
    fn of(value: &Value) -> Self {
        let mut texts = Self::default();
        texts.take(value);
        texts
    }

    fn push(&mut self, text: &str, is_text: bool) {
        self.all.push_str(text);
        match self.ends.last_mut() {
            Some((end, false)) if !is_text => *end = self.all.len(),
            _ => self.ends.push((self.all.len(), is_text)),
        }
    }

    fn take(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.push(text, true),
            Value::Array(values) => {
                for (n, value) in values.iter().enumerate() {
                    self.push(if n == 0 { "[" } else { "," }, false);
                    self.take(value);
                }
                self.push(if values.is_empty() { "[]" } else { "]" }, false);
            }
            Value::Object(values) => {
                for (n, (name, value)) in values.iter().enumerate() {
                    self.push(if n == 0 { "{" } else { "," }, false);
                    self.push(name, true);
                    self.push(":", false);
                    self.take(value);
                }
                self.push(if values.is_empty() { "{}" } else { "}" }, false);
            }
            other => self.push(&other.to_string(), false),
        }
    }

    fn written(&self) -> anyhow::Result<String> {
        let (mut json, mut from) = (Vec::with_capacity(128), 0);
        for (end, is_text) in &self.ends {
            let text = &self.all[from..*end];
            if *is_text {
                serde_json::to_writer(&mut json, text)?;
            } else {
                json.extend(text.as_bytes());
            }
            from = *end;
        }
        Ok(String::from_utf8(json)?)
    }
}

impl Ready {
    fn new(cells: Vec<String>, is_to_be_written: bool) -> anyhow::Result<Self> {
        let mut cells = cells.into_iter();
        let (key, mut body) = (cells.next().unwrap_or_default(), cells.next());
        let texts = match body.take_if(|_| is_to_be_written) {
            Some(body) => Some(Texts::of(&serde_json::from_str(&body)?)),
            None => None,
        };
        Ok(Self { write: RowWrite { key: key.into(), body, columns: cells.map(Some).collect() }, texts })
    }

    fn row(self) -> anyhow::Result<RowWrite> {
        match self.texts {
            Some(texts) => Ok(RowWrite { body: Some(texts.written()?), ..self.write }),
            None => Ok(self.write),
        }
    }
}

/// Stores such rows while all events are read.
pub async fn put(store: &Arc<Store>, rows: Rows, decoding: bool) -> anyhow::Result<()> {
    let reading = async {
        let (mut from, mut pages) = (0, JoinSet::new());
        loop {
            let page = store.page(from, PAGE).await?;
            let Some(last) = page.end()? else { break };
            from = last;
            if decoding {
                pages.spawn(async move { page.decode().map(drop) });
            }
            if pages.len() > PAGES_AHEAD
                && let Some(decoded) = pages.join_next().await
            {
                decoded??;
            }
        }
        while let Some(decoded) = pages.join_next().await {
            decoded??;
        }
        anyhow::Ok(())
    };
    let storing = stream::iter(rows).map(anyhow::Ok).try_for_each_concurrent(STORING, |(sheet, rows)| {
        let store = Arc::clone(store);
        // A task, as a projection of a rebuild is one.
        async move { tokio::spawn(async move { shelve(&store, sheet, rows).await }).await? }
    });
    tokio::try_join!(reading, storing).map(drop)
}

async fn shelve(store: &Arc<Store>, sheet: Sheet, rows: Vec<Ready>) -> anyhow::Result<()> {
    let slot = store.begin_rebuild(&sheet).await?;
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let rows = rows.by_ref().take(ROWS_STORED).map(Ready::row);
        store.add(&sheet, &slot, rows.collect::<Result<_, _>>()?).await?;
    }
    finish(store, &sheet, &slot).await
}

/// Makes key and indexes.
pub async fn finish(store: &Store, sheet: &Sheet, slot: &Slot) -> anyhow::Result<()> {
    store.key(sheet, slot).await?;
    let columns = stream::iter(sheet.columns).map(anyhow::Ok);
    let index = async |column: &&str| Ok(store.index(sheet, slot, column).await?);
    columns.try_for_each_concurrent(STORING, index).await
}

/// All live rows of the ledger at this address with their columns; their bodies still to be written as JSON, or not.
pub async fn of(url: &str, store: &Store, is_to_be_written: bool) -> anyhow::Result<Rows> {
    let mut all = Vec::new();
    for sheet in sheets::sheets() {
        let slot = store.live(&sheet).await?;
        let columns = sheet.columns.iter().map(|column| format!("\"{column}\""));
        let columns = ["key", "body"].map(str::to_owned).into_iter().chain(columns).collect::<Vec<_>>();
        let columns = columns.join(", ");
        let select = format!("SELECT {columns} FROM sheet_{}_g{} ORDER BY key", sheet.name, slot.generation);
        let rows = if let Some((server, schema)) = url.split_once("?schema=") {
            let options = server.parse::<PgConnectOptions>()?.options([("search_path", schema)]);
            let mut connection = options.connect().await?;
            let rows = texts(&sqlx::query(&select).fetch_all(&mut connection).await?)?;
            connection.close().await?;
            rows
        } else {
            let mut connection = url.parse::<SqliteConnectOptions>()?.connect().await?;
            let rows = texts(&sqlx::query(&select).fetch_all(&mut connection).await?)?;
            connection.close().await?;
            rows
        };
        let rows = rows.into_iter().map(|row| Ready::new(row, is_to_be_written));
        all.push((sheet, rows.collect::<Result<_, _>>()?));
    }
    Ok(all)
}

fn texts<R: Row>(rows: &[R]) -> Result<Vec<Vec<String>>, sqlx::Error>
where
    usize: ColumnIndex<R>,
    for<'r> String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    rows.iter().map(|row| (0..row.len()).map(|column| row.try_get(column)).collect()).collect()
}
