//! A visit made (C9, C13).

use aggregates::SubjectKind;
use aggregates::household::{FiveHundreds, Household, VisitDetails};
use aggregates::ids::{HouseholdId, MemberId};
use aggregates::member::{Member, VisitKind};
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command::told;
use crate::personal::Sentences;
use crate::service::of;
use crate::vault::Whose;
use crate::{Command, Sitting, Trouble};

/// A paired member visited a household (C9). Both their streams tell it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    /// Opaque.
    pub household: HouseholdId,
    /// The member who came.
    pub member: MemberId,
    /// Why.
    pub kind: VisitKind,
    /// On which day; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// How long, in minutes, when noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Which of the «五百» services, when noted (C13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<FiveHundreds>,
    /// What was seen and done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sentences>,
}

#[async_trait]
impl Command for RecordVisit {
    const NAME: &'static str = "record-visit";
    const TITLE: &'static str = "登记走访";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let on = self.on.unwrap_or_else(|| at.date());
        let note = sitting.sealed("note");
        let made = VisitDetails { kind: self.kind, on, minutes: self.minutes, service: self.service, note };
        let household = sitting.open::<Household>(self.household.as_str()).await?;
        let community = sitting.see(household).community(&self.household)?.clone();
        let (it, visit, now) = (self.clone(), made.clone(), at.clone());
        let facts = sitting
            .record(household, move |household| {
                household.record_visit(&it.household, &it.member, &visit, &now)
            })
            .await?;
        if facts.is_empty() {
            return Ok(());
        }
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting
            .record(member, move |member| member.visit(&it.member, &it.household, &community, &made, &at))
            .await?;
        Ok(())
    }

    fn personal(&self) -> Vec<(&'static str, &str)> {
        told([("note", self.note.as_ref().map(Sentences::as_str))])
    }

    async fn whose(&self, _: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        Ok(of(SubjectKind::Household, &self.household)?.into())
    }
}
