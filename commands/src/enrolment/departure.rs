//! Leaving everything behind (A5): tasks, posts, pairs, groups and estates of somebody who is excluded or retires, in one
//! step with the fact itself.

use aggregates::demand::{Demand, Taker};
use aggregates::estate::Estate;
use aggregates::group::Group;
use aggregates::ids::{EstateId, GroupId, MemberId};
use aggregates::member::{Member, MemberEvent};
use chrono::NaiveDate;

use crate::{Sitting, Trouble};

/// Leaves everything when an exclusion is among the facts that begins.
pub(super) async fn leave_if_excluded(
    sitting: &mut Sitting<'_>,
    member: &MemberId,
    facts: &[MemberEvent],
) -> Result<(), Trouble> {
    for fact in facts {
        if let MemberEvent::ExclusionBegan { on, .. } = fact {
            leave_all(sitting, member, *on).await?;
        }
    }
    Ok(())
}

/// Gives back what the member has taken and not yet completed, and leaves posts (from the day on), pairs, groups and
/// estates.
pub(super) async fn leave_all(
    sitting: &mut Sitting<'_>,
    member: &MemberId,
    on: NaiveDate,
) -> Result<(), Trouble> {
    crate::grids::leave_all_posts(sitting, member, on).await?;
    let leaving = sitting.look::<Member>(member.as_str()).await?;
    for id in leaving.tasks().keys() {
        let demand = sitting.open::<Demand>(id.as_str()).await?;
        let taker = Taker::Member(member.clone());
        let (task, by) = (id.clone(), taker.clone());
        sitting.record(demand, move |demand| demand.release(&task, &by)).await?;
        crate::service::give_back(sitting, &taker, id, false).await?;
    }
    // Key households are free for another member from the same day on.
    for household in leaving.pairs() {
        crate::visits::end_pair(sitting, household, member).await?;
    }
    for group in leaving.groups().keys() {
        leave_group(sitting, member, group).await?;
    }
    for estate in leaving.estates().keys() {
        leave_estate(sitting, member, estate).await?;
    }
    Ok(())
}

/// Leaves a group, as both streams tell it.
pub(super) async fn leave_group(
    sitting: &mut Sitting<'_>,
    member: &MemberId,
    group: &GroupId,
) -> Result<(), Trouble> {
    let left = sitting.open::<Group>(group.as_str()).await?;
    let id = member.clone();
    sitting.record(left, move |left| left.leave(&id)).await?;
    let leaver = sitting.open::<Member>(member.as_str()).await?;
    let (id, which) = (member.clone(), group.clone());
    sitting.record(leaver, move |leaver| leaver.leave_group(&id, &which)).await?;
    Ok(())
}

/// Ends the service in an estate, as both streams tell it.
pub(super) async fn leave_estate(
    sitting: &mut Sitting<'_>,
    member: &MemberId,
    estate: &EstateId,
) -> Result<(), Trouble> {
    let left = sitting.open::<Estate>(estate.as_str()).await?;
    let (place, id) = (estate.clone(), member.clone());
    sitting.record(left, move |left| left.release(&place, &id)).await?;
    let leaver = sitting.open::<Member>(member.as_str()).await?;
    let (id, place) = (member.clone(), estate.clone());
    sitting.record(leaver, move |leaver| leaver.leave_estate(&id, &place)).await?;
    Ok(())
}
