//! Row `read`: answers over HTTP with keep-alive, beside a bare axum that reads a row by its key, and one that says hello.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::routing::get;
use projections::ports::Feed;
use projections::{Demands, Grids, Members, PointCards, Projection};
use serde_json::Value;
use server::App;
use server::app::Options as AppOptions;
use server::clock::SystemClock;
use server::http as house;
use sqlx::PgPool;
use tests::place::Place;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};

use crate::cqrs::POOL;
use crate::http::Connection;
use crate::measure::{Pace, Sample, closed_loop};
use crate::options::Options;
use crate::postgres;
use crate::rounds::{Contender, Line, compare};
use crate::season::Season;

/// Clients at once.
const CLIENTS: usize = 64;

/// A server that runs beside us until it is dropped.
struct Served {
    address: String,
    _stop: Option<oneshot::Sender<()>>,
}

/// Cards, rosters, histories and lists of a season on PostgreSQL.
pub async fn read(options: &Options) -> anyhow::Result<Vec<Line>> {
    let (members, months) = (options.size(1_000, 5_000), options.pick(2, 3));
    let season = Season::of(Place::postgres(), members, months).await?;
    let house = Arc::new(our_house(&season).await?);
    let mut connection = Connection::open(&house.address).await?;
    let people = names(&mut connection, "/v1/point-cards?holder_kind=member&limit=1000", "holder").await?;
    let grids = names(&mut connection, "/v1/grids?limit=1000", "grid").await?;
    let communities = names(&mut connection, "/v1/demands?limit=1000", "community").await?;
    let sample = connection.get(&format!("/v1/members/{}/point-card?year=2026", people[0])).await?.to_vec();
    let bare = Arc::new(bare_rows(&people, &String::from_utf8(sample)?).await?);
    let hello = Arc::new(bare_hello().await?);

    let paths =
        |of: &dyn Fn(&String) -> String, all: &[String]| Arc::new(all.iter().map(of).collect::<Vec<_>>());
    let card = |id: &String| format!("/v1/members/{id}/point-card?year=2026");
    let rows = paths(&|id| format!("/rows/{id}"), &people);
    let rounds = options.rounds();
    let mut lines = Vec::new();
    for (name, ours) in [
        ("read-card", paths(&card, &people)),
        ("read-one-card", paths(&card, &people[..1])),
        ("read-roster", paths(&|id| format!("/v1/grids/{id}/roster"), &grids)),
        ("read-history", paths(&|id| format!("/v1/members/{id}/history?limit=50"), &people)),
        (
            "read-list",
            paths(&|community| format!("/v1/demands?community={community}&limit=50"), &communities),
        ),
    ] {
        let contenders = vec![
            getting("ours", &house, &ours, options),
            getting("bare axum, row by key", &bare, &rows, options),
            getting("bare axum, hello", &hello, &Arc::new(vec!["/".to_owned()]), options),
        ];
        lines.push(compare(name, Some(CLIENTS), "requests/s", rounds, contenders).await?);
    }
    drop(house);
    season.remove().await?;
    Ok(lines)
}

fn getting(name: &str, served: &Arc<Served>, paths: &Arc<Vec<String>>, options: &Options) -> Contender {
    let (warm, window) = options.pick((0.3, 1.0), (0.5, 2.0));
    let (served, paths) = (Arc::clone(served), Arc::clone(paths));
    Contender::new(name, move || {
        load(Arc::clone(&served), Arc::clone(&paths), Pace { clients: CLIENTS, warm, window })
    })
}

async fn load(served: Arc<Served>, paths: Arc<Vec<String>>, pace: Pace) -> anyhow::Result<Sample> {
    let mut connections = Vec::with_capacity(pace.clients);
    for _ in 0..pace.clients {
        connections.push(Arc::new(Mutex::new(Connection::open(&served.address).await?)));
    }
    closed_loop(pace, &postgres::watched().await?, move |client, n| {
        let (connection, paths) = (Arc::clone(&connections[client]), Arc::clone(&paths));
        async move {
            // Each client begins elsewhere and goes on in strides, so that all are asked for alike.
            let at = (client * 7919 + n as usize * 31) % paths.len();
            connection.lock().await.get(&paths[at]).await?;
            Ok(true)
        }
    })
    .await
}

async fn our_house(season: &Season) -> anyhow::Result<Served> {
    let url = season.place.url();
    let head = season.store.head().await?;
    let calm = AppOptions { react: None, ..AppOptions::default() };
    let app = Arc::new(App::open(&url, Arc::new(SystemClock), calm).await?);
    for sheet in [PointCards::sheet(), Members::sheet(), Grids::sheet(), Demands::sheet()] {
        app.reached(&sheet, head).await?;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(house::serve(listener, app, house::Settings::trusting(), async {
        let _ = stopped.await;
    }));
    Ok(Served { address, _stop: Some(stop) })
}

async fn serve(router: Router) -> anyhow::Result<Served> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Served { address, _stop: None })
}

/// A row for each key with a body as long as one of ours, read by its key through a pool of sqlx's size.
async fn bare_rows(keys: &[String], body: &str) -> anyhow::Result<Served> {
    postgres::new_schema("bare", "CREATE TABLE rows (key text PRIMARY KEY, body text NOT NULL)").await?;
    let pool = postgres::pool("bare", POOL).await?;
    sqlx::query("INSERT INTO rows SELECT key, $2 FROM unnest($1::text[]) key")
        .bind(keys)
        .bind(body)
        .execute(&pool)
        .await?;
    sqlx::query("ANALYZE rows").execute(&pool).await?;
    serve(Router::new().route("/rows/{key}", get(row)).with_state(pool)).await
}

async fn row(
    State(pool): State<PgPool>,
    Path(key): Path<String>,
) -> Result<([(header::HeaderName, &'static str); 1], String), StatusCode> {
    let body = sqlx::query_scalar("SELECT body FROM rows WHERE key = $1")
        .bind(key)
        .fetch_one(&pool)
        .await
        .map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body))
}

async fn bare_hello() -> anyhow::Result<Served> {
    serve(Router::new().route("/", get(|| async { "hello" }))).await
}

/// A field of every row of a list.
async fn names(connection: &mut Connection, path: &str, field: &str) -> anyhow::Result<Vec<String>> {
    let page: Value = serde_json::from_slice(connection.get(path).await?)?;
    let items = page["items"].as_array().context("a page")?;
    let found: Vec<String> =
        items.iter().filter_map(|item| item[field].as_str().map(str::to_owned)).collect();
    anyhow::ensure!(!found.is_empty(), "{path} has no {field}: {}", items.first().unwrap_or(&Value::Null));
    Ok(found)
}
