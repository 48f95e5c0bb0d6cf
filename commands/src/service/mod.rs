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

use aggregates::demand::{Demand, NewDemand, Taker, refusal};
use aggregates::household::Household;
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::member::Member;
use aggregates::points::Work;
use aggregates::unit::Unit;

use crate::enrolment::must_know_community;
use crate::{Sitting, Trouble};

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
    let id = match id {
        Some(id) => id,
        None => DemandId::new(format!("d-{}", sitting.derived_id().simple())).unwrap_or_default(),
    };
    let demand = sitting.open::<Demand>(id.as_str()).await?;
    sitting.record(demand, move |demand| demand.place(&id, &new, &at)).await?;
    Ok(())
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
