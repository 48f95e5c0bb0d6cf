//! Merging the community's score with the unit's own (D3, E10).

use super::{Appraisal, AppraisalEvent, Stage, refusal};
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::DivisionCode;

const HUNDRED: i64 = 100;
const UNIT_SCORE_MAX: i64 = 100_000;

/// The community's share of a merged score, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// In percent, at most 100.
    pub percent: u32,
    /// The street or community whose agreement sets it; none when it is the policy's default.
    pub agreed_by: Option<DivisionCode>,
}

impl Appraisal {
    /// Merges the filed card's total with the unit's own score: `community × w % + unit × (100 − w) %`, in hundredths of
    /// a point, rounded half away from zero. The same figures again are nothing to do; other figures need a reason.
    pub fn merge(
        &self,
        year: i32,
        unit_score_hundredths: i64,
        weight: &Weight,
        at: &Circumstance,
    ) -> Decision<Self> {
        let draft = self.on_the_table(year)?;
        if at.actor.role == Role::System {
            return Err(refusal::human_needed());
        }
        if self.stage != Stage::Filed {
            return Err(refusal::not_filed());
        }
        if !(0..=UNIT_SCORE_MAX).contains(&unit_score_hundredths) {
            return Err(refusal::score_range());
        }
        let percent = weight.percent.min(100);
        if let Some(had) = self.merged.as_ref().filter(|had| had.revision == self.filed) {
            if had.unit_score_hundredths == unit_score_hundredths && had.weight_percent == percent {
                return Ok(vec![]);
            }
            if at.reason.is_none() {
                return Err(refusal::merged_otherwise());
            }
        }
        let total = draft.figures.total;
        let merged = merged_hundredths(total, unit_score_hundredths, percent);
        Ok(vec![AppraisalEvent::EvaluationMerged {
            holder: draft.holder.clone(),
            year: draft.year,
            community: draft.community.clone(),
            revision: self.filed,
            community_score: total,
            unit_score_hundredths,
            weight_percent: percent,
            agreed_by: weight.agreed_by.clone(),
            policy: at.policy.label(),
            merged_hundredths: merged,
            formula: formula(total, unit_score_hundredths, percent, merged),
        }])
    }
}

/// The merged score in hundredths of a point, rounded half away from zero.
pub fn merged_hundredths(community_score: i64, unit_score_hundredths: i64, weight_percent: u32) -> i64 {
    let weight = i64::from(weight_percent.min(100));
    let community = community_score.saturating_mul(HUNDRED).saturating_mul(weight);
    let unit = unit_score_hundredths.saturating_mul(HUNDRED - weight);
    let sum = community.saturating_add(unit);
    let half = if sum < 0 { -HUNDRED / 2 } else { HUNDRED / 2 };
    sum.saturating_add(half) / HUNDRED
}

fn formula(community_score: i64, unit_score_hundredths: i64, percent: u32, merged: i64) -> String {
    format!(
        "{community_score} × {percent}% + {} × {}% = {}",
        decimal(unit_score_hundredths),
        100_u32.saturating_sub(percent),
        decimal(merged)
    )
}

/// Hundredths as a decimal number.
fn decimal(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let amount = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}
