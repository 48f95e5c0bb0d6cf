//! Tables as PDF files, in the words that people use.

use aggregates::when;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde_json::Value;

use super::format::About;
use super::table::Table;
use crate::certificate::{self, CertificateError, Fonts, TableFile};
use crate::console;
use crate::http::House;
use crate::http::language::Language;
use crate::http::problem::Problem;

/// Columns that a page holds so that they can be read.
const COLUMNS_MAX: usize = 10;

/// The file.
pub(super) async fn pdf(house: &House, table: &Table, about: &About) -> Result<Vec<u8>, Problem> {
    let language = about.language;
    let (now, font) = (house.app.clock().now(), house.settings.font.clone());
    // What says nothing in any row gives its place to what does.
    let said: Vec<usize> = (0..table.columns().len())
        .filter(|number| {
            table.rows().iter().any(|row| row.get(*number).is_some_and(|value| !value.is_null()))
        })
        .collect();
    let shown: Vec<usize> = said.iter().copied().take(COLUMNS_MAX).collect();
    let column = |number: &usize| table.columns().get(*number).map(String::as_str).unwrap_or_default();
    let text = |row: &[Value], number: &usize| {
        row.get(*number).map(|value| console::worded(language, column(number), value)).unwrap_or_default()
    };
    let title = console::called(language, "resource", table.name());
    let is_whole = !about.more && shown.len() == said.len();
    let file = TableFile {
        title,
        about: about_it(table, about, when::local(now).date_naive(), is_whole),
        columns: shown.iter().map(|number| console::called(language, "field", column(number))).collect(),
        rows: table.rows().iter().map(|row| shown.iter().map(|number| text(row, number)).collect()).collect(),
        author: language.pick("报到", "Baodao").to_owned(),
        made: now.timestamp(),
        language: language.pick("zh-CN", "en"),
    };
    let made = tokio::task::spawn_blocking(move || {
        let fonts = Fonts::shared(font.as_deref())?;
        certificate::table_pdf(file, &fonts)
    });
    made.await.map_err(|_| Problem::internal())?.map_err(|error: CertificateError| {
        tracing::error!(%error, "a table could not be printed");
        match error {
            CertificateError::Font(_) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "query.no_font",
                "服务器没有中文字体，无法生成 PDF：请安装 fonts-noto-cjk，或以 BAODAO_FONT 指定字体文件",
                error.to_string(),
            ),
            _ => Problem::internal(),
        }
    })
}

/// What stands above the table: what it is narrowed by, how much it holds, and as of when.
fn about_it(table: &Table, about: &About, date: NaiveDate, is_whole: bool) -> Vec<String> {
    let language = about.language;
    let mut lines = vec![];
    if !about.asked.is_empty() {
        let asked = about.asked.iter().map(|(name, value)| {
            let value = console::worded(language, name, &Value::from(value.as_str()));
            format!("{} {value}", console::called(language, "field", name))
        });
        let asked = asked.collect::<Vec<_>>().join(language.pick("；", "; "));
        lines.push(format!("{}{asked}", language.pick("筛选：", "Narrowed by: ")));
    }
    let (position, count) = (about.position, table.rows().len());
    lines.push(match language {
        Language::En => format!("{count} rows, position {position} of the ledger, {date}"),
        Language::Zh => format!("共 {count} 条，截至账本第 {position} 位，{date}"),
    });
    if !is_whole {
        let (zh, en) = (
            "未列出的行和栏，见 CSV 或 Excel。",
            "Rows and columns beyond these are in the CSV and Excel files.",
        );
        lines.push(language.pick(zh, en).to_owned());
    }
    lines
}
