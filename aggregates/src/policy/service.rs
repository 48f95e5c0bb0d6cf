//! The demand loop, its deadlines, and household pairs (C1–C14, F15).

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sourced;
use crate::demand::{DemandKind, Urgency};
use crate::ids::Term;

/// Demand rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandPolicy {
    /// Grades of difficulty and the points that each earns (C5).
    pub difficulties: Vec<Difficulty>,
    /// Days until an unfulfilled claim lapses.
    pub claim_days: Sourced<u32>,
    /// Live claims that one member may hold.
    pub live_claims_max: Sourced<u32>,
    /// Hours to answer a dispatch before the community may dispatch to another.
    pub answer_hours: Sourced<u32>,
    /// Days after completion in which the resident may rate; then the community rates in aggregate (C5).
    pub rating_days: Sourced<u32>,
    /// Stars at or below which the resident is unsatisfied: the demand may be reopened and a reminder goes out (E9).
    pub unsatisfied_stars: Sourced<u8>,
    /// How often a demand may be reopened.
    pub reopen_max: Sourced<u32>,
    /// How often a deadline may be extended.
    pub extensions_max: Sourced<u32>,
    /// Most working days of one extension.
    pub extension_workdays_max: Sourced<u32>,
    /// Fewest minutes that count as a service.
    pub minutes_min: Sourced<u32>,
    /// Most minutes of service that one member may be credited on one day.
    pub minutes_per_day_max: Sourced<u32>,
    /// The weekday of 百姓说事日 (C10); absent where none is held on a fixed day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk_day: Option<Sourced<DayOfWeek>>,
    /// Days after the end of a demand until its words and its contact are forgotten; 90 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_days: Option<Sourced<u32>>,
    /// Deadlines by kind and urgency (C11).
    pub slas: Vec<Sla>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayOfWeek {
    /// 周一
    Monday,
    /// 周二
    Tuesday,
    /// 周三
    Wednesday,
    /// 周四
    Thursday,
    /// 周五
    Friday,
    /// 周六
    Saturday,
    /// 周日
    Sunday,
}

impl DayOfWeek {
    /// Whether the date falls on this day.
    pub fn is(self, date: NaiveDate) -> bool {
        date.weekday().num_days_from_monday() == self as u32
    }

    /// 中文
    pub fn zh(self) -> &'static str {
        match self {
            Self::Monday => "周一",
            Self::Tuesday => "周二",
            Self::Wednesday => "周三",
            Self::Thursday => "周四",
            Self::Friday => "周五",
            Self::Saturday => "周六",
            Self::Sunday => "周日",
        }
    }

    /// English, in the plural: the days on which something is held.
    pub fn en(self) -> &'static str {
        match self {
            Self::Monday => "Mondays",
            Self::Tuesday => "Tuesdays",
            Self::Wednesday => "Wednesdays",
            Self::Thursday => "Thursdays",
            Self::Friday => "Fridays",
            Self::Saturday => "Saturdays",
            Self::Sunday => "Sundays",
        }
    }
}

/// A grade of difficulty (C5: 对服务事项难易程度核定分值).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difficulty {
    /// Short name: `easy`.
    pub name: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Points for a service of this difficulty, before stars.
    pub points: Sourced<i64>,
}

/// Named stages with their deadlines, for demands of a kind and urgency (C11). «1351» is one such policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sla {
    /// Short name: `wish`, `1351`.
    pub name: Term,
    /// The kinds of demand it governs.
    pub kinds: Vec<DemandKind>,
    /// The urgencies it governs.
    pub urgencies: Vec<Urgency>,
    /// The report or law that states it, or why we assume it.
    pub source: String,
    /// Stages in order; each counts from the placing of the demand, a department's answer from the whistle (F15).
    pub stages: Vec<Deadline>,
}

/// One stage's deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// What must have happened.
    pub stage: Stage,
    /// Within so long of the placing; a department's answer: of the whistle.
    pub within: Span,
}

/// What a deadline waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Screened by the community (受理).
    Screened,
    /// Taken by somebody: claimed or accepted (接单).
    Taken,
    /// Completed (办结).
    Completed,
    /// A department's answer to a whistle (F15).
    Answered,
}

/// A length of time in a named unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: SpanUnit,
}

/// The unit of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpanUnit {
    /// Hours on the clock.
    Hour,
    /// Calendar days: due at the end of the last.
    Day,
    /// Working days of the Chinese calendar: due at the end of the last.
    Workday,
}

/// Hardship pairs and their visits (C8, C9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingPolicy {
    /// Most households of one member (1+3 in 钟山区, 1 in 潞州区).
    pub households_max: Sourced<u32>,
    /// Visits due in each calendar month.
    pub visits_per_month: Sourced<u32>,
    /// Major holidays on which a visit is due.
    pub holidays: Sourced<Vec<Holiday>>,
    /// Days before a holiday from which on a visit counts for it.
    pub holiday_lead_days: Sourced<u32>,
    /// Days within which a visit on demand is due.
    pub on_demand_days: Sourced<u32>,
}

/// A major holiday; the lunar ones move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// 元旦
    NewYear,
    /// 春节（农历正月初一）
    SpringFestival,
    /// 清明
    Qingming,
    /// 劳动节
    LabourDay,
    /// 端午（农历五月初五）
    DragonBoat,
    /// 中秋（农历八月十五）
    MidAutumn,
    /// 国庆节
    NationalDay,
    /// 重阳（农历九月初九）
    DoubleNinth,
}

/// Days that words and contact of a demand are kept after its end, where a policy says nothing.
const CONTACT_DAYS: u32 = 90;

impl DemandPolicy {
    /// Days after the end of a demand until its words and its contact are forgotten.
    pub fn contact_days(&self) -> u32 {
        self.contact_days.as_ref().map_or(CONTACT_DAYS, |days| days.value)
    }

    /// The grade of difficulty of this name.
    pub fn difficulty(&self, name: &Term) -> Option<&Difficulty> {
        self.difficulties.iter().find(|difficulty| &difficulty.name == name)
    }

    /// The stages for a kind and urgency.
    pub fn sla(&self, kind: DemandKind, urgency: Urgency) -> Option<&Sla> {
        self.slas.iter().find(|sla| sla.kinds.contains(&kind) && sla.urgencies.contains(&urgency))
    }
}
