//! Cursors of pages: opaque to callers, bound to the order that they were made in.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::http::problem::Problem;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The `order` parameter of the page.
    pub order: Option<String>,
    /// The last row's value of the order column.
    pub value: String,
    /// The last row's key.
    pub key: String,
}

impl Cursor {
    /// As it stands in a link.
    pub(super) fn write(&self) -> String {
        hex::encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Cursor::write`] wrote.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        decode(text).ok_or_else(|| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query.invalid_cursor",
                "after 应取自上一页的 next",
                "after must be taken from the next link of the page before",
            )
            .at("after")
        })
    }
}

fn decode(text: &str) -> Option<Cursor> {
    let cursor: Cursor = serde_json::from_slice(&hex::decode(text).ok()?).ok()?;
    // No database keeps one in a text.
    (!cursor.value.contains('\0') && !cursor.key.contains('\0')).then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §5: cursor paging; a cursor that is none is refused.
    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor =
            Cursor { order: Some("-year".to_owned()), value: "2026".to_owned(), key: "成员/1".to_owned() };
        assert_eq!(Cursor::read(&cursor.write()).unwrap(), cursor);
        for text in ["", "7b", "zz", "é", "+1", "m-1"] {
            assert_eq!(Cursor::read(text).unwrap_err().code, "query.invalid_cursor", "{text}");
        }
    }
}
