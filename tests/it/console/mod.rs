//! Pages (issue 5), as people and their browsers reach them: forms and links, without scripts.

mod acts;
mod auditor;
mod community;
mod department;
mod emergency;
mod figures;
mod journeys;
mod member;
mod menus;
mod photo;
mod resident;
mod unit;

use reqwest::Method;
use tests::town::Town;

/// A page; status and document.
async fn page(town: &Town, path: &str) -> (u16, String) {
    let answer = town.request(Method::GET, path).header("Accept", "text/html").send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A page that must be there and reflect what the town has done.
async fn shown(town: &Town, path: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    let (status, text) = page(town, &format!("{path}{joint}at_least={}", town.position_now().await)).await;
    assert_eq!(status, 200, "{path}\n{text}");
    text
}

/// Sends a form; status, where it leads, and the document.
async fn sent(town: &Town, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let request = town.request(Method::POST, path).header("Accept", "text/html").form(fields);
    let answer = request.send().await.unwrap();
    // The client follows: what it ends at is the page that the form leads to.
    let (status, at) = (answer.status().as_u16(), answer.url().path().to_owned());
    (status, at, answer.text().await.unwrap())
}
