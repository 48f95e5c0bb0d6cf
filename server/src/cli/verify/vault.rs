//! The vault: what is kept is what its digests say, and of every digest it is known whether it is kept, and if not, why.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use aggregates::demand::{DemandEvent, DemandWords};
use aggregates::household::HouseholdEvent;
use aggregates::ids::Sealed;
use aggregates::person::PersonEvent;
use aggregates::{LedgerEvent, Recorded, Subject, SubjectKind};

use super::Finding;
use super::journal::finding;
use crate::cli::Failure;
use crate::vault::LedgerVault;

/// What is told for a command is swept when it was not recorded after this; until then it may be on its way.
const SWEPT_AFTER: TimeDelta = TimeDelta::days(2);

/// What the events say about what is personal.
#[derive(Default)]
pub(super) struct Promised {
    /// Of each digest: where it stands, whose it is, and which field.
    digests: HashMap<String, (u64, String, &'static str)>,
    /// Digests that others took the place of.
    replaced: HashSet<String>,
    /// Subjects, and who owns them.
    owners: HashMap<String, String>,
    erased: HashSet<String>,
    forgotten: HashSet<String>,
    details: HashMap<(String, &'static str), String>,
}

impl Promised {
    /// Takes the next event.
    pub(super) fn take(&mut self, event: &Recorded) {
        let of =
            |kind, id: &str| Subject::new(kind, id).map(|subject| subject.to_string()).unwrap_or_default();
        match &event.event {
            LedgerEvent::Person(PersonEvent::DetailsKept { subject, details, .. }) => {
                for (detail, sealed) in details {
                    self.note(event.position, subject.to_string(), detail.name(), Some(sealed));
                    let key = (subject.to_string(), detail.name());
                    self.replaced.extend(self.details.insert(key, sealed.to_string()));
                }
            }
            LedgerEvent::Person(PersonEvent::SubjectErased { subject, .. }) => {
                self.erased.insert(subject.to_string());
            }
            LedgerEvent::Demand(fact) => {
                self.take_demand(event, of(SubjectKind::Demand, &event.stream_id), fact);
            }
            LedgerEvent::Household(HouseholdEvent::HouseholdVisited { note, .. }) => {
                let subject = of(SubjectKind::Household, &event.stream_id);
                self.note(event.position, subject, "note", note.as_ref());
            }
            _ => {}
        }
    }

    fn take_demand(&mut self, event: &Recorded, subject: String, fact: &DemandEvent) {
        let at = event.position;
        match fact {
            DemandEvent::DemandPlaced { words, placed_by, .. } => {
                for (field, sealed) in words.iter().flat_map(DemandWords::told) {
                    self.note(at, subject.clone(), field, Some(sealed));
                }
                if let Some(resident) = placed_by {
                    let owner = Subject { kind: SubjectKind::Resident, id: resident.clone() };
                    self.owners.insert(subject, owner.to_string());
                }
            }
            DemandEvent::ServiceCompleted { note, photo, .. } => {
                self.note(at, subject.clone(), "note", note.as_ref());
                self.note(at, subject, "photo", photo.as_ref());
            }
            DemandEvent::ServiceRated { comment, .. } => self.note(at, subject, "comment", comment.as_ref()),
            DemandEvent::ContactForgotten { .. } => {
                self.forgotten.insert(subject);
            }
            _ => {}
        }
    }

    fn note(&mut self, at: u64, subject: String, field: &'static str, sealed: Option<&Sealed>) {
        if let Some(sealed) = sealed {
            self.digests.insert(sealed.to_string(), (at, subject, field));
        }
    }

    /// Whether an event says that this digest is kept no more.
    fn is_forgotten(&self, digest: &str, subject: &str, field: &str) -> bool {
        self.erased.contains(subject)
            || self.owners.get(subject).is_some_and(|owner| self.erased.contains(owner))
            || self.replaced.contains(digest)
            || self.forgotten.contains(subject) && DemandWords::FIELDS.contains(&field)
    }
}

/// Holds what is kept against what the events say.
pub(super) async fn check(
    vault: &LedgerVault,
    promised: &Promised,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>, Failure> {
    let mut kept: HashMap<String, (String, String)> = HashMap::new();
    let (mut stray, mut back) = (None, None);
    let swept = now - SWEPT_AFTER;
    let (opened, unsound) = vault
        .check(|entry| {
            kept.insert(entry.digest.clone(), (entry.subject.clone(), entry.field.clone()));
            match promised.digests.get(&entry.digest) {
                None => {
                    let is_old = entry.stored_at.parse::<DateTime<Utc>>().is_ok_and(|at| at < swept);
                    if is_old {
                        stray.get_or_insert_with(|| format!("entry {} is in no event", entry.digest));
                    }
                }
                Some((at, subject, field)) => {
                    if promised.is_forgotten(&entry.digest, subject, field) {
                        back.get_or_insert_with(|| {
                            format!(
                                "entry {} of {subject} is there, and was forgotten (position {at})",
                                entry.digest
                            )
                        });
                    }
                }
            }
        })
        .await?;
    let missing = promised.digests.iter().filter(|(digest, (_, subject, field))| {
        !promised.is_forgotten(digest, subject, field)
            && kept.get(*digest).is_none_or(|(whose, what)| whose != subject || what != field)
    });
    let missing = missing.map(|(_, (at, subject, field))| (*at, subject, field)).min();
    let missing =
        missing.map(|(at, subject, field)| format!("the {field} of {subject} at position {at} is not kept"));
    let unsound = unsound.map(|unsound| format!("entry {}: {}", unsound.digest, unsound.why));
    let digests = promised.digests.len() as u64;
    Ok(vec![
        finding("every entry of the vault is what its digest says", opened, unsound),
        finding("every digest is kept, or an event says why not", digests, missing),
        finding("what was forgotten is gone", kept.len() as u64, back),
        finding("nothing is kept that no event tells of", kept.len() as u64, stray),
    ])
}
