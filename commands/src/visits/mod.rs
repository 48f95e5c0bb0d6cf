//! Key households, the members who help them, and visits (C8, C9, C13).

mod end_pair;
mod pair_household;
mod record_needs;
mod record_visit;
mod register_household;
mod request_visit;

pub use end_pair::EndPair;
pub use pair_household::PairHousehold;
pub use record_needs::RecordNeeds;
pub use record_visit::RecordVisit;
pub use register_household::RegisterHousehold;
pub use request_visit::RequestVisit;

use aggregates::household::Household;
use aggregates::ids::{HouseholdId, MemberId};
use aggregates::member::Member;

use crate::{Sitting, Trouble};

/// Ends a pair, as both streams tell it.
pub(crate) async fn end_pair(
    sitting: &mut Sitting<'_>,
    id: &HouseholdId,
    helper: &MemberId,
) -> Result<(), Trouble> {
    let at = sitting.at()?;
    let household = sitting.open::<Household>(id.as_str()).await?;
    let community = sitting.see(household).community(id)?.clone();
    let (it, who) = (id.clone(), helper.clone());
    sitting.record(household, move |household| household.end_pair(&it, &who, &at)).await?;
    let member = sitting.open::<Member>(helper.as_str()).await?;
    let it = id.clone();
    sitting.record(member, move |member| member.unpair(&it, &community)).await?;
    Ok(())
}
