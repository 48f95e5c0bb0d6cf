//! The demand loop: placed, screened, claimed or dispatched, completed, rated (C1–C6, C10–C14, F15).

mod accept_order;
mod answer_whistle;
mod blow_whistle;
mod claim_wish;
mod close_demand;
mod complete_service;
mod decline_order;
mod dispatch_order;
mod extend_deadline;
mod forget_contact;
mod lapse_claim;
mod place_order;
mod post_wish;
mod publish_wish;
mod raise_issue;
mod rate_service;
mod release_claim;
mod reopen_demand;
mod report_duty_shift;
mod screen_demand;
mod withdraw_demand;

pub use accept_order::AcceptOrder;
pub use answer_whistle::AnswerWhistle;
pub use blow_whistle::BlowWhistle;
pub use claim_wish::ClaimWish;
pub use close_demand::CloseDemand;
pub use complete_service::{CompleteService, ServedMinutes};
pub use decline_order::DeclineOrder;
pub use dispatch_order::DispatchOrder;
pub use extend_deadline::ExtendDeadline;
pub use forget_contact::ForgetContact;
pub use lapse_claim::LapseClaim;
pub use place_order::PlaceOrder;
pub use post_wish::{PostWish, WishKind};
pub use publish_wish::PublishWish;
pub use raise_issue::{IssueKind, RaiseIssue};
pub use rate_service::RateService;
pub use release_claim::ReleaseClaim;
pub use reopen_demand::ReopenDemand;
pub use report_duty_shift::ReportDutyShift;
pub use screen_demand::ScreenDemand;
pub use withdraw_demand::WithdrawDemand;

use aggregates::demand::{Demand, DemandWords, NewDemand, Taker, refusal};
use aggregates::household::Household;
use aggregates::ids::{ActorId, DemandId, MemberId, UnitId};
use aggregates::member::Member;
use aggregates::person::{ConsentPurpose, Person};
use aggregates::points::Work;
use aggregates::unit::Unit;
use aggregates::{Subject, SubjectKind};

use crate::command::told;
use crate::enrolment::must_know_community;
use crate::personal::{Line, Sentences};
use crate::vault::Whose;
use crate::{JournalError, Sitting, Trouble};

aggregates::refusals! { "taker";
    /// Exactly one of member and unit.
    one_of_two() Invalid at "member":
        "请填写 member 或 unit 其中之一", "name exactly one of member and unit";
}

/// The one taker named.
pub(crate) fn taker(member: Option<&MemberId>, unit: Option<&UnitId>) -> Result<Taker, Trouble> {
    match (member, unit) {
        (Some(member), None) => Ok(Taker::Member(member.clone())),
        (None, Some(unit)) => Ok(Taker::Unit(unit.clone())),
        _ => Err(one_of_two().into()),
    }
}

/// Places a demand in a registered community, for a registered household where one asks; its id derives from the command's when none is given.
async fn place(sitting: &mut Sitting<'_>, id: Option<DemandId>, new: NewDemand) -> Result<(), Trouble> {
    let at = sitting.at()?;
    must_know_community(sitting, &new.community).await?;
    if let Some(id) = &new.household {
        let household = sitting.look::<Household>(id.as_str()).await?;
        if household.community(id)? != &new.community {
            return Err(refusal::household_elsewhere().into());
        }
    }
    let id = demand_id(sitting, id.as_ref());
    if let Some(words) = &new.words
        && words.told().any(|(field, _)| field != "text")
    {
        let asked = asked_by(&id, new.placed_by.as_ref())?;
        let whom = asked.owner.unwrap_or(asked.subject);
        let person = sitting.look::<Person>(&whom.to_string()).await?;
        person.must_not_have_withdrawn(ConsentPurpose::DemandContact)?;
    }
    let demand = sitting.open::<Demand>(id.as_str()).await?;
    sitting.record(demand, move |demand| demand.place(&id, &new, &at)).await?;
    Ok(())
}

/// The demand named, or the one that the command makes.
fn demand_id(sitting: &Sitting<'_>, id: Option<&DemandId>) -> DemandId {
    id.cloned()
        .unwrap_or_else(|| DemandId::new(format!("d-{}", sitting.derived_id().simple())).unwrap_or_default())
}

/// What is told of a demand is kept under the demand's own key, and forgotten with the resident behind it.
fn asked_by(demand: &DemandId, placed_by: Option<&ActorId>) -> Result<Whose, Trouble> {
    let subject = of(SubjectKind::Demand, demand)?;
    let owner = placed_by.map(|resident| of(SubjectKind::Resident, resident)).transpose()?;
    Ok(Whose { subject, owner })
}

/// The same for a demand that is there.
async fn asked(sitting: &mut Sitting<'_>, demand: &DemandId) -> Result<Whose, Trouble> {
    let placed_by = sitting.look::<Demand>(demand.as_str()).await?.particulars(demand)?.placed_by.clone();
    asked_by(demand, placed_by.as_ref())
}

/// The subject of this kind and id: whatever is an id fits.
pub(crate) fn of(kind: SubjectKind, id: impl AsRef<str>) -> Result<Subject, Trouble> {
    Subject::new(kind, id).map_err(|error| JournalError::Malformed(error.to_string()).into())
}

/// The words of a new demand as they are told.
fn told_words<'a>(
    text: Option<&'a Sentences>,
    contact: [&'a Option<Line>; 3],
) -> Vec<(&'static str, &'a str)> {
    let contact = contact.map(|line| line.as_ref().map(Line::as_str));
    let all = std::iter::once(text.map(Sentences::as_str)).chain(contact);
    told(DemandWords::FIELDS.into_iter().zip(all))
}

/// The words of a new demand as they are sealed.
fn words(sitting: &Sitting<'_>) -> Option<DemandWords> {
    let [text, contact_name, contact_phone, contact_address] =
        DemandWords::FIELDS.map(|field| sitting.sealed(field));
    DemandWords { text, contact_name, contact_phone, contact_address }.if_any()
}

/// Tells the taker's own stream that it took the demand.
pub(crate) async fn take(
    sitting: &mut Sitting<'_>,
    taker: &Taker,
    demand: &DemandId,
    work: Work,
) -> Result<(), Trouble> {
    let at = sitting.at()?;
    let placed = sitting.look::<Demand>(demand.as_str()).await?.particulars(demand)?.clone();
    let demand = demand.clone();
    match taker.clone() {
        Taker::Member(id) => {
            let member = sitting.open::<Member>(id.as_str()).await?;
            sitting
                .record(member, move |member| {
                    member.take(&id, &demand, &placed.community, &placed.category, work, &at)
                })
                .await?;
        }
        Taker::Unit(id) => {
            let unit = sitting.open::<Unit>(id.as_str()).await?;
            sitting
                .record(unit, move |unit| unit.take(&id, &demand, &placed.community, &placed.category))
                .await?;
        }
    }
    Ok(())
}

/// Tells the taker's own stream that it no longer holds the demand.
pub(crate) async fn give_back(
    sitting: &mut Sitting<'_>,
    taker: &Taker,
    demand: &DemandId,
    lapsed: bool,
) -> Result<(), Trouble> {
    let placed = sitting.look::<Demand>(demand.as_str()).await?.particulars(demand)?.clone();
    let demand = demand.clone();
    match taker {
        Taker::Member(id) => {
            let member = sitting.open::<Member>(id.as_str()).await?;
            sitting
                .record(member, move |member| member.give_back(&demand, &placed.community, lapsed))
                .await?;
        }
        Taker::Unit(id) => {
            let unit = sitting.open::<Unit>(id.as_str()).await?;
            sitting.record(unit, move |unit| unit.give_back(&demand, &placed.community, lapsed)).await?;
        }
    }
    Ok(())
}
