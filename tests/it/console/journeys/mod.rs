//! Journeys through the console in a real browser (issue 5): each a short script of what somebody clicks, types and reads, in a town that
//! has lived through the demonstration's season. They run on both databases, on a phone and at a desk, with scripts and without.

mod acts;
mod auditor;
mod crawl;
mod department;
mod emergency;
mod lived;
mod member;
mod resident;
mod speed;
mod tour;
mod worker;

use tests::browser::Way;

/// The four ways that a journey is made in: on a phone and at a desk, with scripts and without, in Chinese and in English.
const WAYS: [Way; 4] = [
    Way::PHONE,
    Way { scripts: false, ..Way::PHONE },
    Way { language: "en", ..Way::DESK },
    Way { scripts: false, ..Way::DESK },
];

/// What a page says in the language that it is looked at in.
fn said(way: Way, zh: &'static str, en: &'static str) -> &'static str {
    if way.language == "en" { en } else { zh }
}
