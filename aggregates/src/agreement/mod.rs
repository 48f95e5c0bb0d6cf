//! Agreements between a street or community and a resident unit; here: the agreed weight of the community's score in the
//! unit's own appraisal of its members (六枝特区九龙街道: 40 %, D3).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::circumstance::Circumstance;
use crate::decider::{Decider, Decision};
use crate::ids::{DivisionCode, Level, Term, UnitId};

crate::refusals! { "agreement";
    /// A share of a whole.
    percent_range() Invalid at "percent":
        "权重应为 0 至 100", "the weight must be 0 to 100 percent";
    /// Streets and communities agree with units.
    division_level() Invalid at "division":
        "协议应由街道（乡镇）或社区与单位签订", "a street or a community agrees with the unit";
    /// At least one item of service, each once.
    items_needed() Invalid at "items":
        "请列出协议涉及的服务事项，不得重复", "name the items of service that are agreed on, each once";
    /// The day has another weight already.
    agreed_otherwise(from: NaiveDate) Rule at "from":
        "自 {from} 起已有不同约定", "another weight is agreed from {from} on";
}

/// A fact of an agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum AgreementEvent {
    /// The weight of the community's score was agreed (D3).
    WeightAgreed {
        /// The street or community.
        division: DivisionCode,
        /// The unit.
        unit: UnitId,
        /// The community's share in percent.
        percent: u32,
        /// The items of service whose ratings count (10余项), by their code in the duty catalogue or a local name.
        items: Vec<Term>,
        /// From this day on.
        from: NaiveDate,
    },
}

crate::facts!(AgreementEvent: WeightAgreed "1.0");

/// What the rules of an agreement read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    weights: BTreeMap<NaiveDate, (u32, Vec<Term>)>,
}

impl Decider for Agreement {
    const TYPE: &'static str = "agreement";
    type Event = AgreementEvent;

    fn evolve(&mut self, fact: &AgreementEvent) {
        let AgreementEvent::WeightAgreed { percent, items, from, .. } = fact;
        self.weights.insert(*from, (*percent, items.clone()));
    }
}

/// The stream of the agreement between a division and a unit.
pub fn stream(division: &DivisionCode, unit: &UnitId) -> String {
    format!("{division}:{unit}")
}

impl Agreement {
    /// Agrees on the weight from a day on. Another weight from the same day needs a reason in the envelope.
    pub fn agree_weight(
        &self,
        division: &DivisionCode,
        unit: &UnitId,
        percent: u32,
        items: &[Term],
        from: NaiveDate,
        at: &Circumstance,
    ) -> Decision<Self> {
        if percent > 100 {
            return Err(percent_range());
        }
        if !matches!(division.level(), Level::Street | Level::Community) {
            return Err(division_level());
        }
        let mut once = items.to_vec();
        once.sort();
        once.dedup();
        if items.is_empty() || once.len() < items.len() {
            return Err(items_needed());
        }
        match self.weights.get(&from) {
            Some((had, listed)) if *had == percent && listed == items => return Ok(vec![]),
            Some(_) if at.reason.is_none() => return Err(agreed_otherwise(from)),
            _ => {}
        }
        Ok(vec![AgreementEvent::WeightAgreed {
            division: division.clone(),
            unit: unit.clone(),
            percent,
            items: items.to_vec(),
            from,
        }])
    }

    /// The weight agreed for a day.
    pub fn weight_on(&self, date: NaiveDate) -> Option<u32> {
        self.weights.range(..=date).next_back().map(|(_, (percent, _))| *percent)
    }
}

#[cfg(test)]
mod tests;
