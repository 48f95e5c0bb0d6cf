//! The community's score merged with the unit's own, by year, with the calculation shown (D3, E10).

use aggregates::appraisal::AppraisalEvent;
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// A merged evaluation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MergedEvaluation {
    /// `member` or `unit`.
    pub holder_kind: String,
    /// The holder's id.
    pub holder: String,
    /// The year.
    pub year: i32,
    /// The community that reported.
    pub community: String,
    /// The merger that stands.
    pub current: Option<MergerLine>,
    /// Mergers that were corrected, oldest first.
    pub earlier: Vec<MergerLine>,
    /// Whether the filed card was corrected since: it must be merged anew after the next filing.
    pub outdated: bool,
}

/// One merger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MergerLine {
    /// The filing of the feedback card that it was merged from.
    pub revision: u32,
    /// Total of the filed card.
    pub community_score: i64,
    /// The unit's own score in hundredths of a point.
    pub unit_score_hundredths: i64,
    /// The community's share in percent.
    pub weight_percent: u32,
    /// The street or community whose agreement with the unit sets the weight; none when it is the policy's.
    pub agreed_by: Option<String>,
    /// `name@version` of the policy in force.
    pub policy: String,
    /// In hundredths of a point, rounded half away from zero.
    pub merged_hundredths: i64,
    /// The calculation, spelled out.
    pub formula: String,
    /// Why an earlier merger was corrected.
    pub reason: Option<String>,
    /// Business time.
    pub merged_at: String,
    /// The event.
    pub position: u64,
}

/// The projection.
pub struct MergedEvaluations;

impl Projection for MergedEvaluations {
    const NAME: &'static str = "merged_evaluations";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("merged-evaluations");
    const COLUMNS: &'static [&'static str] = &["holder_kind", "holder", "year", "community"];
    type Row = MergedEvaluation;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Appraisal(
                AppraisalEvent::EvaluationMerged { .. } | AppraisalEvent::CardOutdated { .. },
            ) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut MergedEvaluation, event: &Recorded) {
        let LedgerEvent::Appraisal(AppraisalEvent::EvaluationMerged {
            holder,
            year,
            community,
            revision,
            community_score,
            unit_score_hundredths,
            weight_percent,
            agreed_by,
            policy,
            merged_hundredths,
            formula,
        }) = &event.event
        else {
            row.outdated = true;
            return;
        };
        holder.kind().clone_into(&mut row.holder_kind);
        holder.id().clone_into(&mut row.holder);
        row.year = *year;
        row.community = community.to_string();
        row.outdated = false;
        row.earlier.extend(row.current.take());
        row.current = Some(MergerLine {
            revision: *revision,
            community_score: *community_score,
            unit_score_hundredths: *unit_score_hundredths,
            weight_percent: *weight_percent,
            agreed_by: agreed_by.as_ref().map(ToString::to_string),
            policy: policy.clone(),
            merged_hundredths: *merged_hundredths,
            formula: formula.clone(),
            reason: event.meta.reason.as_deref().map(ToOwned::to_owned),
            merged_at: event.meta.occurred_at.to_rfc3339(),
            position: event.position,
        });
    }

    fn columns(_key: &str, row: &MergedEvaluation) -> Vec<Option<String>> {
        vec![
            Some(row.holder_kind.clone()),
            Some(row.holder.clone()),
            Some(row.year.to_string()),
            Some(row.community.clone()),
        ]
    }

    fn is_gone(row: &MergedEvaluation) -> bool {
        row.current.is_none()
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("appraisal", key.to_owned())])
    }
}
