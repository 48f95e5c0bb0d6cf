//! Limits of authority as conditions on rows: the same for pages, files and the command line.

use commands::authority::Limit;
use projections::ports::Condition;
use projections::sheets;

/// The condition that a limit is for the shelf.
pub fn condition(limit: &Limit) -> Condition {
    match limit {
        Limit::Key(key) => Condition::Key(key.clone()),
        Limit::Is(column, value) => Condition::Is(column, value.clone()),
        Limit::In(column, code) => Condition::StartsWith(column, code.clone()),
        Limit::Any(all) => Condition::Any(all.iter().map(condition).collect()),
        Limit::All(all) => Condition::All(all.iter().map(condition).collect()),
        Limit::Of { column, resource, select, limit } => {
            match sheets::resources().iter().find(|one| one.name == *resource) {
                Some(other) => Condition::In {
                    column: *column,
                    sheet: other.sheet,
                    select: *select,
                    holds: Box::new(condition(limit)),
                },
                // Nothing is found by what is not there.
                None => Condition::Any(vec![]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aggregates::Role;
    use aggregates::circumstance::Actor;
    use commands::authority::{Reach, reach};

    use super::*;

    fn names(limit: &Limit, out: &mut Vec<(&'static str, Option<&'static str>)>) {
        match limit {
            Limit::Any(all) | Limit::All(all) => all.iter().for_each(|one| names(one, out)),
            Limit::Of { resource, select, limit, .. } => {
                out.push((resource, *select));
                names(limit, out);
            }
            _ => {}
        }
    }

    /// Issue 4 D: limits speak of resources and columns that there are; a mistaken name would hide rows without a word.
    #[test]
    fn limits_speak_of_resources_that_there_are() {
        for role in [
            Role::Public,
            Role::Resident,
            Role::Member,
            Role::Unit,
            Role::CommunityWorker,
            Role::OrganisationDepartment,
            Role::PromotionReview,
        ] {
            let actor = Actor { id: "x-1".parse().unwrap(), role, organisation: Some("520201".to_owned()) };
            for resource in sheets::resources() {
                let Reach::Within(limit) = reach(&actor, resource.name) else { continue };
                let mut others = vec![];
                names(&limit, &mut others);
                for (other, select) in others {
                    let other = sheets::resources().iter().find(|one| one.name == other);
                    let columns = other.unwrap_or_else(|| panic!("{role:?} {}", resource.name)).sheet.columns;
                    assert!(
                        select.is_none_or(|select| columns.contains(&select)),
                        "{role:?} {}",
                        resource.name
                    );
                }
            }
        }
    }
}
