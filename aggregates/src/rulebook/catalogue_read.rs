//! Reading a duty catalogue file: parsed, then checked; each fault names its line, and all are told at once.

use super::{DutyCatalogue, DutyEntry, DutyOwner};
use crate::document::{Checks, Document, Fault};
use crate::policy::check;

/// Reads and checks a duty catalogue file (TOML, C4), as [`crate::policy::read`] does a policy.
/// The difficulties that it names are looked up in the policy in force when a demand is screened.
pub fn read_catalogue(text: &str) -> Result<DutyCatalogue, Vec<Fault>> {
    let document = Document::parse(text)?;
    let mut checks = Checks::new(&document, document.shape_faults::<DutyCatalogue>());
    check::effective(&document, &mut checks);
    if let Some(entries) = document.section::<Vec<DutyEntry>>("entry") {
        check_entries(&entries, &mut checks);
    }
    let faults = checks.into_faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    document.decode().map_err(|fault| vec![fault])
}

fn check_entries(entries: &[DutyEntry], checks: &mut Checks<'_>) {
    checks.not_empty("entry", entries);
    checks.no_repeats(entries.iter().map(|entry| &entry.code), |index| format!("entry[{index}].code"));
    for (index, entry) in entries.iter().enumerate() {
        if entry.owner != DutyOwner::MemberService && entry.difficulty.is_some() {
            // Points for another body's duty would invite the shifting that C3 forbids.
            let problem = "only a service open to members has a difficulty / 只有党员志愿服务事项才定难度";
            checks.say(&format!("entry[{index}].difficulty"), problem);
        }
    }
}

/// The duty catalogue files that ship with the program, by name (C4).
pub const SHIPPED_CATALOGUES: &[(&str, &str)] =
    &[("duties-qianxinan", include_str!("../../policies/duties-qianxinan.toml"))];

#[cfg(test)]
mod tests;
