//! Rows that others speak of come first: the street before its communities, the upper organisation before its units.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::kinds::Above;

/// Of which row others speak, and of which it speaks itself.
#[derive(Debug, Clone)]
pub(super) struct Place {
    own: String,
    above: Option<String>,
}

impl Place {
    pub(super) fn of(above: Above, fields: &Map<String, Value>) -> Self {
        let own = fields.get(above.own).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { own, above: (above.above)(fields) }
    }
}

/// No kind has more levels; a ring of rows ends here, and is left to the rules.
const LEVELS_MAX: usize = 64;

/// How many rows of the file stand above each.
pub(super) fn depths(places: &[Place]) -> Vec<usize> {
    let above: HashMap<&str, Option<&str>> =
        places.iter().map(|place| (place.own.as_str(), place.above.as_deref())).collect();
    let depth = |place: &Place| {
        let mut depth = 0;
        let mut here = place.above.as_deref();
        while let Some(above) = here.and_then(|here| above.get(here)).filter(|_| depth < LEVELS_MAX) {
            depth += 1;
            here = *above;
        }
        depth
    };
    places.iter().map(depth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(own: &str, above: Option<&str>) -> Place {
        Place { own: own.to_owned(), above: above.map(str::to_owned) }
    }

    /// Design §5: a file's rows may stand in any order; those that others speak of are decided first.
    #[test]
    fn rows_are_counted_from_the_top_and_rings_end() {
        let places = [
            place("c", Some("b")),
            place("a", Some("outside")),
            place("b", Some("a")),
            place("x", Some("y")),
            place("y", Some("x")),
        ];
        assert_eq!(depths(&places), [2, 0, 1, LEVELS_MAX, LEVELS_MAX]);
    }
}
