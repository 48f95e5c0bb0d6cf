//! The residence ledger (A4).

use aggregates::estate::Estate;
use aggregates::ids::{CommunityCode, EstateId, MemberId};
use aggregates::member::{DwellingKind, LedgerKind, Member};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Records where a member lives, to estate or building (A4). The address itself is not held.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordResidence {
    /// The member.
    pub member: MemberId,
    /// The community.
    pub community: CommunityCode,
    /// The kind of dwelling; it decides the ledger.
    pub dwelling: DwellingKind,
    /// The estate or building, for the first two ledgers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estate: Option<EstateId>,
}

#[async_trait]
impl Command for RecordResidence {
    const NAME: &'static str = "record-residence";
    const TITLE: &'static str = "登记居住地";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        super::must_know_community(sitting, &self.community).await?;
        if let Some(estate) = &self.estate {
            let housing = sitting.look::<Estate>(estate.as_str()).await?;
            if at.policy.enrolment.ledger_for(self.dwelling) != LedgerKind::Community {
                housing.must_house(estate, &self.community, self.dwelling)?;
            }
        }
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting
            .record(member, move |member| {
                member.record_residence(&it.member, &it.community, it.dwelling, it.estate.as_ref(), &at)
            })
            .await?;
        Ok(())
    }
}
