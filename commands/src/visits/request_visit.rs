//! A visit on demand (C9).

use aggregates::household::Household;
use aggregates::ids::{DemandId, HouseholdId, MemberId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The household asks for a visit (居民有需求必访, C9) by the member named, or by its only one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestVisit {
    /// Opaque.
    pub household: HouseholdId,
    /// Which of its members, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The request's name, such as the demand that it comes from; made from the command id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<DemandId>,
}

#[async_trait]
impl Command for RequestVisit {
    const NAME: &'static str = "request-visit";
    const TITLE: &'static str = "请求走访";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let household = sitting.open::<Household>(self.household.as_str()).await?;
        let it = self.clone();
        let request = match it.request {
            Some(request) => request,
            None => DemandId::new(format!("r-{}", sitting.derived_id().simple())).unwrap_or_default(),
        };
        sitting
            .record(household, move |household| {
                household.request_visit(&it.household, &request, it.member.as_ref(), &at)
            })
            .await?;
        Ok(())
    }
}
