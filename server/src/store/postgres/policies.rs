//! Policies of row-level security, made from the table of authority (`commands::authority::reach`): what it lets a role see of a resource,
//! as SQL that takes who asks from settings of the transaction. Without them nobody is anybody, and nothing is seen.

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use commands::authority::{self, Limit, Reach};
use projections::ports::Sheet;
use projections::resource::Resource;
use projections::sheets;

/// The roles that see a part. All others see everything, and are not held back here.
pub(super) const ROLES: [Role; 7] = [
    Role::Public,
    Role::Resident,
    Role::Member,
    Role::Unit,
    Role::CommunityWorker,
    Role::OrganisationDepartment,
    Role::PromotionReview,
];
/// Stand for who asks until a transaction says it.
const ID: &str = "the-one-who-asks";
const ORGANISATION: &str = "the-organisation-of-the-one-who-asks";
/// Who asks; NULL when nobody does: a setting that a transaction left behind is empty.
const ASKER: &str = "nullif(current_setting('baodao.id', true), '')";
/// His organisation, behind a sign that tells one that has none from nobody.
const BODY: &str = "substr(nullif(current_setting('baodao.organisation', true), ''), 2)";

/// What a role sees of a table.
pub(super) struct Policy {
    /// Tells what is in it: another content has another name.
    pub name: String,
    /// Makes it.
    pub statement: String,
}

/// The role of the database that reads for people of this role.
pub(super) fn reader(role: Role) -> String {
    format!("baodao_reads_{}", role.name().replace('-', "_"))
}

/// Begins a transaction in which rows are read for this caller; none for one who sees everything.
pub(super) fn begin(actor: &Actor) -> Option<String> {
    ROLES.contains(&actor.role).then(|| {
        let body = actor.organisation.as_deref().map_or_else(|| "=".to_owned(), |body| format!("={body}"));
        format!(
            "BEGIN READ ONLY; SELECT set_config('baodao.id', {}, true), set_config('baodao.organisation', {}, true), set_config('role', '{}', true)",
            literal(actor.id.as_str()),
            literal(&body),
            reader(actor.role)
        )
    })
}

/// What each role may see of a sheet's rows. A role that may see nothing has no policy.
pub(super) fn policies(sheet: &Sheet, table: &str) -> Vec<Policy> {
    let Some(resource) = served(sheet) else { return vec![] };
    let seen = ROLES.iter().filter_map(|role| {
        let whole = seen(*role, resource.name)?;
        let reader = reader(*role);
        let name = format!("{}_{:016x}", role.name(), fingerprint(&whole));
        let statement =
            format!(r#"CREATE POLICY "{name}" ON "{table}" FOR SELECT TO {reader} USING ({whole})"#);
        Some(Policy { name, statement })
    });
    seen.collect()
}

/// Whether rows of the sheet are read for callers.
pub(super) fn is_read(sheet: &Sheet) -> bool {
    served(sheet).is_some()
}

/// The resource whose rows these are; none of a sheet of another version, which this program reads for nobody.
fn served(sheet: &Sheet) -> Option<&'static Resource> {
    sheets::resources().iter().find(|one| one.sheet == *sheet)
}

/// The sheets whose live rows the policies of this one look into.
pub(super) fn looked_into(sheet: &Sheet) -> Vec<Sheet> {
    let Some(resource) = served(sheet) else { return vec![] };
    let mut names = vec![];
    for role in ROLES {
        if let Reach::Within(limit) = reach(role, Some(ORGANISATION), resource.name) {
            others(&limit, &mut names);
        }
    }
    names.sort_unstable();
    names.dedup();
    sheets::resources().iter().filter(|one| names.contains(&one.name)).map(|one| one.sheet).collect()
}

fn others(limit: &Limit, names: &mut Vec<&'static str>) {
    match limit {
        Limit::Any(all) | Limit::All(all) => all.iter().for_each(|one| others(one, names)),
        Limit::Of { resource, limit, .. } => {
            names.push(resource);
            others(limit, names);
        }
        Limit::Key(_) | Limit::Is(..) | Limit::In(..) => {}
    }
}

/// The function that tells the live rows of a sheet, whatever table they are in: policies must not name one, since it could not be dropped.
pub(super) fn live(sheet: &Sheet) -> String {
    format!("live_{}_v{}", sheet.name, sheet.version)
}

/// Lets [`live`] tell the rows of this table from now on. The database puts its text into the plan: it costs nothing.
pub(super) fn point(sheet: &Sheet, table: &str) -> String {
    let columns: Vec<String> =
        ["key"].iter().chain(sheet.columns).map(|column| format!(r#""{column}""#)).collect();
    let told = columns.iter().map(|column| format!("{column} text")).collect::<Vec<_>>().join(", ");
    format!(
        r#"CREATE OR REPLACE FUNCTION "{}"() RETURNS TABLE ({told}) LANGUAGE sql STABLE AS 'SELECT {} FROM "{table}" r'"#,
        live(sheet),
        columns.iter().map(|column| format!("r.{column}")).collect::<Vec<_>>().join(", ")
    )
}

fn reach(role: Role, organisation: Option<&str>, resource: &str) -> Reach {
    let actor = Actor {
        id: ActorId::new(ID).unwrap_or_default(),
        role,
        organisation: organisation.map(ToOwned::to_owned),
    };
    authority::reach(&actor, resource)
}

/// What is true of the rows that the role sees; none when it sees none.
fn seen(role: Role, resource: &str) -> Option<String> {
    let within = match reach(role, Some(ORGANISATION), resource) {
        Reach::Nothing => return None,
        Reach::All => "true".to_owned(),
        Reach::Within(limit) => term(&limit, 0),
    };
    // Nobody asks: nothing is seen, whatever the resource.
    let somebody = format!("{ASKER} IS NOT NULL AND {BODY} IS NOT NULL");
    let guard = if reach(role, None, resource) == Reach::Nothing {
        format!("{somebody} AND {BODY} <> ''")
    } else {
        somebody
    };
    Some(format!("({guard}) AND {within}"))
}

/// A limit on a row of the table (depth 0), or of one that it is seen by.
fn term(limit: &Limit, depth: usize) -> String {
    let column = |name: &str| match depth {
        0 => format!(r#""{name}" COLLATE "C""#),
        deep => format!(r#"t{deep}."{name}" COLLATE "C""#),
    };
    match limit {
        Limit::Key(key) => format!("{} = {}", column("key"), text(key)),
        Limit::Is(name, value) => format!("{} = {}", column(name), text(value)),
        // Behind a code come all that begin with it, up to the last character that there is.
        Limit::In(name, code) => {
            let from = if code == ORGANISATION { BODY.to_owned() } else { literal(code) };
            format!("({0} >= {from} AND {0} < {from} || chr(1114111))", column(name))
        }
        Limit::Any(all) => joined(all, depth, " OR ", "false"),
        Limit::All(all) => joined(all, depth, " AND ", "true"),
        Limit::Of { column: own, resource, select, limit } => {
            let Some(other) = sheets::resources().iter().find(|one| one.name == *resource) else {
                return "false".to_owned();
            };
            let within = depth + 1;
            format!(
                r#"{} IN (SELECT t{within}."{}" COLLATE "C" FROM "{}"() t{within} WHERE {})"#,
                column(own.unwrap_or("key")),
                select.unwrap_or("key"),
                live(&other.sheet),
                term(limit, within)
            )
        }
    }
}

fn joined(all: &[Limit], depth: usize, word: &str, none: &str) -> String {
    let terms: Vec<String> = all.iter().map(|one| term(one, depth)).collect();
    if terms.is_empty() { none.to_owned() } else { format!("({})", terms.join(word)) }
}

/// A value with who asks in it. An absent one equals nothing: columns without a value are empty.
fn text(value: &str) -> String {
    if value == ORGANISATION {
        return format!("nullif({BODY}, '')");
    }
    match value.split_once(ID) {
        Some(("", "")) => ASKER.to_owned(),
        Some((before, behind)) => format!("({} || {ASKER} || {})", literal(before), literal(behind)),
        None => literal(value),
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

/// FNV-1a: the same in every build.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D: every role and resource has a policy exactly where the table of authority lets something be seen; who asks is never part of it.
    #[test]
    fn policies_are_those_of_the_table_of_authority() {
        for resource in sheets::resources() {
            let made = policies(&resource.sheet, "t");
            let may = ROLES.iter().filter(|role| reach(**role, Some("x"), resource.name) != Reach::Nothing);
            assert_eq!(made.len(), may.count(), "{}", resource.name);
            for policy in made {
                assert!(!policy.statement.contains("the-o"), "{}", policy.statement);
                assert!(policy.name.len() < 63, "{}", policy.name);
            }
        }
    }

    /// Issue 4 D: a text cannot end what it stands in.
    #[test]
    fn texts_stay_texts() {
        let actor = Actor {
            id: ActorId::new("m-1").unwrap(),
            role: Role::Member,
            organisation: Some("x', true), ('".to_owned()),
        };
        assert!(begin(&actor).unwrap().contains("'=x'', true), ('''"));
        assert_eq!(begin(&Actor { role: Role::Auditor, ..actor }), None);
        assert_eq!(text(&format!("resident:{ID}")), format!("('resident:' || {ASKER} || '')"));
    }
}
