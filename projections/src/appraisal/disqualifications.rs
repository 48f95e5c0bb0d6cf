//! Misconduct on duty and disqualifications by year, with appeals (E6).

use aggregates::ids::{CommunityCode, Term};
use aggregates::member::{MemberEvent, MisconductGround};
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// Where a member stands in a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisqualificationStatus {
    /// Misconduct is on record, no disqualification.
    #[default]
    Recorded,
    /// 已取消年度评先评优资格
    Disqualified,
    /// The disqualification was lifted.
    Lifted,
}

impl DisqualificationStatus {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Disqualified => "disqualified",
            Self::Lifted => "lifted",
        }
    }
}

/// A member's year.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DisqualificationRow {
    /// The member.
    pub member: String,
    /// The year.
    pub year: i32,
    /// Where the member stands.
    pub status: DisqualificationStatus,
    /// The member's unit at the disqualification.
    pub unit: Option<String>,
    /// The community where the last duty was.
    pub community: String,
    /// The records behind the disqualification.
    pub rests_on: Vec<String>,
    /// Last day to appeal against the disqualification.
    pub appeal_until: Option<NaiveDate>,
    /// Whether the disqualification was appealed, and how that ended; absent when it was not.
    pub appeal: Option<Appeal>,
    /// Every record of the year.
    pub cases: Vec<CaseLine>,
}

/// How an appeal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Appeal {
    /// Waits for its decision.
    Pending,
    /// Upheld.
    Upheld,
    /// Rejected.
    Rejected,
}

/// A record of misconduct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseLine {
    /// `2026-1` …
    pub case: String,
    /// The ground.
    pub ground: MisconductGround,
    /// The grid of the duty.
    pub grid: String,
    /// On which day.
    pub on: NaiveDate,
    /// Last day to appeal.
    pub appeal_until: NaiveDate,
    /// Its appeal, when there was one.
    pub appeal: Option<Appeal>,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// The event behind it.
    pub position: u64,
}

/// The projection.
pub struct Disqualifications;

fn year_and_place(fact: &MemberEvent) -> Option<(i32, &CommunityCode)> {
    use MemberEvent as E;
    match fact {
        E::MisconductRecorded { year, community, .. }
        | E::MisconductWithdrawn { year, community, .. }
        | E::MemberDisqualified { year, community, .. }
        | E::DisqualificationLifted { year, community }
        | E::AppealFiled { year, community, .. }
        | E::AppealDecided { year, community, .. } => Some((*year, community)),
        _ => None,
    }
}

impl DisqualificationRow {
    fn case(&mut self, case: &Term) -> Option<&mut CaseLine> {
        self.cases.iter_mut().find(|line| line.case == case.as_str())
    }

    fn set_appeal(&mut self, case: Option<&Term>, appeal: Appeal) {
        match case {
            Some(case) => {
                if let Some(line) = self.case(case) {
                    line.appeal = Some(appeal);
                }
            }
            None => self.appeal = Some(appeal),
        }
    }

    fn take(&mut self, fact: &MemberEvent, position: u64) {
        use MemberEvent as E;
        match fact {
            E::MisconductRecorded { case, ground, grid, on, appeal_until, .. } => self.cases.push(CaseLine {
                case: case.to_string(),
                ground: *ground,
                grid: grid.to_string(),
                on: *on,
                appeal_until: *appeal_until,
                appeal: None,
                withdrawn: false,
                position,
            }),
            E::MisconductWithdrawn { case, .. } => {
                if let Some(line) = self.case(case) {
                    line.withdrawn = true;
                }
            }
            E::MemberDisqualified { cases, unit, appeal_until, .. } => {
                self.status = DisqualificationStatus::Disqualified;
                self.unit = unit.as_ref().map(ToString::to_string);
                self.rests_on = cases.iter().map(ToString::to_string).collect();
                self.appeal_until = Some(*appeal_until);
                self.appeal = None;
            }
            E::DisqualificationLifted { .. } => self.status = DisqualificationStatus::Lifted,
            E::AppealFiled { case, .. } => self.set_appeal(case.as_ref(), Appeal::Pending),
            E::AppealDecided { case, upheld, .. } => {
                let outcome = if *upheld { Appeal::Upheld } else { Appeal::Rejected };
                self.set_appeal(case.as_ref(), outcome);
            }
            _ => {}
        }
    }
}

impl Projection for Disqualifications {
    const NAME: &'static str = "disqualifications";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("disqualifications");
    const COLUMNS: &'static [&'static str] = &["member", "year", "status", "unit", "community"];
    type Row = DisqualificationRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let LedgerEvent::Member(fact) = &event.event else { return vec![] };
        year_and_place(fact)
            .map(|(year, _)| format_smolstr!("{}/{year}", event.stream_id))
            .into_iter()
            .collect()
    }

    fn fold(_key: &str, row: &mut DisqualificationRow, event: &Recorded) {
        let LedgerEvent::Member(fact) = &event.event else { return };
        let Some((year, community)) = year_and_place(fact) else { return };
        event.stream_id.as_str().clone_into(&mut row.member);
        row.year = year;
        row.community = community.to_string();
        row.take(fact, event.position);
    }

    fn columns(_key: &str, row: &DisqualificationRow) -> Vec<Option<String>> {
        vec![
            Some(row.member.clone()),
            Some(row.year.to_string()),
            Some(row.status.name().to_owned()),
            row.unit.clone(),
            Some(row.community.clone()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (member, _) = key.rsplit_once('/')?;
        Some(vec![("member", member.to_owned())])
    }
}
