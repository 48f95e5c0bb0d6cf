//! Everything that a served ledger tells: each address of its API description, asked by somebody of each role.

use std::io::{Cursor, Read};
use std::process::Command;
use std::time::Duration;

use futures::StreamExt;
use proofs::record::attached_record;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tests::place::Raw;
use zip::ZipArchive;

use super::marks::Told;

/// Requests at the same time.
const AT_ONCE: usize = 6;

/// Stands before the key of a row until it is asked for.
const ROW: &str = "\u{1}";

/// Who asks: the header; the person at the machine without one.
pub type Asker = Option<&'static str>;

/// A request of somebody.
pub fn asked(request: RequestBuilder, by: Asker) -> RequestBuilder {
    match by {
        Some(actor) => request.header("Baodao-Actor", actor),
        None => request,
    }
}

/// Whatever the service at the address answers to these people.
pub async fn answers(base: &str, raw: &Raw, askers: &[Asker]) -> Vec<Told> {
    let client = Client::builder().no_proxy().build().unwrap();
    let addresses = addresses(&client, base, raw).await;
    // Rows stand in the lists, too: one by one the first two ask for them.
    let of_rows = |path: &str| path.contains(ROW);
    let requests = addresses.iter().flat_map(|path| {
        let askers = if of_rows(path) { &askers[..2] } else { askers };
        askers.iter().map(move |by| (path.replace(ROW, ""), *by))
    });
    let client = &client;
    let told = futures::stream::iter(requests.map(|(path, by)| async move {
        let request = client.get(format!("{base}{path}")).header("Baodao-Purpose", "check");
        let answer = asked(request, by).send().await.unwrap();
        let status = answer.status().as_u16();
        assert!(status < 500, "{path} of {by:?}: {status}");
        let media = answer.headers().get("content-type").map(|media| media.to_str().unwrap().to_owned());
        let bytes = answer.bytes().await.unwrap();
        let place = format!("{} {status} {path}", by.unwrap_or("operator"));
        unwrapped(&place, &media.unwrap_or_default(), &bytes)
    }));
    let mut all: Vec<Told> = told.buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect();
    all.push(streamed(client, base).await);
    all
}

/// The bytes, and what a reader sees of a workbook or a certificate.
pub fn unwrapped(place: &str, media: &str, bytes: &[u8]) -> Vec<Told> {
    let mut told = vec![Told::new(place, bytes)];
    if media.contains("spreadsheetml") {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        for number in 0..archive.len() {
            let (mut part, mut content) = (archive.by_index(number).unwrap(), vec![]);
            part.read_to_end(&mut content).unwrap();
            told.push(Told::new(format!("{place} {}", part.name().unwrap()), content));
        }
    }
    if media.contains("pdf") {
        // A certificate has its record with it; a printed table has none.
        if place.contains("/record") {
            told.push(Told::new(format!("{place} record"), attached_record(bytes).unwrap()));
        }
        told.push(Told::new(format!("{place} text"), printed(bytes)));
    }
    told
}

/// What poppler reads, without blanks.
fn printed(pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let said = Command::new("pdftotext").arg(file.path()).arg("-").output();
    let said = said.expect("there is no `pdftotext`: apt-get install poppler-utils, or run tests/run");
    assert!(said.status.success(), "{said:?}");
    String::from_utf8(said.stdout).unwrap().split_whitespace().collect()
}

/// Every event, as whoever listens is told them: until nothing more comes.
async fn streamed(client: &Client, base: &str) -> Told {
    let request = asked(client.get(format!("{base}/v1/events/stream?after=0")), Some("auditor/a-1"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let (mut chunks, mut bytes) = (answer.bytes_stream(), vec![]);
    while let Ok(Some(chunk)) = tokio::time::timeout(Duration::from_secs(1), chunks.next()).await {
        bytes.extend(chunk.unwrap());
    }
    Told::new("auditor/a-1 200 /v1/events/stream", bytes)
}

/// The paths that the description tells, with everything in their places that the ledger knows.
async fn addresses(client: &Client, base: &str, raw: &Raw) -> Vec<String> {
    let document: Value =
        client.get(format!("{base}/v1/openapi.json")).send().await.unwrap().json().await.unwrap();
    let head = raw.numbers("SELECT position FROM ledger_head").await[0];
    let mut streams = raw.texts("SELECT DISTINCT aggregate_type || '/' || aggregate_id FROM events").await;
    streams.sort();
    let mut all = vec![];
    for (path, methods) in document["paths"].as_object().unwrap() {
        // An identity provider is not there, and the stream never ends.
        if methods["get"].is_null() || path.starts_with("/sign-in/oidc") || path == "/v1/events/stream" {
            continue;
        }
        let paths = if path.contains('{') {
            filled(&document, path, raw, &streams, head).await
        } else {
            vec![path.clone()]
        };
        assert!(!paths.is_empty(), "nothing is known to ask {path} for");
        let parameters = methods["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let queries = queries(&document, path, &parameters, head);
        all.extend(paths.iter().flat_map(|path| queries.iter().map(move |query| format!("{path}{query}"))));
    }
    all
}

fn target<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |at| document.pointer(at.trim_start_matches('#')).unwrap())
}

/// The query strings: every format, every page.
fn queries(document: &Value, path: &str, parameters: &[Value], head: i64) -> Vec<String> {
    let parameter =
        |name: &str| parameters.iter().map(|one| target(document, one)).find(|one| one["name"] == name);
    let mut fixed: Vec<&str> = vec![];
    if parameter("limit").is_some() {
        fixed.push("limit=1000");
    }
    if path.ends_with("/record") {
        fixed.push("purpose=check");
    }
    let formats = parameter("format").map(|one| one["schema"]["enum"].as_array().unwrap().clone());
    let formats: Vec<String> = match formats {
        Some(names) => names.iter().map(|name| format!("format={}", name.as_str().unwrap())).collect(),
        None => vec![String::new()],
    };
    let is_of_events = parameter("after").is_some_and(|one| one["schema"]["type"] == "integer");
    let pages: Vec<String> = if is_of_events {
        (0..=head / 1000).map(|page| format!("after={}", page * 1000)).collect()
    } else {
        vec![String::new()]
    };
    let mut all = vec![];
    for format in &formats {
        for page in &pages {
            let parts = fixed.iter().copied().chain([format.as_str(), page.as_str()]);
            let query = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
            all.push(if query.is_empty() { query } else { format!("?{query}") });
        }
    }
    all
}

/// A path with everything in its places that the ledger knows.
async fn filled(document: &Value, path: &str, raw: &Raw, streams: &[String], head: i64) -> Vec<String> {
    let of = |kind: &str| -> Vec<String> {
        let kind = format!("{kind}/");
        streams.iter().filter_map(|stream| stream.strip_prefix(&kind)).map(str::to_owned).collect()
    };
    let noun = path.split('/').nth(2).unwrap_or_default();
    match path {
        "/v1/streams/{type}/{id}" => streams.iter().map(|stream| format!("/v1/streams/{stream}")).collect(),
        "/v1/log/tile/{place}" => tiles(head),
        "/v1/log/proof/{position}" => vec!["/v1/log/proof/1".to_owned()],
        _ if noun == "persons" => {
            let persons = of("person").into_iter().map(|person| person.replace(':', "/"));
            persons.map(|person| path.replace("{kind}/{id}", &person)).collect()
        }
        _ if path.ends_with("/{key}") => {
            let projection = projections::sheets::resources().iter().find(|one| one.name == noun).unwrap();
            let table = format!(
                "SELECT table_name FROM projections WHERE state = 'live' AND name = '{}'",
                projection.sheet.name
            );
            let table = raw.texts(&table).await.remove(0);
            let keys = raw.texts(&format!(r#"SELECT "key" FROM "{table}""#)).await;
            let keys = keys.into_iter().map(|key| path.replace("{key}", &format!("{ROW}{key}")));
            // Where there is no row, that is what is answered.
            keys.chain([path.replace("{key}", "nothing")]).collect()
        }
        _ if path.contains("{id}") => {
            let kind = noun.strip_suffix('s').unwrap();
            let known = of(kind).into_iter().chain(["nothing".to_owned()]);
            known.map(|id| path.replace("{id}", &id)).collect()
        }
        _ => {
            let (name, place) = if path.contains("{kind}") { ("kind", "{kind}") } else { ("file", "{file}") };
            let values = document["components"]["parameters"][name]["schema"]["enum"].as_array().unwrap();
            values.iter().map(|value| path.replace(place, value.as_str().unwrap())).collect()
        }
    }
}

/// Entries of the log and tiles of its hashes, of every width that it may have grown to.
fn tiles(head: i64) -> Vec<String> {
    let (whole, rest) = (head / 256, head % 256);
    let mut all: Vec<String> = (0..whole).map(|number| format!("{number:03}")).collect();
    all.extend((1..=rest).rev().take(8).map(|width| format!("{whole:03}.p/{width}")));
    all.iter()
        .flat_map(|tile| [format!("/v1/log/tile/entries/{tile}"), format!("/v1/log/tile/0/{tile}")])
        .collect()
}
