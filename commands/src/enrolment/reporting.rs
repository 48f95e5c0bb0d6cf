//! One report of one member, alone or as a row of a batch (A2, A6).

use aggregates::Refusal;
use aggregates::batch::{Arrival, Batch};
use aggregates::ids::{BatchId, CommunityCode};
use aggregates::member::Member;
use aggregates::policy::ReportKind;
use aggregates::unit::Unit;

use crate::{Sitting, Trouble};

/// Records the report in the member's own stream. Opens the unit to see whether it is linked.
pub(super) async fn report(
    sitting: &mut Sitting<'_>,
    arrival: &Arrival,
    community: &CommunityCode,
    batch: Option<&BatchId>,
) -> Result<(), Trouble> {
    let at = sitting.at()?;
    let member = sitting.open::<Member>(arrival.member.as_str()).await?;
    let unit = sitting.see(member).unit().cloned();
    if let Some(batch) = batch {
        let sender = sitting.look::<Batch>(batch.as_str()).await?;
        if sitting.see(member).is_enrolled() {
            sender.must_take(&arrival.member, unit.as_ref())?;
        }
    }
    let unit_linked = match (arrival.kind, unit) {
        (ReportKind::UnitLinked, Some(unit)) => {
            sitting.look::<Unit>(unit.as_str()).await?.is_linked_to(community)
        }
        _ => false,
    };
    let (it, place, batch) = (arrival.clone(), community.clone(), batch.cloned());
    sitting
        .record(member, move |member| {
            member.report(&it.member, it.kind, &place, unit_linked, batch.as_ref(), &at)
        })
        .await?;
    Ok(())
}

/// Names the row of a list that a refusal is about.
pub(super) fn at_row(trouble: Trouble, list: &str, row: usize) -> Trouble {
    match trouble {
        Trouble::Refused(refusal) => {
            let field = refusal.field.as_deref().map_or_else(String::new, |field| format!(".{field}"));
            Refusal::at(refusal, format!("{list}[{row}]{field}")).into()
        }
        other => other,
    }
}
