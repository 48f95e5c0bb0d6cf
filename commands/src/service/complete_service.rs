//! Completion (C1, C14).

use aggregates::demand::{Demand, Served, ServiceForm, Taker, refusal};
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::member::Member;
use aggregates::unit::Unit;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The taker completes the demand, naming who served how many minutes (C1). Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteService {
    /// The demand.
    pub demand: DemandId,
    /// The member who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Minutes that the member served; for a member who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Who of the unit served how long; for a unit that took it.
    #[serde(default)]
    pub served: Vec<Served>,
    /// On which day; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// The form of service (C14); undertaking when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ServiceForm>,
}

#[async_trait]
impl Command for CompleteService {
    const NAME: &'static str = "complete-service";
    const TITLE: &'static str = "办结服务";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let served = self.served_by(&taker);
        let on = self.on.unwrap_or_else(|| at.date());
        let form = self.form.unwrap_or(ServiceForm::Undertaking);
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let particulars = sitting.see(demand).particulars(&self.demand)?.clone();
        let Some((_, work)) = sitting.see(demand).taker().map(|(taker, work)| (taker.clone(), work)) else {
            let (id, by, them) = (self.demand.clone(), taker, served);
            sitting.record(demand, move |demand| demand.complete(&id, &by, &them, on, form, &at)).await?;
            return Ok(());
        };
        let (id, by, them, now) = (self.demand.clone(), taker.clone(), served.clone(), at.clone());
        sitting.record(demand, move |demand| demand.complete(&id, &by, &them, on, form, &now)).await?;
        for one in &served {
            let member = sitting.open::<Member>(one.member.as_str()).await?;
            if let Taker::Unit(unit) = &taker
                && sitting.see(member).unit() != Some(unit)
            {
                return Err(refusal::served_by_others().into());
            }
            let (who, minutes, id, now) = (one.member.clone(), one.minutes, self.demand.clone(), at.clone());
            let (community, category) = (particulars.community.clone(), particulars.category.clone());
            sitting
                .record(member, move |member| {
                    member.serve(&who, &id, &community, &category, minutes, on, work, &now)
                })
                .await?;
        }
        if let Taker::Unit(unit) = &taker {
            let unit = sitting.open::<Unit>(unit.as_str()).await?;
            let minutes = served.iter().map(|one| one.minutes).sum();
            let members = u32::try_from(served.len()).unwrap_or(u32::MAX);
            let (id, community) = (self.demand.clone(), particulars.community);
            sitting.record(unit, move |unit| unit.serve(&id, &community, minutes, members)).await?;
        }
        Ok(())
    }
}

impl CompleteService {
    fn served_by(&self, taker: &Taker) -> Vec<Served> {
        match (taker, self.minutes) {
            (Taker::Member(member), Some(minutes)) if self.served.is_empty() => {
                vec![Served { member: member.clone(), minutes }]
            }
            _ => self.served.clone(),
        }
    }
}
