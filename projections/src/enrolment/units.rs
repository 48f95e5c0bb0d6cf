//! Units with their links and reports (A1, A3, A7). A unit whose `linked` is `no` is a gap in the coverage (A7).

use aggregates::unit::{UnitClass, UnitEvent};
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::day;
use crate::projection::Projection;

/// A unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitRow {
    /// The unit.
    pub unit: String,
    /// Its public name.
    pub name: String,
    /// Its class (A1).
    pub class: Option<UnitClass>,
    /// The division whose department manages it.
    pub division: String,
    /// The upper party organisation.
    pub upper: Option<String>,
    /// Whether it has at least one link (A7).
    pub linked: bool,
    /// Its links that stand.
    pub links: Vec<UnitLink>,
    /// Business day of its latest report, to any community.
    pub last_report_on: Option<NaiveDate>,
    /// The latest report to each community (A3).
    pub reports: Vec<UnitReportLine>,
}

/// A link to a community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitLink {
    /// The community.
    pub community: String,
    /// The key estate there.
    pub estate: Option<String>,
    /// Business day from which it stands.
    pub since: NaiveDate,
}

/// A unit's latest report to a community (A3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitReportLine {
    /// The community.
    pub community: String,
    /// Categories in which it needs something.
    pub needs: Vec<String>,
    /// Categories in which it can give something.
    pub resources: Vec<String>,
    /// Business day.
    pub on: NaiveDate,
    /// How many reports it has made there.
    pub times: u32,
}

/// The projection.
pub struct Units;

impl UnitRow {
    fn take(&mut self, fact: &UnitEvent, day: NaiveDate) {
        match fact {
            UnitEvent::UnitEnrolled { unit, name, class, division, upper } => {
                self.unit = unit.to_string();
                self.name.clone_from(name);
                self.class = Some(*class);
                self.division = division.to_string();
                self.upper = upper.as_ref().map(ToString::to_string);
            }
            UnitEvent::UnitLinked { community, estate, .. } => {
                let estate = estate.as_ref().map(ToString::to_string);
                match self.links.iter_mut().find(|link| link.community == community.as_str()) {
                    Some(link) => link.estate = estate,
                    None => {
                        self.links.push(UnitLink { community: community.to_string(), estate, since: day });
                    }
                }
            }
            UnitEvent::UnitUnlinked { community, .. } => {
                self.links.retain(|link| link.community != community.as_str());
            }
            UnitEvent::UnitReported { community, needs, resources, on } => {
                let earlier = self.reports.iter().position(|line| line.community == community.as_str());
                let times = earlier.map_or(0, |place| self.reports.remove(place).times);
                self.reports.push(UnitReportLine {
                    community: community.to_string(),
                    needs: needs.iter().map(ToString::to_string).collect(),
                    resources: resources.iter().map(ToString::to_string).collect(),
                    on: *on,
                    times: times + 1,
                });
                self.last_report_on = self.reports.iter().map(|line| line.on).max();
            }
            _ => {}
        }
        self.linked = !self.links.is_empty();
    }
}

impl Projection for Units {
    const NAME: &'static str = "units";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("units");
    const COLUMNS: &'static [&'static str] = &["division", "class", "linked", "upper", "last_report_on"];
    type Row = UnitRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Unit(
                UnitEvent::UnitEnrolled { .. }
                | UnitEvent::UnitLinked { .. }
                | UnitEvent::UnitUnlinked { .. }
                | UnitEvent::UnitReported { .. },
            ) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut UnitRow, event: &Recorded) {
        if let LedgerEvent::Unit(fact) = &event.event {
            row.take(fact, day(event));
        }
    }

    fn columns(_key: &str, row: &UnitRow) -> Vec<Option<String>> {
        vec![
            Some(row.division.clone()),
            row.class.map(|class| class.name().to_owned()),
            Some(if row.linked { "yes" } else { "no" }.to_owned()),
            row.upper.clone(),
            row.last_report_on.map(|on| on.to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("unit", key.to_owned())])
    }
}
