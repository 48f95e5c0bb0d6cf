//! Persons: which details are kept, what they agree to, and that they are forgotten (PIPL).

mod erase_subject;
mod give_consent;
mod keep_details;
mod withdraw_consent;

pub use erase_subject::EraseSubject;
pub use give_consent::GiveConsent;
pub use keep_details::KeepDetails;
pub use withdraw_consent::WithdrawConsent;

use aggregates::ids::Sealed;
use aggregates::member::Member;
use aggregates::person::{Detail, Person};
use aggregates::{Subject, SubjectKind};

use crate::vault::Forgetting;
use crate::{Sitting, Trouble};

/// Keeps the details that the command tells, and forgets those that they take the place of.
pub(crate) async fn keep(sitting: &mut Sitting<'_>, subject: &Subject) -> Result<(), Trouble> {
    let at = sitting.at()?;
    let unit = match subject.kind {
        SubjectKind::Member => sitting.look::<Member>(subject.id.as_str()).await?.unit().cloned(),
        _ => None,
    };
    let details =
        Detail::ALL.into_iter().filter_map(|detail| Some((detail, sitting.sealed(detail.name())?))).collect();
    let person = sitting.open::<Person>(&subject.to_string()).await?;
    let before = sitting.see(person);
    let whom = subject.clone();
    sitting.record(person, move |person| person.keep(&whom, &details, unit.as_ref(), &at)).await?;
    let now = sitting.see(person);
    let replaced =
        |detail: &Detail, had: &Sealed| now.details().get(detail).is_some_and(|sealed| sealed != had);
    let gone = before.details().iter().filter(|(detail, had)| replaced(detail, had));
    let gone: Vec<Sealed> = gone.map(|(_, had)| had.clone()).collect();
    if !gone.is_empty() {
        sitting.forget(Forgetting::Replaced(gone));
    }
    Ok(())
}
