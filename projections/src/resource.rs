//! A projection as it is served: its plural noun, its columns, the fields of its rows.

use std::fmt;

use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::as_of::as_of;
use crate::ports::{Feed, Sheet, StoreError};
use crate::projection::Projection;

/// A projection that is served under `/v1/`.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The plural noun.
    pub name: &'static str,
    /// Where its rows are.
    pub sheet: Sheet,
    /// Of a row.
    pub schema: Schema,
    /// The fields of a row, in the order in which the row declares them.
    pub fields: Vec<String>,
}

impl Resource {
    /// The projection's, if it is served.
    pub(crate) fn of<P: Projection>() -> Option<Self> {
        Some(Self::of_rows::<P::Row>(P::RESOURCE?, P::sheet()))
    }

    /// Rows that are worked out from those of a sheet when somebody asks.
    pub fn of_rows<R: Default + Serialize + JsonSchema>(name: &'static str, sheet: Sheet) -> Self {
        let row = serde_json::to_string(&R::default()).unwrap_or_default();
        Self {
            name,
            sheet,
            schema: schemars::schema_for!(R),
            fields: serde_json::Deserializer::from_str(&row).deserialize_map(Names).unwrap_or_default(),
        }
    }
}

/// A row as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// JSON text of the row.
    Row(String),
    /// There was no such row.
    Nothing,
    /// The rows of this projection draw on more than the key's own streams.
    NotTellable,
}

/// The row of a key as it stood at a position.
pub(crate) async fn told<P: Projection>(
    feed: &dyn Feed,
    key: &str,
    position: u64,
) -> Result<Told, StoreError> {
    if P::streams(key).is_none() {
        return Ok(Told::NotTellable);
    }
    match as_of::<P>(feed, key, position).await? {
        None => Ok(Told::Nothing),
        Some(row) => {
            serde_json::to_string(&row).map(Told::Row).map_err(|error| StoreError::Damaged(error.to_string()))
        }
    }
}

/// Takes the names of an object's fields in their order.
struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = map.next_entry()? {
            names.push(name);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PointCards;

    /// Design §5: CSV and Excel have the fields of the row in the order in which it declares them.
    #[test]
    fn fields_keep_the_order_of_the_row() {
        let cards = Resource::of::<PointCards>().unwrap();
        assert_eq!(cards.fields[..4], ["holder_kind", "holder", "year", "base"]);
    }
}
