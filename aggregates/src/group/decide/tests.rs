use super::*;
use crate::given::{Past, the};

const C1: &str = "520201016001";

fn form(
    name: &'static str,
    categories: &'static [&'static str],
) -> impl Fn(&Group) -> Decision<Group> + Copy + Send {
    move |group| {
        let categories: Vec<Term> = categories.iter().copied().map(the).collect();
        group.form(&the("g-1"), &the(C1), name, &categories)
    }
}

fn formed() -> Past<Group> {
    Past::none().and(form("四点半课堂", &["tutoring", "child_care"]))
}

fn join(
    member: &'static str,
    skills: &'static [&'static str],
) -> impl Fn(&Group) -> Decision<Group> + Copy + Send {
    move |group| {
        let skills: Vec<Term> = skills.iter().copied().map(the).collect();
        group.join(&the("g-1"), &the(member), Some(&the("u-tax")), &skills)
    }
}

fn dissolve(group: &Group) -> Decision<Group> {
    group.dissolve(&the("g-1"))
}

/// C6: a group offers categories of service in a community; it is formed once.
#[test]
fn a_group_is_formed_with_the_categories_it_offers() {
    Past::<Group>::none()
        .when(form("四点半课堂", &["tutoring", "child_care", "tutoring"]))
        .then_expect_events(vec![GroupEvent::GroupFormed {
            group: the("g-1"),
            community: the(C1),
            name: "四点半课堂".to_owned(),
            categories: vec![the("child_care"), the("tutoring")],
        }]);
    formed().is_content(form("四点半课堂", &["child_care", "tutoring"]));
    formed().refuses("group.formed_otherwise", form("法律援助", &["law"]));
    Past::none().refuses("group.categories", form("四点半课堂", &[]));
    Past::none().refuses("group.name_length", form("", &["law"]));
}

/// C6: anybody may join, and the roster notes what they are good at.
#[test]
fn a_group_is_joined_freely_and_notes_the_skills_that_fit() {
    let joined = |member: &str, skilled_in: &[&str]| GroupEvent::GroupMemberJoined {
        member: the(member),
        unit: Some(the("u-tax")),
        skilled_in: skilled_in.iter().copied().map(the).collect(),
    };
    formed().when(join("m-1", &["law", "tutoring"])).then_expect_events(vec![joined("m-1", &["tutoring"])]);
    formed().when(join("m-2", &[])).then_expect_events(vec![joined("m-2", &[])]);
    formed().and(join("m-1", &[])).is_content(join("m-1", &[]));
    Past::none().refuses("group.unknown", join("m-1", &[]));
}

/// C6: members leave freely; a group that is dissolved lets all go and takes nobody.
#[test]
fn a_dissolved_group_lets_all_go() {
    let left = |member: &str| GroupEvent::GroupMemberLeft { member: the(member) };
    let past = formed().and(join("m-1", &[])).and(join("m-2", &[]));
    past.when(|group: &Group| group.leave(&the("m-1"))).then_expect_events(vec![left("m-1")]);
    past.is_content(|group: &Group| group.leave(&the("m-9")));
    past.when(dissolve).then_expect_events(vec![left("m-1"), left("m-2"), GroupEvent::GroupDissolved {}]);
    let past = past.and(dissolve);
    past.is_content(dissolve);
    past.refuses("group.dissolved", join("m-3", &[]));
    past.refuses("group.dissolved", form("四点半课堂", &["tutoring", "child_care"]));
    Past::none().refuses("group.unknown", dissolve);
}

/// C6: a group stays small enough to be dissolved in one step.
#[test]
fn a_group_can_be_full() {
    let mut past = formed();
    for n in 0..MEMBERS_MAX {
        let member: MemberId = the(&format!("m-{n}"));
        past = past.and(|group| group.join(&the("g-1"), &member, None, &[]));
    }
    past.refuses("group.full", join("m-late", &[]));
}
