//! Who reads what is personal: pure functions from who asks and what is known of the matter. Whatever is not allowed here is not shown.

use aggregates::Role;
use aggregates::circumstance::Actor;
use aggregates::demand::{Demand, Phase, Taker};
use aggregates::ids::{CommunityCode, UnitId};
use aggregates::{Subject, SubjectKind};

/// How much of something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Nothing, not even that it is there.
    Nothing,
    /// That it is there.
    Masked,
    /// What it says.
    Plain,
}

/// What of a demand's words is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordsSight {
    /// What is wanted.
    pub text: Sight,
    /// How to reach whoever asks.
    pub contact: Sight,
    /// What was noted of the service.
    pub notes: Sight,
    /// What the rater says.
    pub comments: Sight,
}

impl WordsSight {
    const fn all(sight: Sight) -> Self {
        Self { text: sight, contact: sight, notes: sight, comments: sight }
    }

    /// Whether nothing at all is shown.
    pub fn is_nothing(self) -> bool {
        self == Self::all(Sight::Nothing)
    }
}

/// What an actor sees of a demand's words: the resident one's own, the community its own, auditors that there are some, who took the demand what is
/// wanted, and how to reach whoever asks while it is theirs to do; their unit the same but for the resident. `unit` is that of a member who
/// holds the demand now.
pub fn sees_words(actor: &Actor, demand: &Demand, unit: Option<&UnitId>) -> WordsSight {
    let is_asker = demand.placed_by() == Some(&actor.id);
    let is_near = demand.community().is_some_and(|community| is_of(actor, community));
    match actor.role {
        Role::Operator | Role::System => WordsSight::all(Sight::Plain),
        Role::Resident if is_asker => WordsSight::all(Sight::Plain),
        Role::CommunityWorker if is_near => WordsSight::all(Sight::Plain),
        Role::Auditor => WordsSight::all(Sight::Masked),
        Role::Member | Role::Unit => serving(actor, demand, unit),
        _ => WordsSight::all(Sight::Nothing),
    }
}

fn serving(actor: &Actor, demand: &Demand, unit: Option<&UnitId>) -> WordsSight {
    let own_unit = |unit: &UnitId| actor.organisation.as_deref() == Some(unit.as_str());
    let is_taker = |taker: &Taker| match (taker, actor.role) {
        (Taker::Member(member), Role::Member) => member.as_str() == actor.id.as_str(),
        (Taker::Unit(unit), Role::Unit) => own_unit(unit),
        _ => false,
    };
    let holds = WordsSight { comments: Sight::Nothing, ..WordsSight::all(Sight::Plain) };
    let served_it = WordsSight { contact: Sight::Nothing, ..WordsSight::all(Sight::Plain) };
    let for_unit = WordsSight { contact: Sight::Nothing, comments: Sight::Nothing, ..served_it };
    match demand.phase() {
        Phase::Taken { taker, .. } if is_taker(taker) => holds,
        Phase::Taken { taker: Taker::Member(_), .. }
            if actor.role == Role::Unit && unit.is_some_and(own_unit) =>
        {
            for_unit
        }
        Phase::Completed { taker, served, .. } => {
            let is_server = served.iter().any(|one| one.member.as_str() == actor.id.as_str());
            if actor.role == Role::Member && (is_taker(taker) || is_server) {
                served_it
            } else if actor.role == Role::Unit
                && (is_taker(taker) || served.iter().any(|one| own_unit(&one.unit)))
            {
                for_unit
            } else {
                WordsSight::all(Sight::Nothing)
            }
        }
        _ => WordsSight::all(Sight::Nothing),
    }
}

/// What an actor sees of what is noted of visits to a household of a community.
pub fn sees_visit_notes(actor: &Actor, community: &CommunityCode, is_helper: bool) -> Sight {
    match actor.role {
        Role::Operator | Role::System => Sight::Plain,
        Role::CommunityWorker if is_of(actor, community) => Sight::Plain,
        Role::Member if is_helper => Sight::Plain,
        Role::Auditor => Sight::Masked,
        _ => Sight::Nothing,
    }
}

/// What an actor sees of a person's details: one's own, a member's unit, the organisation department a member's, the community those who report
/// or asked there, auditors that there are some.
pub fn sees_details(
    actor: &Actor,
    subject: &Subject,
    unit: Option<&UnitId>,
    communities: &[CommunityCode],
) -> Sight {
    let is_unit = unit.is_some_and(|unit| actor.organisation.as_deref() == Some(unit.as_str()));
    let may = match actor.role {
        Role::Operator | Role::System => true,
        Role::OrganisationDepartment => subject.kind == SubjectKind::Member,
        Role::Unit => subject.kind == SubjectKind::Member && is_unit,
        Role::CommunityWorker => is_self(actor, subject) || communities.iter().any(|one| is_of(actor, one)),
        Role::Auditor => return Sight::Masked,
        _ => is_self(actor, subject),
    };
    if may { Sight::Plain } else { Sight::Nothing }
}

/// Whether the actor takes away everything that is kept of a person: the person, and the offices that may erase them.
pub fn exports(actor: &Actor, subject: &Subject, communities: &[CommunityCode]) -> bool {
    match actor.role {
        Role::Operator | Role::System => true,
        Role::OrganisationDepartment => subject.kind == SubjectKind::Member,
        Role::CommunityWorker => {
            is_self(actor, subject)
                || subject.kind != SubjectKind::Member && communities.iter().any(|one| is_of(actor, one))
        }
        _ => is_self(actor, subject),
    }
}

/// Whether the community lies where the actor works. Whoever tells no place works nowhere.
fn is_of(actor: &Actor, community: &CommunityCode) -> bool {
    actor.organisation.as_deref().is_some_and(|own| !own.is_empty() && community.as_str().starts_with(own))
}

fn is_self(actor: &Actor, subject: &Subject) -> bool {
    let kind = match actor.role {
        Role::Member => SubjectKind::Member,
        Role::Resident => SubjectKind::Resident,
        Role::CommunityWorker => SubjectKind::Worker,
        _ => return false,
    };
    subject.kind == kind && subject.id == actor.id
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Role; 10] = [
        Role::Public,
        Role::Resident,
        Role::Member,
        Role::CommunityWorker,
        Role::Unit,
        Role::OrganisationDepartment,
        Role::Auditor,
        Role::PromotionReview,
        Role::Operator,
        Role::System,
    ];

    fn actor(role: Role, id: &str, organisation: Option<&str>) -> Actor {
        Actor { id: id.parse().unwrap(), role, organisation: organisation.map(str::to_owned) }
    }

    /// Issue 4 C, D: details of a person are for the person, the community where they report or ask, the unit and the organisation department of a
    /// member; whoever is none of these sees nothing, whatever the role.
    #[test]
    fn details_are_for_those_who_are_near() {
        let (member, resident): (Subject, Subject) =
            ("member:m-1".parse().unwrap(), "resident:m-1".parse().unwrap());
        let unit: UnitId = "u-tax".parse().unwrap();
        let there = ["520201016001".parse().unwrap()];
        for role in ALL {
            let always = matches!(role, Role::Operator | Role::System);
            let stranger = actor(role, "x-1", Some("520203"));
            let expected = match role {
                Role::Operator | Role::System | Role::OrganisationDepartment => Sight::Plain,
                Role::Auditor => Sight::Masked,
                _ => Sight::Nothing,
            };
            assert_eq!(sees_details(&stranger, &member, Some(&unit), &there), expected, "{role:?}");
            let nameless = actor(role, "m-1", None);
            let is_resident = always || role == Role::Resident;
            assert_eq!(
                sees_details(&nameless, &resident, None, &there) == Sight::Plain,
                is_resident,
                "{role:?}"
            );
            assert_eq!(exports(&nameless, &resident, &there), is_resident, "{role:?}");
        }
        for (near, plain) in [
            (actor(Role::Member, "m-1", None), true),
            (actor(Role::Unit, "x", Some("u-tax")), true),
            (actor(Role::Unit, "x", Some("u-hospital")), false),
            (actor(Role::CommunityWorker, "w", Some("520201016")), true),
            (actor(Role::CommunityWorker, "w", Some("520201016002")), false),
            (actor(Role::CommunityWorker, "w", Some("")), false),
        ] {
            assert_eq!(sees_details(&near, &member, Some(&unit), &there) == Sight::Plain, plain, "{near:?}");
        }
    }

    /// Issue 4 C: of a demand that nobody took, members and units see nothing.
    #[test]
    fn words_that_nobody_took_are_not_for_members() {
        let demand = Demand::default();
        for role in ALL {
            let sight = sees_words(&actor(role, "m-1", Some("5202")), &demand, None);
            let expected = match role {
                Role::Operator | Role::System => Sight::Plain,
                Role::Auditor => Sight::Masked,
                _ => Sight::Nothing,
            };
            assert_eq!(sight, WordsSight::all(expected), "{role:?}");
        }
    }
}
