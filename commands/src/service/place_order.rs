//! Places an order (居民点单, C1).

use aggregates::demand::{Channel, DemandKind, NewDemand, Urgency};
use aggregates::ids::{ActorId, CommunityCode, DemandId, EstateId, GridCode, HouseholdId, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::personal::{Line, Sentences};
use crate::vault::Whose;
use crate::{Command, Sitting, Trouble};

/// Places an order (居民点单, C1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The demand; made from the command id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand: Option<DemandId>,
    /// By which way it comes.
    pub channel: Channel,
    /// Entry of the duty catalogue.
    pub category: Term,
    /// Its community.
    pub community: CommunityCode,
    /// Its grid, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridCode>,
    /// Its estate or building, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estate: Option<EstateId>,
    /// The key household that asks, when one does: opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    /// Who asks: opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_by: Option<ActorId>,
    /// How pressing.
    pub urgency: Urgency,
    /// What is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Sentences>,
    /// Whom to ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<Line>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<Line>,
    /// Where to come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_address: Option<Line>,
}

#[async_trait]
impl Command for PlaceOrder {
    const NAME: &'static str = "place-order";
    const TITLE: &'static str = "居民点单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let it = self.clone();
        let new = NewDemand {
            kind: DemandKind::Order,
            channel: it.channel,
            category: it.category,
            community: it.community,
            grid: it.grid,
            estate: it.estate,
            household: it.household,
            placed_by: it.placed_by,
            urgency: it.urgency,
            words: super::words(sitting),
        };
        super::place(sitting, it.demand, new).await
    }

    fn personal(&self) -> Vec<(&'static str, &str)> {
        let contact = [&self.contact_name, &self.contact_phone, &self.contact_address];
        super::told_words(self.text.as_ref(), contact)
    }

    async fn whose(&self, sitting: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        let demand = super::demand_id(sitting, self.demand.as_ref());
        Ok(super::asked_by(&demand, self.placed_by.as_ref())?)
    }
}
