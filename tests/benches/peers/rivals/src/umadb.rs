//! UmaDB: its own server with its own defaults, a process of its own, and clients that read a stream and append on condition.
//! `umadb '{"work": …, "folder": …}'` prints a sample; `umadb serve …` is the server's own command line.

#[path = "../../cpu.rs"]
mod cpu;
#[path = "../../measure.rs"]
mod measure;
#[path = "../../order.rs"]
mod order;
#[path = "../../work.rs"]
mod work;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use order::{Order, OrderEvent};
use serde::Deserialize;
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{DcbAppendCondition, DcbError, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem};
use uuid::Uuid;

/// Events in one request when streams are filled.
const TOGETHER: usize = 1000;
/// Connections at most; more clients than that share them, as HTTP/2 is meant to be used.
const CONNECTIONS: usize = 64;

#[derive(Deserialize)]
struct Asked {
    work: work::Work,
    folder: String,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args();
    let first = arguments.nth(1).context("what to do")?;
    if first == "serve" {
        let rest = std::iter::once("umadb".to_owned()).chain(arguments);
        let options = umadb::parse_cli_options(rest).map_err(|error| anyhow!("{error}"))?;
        return umadb::start_server_with_cli_options(options).map_err(|error| anyhow!("{error}"));
    }
    let asked: Asked = serde_json::from_str(&first)?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let file = format!("{}/uma.db", asked.folder);
    let mut server = Command::new(std::env::current_exe()?)
        .args(["serve", "--listen", &address.to_string(), "--db-path", &file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let told = tokio::runtime::Runtime::new()?.block_on(run(&asked.work, &address.to_string(), &server));
    server.kill()?;
    server.wait()?;
    println!("{}", serde_json::to_string(&told?)?);
    Ok(())
}

async fn run(work: &work::Work, address: &str, server: &Child) -> anyhow::Result<measure::Sample> {
    let mut clients = Vec::new();
    for _ in 0..work.pace.clients.min(CONNECTIONS) {
        clients.push(connect(address).await?);
    }
    fill(&clients[0], work).await?;
    let (clients, work, length) = (Arc::new(clients), work.clone(), work.length as u64);
    let watched = cpu::Watched { server: Some(server.id()) };
    measure::closed_loop(work.pace, &watched, move |client, n| {
        let clients = Arc::clone(&clients);
        let (stream, again) = work.own(client, n);
        async move { screen(&clients[client % clients.len()], stream, order::difficulty(length + again)).await }
    })
    .await
}

/// The server may still be starting.
async fn connect(address: &str) -> anyhow::Result<AsyncUmaDbClient> {
    let mut last = None;
    for _ in 0..20 {
        match UmaDbClient::new(format!("http://{address}")).connect_async().await {
            Ok(client) => return Ok(client),
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err(anyhow!("the server does not answer: {last:?}"))
}

fn event(stream: usize, event: &OrderEvent) -> anyhow::Result<DcbEvent> {
    let bare = DcbEvent::default()
        .event_type(order::name_of(event))
        .tags([format!("order:{stream}")])
        .data(serde_json::to_vec(event)?)
        .uuid(Uuid::new_v4());
    Ok(order::metadata().into_iter().fold(bare, |event, (key, value)| event.metadata_entry(key, value)))
}

async fn fill(client: &AsyncUmaDbClient, work: &work::Work) -> anyhow::Result<()> {
    let mut waiting = Vec::with_capacity(TOGETHER);
    for stream in 0..work.streams {
        for n in 0..work.length {
            waiting.push(event(stream, &order::fact(n))?);
        }
        if waiting.len() >= TOGETHER || stream + 1 == work.streams {
            client.append(std::mem::take(&mut waiting), None, None).await?;
        }
    }
    Ok(())
}

/// Reads the order, decides, appends unless the order has moved.
async fn screen(client: &AsyncUmaDbClient, stream: usize, difficulty: &str) -> anyhow::Result<bool> {
    let query = DcbQuery::new().item(DcbQueryItem::new().tags([format!("order:{stream}")]));
    let (events, head) = client.read_with_head(Some(query.clone()), None, false, None).await?;
    let mut order = Order::default();
    for event in events {
        order.take(serde_json::from_slice(&event.event.data)?);
    }
    let Some(fact) = order.screen(difficulty)? else { return Ok(false) };
    let condition = DcbAppendCondition { fail_if_events_match: query, after: head };
    match client.append(vec![event(stream, &fact)?], Some(condition), None).await {
        Ok(_) => Ok(true),
        Err(DcbError::IntegrityError(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
