//! The short form of every fault of `tests::soak` that CI can bring about. docs/reliability.md tells which is which.

use tests::soak::{FAULTS, Round, find};

/// One test for each fault, and the list of them all.
macro_rules! short_forms {
    ($($test:ident: $name:literal),+ $(,)?) => {
        const SHORT: &[&str] = &[$($name),+];
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                let figures = (find($name).unwrap().run)(Round { seed: 1, size: 1 }).await;
                println!("{}: {figures}", $name);
            }
        )+
    };
}

short_forms![
    the_server_is_killed_on_sqlite: "killed-sqlite",
    the_server_is_killed_on_postgres: "killed-postgres",
    rebuild_and_import_are_killed_on_sqlite: "rebuild-killed-sqlite",
    rebuild_and_import_are_killed_on_postgres: "rebuild-killed-postgres",
    one_of_two_servers_is_killed_on_sqlite: "doubled-sqlite",
    one_of_two_servers_is_killed_on_postgres: "doubled-postgres",
    the_database_is_killed: "database-killed",
    the_database_freezes: "database-frozen",
    the_wire_to_the_database_fails: "wire",
    the_server_is_asked_to_stop_on_sqlite: "stopped-sqlite",
    the_server_is_asked_to_stop_on_postgres: "stopped-postgres",
    a_cancelled_commit_is_never_a_receipt: "cancelled-commit",
    a_backup_under_load_is_restored_on_sqlite: "restore-sqlite",
    a_moment_under_load_is_restored_on_postgres: "restore-postgres",
];

/// docs/reliability.md names every fault.
#[test]
fn every_fault_is_told() {
    let told = include_str!("../../docs/reliability.md");
    let untold = FAULTS.iter().map(|fault| fault.name).filter(|name| !told.contains(&format!("`{name}`")));
    assert_eq!(untold.collect::<Vec<_>>(), [""; 0]);
}

/// A fault that CI can bring about has its short form here (simulation: tests/it/simulation.rs).
#[test]
fn every_fault_for_ci_runs_in_ci() {
    let due = FAULTS.iter().filter(|fault| fault.in_ci && fault.name != "simulation");
    assert_eq!(due.map(|fault| fault.name).collect::<Vec<_>>(), SHORT);
}
