//! The end of a pair (C8, C9).

use aggregates::ids::{HouseholdId, MemberId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Ends a pair; its visits stay on record (C8, C9).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndPair {
    /// Opaque.
    pub household: HouseholdId,
    /// The member who helps.
    pub member: MemberId,
}

#[async_trait]
impl Command for EndPair {
    const NAME: &'static str = "end-pair";
    const TITLE: &'static str = "解除结对";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        super::end_pair(sitting, &self.household, &self.member).await
    }
}
