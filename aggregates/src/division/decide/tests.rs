use super::*;
use crate::given::{Past, the};
use crate::ids::Level;

fn register(
    code: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    parent_known: bool,
) -> impl Fn(&Division) -> Decision<Division> + Copy + Send {
    move |division| {
        let aliases: Vec<String> = aliases.iter().copied().map(str::to_owned).collect();
        division.register(&the(code), name, &aliases, parent_known)
    }
}

fn registered(code: &str, name: &str, level: Level, parent: &str, aliases: &[&str]) -> DivisionEvent {
    DivisionEvent::DivisionRegistered {
        code: the(code),
        name: name.to_owned(),
        level,
        parent: Some(the(parent)),
        aliases: aliases.iter().copied().map(str::to_owned).collect(),
    }
}

/// A1: a division is entered below one that is registered; its code tells level and parent.
#[test]
fn a_division_is_entered_below_a_registered_one() {
    let past = Past::<Division>::none();
    let act = register("520201016001", "凤凰社区", &["凤凰居委会"], true);
    past.when(act).then_expect_events(vec![registered(
        "520201016001",
        "凤凰社区",
        Level::Community,
        "520201016",
        &["凤凰居委会"],
    )]);
    past.refuses("division.unknown_parent", register("520201016001", "凤凰社区", &[], false));
    past.and(act).is_content(act);
}

/// A1: entered again with another name or alias, it is corrected (gap G6).
#[test]
fn a_divisions_name_can_be_corrected() {
    let past = Past::none().and(register("520201016", "凤凰街道", &[], true));
    past.when(register("520201016", "凤凰街道办", &["凤凰"], true)).then_expect_events(vec![registered(
        "520201016",
        "凤凰街道办",
        Level::Street,
        "520201",
        &["凤凰"],
    )]);
}

/// A1: names and aliases are texts of reasonable length.
#[test]
fn a_division_needs_a_name() {
    let past = Past::<Division>::none();
    past.refuses("division.name_length", register("520201", "", &[], true));
    past.refuses("division.name_length", register("520201", "钟山\u{0}区", &[], true));
    past.refuses("division.alias_length", register("520201", "钟山区", &[""], true));
    past.refuses("division.alias_length", register("520201", "钟山区", &["别名"; 21], true));
}
