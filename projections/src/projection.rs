//! What a projection is: a name, a version, a typed row, its keys and a pure fold.

use aggregates::Recorded;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use smol_str::SmolStr;

use crate::ports::Sheet;

/// A read model. The row is the view model: JSON, CSV, Excel and pages serialise the same struct.
pub trait Projection: Send + Sync + 'static {
    /// Snake-case, unique.
    const NAME: &'static str;
    /// Raised whenever keys, fold, row or columns change: the rows are then rebuilt beside the old ones.
    const VERSION: u32;
    /// The plural noun under `/v1/` where its rows are served; none for rows that only other answers draw on.
    const RESOURCE: Option<&'static str>;
    /// Text columns that rows can be found and sorted by; each is a filter of the resource. A column named
    /// `community` or `division` filters by prefix, so that any division above finds it.
    const COLUMNS: &'static [&'static str];
    /// A row. Its default is the row before any event.
    type Row: Default + Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static;

    /// The rows that an event touches. Told from the event alone.
    fn keys(event: &Recorded) -> Vec<SmolStr>;
    /// Takes an event into one of its rows.
    fn fold(key: &str, row: &mut Self::Row, event: &Recorded);
    /// Takes an event into all of its rows: `on` finds each by its key and lets it be folded. A projection whose keys and
    /// folds cost the same work does it here once.
    fn fold_all(event: &Recorded, mut on: impl FnMut(SmolStr, &mut dyn FnMut(&str, &mut Self::Row))) {
        for key in Self::keys(event) {
            on(key, &mut |key, row| Self::fold(key, row, event));
        }
    }
    /// Values of the columns, in their order.
    fn columns(key: &str, row: &Self::Row) -> Vec<Option<String>>;
    /// Whether the row is to be removed.
    fn is_gone(_row: &Self::Row) -> bool {
        false
    }
    /// The streams (type, id) whose events alone make this row, so that it can be told as of any position; none
    /// when it draws on many.
    fn streams(_key: &str) -> Option<Vec<(&'static str, String)>> {
        None
    }
    /// The sheet that the shelf keeps.
    fn sheet() -> Sheet {
        Sheet { name: Self::NAME, version: Self::VERSION, columns: Self::COLUMNS }
    }
}
