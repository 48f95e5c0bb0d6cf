//! What units, divisions and categories are called.

use std::collections::HashMap;

use aggregates::division::Division;
use aggregates::rulebook::{Rulebook, STREAM};
use aggregates::unit::Unit;
use commands::{Desk, Trouble};
use proofs::record::{Facts, Record};

/// Names by code.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: HashMap<String, String>,
}

impl Names {
    /// Of all that the certificate of a record speaks of, as the ledger has them now.
    pub async fn of(record: &Record, desk: &Desk) -> Result<Self, Trouble> {
        let facts = Facts::of(record).unwrap_or_default();
        let mut names = HashMap::new();
        let book = desk.look::<Rulebook>(STREAM).await?;
        for entry in book.catalogues().iter().flat_map(|one| &one.entries) {
            names.insert(entry.code.to_string(), entry.title.clone());
        }
        for community in facts.services.iter().map(|service| &service.community) {
            if !names.contains_key(community)
                && let Some(name) = desk.look::<Division>(community).await?.name()
            {
                names.insert(community.clone(), name.to_owned());
            }
        }
        let unit = if record.kind == "unit" { Some(&record.id) } else { facts.unit.as_ref() };
        if let Some(unit) = unit
            && let Some(name) = desk.look::<Unit>(unit).await?.name()
        {
            names.insert(unit.clone(), name.to_owned());
        }
        Ok(Self { names })
    }

    /// The name, or the code where there is none.
    pub(super) fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.names.get(code).map_or(code, String::as_str)
    }
}
