//! Members as they stand: unit, residence, reports, posts, groups, estates (A1–A5, A8, C6).
//!
//! The reason of an exclusion is not in the row: all three kinds look the same (A5). Missing reports are the rows whose
//! `missing_report` is `unit_linked`, `residence` or `both`; overdue ones those whose `first_report_due` is past.

use std::collections::BTreeMap;

use aggregates::member::{MemberEvent, MemberRank, MemberStatus, Residence, Standing};
use aggregates::points::Work;
use aggregates::policy::ReportKind;
use aggregates::{LedgerEvent, Recorded};
use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::day;
use crate::projection::Projection;

/// A member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemberRow {
    /// The member: opaque.
    pub member: String,
    /// Whether the member counts.
    pub status: MemberStatus,
    /// The unit.
    pub unit: String,
    /// The rank.
    pub rank: Option<MemberRank>,
    /// Categories of service the member is good at (C6).
    pub skills: Vec<String>,
    /// Business day of the enrolment.
    pub enrolled_on: Option<NaiveDate>,
    /// First day of retirement.
    pub retired_on: Option<NaiveDate>,
    /// First day of the exclusion that is in force or lies ahead (A5).
    pub excluded_from: Option<NaiveDate>,
    /// Its last day, when known.
    pub excluded_until: Option<NaiveDate>,
    /// The day from which `turn-exclusion` is due; a day in the past says that it is overdue.
    pub turns_on: Option<NaiveDate>,
    /// Where the member lives, and in which of the three ledgers (A4).
    pub residence: Option<Residence>,
    /// The reports owed, each with its last day (A2).
    pub due: BTreeMap<ReportKind, NaiveDate>,
    /// The reports owed and not made; none of those who do not count (A5).
    pub missing: Vec<ReportKind>,
    /// The earliest last day of a missing report.
    pub first_report_due: Option<NaiveDate>,
    /// Every report made.
    pub reports: Vec<ReportLine>,
    /// Every unit, the present one last.
    pub units: Vec<UnitSpell>,
    /// Every residence, the present one last.
    pub residences: Vec<ResidenceSpell>,
    /// Estates served in (A8).
    pub service_estates: Vec<ServiceEstate>,
    /// Groups joined (C6).
    pub groups: Vec<GroupLine>,
    /// How many posts have no recorded end.
    pub posts_count: u32,
    /// Every post on a grid's roster (B7).
    pub posts: Vec<PostLine>,
}

/// A report made (A2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportLine {
    /// To which of the two communities.
    pub kind: ReportKind,
    /// The community.
    pub community: String,
    /// Business day.
    pub on: NaiveDate,
    /// The batch it came in (A6).
    pub batch: Option<String>,
    /// Business day on which it lapsed: the member moved, or reported elsewhere.
    pub lapsed_on: Option<NaiveDate>,
    /// The event behind it.
    pub position: u64,
}

/// A time in a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitSpell {
    /// The unit.
    pub unit: String,
    /// First day.
    pub from: NaiveDate,
    /// First day in the next unit.
    pub left_on: Option<NaiveDate>,
}

/// A time in a residence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResidenceSpell {
    /// Where.
    pub residence: Residence,
    /// Business day on which it was recorded.
    pub from: NaiveDate,
    /// Business day on which the next one was recorded.
    pub left_on: Option<NaiveDate>,
}

/// An estate served in (A8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceEstate {
    /// The estate.
    pub estate: String,
    /// Its community when assigned.
    pub community: String,
    /// Business day of the assignment.
    pub since: NaiveDate,
}

/// A group joined (C6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupLine {
    /// The group.
    pub group: String,
    /// Its community.
    pub community: String,
    /// Business day of joining.
    pub since: NaiveDate,
}

/// A post, held or left (B7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PostLine {
    /// The grid.
    pub grid: String,
    /// The slot.
    pub slot: String,
    /// Duty, or voluntary.
    pub work: Work,
    /// First day.
    pub from: NaiveDate,
    /// First day no longer in it, once recorded; it may lie ahead.
    pub left_on: Option<NaiveDate>,
}

/// The projection.
pub struct Members;

impl MemberRow {
    fn take(&mut self, fact: &MemberEvent, event: &Recorded) {
        let day = day(event);
        match fact {
            MemberEvent::MemberEnrolled { unit, rank, skills, on, .. } => {
                self.rank = Some(*rank);
                self.skills = skills.iter().map(ToString::to_string).collect();
                self.enrolled_on = Some(*on);
                self.units.push(UnitSpell { unit: unit.to_string(), from: *on, left_on: None });
            }
            MemberEvent::MemberTransferred { to, on, .. } => {
                if let Some(last) = self.units.last_mut() {
                    last.left_on = Some(*on);
                }
                self.units.push(UnitSpell { unit: to.to_string(), from: *on, left_on: None });
            }
            MemberEvent::MemberRetired { on, .. } => {
                self.retired_on = Some(*on);
                (self.excluded_from, self.excluded_until, self.turns_on) = (None, None, None);
            }
            MemberEvent::MemberExcluded { from, until, .. } => self.exclude(*from, *until, day),
            MemberEvent::ExclusionBegan { .. } => self.turns_on = self.excluded_until.and_then(next),
            MemberEvent::MemberReinstated { .. } => {
                (self.excluded_from, self.excluded_until, self.turns_on) = (None, None, None);
            }
            MemberEvent::MemberReported { kind, community, batch, .. } => self.reports.push(ReportLine {
                kind: *kind,
                community: community.to_string(),
                on: day,
                batch: batch.as_ref().map(ToString::to_string),
                lapsed_on: None,
                position: event.position,
            }),
            _ => self.take_network(fact, day),
        }
        if let Some((_, after)) = fact.standings() {
            self.stand(after, day);
        }
    }

    fn exclude(&mut self, from: NaiveDate, until: Option<NaiveDate>, day: NaiveDate) {
        let over = until.is_some_and(|last| last < day);
        if over && self.status != MemberStatus::Excluded {
            return;
        }
        self.excluded_from = Some(from);
        self.excluded_until = until;
        self.turns_on = if from > day { Some(from) } else { until.and_then(next) };
    }

    fn take_network(&mut self, fact: &MemberEvent, day: NaiveDate) {
        match fact {
            MemberEvent::MemberAssignedToEstate { estate, community } => {
                let (estate, community) = (estate.to_string(), community.to_string());
                self.service_estates.push(ServiceEstate { estate, community, since: day });
            }
            MemberEvent::MemberLeftEstate { estate, .. } => {
                self.service_estates.retain(|line| line.estate != estate.as_str());
            }
            MemberEvent::GroupJoined { group, community } => {
                let (group, community) = (group.to_string(), community.to_string());
                self.groups.push(GroupLine { group, community, since: day });
            }
            MemberEvent::GroupLeft { group, .. } => self.groups.retain(|line| line.group != group.as_str()),
            MemberEvent::PostTaken { grid, slot, work, from } => self.posts.push(PostLine {
                grid: grid.to_string(),
                slot: slot.to_string(),
                work: *work,
                from: *from,
                left_on: None,
            }),
            MemberEvent::PostLeft { grid, slot, on } => {
                let mut latest = self.posts.iter_mut().rev();
                if let Some(post) =
                    latest.find(|post| post.grid == grid.as_str() && post.slot == slot.as_str())
                {
                    post.left_on = Some(*on);
                }
            }
            _ => {}
        }
        self.posts_count = {
            let held = self.posts.iter().filter(|post| post.left_on.is_none());
            u32::try_from(held.count()).unwrap_or(u32::MAX)
        };
    }

    fn stand(&mut self, standing: Standing, day: NaiveDate) {
        let missing = standing.missing();
        self.first_report_due = missing.values().min().copied();
        self.missing = missing.into_keys().collect();
        for kind in [ReportKind::UnitLinked, ReportKind::Residence] {
            let mut stands = standing.has_made(kind);
            let lines = self.reports.iter_mut().rev().filter(|line| line.kind == kind);
            for line in lines {
                if !stands && line.lapsed_on.is_none() {
                    line.lapsed_on = Some(day);
                }
                stands = false;
            }
        }
        if self.residence != standing.residence
            && let Some(residence) = standing.residence.clone()
        {
            if let Some(last) = self.residences.last_mut() {
                last.left_on = Some(day);
            }
            self.residences.push(ResidenceSpell { residence, from: day, left_on: None });
        }
        self.residence = standing.residence;
        self.status = standing.status;
        self.unit = standing.unit.map(|unit| unit.to_string()).unwrap_or_default();
        self.due = standing.due;
    }

    fn missing_report(&self) -> Option<&'static str> {
        match self.missing.as_slice() {
            [] => None,
            [one] => Some(one.name()),
            _ => Some("both"),
        }
    }

    fn reported_to(&self, kind: ReportKind) -> Option<String> {
        let line = self.reports.iter().find(|line| line.kind == kind && line.lapsed_on.is_none())?;
        Some(line.community.clone())
    }
}

fn next(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(1))
}

impl Projection for Members {
    const NAME: &'static str = "members";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("members");
    const COLUMNS: &'static [&'static str] = &[
        "unit",
        "community",
        "status",
        "missing_report",
        "first_report_due",
        "ledger",
        "estate",
        "linked_community",
        "turns_on",
    ];
    type Row = MemberRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        use MemberEvent as E;
        let LedgerEvent::Member(fact) = &event.event else { return vec![] };
        let told = fact.standings().is_some()
            || matches!(
                fact,
                E::MemberExcluded { .. }
                    | E::MemberAssignedToEstate { .. }
                    | E::MemberLeftEstate { .. }
                    | E::GroupJoined { .. }
                    | E::GroupLeft { .. }
                    | E::PostTaken { .. }
                    | E::PostLeft { .. }
            );
        if told { vec![event.stream_id.clone()] } else { vec![] }
    }

    fn fold(_key: &str, row: &mut MemberRow, event: &Recorded) {
        if let LedgerEvent::Member(fact) = &event.event {
            event.stream_id.as_str().clone_into(&mut row.member);
            row.take(fact, event);
        }
    }

    fn columns(_key: &str, row: &MemberRow) -> Vec<Option<String>> {
        let home = row.residence.as_ref();
        vec![
            Some(row.unit.clone()),
            home.map(|home| home.community.to_string()),
            Some(row.status.name().to_owned()),
            row.missing_report().map(str::to_owned),
            row.first_report_due.map(|day| day.to_string()),
            Some(home.map_or("none", |home| home.ledger.name()).to_owned()),
            home.and_then(|home| home.estate.as_ref()).map(ToString::to_string),
            row.reported_to(ReportKind::UnitLinked),
            row.turns_on.map(|day| day.to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("member", key.to_owned())])
    }
}
