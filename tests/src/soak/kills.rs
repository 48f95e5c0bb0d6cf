//! Processes that end at the worst moment (test catalogue 1, 2, 14).

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::Round;
use crate::checker;
use crate::place::Place;
use crate::program::{baodao, run};
use crate::serving::{Crowd, Server, found};

/// Clients that submit at the same time.
const CLIENTS: usize = 8;
/// Where a server is killed: at any moment, or at a place that it passes.
const MOMENTS: [Option<&str>; 5] =
    [None, Some("before_commit"), Some("after_commit"), Some("before_checkpoint"), Some("after_checkpoint")];

/// One server, killed in every way, again and again.
pub(super) async fn server(place: Place, round: Round) -> String {
    let (url, mut dice, crowd) = (place.url(), round.dice(), Crowd::new());
    found(&url);
    for moment in MOMENTS.iter().cycle().take(MOMENTS.len() * round.size as usize) {
        let fault = moment.map(|name| format!("{name}@{}", dice.random_range(2..40)));
        let Some(mut server) = Server::start(&url, fault.as_deref()) else { continue };
        let clients = crowd.load(std::slice::from_ref(&server.base), CLIENTS);
        if moment.is_some() {
            // The fault point ends it, or all clients would go on for ever.
            crowd.until(usize::MAX / 2, || server.has_ended()).await;
        } else {
            crowd.until(dice.random_range(1..60), || false).await;
            tokio::time::sleep(Duration::from_micros(dice.random_range(0..20_000))).await;
        }
        drop(server);
        for client in clients {
            client.await.unwrap();
        }
    }
    let server = Server::start(&url, None).unwrap();
    let open = crowd.settle(&server.base).await;
    drop(server);
    assert!(open > 0, "no kill met a command under way: the round shows nothing");
    conclude(&place, &crowd, open).await
}

/// Two servers on one ledger, both under load. One is killed again and again, the other goes on.
pub(super) async fn doubled(place: Place, round: Round) -> String {
    let (url, mut dice, crowd) = (place.url(), round.dice(), Crowd::new());
    found(&url);
    let steady = Server::start(&url, None).unwrap();
    let working = crowd.load(std::slice::from_ref(&steady.base), CLIENTS / 2);
    for moment in MOMENTS.iter().cycle().take(MOMENTS.len() * round.size as usize) {
        let fault = moment.map(|name| format!("{name}@{}", dice.random_range(2..20)));
        let Some(mut server) = Server::start(&url, fault.as_deref()) else { continue };
        let mut beside = vec![];
        for _ in 0..CLIENTS / 2 {
            let (crowd, base) = (crowd.clone(), server.base.clone());
            beside.push(tokio::spawn(async move { crowd.go_on(&base).await }));
        }
        let enough = dice.random_range(40..120);
        crowd.until(enough, || moment.is_some() && server.has_ended()).await;
        drop(server);
        for client in beside {
            client.await.unwrap();
        }
    }
    crowd.stop();
    for client in working {
        client.await.unwrap();
    }
    let open = crowd.settle(&steady.base).await;
    drop(steady);
    conclude(&place, &crowd, open).await
}

/// `rebuild` and `import` killed at every point that they pass; started again, they end well.
pub(super) async fn tools(place: Place, round: Round) -> String {
    let (url, mut dice, crowd) = (place.url(), round.dice(), Crowd::new());
    found(&url);
    let server = Server::start(&url, None).unwrap();
    let clients = crowd.load(std::slice::from_ref(&server.base), CLIENTS);
    crowd.until(40, || false).await;
    let mut killed = 0;
    for _ in 0..round.size {
        for point in ["before_checkpoint", "after_checkpoint", "before_switch", "in_switch"] {
            let nth = if point.ends_with("switch") { dice.random_range(1..20) } else { 1 };
            killed += killed_at(&url, &["rebuild"], &format!("{point}@{nth}"));
        }
    }
    crowd.stop();
    for client in clients {
        client.await.unwrap();
    }
    let said = run(&url, &["rebuild", "demands", "monthly-figures", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let open = crowd.settle(&server.base).await;
    drop(server);
    killed += import(&url, round);
    assert!(killed > 4, "the points were missed: {killed} kills");
    format!("{killed} kills of tools, {}", conclude(&place, &crowd, open).await)
}

/// A file of units, again and again under way when the process ends; in the end each is there once.
fn import(url: &str, round: Round) -> u32 {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = 0;
    for number in 0..round.size {
        let file = folder.path().join(format!("{number}.csv"));
        let rows: Vec<_> =
            (0..200).map(|row| format!("u-{number}-{row},单位{number}之{row},organ,5202")).collect();
        std::fs::write(&file, format!("unit,name,class,division\n{}\n", rows.join("\n"))).unwrap();
        let import = ["import", "units", file.to_str().unwrap()];
        for point in ["before_commit@1", "after_commit@1"] {
            killed += killed_at(url, &import, point);
        }
        let said = run(url, &import);
        assert_eq!(said.code, 0, "{said:?}");
    }
    let said = run(url, &["export", "units", "--format", "json"]);
    let there = said.json().as_array().unwrap().len();
    assert_eq!(there, 2 + 200 * round.size as usize, "A, B: each unit of the files is there once");
    killed
}

/// Runs the program until it ends at the fault point; 1 when it did, 0 when it came through.
fn killed_at(url: &str, arguments: &[&str], fault: &str) -> u32 {
    let mut command = baodao(url, arguments);
    let status =
        command.env("BAODAO_FAULT", fault).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    u32::from(status.status().unwrap().code().is_none())
}

/// All invariants, by the checker and by `baodao verify`.
pub(super) async fn conclude(place: &Place, crowd: &Crowd, open: usize) -> String {
    let ledger = Arc::new(place.open().await);
    let checked = checker::check(&ledger, &crowd.book, true).await;
    ledger.close().await;
    let said = run(&place.url(), &["verify", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let checker::Checked { acknowledged, events, rows } = checked;
    format!("{acknowledged} acknowledged, {open} open, {events} events, {rows} rows")
}
