//! Keeping details, agreeing, forgetting.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ConsentPurpose, Detail, ErasureGround, PersonEvent};
use crate::circumstance::{Circumstance, Role};
use crate::decider::{Decider, Decision};
use crate::ids::{Sealed, UnitId};
use crate::refusal::Refusal;
use crate::subject::{Subject, SubjectKind};

crate::refusals! { "person";
    /// Forgotten for good.
    erased(subject: &Subject) Rule:
        "{subject} 的个人信息已删除，不得再登记", "{subject} was erased: nothing personal is kept of them any more";
    /// Nothing to keep.
    nothing_told() Invalid at "name":
        "请至少填写一项", "tell at least one of the details";
    /// Details are kept of people.
    not_a_person() Invalid at "kind":
        "仅登记成员、居民、社区工作者的信息", "details are kept of members, residents and workers";
    /// Somebody else's.
    not_yours() Forbidden:
        "仅本人及其社区、单位可办理", "that is for the person, the community and the member's unit";
    /// Taken back.
    consent_withdrawn() Rule at "contact_phone":
        "本人已撤回联系方式使用同意", "the person does not agree any more that contact details are used";
}

/// What the rules of a person read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    details: BTreeMap<Detail, Sealed>,
    /// What was agreed to, and whether it still is.
    consents: BTreeMap<ConsentPurpose, bool>,
    erased: Option<ErasureGround>,
}

impl Decider for Person {
    const TYPE: &'static str = "person";
    type Event = PersonEvent;

    fn evolve(&mut self, fact: &PersonEvent) {
        match fact {
            PersonEvent::DetailsKept { details, .. } => self.details.extend(details.clone()),
            PersonEvent::ConsentGiven { purpose, .. } => {
                self.consents.insert(*purpose, true);
            }
            PersonEvent::ConsentWithdrawn { purpose, .. } => {
                self.consents.insert(*purpose, false);
            }
            PersonEvent::SubjectErased { ground, .. } => {
                self.details.clear();
                self.erased = Some(*ground);
            }
        }
    }
}

impl Person {
    /// Digests of what is kept now.
    pub fn details(&self) -> &BTreeMap<Detail, Sealed> {
        &self.details
    }

    /// What was agreed to, and whether it still is.
    pub fn consents(&self) -> &BTreeMap<ConsentPurpose, bool> {
        &self.consents
    }

    /// Why the person was forgotten, if so.
    pub fn erased(&self) -> Option<ErasureGround> {
        self.erased
    }

    /// Refuses whatever would keep something of a person who was forgotten.
    pub fn must_not_be_erased(&self, subject: &Subject) -> Result<(), Refusal> {
        if self.erased.is_some() { Err(erased(subject)) } else { Ok(()) }
    }

    /// Refuses contact details of whoever does not agree to their use any more.
    pub fn must_not_have_withdrawn(&self, purpose: ConsentPurpose) -> Result<(), Refusal> {
        if self.consents.get(&purpose) == Some(&false) { Err(consent_withdrawn()) } else { Ok(()) }
    }

    /// Keeps details: by the person, the community, or the unit of a member.
    pub fn keep(
        &self,
        subject: &Subject,
        details: &BTreeMap<Detail, Sealed>,
        unit: Option<&UnitId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        if matches!(subject.kind, SubjectKind::Demand | SubjectKind::Household) {
            return Err(not_a_person());
        }
        if details.is_empty() {
            return Err(nothing_told());
        }
        self.must_not_be_erased(subject)?;
        let is_of_unit = unit.is_some_and(|unit| at.actor.organisation.as_deref() == Some(unit.as_str()));
        let may = match at.actor.role {
            Role::Unit => subject.kind == SubjectKind::Member && is_of_unit,
            Role::OrganisationDepartment => subject.kind == SubjectKind::Member,
            _ => is_near(subject, at),
        };
        if !may {
            return Err(not_yours());
        }
        let new: BTreeSet<_> = details.values().collect();
        if new.iter().all(|sealed| self.details.values().any(|had| had == *sealed)) {
            return Ok(vec![]);
        }
        let (subject, details) = (subject.clone(), details.clone());
        Ok(vec![PersonEvent::DetailsKept { subject, details, on: at.date() }])
    }

    /// Notes what the person agrees to.
    pub fn agree(&self, subject: &Subject, purpose: ConsentPurpose, at: &Circumstance) -> Decision<Self> {
        self.must_not_be_erased(subject)?;
        if !is_near(subject, at) {
            return Err(not_yours());
        }
        if self.consents.get(&purpose) == Some(&true) {
            return Ok(vec![]);
        }
        Ok(vec![PersonEvent::ConsentGiven { subject: subject.clone(), purpose, on: at.date() }])
    }

    /// Notes what the person does not agree to any more.
    pub fn disagree(&self, subject: &Subject, purpose: ConsentPurpose, at: &Circumstance) -> Decision<Self> {
        if !is_near(subject, at) {
            return Err(not_yours());
        }
        if self.consents.get(&purpose) == Some(&false) || self.erased.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![PersonEvent::ConsentWithdrawn { subject: subject.clone(), purpose, on: at.date() }])
    }

    /// Forgets the person. Members are the organisation department's to forget, all others the community's too.
    pub fn erase(&self, subject: &Subject, ground: ErasureGround, at: &Circumstance) -> Decision<Self> {
        let may = match at.actor.role {
            Role::CommunityWorker => subject.kind != SubjectKind::Member,
            Role::OrganisationDepartment | Role::Operator | Role::System => true,
            _ => false,
        };
        if !may {
            return Err(not_yours());
        }
        if self.erased.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![PersonEvent::SubjectErased { subject: subject.clone(), ground, on: at.date() }])
    }
}

/// The person, the community, or whoever sits at the machine.
fn is_near(subject: &Subject, at: &Circumstance) -> bool {
    let is_self = subject.id == at.actor.id;
    match at.actor.role {
        Role::CommunityWorker | Role::Operator | Role::System => true,
        Role::Member => subject.kind == SubjectKind::Member && is_self,
        Role::Resident => subject.kind == SubjectKind::Resident && is_self,
        _ => false,
    }
}
