//! What a statement tells of a record, out of its events: services, unit, period and totals.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Record, Totals};
use crate::encoding::from_base64;
use crate::leaf;

/// A service, or a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The business day, `2026-03-02`.
    pub on: String,
    /// `voluntary`, `duty` or `visit`.
    pub work: String,
    /// Its category; the kind of a visit.
    pub category: String,
    /// Code of the community.
    pub community: String,
    /// How long; none where it was not noted.
    pub minutes: Option<u64>,
}

/// First and last day of service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// What the events tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What they come to.
    pub totals: Totals,
    /// The member's unit, at the end.
    pub unit: Option<String>,
    /// Services and visits, as they were recorded.
    pub services: Vec<Service>,
}

impl Facts {
    /// Of all events of a record, as they stand in it: nothing is verified. None where one cannot be read.
    pub fn of(record: &Record) -> Option<Self> {
        let mut facts = Self::default();
        for event in &record.events {
            let read = leaf::Read::parse(&from_base64(&event.leaf)?)?;
            facts.add(&read.event, &read.payload).then_some(())?;
        }
        Some(facts)
    }

    /// Adds the fact of an event. False where it is not what facts of this name are made of.
    #[must_use]
    pub fn add(&mut self, event: &str, payload: &str) -> bool {
        let Ok(Value::Object(payload)) = serde_json::from_str(payload) else { return false };
        let Some(fact) = payload.get(event) else { return false };
        let text = |name: &str| fact.get(name).and_then(Value::as_str);
        match event {
            "MemberEnrolled" => self.unit = text("unit").map(str::to_owned),
            "MemberTransferred" => self.unit = text("to").map(str::to_owned),
            "ServiceRendered" => self.services.extend(service(fact, "work", "category")),
            "VisitMade" => self.services.extend(service(fact, "", "kind")),
            _ => {}
        }
        self.totals.take(event, fact).is_some()
    }

    /// First and last day; none without service.
    pub fn period(&self) -> Option<Period> {
        let days = self.services.iter().map(|service| &service.on);
        Some(Period { from: days.clone().min()?.clone(), to: days.max()?.clone() })
    }
}

fn service(fact: &Value, work: &str, category: &str) -> Option<Service> {
    let text = |name: &str| fact.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Service {
        on: text("on")?,
        work: text(work).unwrap_or_else(|| "visit".to_owned()),
        category: text(category)?,
        community: text("community")?,
        minutes: fact.get("minutes").and_then(Value::as_u64),
    })
}
