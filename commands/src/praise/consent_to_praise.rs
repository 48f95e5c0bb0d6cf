//! Consent to be praised (E9).

use aggregates::ids::MemberId;
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The member consents to be named on praise lists, or takes that back; then every praise leaves its list (E9).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentToPraise {
    /// The member, in person.
    pub member: MemberId,
    /// Whether praise may be published.
    pub consents: bool,
}

#[async_trait]
impl Command for ConsentToPraise {
    const NAME: &'static str = "consent-to-praise";
    const TITLE: &'static str = "同意公开表扬";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting.record(member, move |member| member.consent_to_praise(&it.member, it.consents, &at)).await?;
        Ok(())
    }
}
