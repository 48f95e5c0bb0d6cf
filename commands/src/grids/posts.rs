//! Posts left for other reasons than the holder's own word: the grid ends, or the member leaves the denominators.

use aggregates::grid::{Grid, GridEvent, Holder};
use aggregates::ids::{GridCode, MemberId, Term};
use aggregates::member::Member;
use chrono::NaiveDate;

use crate::{Sitting, Trouble};

/// Tells the members' own streams which posts the grid vacated.
pub(super) async fn tell_members(
    sitting: &mut Sitting<'_>,
    grid: &GridCode,
    facts: &[GridEvent],
) -> Result<(), Trouble> {
    for fact in facts {
        let GridEvent::PostVacated { slot, holder: Holder::Member(id), on, .. } = fact else { continue };
        let member = sitting.open::<Member>(id.as_str()).await?;
        let (grid, slot, on) = (grid.clone(), slot.clone(), *on);
        sitting.record(member, move |member| member.leave_post(&grid, &slot, on)).await?;
    }
    Ok(())
}

/// Takes a member off every roster from the day on, on the grids' streams and the member's own: for members who
/// retire or are excluded (A5: excluded members stand on no roster).
pub(crate) async fn leave_all_posts(
    sitting: &mut Sitting<'_>,
    member: &MemberId,
    on: NaiveDate,
) -> Result<(), Trouble> {
    let held: Vec<(GridCode, Term)> = sitting
        .look::<Member>(member.as_str())
        .await?
        .posts_beyond(on)
        .map(|(grid, slot)| (grid.clone(), slot.clone()))
        .collect();
    let holder = Holder::Member(member.clone());
    for (code, slot) in held {
        let grid = sitting.open::<Grid>(code.as_str()).await?;
        // A post that begins only later ends as it begins.
        let begins = sitting
            .see(grid)
            .tenures()
            .iter()
            .rev()
            .find(|tenure| tenure.slot == slot && tenure.holder == holder)
            .map_or(on, |tenure| tenure.from);
        let (asked, holder, day) = (code.clone(), holder.clone(), on.max(begins));
        let facts = sitting.record(grid, move |grid| grid.vacate_post(&asked, &slot, &holder, day)).await?;
        tell_members(sitting, &code, &facts).await?;
    }
    Ok(())
}
