//! Every page that somebody reaches from his menu by following links: it is there, nothing on it is a barrier, nothing overflows.

use std::collections::{BTreeMap, VecDeque};

use tests::browser::{Page, Sight, Way};
use tests::place::Place;

use super::lived::Lived;
use super::speed;

/// Those who have accounts, and whoever has none.
const LOGINS: [&str; 9] =
    ["", "resident", "member", "worker", "unit", "department", "auditor", "review", "operator"];

/// Pages of each, and of each sort of page: as many as show its kinds of rows.
const PAGES: usize = 45;
const OF_A_SORT: usize = 2;

/// What is no page of the console: files, the interface and its description, the door, the check page, a change of language.
const ELSEWHERE: [&str; 8] =
    ["/v1/", "/docs", "/sign-", "/check", "/static/", "/language/", "/healthz", "/metrics"];

const LINKS: &str = "[...document.querySelectorAll('a[href]')].filter((one) => one.origin === location.origin && !one.hasAttribute('download'))
    .map((one) => one.pathname + one.search)";

/// The sort of a page: its path without what names one thing, and what is asked.
fn sort(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let named = |(at, part): (usize, &str)| {
        if at > 2 || part.chars().any(|c| c.is_ascii_digit() || c == '%') {
            "*".to_owned()
        } else {
            part.to_owned()
        }
    };
    let parts: Vec<String> = path.split('/').enumerate().map(named).collect();
    let asked: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.join("/"), asked.join("&"))
}

/// Follows every link, and tells what was wrong.
async fn crawl(page: &Page) -> Vec<String> {
    let (mut waiting, mut sorts) = (VecDeque::from(["/".to_owned()]), BTreeMap::from([(sort("/"), 1)]));
    let (mut seen, mut found) = (0, vec![]);
    while let Some(path) = waiting.pop_front().filter(|_| seen < PAGES) {
        seen += 1;
        page.visit(&path).await;
        if page.status() >= 400 {
            found.push(format!("{path} is linked to and answers {}", page.status()));
            continue;
        }
        found.extend(page.look().await.findings.into_iter().map(|finding| format!("{path}: {finding}")));
        for link in page.value(LINKS).await.as_array().into_iter().flatten().filter_map(|link| link.as_str())
        {
            let known = sorts.entry(sort(link)).or_default();
            if *known < OF_A_SORT
                && !waiting.iter().any(|other| other == link)
                && !ELSEWHERE.iter().any(|start| link.starts_with(start))
                && !link.contains("format=")
            {
                *known += 1;
                waiting.push_back(link.to_owned());
            }
        }
    }
    found
}

async fn everywhere(place: Place, way: Way) {
    let lived = Lived::at(place).await;
    let (mut found, mut took) = (vec![], vec![]);
    for login in LOGINS {
        let page =
            if login.is_empty() { lived.somebody(way).await } else { lived.signed_in(login, way).await };
        let wrong = crawl(&page).await;
        assert!(page.visited().len() > 2, "{login} reaches nothing: {:?}", page.visited());
        println!(
            "{} as {}: {} pages",
            if login.is_empty() { "nobody" } else { login },
            way.name(),
            page.visited().len()
        );
        found.extend(wrong.into_iter().map(|one| format!("{login}: {one}")));
        took.extend(page.took().into_iter().map(|(path, took)| (sort(&path), took)));
    }
    println!("{}", speed::table(took));
    lived.end().await;
    assert!(found.is_empty(), "{} finding(s) as {}:\n{}", found.len(), way.name(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_is_well_on_a_phone_in_chinese() {
    everywhere(Place::sqlite(), Way::PHONE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_is_well_at_a_desk_in_english_without_scripts() {
    everywhere(Place::postgres(), Way { sight: Sight::Desk, language: "en", scripts: false }).await;
}

#[test]
fn pages_of_a_sort_are_known_as_such() {
    assert_eq!(sort("/sheets/members/m-00012?after=x"), sort("/sheets/members/m-00027?after=y"));
    assert_ne!(sort("/sheets/members"), sort("/sheets/units"));
    assert_ne!(sort("/wishes?community=1"), sort("/wishes"));
}
