//! Figures of demands, services and visits, of every division by month: how many, by which channel (C10), solved (C12), in
//! time (C11), answered (F15), declined and disputed (C1, C3). Counted from facts alone, so that a division's figure is the
//! sum of its parts, and voluntary service and duty stand apart.

mod fold;
mod row;

use aggregates::when::date_of;
use aggregates::{LedgerEvent, Recorded};
use chrono::Datelike;

use crate::projection::Projection;

pub use row::{ChannelShare, ServiceFiguresRow};

/// The lengths of the codes of the divisions that a community lies in, and their levels.
const LEVELS: [(usize, &str); 4] = [(4, "prefecture"), (6, "county"), (9, "street"), (12, "community")];

/// The projection.
pub struct ServiceFigures;

impl Projection for ServiceFigures {
    const NAME: &'static str = "service_figures";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("service-figures");
    const COLUMNS: &'static [&'static str] = &["division", "level", "month"];
    type Row = ServiceFiguresRow;

    fn keys(event: &Recorded) -> Vec<String> {
        let community = match &event.event {
            LedgerEvent::Demand(fact) => fact.community().as_str(),
            LedgerEvent::Household(fact) => fact.community().as_str(),
            _ => return vec![],
        };
        let day = date_of(&event.meta.occurred_at);
        LEVELS
            .iter()
            .filter_map(|(length, _)| community.get(..*length))
            .map(|code| format!("{code}/{}-{:02}", day.year(), day.month()))
            .collect()
    }

    fn fold(key: &str, row: &mut ServiceFiguresRow, event: &Recorded) {
        if let Some((division, month)) = key.split_once('/')
            && row.division.is_empty()
        {
            division.clone_into(&mut row.division);
            month.clone_into(&mut row.month);
            let level = LEVELS.iter().find(|(length, _)| *length == division.len());
            row.level = level.map_or_else(String::new, |(_, name)| (*name).to_owned());
        }
        match &event.event {
            LedgerEvent::Demand(fact) => row.take_demand(fact),
            LedgerEvent::Household(fact) => row.take_household(fact),
            _ => {}
        }
        row.add_up();
    }

    fn columns(_key: &str, row: &ServiceFiguresRow) -> Vec<Option<String>> {
        vec![Some(row.division.clone()), Some(row.level.clone()), Some(row.month.clone())]
    }
}

#[cfg(test)]
mod tests;
