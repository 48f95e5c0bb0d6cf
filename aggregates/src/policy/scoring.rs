//! Point cards, feedback cards, merged appraisals, discipline (C5, D1–D3, E6, E9, E10).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sourced;
use crate::ids::Term;

/// The yearly point card (D1): base + bonuses − penalties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CardPolicy {
    /// Points that a card opens with.
    pub base: Sourced<i64>,
    /// The card never shows less.
    pub floor: Sourced<i64>,
    /// The card never shows more; absent for no cap.
    pub cap: Sourced<Option<i64>>,
    /// What a rating makes of a service's difficulty points, by stars (C5).
    pub stars: Vec<StarRule>,
    /// Of a unit's member's service points, so many percent go to the unit's card as well.
    pub unit_share_percent: Sourced<u32>,
    /// The clauses under which bonuses and penalties are recorded.
    pub clauses: Vec<Clause>,
}

/// Percent of the difficulty points earned at so many stars; may be negative (差评减分).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StarRule {
    /// 1 to 5.
    pub stars: u8,
    /// Of the difficulty's points.
    pub percent: Sourced<i64>,
}

/// Whether a clause adds or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// 优秀表现加分
    Bonus,
    /// 差评减分
    Penalty,
}

/// One clause of a point policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Short name: `excellent_service`.
    pub name: Term,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Adds or takes.
    pub kind: ClauseKind,
    /// Whose card: member, unit or both.
    pub holders: Vec<CardHolderKind>,
    /// Points each time: a positive number, taken off for a penalty.
    pub points: Sourced<i64>,
    /// Most points of this clause in one year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly_max: Option<Sourced<i64>>,
}

/// Whose card a clause speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardHolderKind {
    /// 党员积分卡
    Member,
    /// 单位积分卡
    Unit,
}

/// Feedback card and merged appraisal (D2, D3, E10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppraisalPolicy {
    /// From the highest down; a total at or above `at_least` gets the grade.
    pub grades: Vec<GradeStep>,
    /// Days in which the person or unit may object to a draft.
    pub objection_days: Sourced<u32>,
    /// The community's share of the merged score in percent (D3: 40 in 九龙街道), unless an agreement says otherwise.
    pub community_weight_percent: Sourced<u32>,
}

/// 优秀、良好、一般、差 (D2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 差
    Poor,
    /// 一般
    Fair,
    /// 良好
    Good,
    /// 优秀
    Excellent,
}

/// The threshold of a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeStep {
    /// The grade.
    pub grade: Grade,
    /// Lowest total that gets it.
    pub at_least: Sourced<i64>,
}

/// Misconduct on duty (E6). Voluntary service is never a ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisciplinePolicy {
    /// The closed list of grounds.
    pub grounds: Sourced<Vec<crate::member::MisconductGround>>,
    /// Records of misconduct in a year from which on the member may be disqualified.
    pub records_to_disqualify: Sourced<u32>,
    /// Days in which an appeal may be filed.
    pub appeal_days: Sourced<u32>,
}

impl CardPolicy {
    /// The clause of this name.
    pub fn clause(&self, name: &Term) -> Option<&Clause> {
        self.clauses.iter().find(|clause| &clause.name == name)
    }

    /// Points that a service of `difficulty_points` earns at `stars`, rounded half away from zero (C5).
    pub fn service_points(&self, difficulty_points: i64, stars: u8) -> i64 {
        let percent = self.stars.iter().find(|rule| rule.stars == stars).map_or(0, |rule| rule.percent.value);
        percent_of(difficulty_points, percent)
    }
}

/// So many percent of an amount, rounded half away from zero, so that taking mirrors giving.
pub fn percent_of(amount: i64, percent: i64) -> i64 {
    let hundredths = amount.saturating_mul(percent);
    let half = if hundredths < 0 { -50 } else { 50 };
    hundredths.saturating_add(half) / 100
}

impl AppraisalPolicy {
    /// The grade of a total; the lowest when no step fits.
    pub fn grade(&self, total: i64) -> Grade {
        self.grades
            .iter()
            .filter(|step| total >= step.at_least.value)
            .map(|step| step.grade)
            .max()
            .unwrap_or(Grade::Poor)
    }
}
