//! A bonus under a clause of the policy (优秀表现加分, D1).

use aggregates::ids::{CommunityCode, MemberId, Term, UnitId};
use aggregates::points::{Holder, Work};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A bonus under a clause of the policy (优秀表现加分, D1). Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardBonus {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The clause of the policy in force.
    pub clause: Term,
    /// Duty or voluntary service.
    pub work: Work,
    /// The community that gives it.
    pub community: CommunityCode,
}

#[async_trait]
impl Command for AwardBonus {
    const NAME: &'static str = "award-bonus";
    const TITLE: &'static str = "加分";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        crate::enrolment::must_know_community(sitting, &self.community).await?;
        let it = self.clone();
        match super::holder(self.member.as_ref(), self.unit.as_ref())? {
            Holder::Member(id) => {
                let who = id.clone();
                super::on_member(sitting, &id, move |member| {
                    member.award(&who, &it.clause, it.work, &it.community, &at)
                })
                .await?;
            }
            Holder::Unit(id) => {
                let who = id.clone();
                super::on_unit(sitting, &id, move |unit| {
                    unit.award(&who, &it.clause, it.work, &it.community, &at)
                })
                .await?;
            }
        }
        Ok(())
    }
}
