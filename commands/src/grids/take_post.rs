//! Taking a post (B6–B13, B15).

use aggregates::grid::{Appointment, Grid, GridEvent, Holder, member_sources, refusal};
use aggregates::ids::{ActorId, EstateId, GridCode, MemberId, Term, UnitId};
use aggregates::member::Member;
use aggregates::policy::PostHolder;
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Somebody takes a slot of a grid's roster (编组入网). Name exactly one of member and person. What a member may stand
/// as is told by rank, unit and residence on record; a person outside the ledger names a source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakePost {
    /// The grid.
    pub grid: GridCode,
    /// The slot of its template.
    pub slot: Term,
    /// The member who takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The person outside the member ledger who takes it: opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
    /// As what; for a member the first that fits when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PostHolder>,
    /// The estate or building to look after (B11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estate: Option<EstateId>,
}

#[async_trait]
impl Command for TakePost {
    const NAME: &'static str = "take-post";
    const TITLE: &'static str = "编组入网";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = super::holder(self.member.as_ref(), self.person.as_ref())?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let (sources, on_behalf_of) = self.standing(sitting, &holder).await?;
        let wanted = Appointment {
            slot: self.slot.clone(),
            holder,
            sources,
            on_behalf_of,
            estate: self.estate.clone(),
        };
        let (code, circumstance) = (self.grid.clone(), at.clone());
        let facts = sitting.record(grid, move |grid| grid.fill_post(&code, &wanted, &circumstance)).await?;
        for fact in facts {
            let GridEvent::PostFilled { slot, holder: Holder::Member(id), work, from, .. } = fact else {
                continue;
            };
            let member = sitting.open::<Member>(id.as_str()).await?;
            let (code, at) = (self.grid.clone(), at.clone());
            sitting
                .record(member, move |member| member.take_post(&id, &code, &slot, (work, from), &at))
                .await?;
        }
        Ok(())
    }
}

impl TakePost {
    /// As what the holder may stand here, and which unit sends the holder.
    async fn standing(
        &self,
        sitting: &mut Sitting<'_>,
        holder: &Holder,
    ) -> Result<(Vec<PostHolder>, Option<UnitId>), Trouble> {
        let member = sitting.look::<Member>(holder.id()).await?;
        if let Holder::Person(_) = holder {
            let source = self.source.ok_or_else(refusal::source_needed)?;
            if member.is_enrolled() {
                return Err(refusal::person_is_member(holder).into());
            }
            if source.is_of_ledger() {
                let (zh, en) = source.titles();
                return Err(refusal::source_of_the_ledger(zh, en).into());
            }
            return Ok((vec![source], None));
        }
        let Some(unit_id) = member.unit().cloned() else {
            let id = MemberId::new(holder.id()).unwrap_or_default();
            return Err(aggregates::member::refusal::unknown(&id).into());
        };
        let unit = sitting.look::<Unit>(unit_id.as_str()).await?;
        let mut sources = member_sources(&member, &unit, &self.grid.community());
        if let Some(source) = self.source {
            if !sources.contains(&source) {
                let (zh, en) = source.titles();
                return Err(refusal::not_that_source(zh, en).into());
            }
            sources = vec![source];
        }
        Ok((sources, Some(unit_id)))
    }
}
