//! Completion (C1, C14).

use aggregates::demand::{Completion, Demand, Served, ServiceForm, Taker};
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::member::{Member, Rendered, refusal};
use aggregates::unit::Unit;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command::told;
use crate::personal::{Photo, Sentences};
use crate::vault::Whose;
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
    pub served: Vec<ServedMinutes>,
    /// On which day; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// The form of service (C14); undertaking when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ServiceForm>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sentences>,
    /// A photo of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Photo>,
}

/// Who of a unit served how long.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServedMinutes {
    /// The member.
    pub member: MemberId,
    /// Minutes of service.
    pub minutes: u32,
}

#[async_trait]
impl Command for CompleteService {
    const NAME: &'static str = "complete-service";
    const TITLE: &'static str = "办结服务";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let particulars = sitting.see(demand).particulars(&self.demand)?.clone();
        let work = sitting.see(demand).taker().map(|(_, work)| work);
        let done = Completion {
            served: self.served_for(&taker, sitting).await?,
            taker,
            on: self.on.unwrap_or_else(|| at.date()),
            form: self.form.unwrap_or(ServiceForm::Undertaking),
            note: sitting.sealed("note"),
            photo: sitting.sealed("photo"),
        };
        let (id, all, now) = (self.demand.clone(), done.clone(), at.clone());
        let facts = sitting.record(demand, move |demand| demand.complete(&id, &all, &now)).await?;
        let Some(work) = work.filter(|_| !facts.is_empty()) else { return Ok(()) };
        for one in &done.served {
            let member = sitting.open::<Member>(one.member.as_str()).await?;
            let (who, now) = (one.member.clone(), at.clone());
            let service = Rendered {
                demand: self.demand.clone(),
                community: particulars.community.clone(),
                category: particulars.category.clone(),
                minutes: one.minutes,
                on: done.on,
                work,
            };
            sitting.record(member, move |member| member.serve(&who, &service, &now)).await?;
        }
        if let Taker::Unit(unit) = &done.taker {
            let unit = sitting.open::<Unit>(unit.as_str()).await?;
            let minutes = done.served.iter().map(|one| one.minutes).fold(0, u32::saturating_add);
            let members = u32::try_from(done.served.len()).unwrap_or(u32::MAX);
            let (id, community) = (self.demand.clone(), particulars.community);
            sitting.record(unit, move |unit| unit.serve(&id, &community, minutes, members)).await?;
        }
        Ok(())
    }

    fn personal(&self) -> Vec<(&'static str, &str)> {
        told([
            ("note", self.note.as_ref().map(Sentences::as_str)),
            ("photo", self.photo.as_ref().map(Photo::as_str)),
        ])
    }

    async fn whose(&self, sitting: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        super::asked(sitting, &self.demand).await
    }
}

impl CompleteService {
    /// Those who served with their units of today, which the facts keep.
    async fn served_for(&self, taker: &Taker, sitting: &mut Sitting<'_>) -> Result<Vec<Served>, Trouble> {
        let named = match (taker, self.minutes) {
            (Taker::Member(member), Some(minutes)) if self.served.is_empty() => {
                vec![ServedMinutes { member: member.clone(), minutes }]
            }
            _ => self.served.clone(),
        };
        let mut served = Vec::with_capacity(named.len());
        for ServedMinutes { member, minutes } in named {
            let state = sitting.look::<Member>(member.as_str()).await?;
            let unit = state.unit().cloned().ok_or_else(|| refusal::unknown(&member))?;
            served.push(Served { member, unit, minutes });
        }
        Ok(served)
    }
}
