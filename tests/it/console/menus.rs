//! Where the menu of each person leads: on a ledger with nothing in it, and on one with a season in it.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use server::demo::accounts::{self, Account};
use server::demo::{self, LIUPANSHUI, Stage};
use tests::place::Place;
use tests::town::Town;

use super::page;

on_both!(an_empty_ledger_is_friendly);

/// Everybody that there is, with a body where one acts for it.
const EVERYBODY: [(&str, &str); 10] = [
    ("public", "anyone"),
    ("resident", "r-1"),
    ("member", "m-1"),
    ("community-worker", "w-1@520201016001"),
    ("unit", "u-1@u-1"),
    ("organisation-department", "o-1@5202"),
    ("organisation-department", "o-2"),
    ("auditor", "a-1"),
    ("promotion-review", "p-1@5202"),
    ("operator", "root"),
];

/// What there is always something of: acts, sheets by their names, what one can ask for.
const NEVER_EMPTY: [&str; 8] = ["/acts", "/sheets", "/ask", "/mine", "/who", "/replay", "/check", "/journal"];

/// Bytes of a page, at most.
const BYTES_MAX: usize = 100_000;

/// The addresses in the menu of a page.
fn menu(page: &str) -> Vec<String> {
    let nav = page.split_once("<nav class=\"menu\"").map_or("", |(_, rest)| rest);
    let nav = nav.split("</nav>").next().unwrap_or_default();
    links(nav).collect()
}

/// The addresses in a part of a page.
fn links(part: &str) -> impl Iterator<Item = String> {
    let all = part.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.map(|link| link.replace("&amp;", "&"))
}

/// How the town is told who an account is.
fn named(account: &Account) -> String {
    let actor = &account.actor;
    actor.organisation.as_ref().map_or_else(|| actor.id.to_string(), |body| format!("{}@{body}", actor.id))
}

/// Issue 5: whoever begins sees pages that say what is not there yet, and none that is broken.
async fn an_empty_ledger_is_friendly(place: Place) {
    let (town, stop) = Town::open(place).await;
    for (role, id) in EVERYBODY {
        let person = town.acting(role, id);
        let (status, home) = page(&person, "/").await;
        assert_eq!(status, 200, "{role}: {home}");
        let entries = menu(&home);
        assert!(entries.len() > 2, "{role}: {entries:?}");
        for path in entries {
            for tag in ["zh-CN", "en"] {
                let asked = person.request(Method::GET, &path).header("Accept", "text/html");
                let answer = asked.header("Accept-Language", tag).send().await.unwrap();
                let status = answer.status().as_u16();
                let text = answer.text().await.unwrap();
                assert_eq!(status, 200, "{role} at {path}\n{text}");
                let main = text.split_once("<main").map_or("", |(_, rest)| rest);
                let says = ["class=\"empty\"", "class=\"notice", "class=\"soft\""]
                    .iter()
                    .any(|sign| main.contains(sign));
                assert!(
                    says || NEVER_EMPTY.contains(&path.as_str()),
                    "{role} at {path} says nothing\n{main}"
                );
                assert!(
                    !main.contains("<tbody>\n</tbody>") && !main.contains("<ul class=\"list\">\n</ul>"),
                    "{role} at {path}\n{main}"
                );
            }
        }
    }
    stop.now().await;
}

/// Issue 5: no page is over 100 kB, with a season in the ledger and as many rows as a page shows.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_are_light_and_their_files_are_there() {
    let place = Place::sqlite();
    let stage = Stage::at(&place.url()).await.unwrap();
    let season = demo::Options { city: LIUPANSHUI, members: 120, months: 2, seed: 1 };
    stage.play(&season, false).await.unwrap();
    let example = stage.example_member().await.unwrap().unwrap();
    let ended = commands::Clock::now(stage.clock.as_ref());
    stage.store.close().await;
    let (town, stop) = Town::open(place).await;
    town.set_time(&ended.to_rfc3339());
    let accounts = accounts::make(town.app(), &LIUPANSHUI, &example).await.unwrap();
    let (mut heavy, mut files) = (vec![], BTreeSet::new());
    for account in &accounts {
        let id = named(account);
        let person = town.acting(account.actor.role.name(), &id);
        let mut paths = menu(&page(&person, "/").await.1);
        if paths.iter().any(|path| path == "/sheets") {
            let sheets = page(&person, "/sheets").await.1;
            paths.extend(links(&sheets).filter(|path| path.starts_with("/sheets/")));
        }
        if paths.iter().any(|path| path == "/figures") {
            paths.extend(["/figures/map", "/figures/load"].map(str::to_owned));
        }
        for path in paths {
            let (status, text) = page(&person, &path).await;
            assert!(status < 400, "{} at {path}: {status}", account.login);
            // Sheets are all made the same way: one file of each tells enough.
            let sign = if path.starts_with("/sheets/") { "format=csv" } else { "format=" };
            files.extend(links(&text).filter(|link| link.contains(sign)).map(|link| (id.clone(), link)));
            if text.len() > BYTES_MAX {
                heavy.push(format!("{} at {path}: {} bytes", account.login, text.len()));
            }
        }
    }
    // What is on the screen can be taken away, as every kind of file that is offered.
    assert!(files.len() > 60, "{files:?}");
    let roles: BTreeMap<_, _> = accounts.iter().map(|account| (named(account), account.actor.role)).collect();
    for (id, link) in files {
        let answer = town.acting(roles[&id].name(), &id).request(Method::GET, &link).send().await.unwrap();
        let media = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let wanted = [
            ("format=csv", "text/csv"),
            ("format=xlsx", "application/vnd"),
            ("format=pdf", "application/pdf"),
        ];
        let wanted = wanted.iter().find(|(format, _)| link.contains(format)).unwrap().1;
        assert!(
            answer.status() == 200 && media.starts_with(wanted),
            "{id} {link}: {} {media}",
            answer.status()
        );
        assert!(answer.bytes().await.unwrap().len() > 20, "{link}");
    }
    stop.now().await;
    assert!(heavy.is_empty(), "{}", heavy.join("\n"));
}
