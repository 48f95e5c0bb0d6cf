//! The second lock: PostgreSQL itself gives a caller what he may see and no more, also where a condition was forgotten.

use std::collections::BTreeSet;

use aggregates::circumstance::{Actor, Role};
use projections::Shelf;
use projections::ports::{Find, Sheet};
use projections::resource::Resource;
use projections::sheets;
use server::store::Store;
use tests::place::{Place, Raw};
use tests::town::Town;

use super::ground::{Ground, ROLES, key};

/// The condition is forgotten.
fn everything() -> Find {
    Find { limit: i32::MAX as usize, ..Find::default() }
}

fn actor(role: &str, id: &str, organisation: Option<&str>) -> Actor {
    let role = Role::named(role).unwrap();
    Actor { id: id.parse().unwrap(), role, organisation: organisation.map(ToOwned::to_owned) }
}

/// What tells the rows apart that somebody is given who asks for all.
async fn given(town: &Town, actor: &Actor, resource: &Resource) -> BTreeSet<String> {
    let (found, _) = town.app().store().seen_by(actor).find(&resource.sheet, &everything()).await.unwrap();
    found.iter().map(|row| key(resource.name, &serde_json::from_str(&row.body).unwrap())).collect()
}

/// The tables of the live rows.
async fn tables(raw: &Raw) -> Vec<String> {
    raw.texts("SELECT table_name FROM projections WHERE state = 'live' ORDER BY name").await
}

/// Issue 4 D: with every condition forgotten, each role is given of each resource the rows within its reach, no less and no more; also after
/// each projection was rebuilt, and nobody is given anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_database_itself_gives_each_what_he_may_see() {
    let ground = Ground::settle(Place::postgres()).await;
    let town = &ground.town;
    assert!(town.app().store().is_locked_twice());
    for round in ["made", "rebuilt"] {
        let mut withheld = 0;
        for role in ROLES {
            let (id, organisation) = &ground.people[role];
            let actor = actor(role, id, organisation.as_deref());
            for resource in sheets::resources() {
                let expected = match ground.all(&ground.acting(role), resource.name).await {
                    Ok(rows) => rows.into_keys().collect(),
                    Err(_) => BTreeSet::new(),
                };
                let given = given(town, &actor, resource).await;
                assert_eq!(given, expected, "{round}: {role} of {}", resource.name);
                withheld += ground.rows[resource.name].len().saturating_sub(given.len());
            }
        }
        assert!(withheld > 5_000, "{withheld} rows were withheld: the ground is too small to tell");
        if round == "made" {
            town.rebuild_equals_live().await;
        }
    }
    // Who has no organisation is of the whole ledger if he is of an office, and of no unit.
    for (role, sees) in [("unit", false), ("organisation-department", true), ("community-worker", true)] {
        let members = sheets::resources().iter().find(|one| one.name == "members").unwrap();
        let given = given(town, &actor(role, "x-1", None), members).await;
        assert_eq!(!given.is_empty(), sees, "{role}");
    }
    let raw = town.place().raw_with(1).await;
    for role in ROLES.iter().filter(|role| **role != "auditor") {
        let reader = format!("baodao_reads_{}", role.replace('-', "_"));
        for table in tables(&raw).await {
            raw.run(&format!("SET ROLE {reader}")).await.unwrap();
            let seen =
                raw.run(&format!("DO $$ BEGIN ASSERT NOT EXISTS (SELECT 1 FROM \"{table}\"); END $$")).await;
            // Rows that nobody is ever shown are not even given to be read.
            assert!(
                seen.is_ok() || seen.as_ref().unwrap_err().contains("permission denied"),
                "{role} {table}: {seen:?}"
            );
            assert!(
                raw.run(&format!("DELETE FROM \"{table}\"")).await.unwrap_err().contains("permission denied")
            );
            raw.run("RESET ROLE").await.unwrap();
        }
    }
    ground.stop.now().await;
}

/// Issue 4 D: rows that another version locked otherwise are locked as this one does before they are served.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_another_version_locked_is_locked_anew() {
    let place = Place::postgres();
    let (town, stop) = Town::settle(place).await;
    let raw = town.place().raw().await;
    let policies = "SELECT polrelid::regclass || ' ' || polname || ' ' || pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid::regclass::text LIKE 'sheet%' ORDER BY 1";
    let before = raw.texts(policies).await;
    let table = raw
        .texts("SELECT table_name FROM projections WHERE name = 'members' AND state = 'live'")
        .await
        .remove(0);
    let of_member = raw.texts(&format!("SELECT polname::text FROM pg_policy WHERE polrelid = '{table}'::regclass AND polname LIKE 'member%'")).await.remove(0);
    raw.run(&format!(r#"DROP POLICY "{of_member}" ON "{table}"; CREATE POLICY "member_old" ON "{table}" FOR SELECT TO baodao_reads_member USING (true);
        ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY"#)).await.unwrap();
    let store = Store::open(&town.place().url()).await.unwrap();
    for resource in sheets::resources() {
        store.live(&resource.sheet).await.unwrap();
    }
    assert_eq!(raw.texts(policies).await, before);
    let members = sheets::resources().iter().find(|one| one.name == "members").unwrap();
    assert_eq!(given(&town, &actor("member", "m-1", None), members).await.len(), 1);
    store.close().await;
    stop.now().await;
}

/// Issue 4 D: where the database lets nobody make roles, it serves with one lock, and says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_right_to_make_roles_one_lock_is_left() {
    const SHEET: Sheet = Sheet { name: "members", version: 1, columns: &["unit"] };
    let place = Place::postgres();
    let Place::Postgres(schema) = &place else { unreachable!() };
    let (role, url) = (format!("r{}", schema.name()), place.url());
    place.open().await.close().await;
    let raw = place.raw().await;
    raw.run(&format!("DROP SCHEMA {0} CASCADE; CREATE ROLE {role} LOGIN PASSWORD 'for-a-test'; CREATE SCHEMA {0} AUTHORIZATION {role}; DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {role}', current_database()); END $$", schema.name())).await.unwrap();
    let rest = url.rsplit_once('@').unwrap().1;
    let store = Store::open(&format!("postgres://{role}:for-a-test@{rest}")).await.unwrap();
    assert!(!store.is_locked_twice());
    store.live(&SHEET).await.unwrap();
    let (found, _) = store.seen_by(&actor("member", "m-1", None)).find(&SHEET, &everything()).await.unwrap();
    assert_eq!(found, []);
    store.close().await;
}
