//! The register of emergencies (F3): `/v1/emergencies`.

use aggregates::emergency::{EmergencyEvent, EmergencyOutcome, Scope};
use aggregates::ids::{DivisionCode, GridCode};
use aggregates::{LedgerEvent, Recorded, when};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// Whether an emergency is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyState {
    /// 应急中
    InForce,
    /// 已解除
    Over,
}

impl EmergencyState {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Over => "over",
        }
    }
}

/// An emergency. Moments are RFC 3339 in the business zone, to the second. How many are due changes with the rosters of the grids:
/// the emergency's own roster tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyRow {
    /// The emergency.
    pub emergency: String,
    /// Code of the plan in force.
    pub plan: String,
    /// The plan's public title.
    pub title: String,
    /// The division that it is for.
    pub scope: String,
    /// Only these grids of it; all of it when empty.
    pub grids: Vec<String>,
    /// Whether it is in force.
    pub state: Option<EmergencyState>,
    /// Declared at.
    pub declared_at: String,
    /// Stood down at.
    pub stood_down_at: Option<String>,
    /// How it ended.
    pub outcome: Option<EmergencyOutcome>,
    /// How many members have come.
    pub mustered: u32,
    /// Of these, how many hold a post in the grid that they came to.
    pub mustered_posted: u32,
}

impl EmergencyRow {
    /// Where it is; nothing where the row's codes are none.
    pub fn place(&self) -> Option<Scope> {
        let grids = self.grids.iter().map(GridCode::new).collect::<Result<_, _>>().ok()?;
        Some(Scope { division: DivisionCode::new(&self.scope).ok()?, grids })
    }
}

/// The projection.
pub struct Emergencies;

impl Projection for Emergencies {
    const NAME: &'static str = "emergencies";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("emergencies");
    const COLUMNS: &'static [&'static str] = &["scope", "state", "plan", "declared_at"];
    type Row = EmergencyRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Emergency(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut EmergencyRow, event: &Recorded) {
        let LedgerEvent::Emergency(fact) = &event.event else { return };
        match fact {
            EmergencyEvent::EmergencyDeclared { emergency, scope, grids, plan, title } => {
                *row = EmergencyRow {
                    emergency: emergency.to_string(),
                    plan: plan.to_string(),
                    title: title.clone(),
                    scope: scope.to_string(),
                    grids: grids.iter().map(ToString::to_string).collect(),
                    state: Some(EmergencyState::InForce),
                    declared_at: when::stamp(&event.meta.occurred_at),
                    ..EmergencyRow::default()
                };
            }
            EmergencyEvent::MemberMustered { posted, .. } => {
                row.mustered += 1;
                row.mustered_posted += u32::from(*posted);
            }
            EmergencyEvent::EmergencyStoodDown { outcome, .. } => {
                row.state = Some(EmergencyState::Over);
                row.stood_down_at = Some(when::stamp(&event.meta.occurred_at));
                row.outcome = Some(*outcome);
            }
        }
    }

    fn columns(_key: &str, row: &EmergencyRow) -> Vec<Option<String>> {
        vec![
            Some(row.scope.clone()),
            row.state.map(|state| state.name().to_owned()),
            Some(row.plan.clone()),
            Some(row.declared_at.clone()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("emergency", key.to_owned())])
    }
}
