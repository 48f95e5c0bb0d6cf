//! Row `rebuild`: every projection from all events, beside cqrs-es's replay into one view, and the limits: the rows sent to nobody,
//! and the events decoded from memory.

use std::sync::Arc;
use std::time::Instant;

use cqrs_es::persist::{GenericQuery, QueryReplay};
use cqrs_es::{EventEnvelope, View};
use futures::{StreamExt, TryStreamExt, stream};
use postgres_es::{PostgresEventRepository, PostgresViewRepository};
use projections::ports::{Feed, RowWrite, Sheet};
use projections::{Shelf, sheets};
use serde::{Deserialize, Serialize};
use server::store::Store;
use sqlx::postgres::PgPoolCopyExt;
use sqlx::{ColumnIndex, Row};
use tests::place::{Place, Raw};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::cpu::Watched;
use crate::cqrs;
use crate::measure::{Pace, Sample};
use crate::options::Options;
use crate::order::{Order, OrderEvent};
use crate::postgres;
use crate::report::thousands;
use crate::rounds::{Contender, Line, compare};
use crate::season::Season;
use crate::work::Work;

/// What a projection can see of an event.
pub const COLUMNS: &str = "position, event_id, command_id, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata";
/// The view of the orders, as postgres-es wants it.
const VIEW: &str = "CREATE TABLE orders (view_id text NOT NULL, version bigint CHECK (version >= 0) NOT NULL, payload json NOT NULL, PRIMARY KEY (view_id))";
/// As a rebuild does it: events of a page, rows of a transaction, projections stored at the same time, pages read ahead.
const PAGE: usize = 1_000;
const ROWS_STORED: usize = 2_000;
const STORING: usize = 2;
const PAGES_AHEAD: usize = 2;
/// Events decoded from memory at most.
const IN_MEMORY: usize = 100_000;

/// On both databases.
pub async fn rebuild(options: &Options) -> anyhow::Result<Vec<Line>> {
    let (members, months) = (options.size(1_000, 26_000), options.pick(2, 6));
    let mut lines = Vec::new();
    for (name, place) in [("rebuild", Place::postgres()), ("rebuild-sqlite", Place::sqlite())] {
        let season = Arc::new(Season::of(place, members, months).await?);
        let mut contenders = vec![ours(&season)];
        if let Place::Postgres(_) = season.place {
            contenders.extend([replay(options.pick(2_000, 10_000)), copied(&season)]);
        } else {
            contenders.push(scanned(&season));
        }
        let made = Arc::default();
        contenders.extend([decoded(&season), shelved(&season, &made, false), shelved(&season, &made, true)]);
        let line = compare(name, None, "events/s", 3, contenders).await?;
        lines.push(line.noting(format!("{} events", thousands(season.events as f64))));
        season.remove().await?;
    }
    Ok(lines)
}

/// Times a piece of work that handles so many events.
async fn timed(
    watched: &Watched,
    events: u64,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Sample> {
    let (before, from) = (watched.now(), Instant::now());
    work.await?;
    let elapsed = from.elapsed();
    Ok(Sample::of(events, elapsed, before.until(watched.now(), elapsed)))
}

/// All projections beside the live ones, then switched.
fn ours(season: &Arc<Season>) -> Contender {
    let season = Arc::clone(season);
    Contender::new("ours, all projections", move || {
        let season = Arc::clone(&season);
        async move {
            postgres::settle().await?;
            let watched = postgres::watched().await?;
            let rebuilding = projections::rebuild::rebuild(
                season.store.clone(),
                season.store.clone(),
                sheets::folds(),
                &|_| {},
            );
            timed(&watched, season.events, async { Ok(rebuilding.await.map(drop)?) }).await
        }
    })
}

/// The rows of a rebuild, made beforehand: put on the shelf as a rebuild does, a projection beside another, with their keys and indexes, while
/// all events are read as ours reads them. Nothing is folded or written as JSON; the events are decoded where it says so, which is as little
/// as any rebuild can do here.
fn shelved(season: &Arc<Season>, made: &Arc<OnceCell<Rows>>, decoding: bool) -> Contender {
    let (season, made) = (Arc::clone(season), Arc::clone(made));
    let name =
        if decoding { "limit: the same, and all events decoded" } else { "limit: same rows, ready made" };
    Contender::new(name, move || {
        let (season, made) = (Arc::clone(&season), Arc::clone(&made));
        async move {
            let made = made.get_or_try_init(|| rows_of(&season.place, &season.store)).await?;
            postgres::settle().await?;
            let watched = postgres::watched().await?;
            timed(&watched, season.events, ready_made(&season.store, made.clone(), decoding)).await
        }
    })
}

/// Stores such rows while all events are read.
pub async fn ready_made(store: &Arc<Store>, rows: Rows, decoding: bool) -> anyhow::Result<()> {
    let reading = async {
        let (mut from, mut pages) = (0, JoinSet::new());
        loop {
            let page = store.page(from, PAGE).await?;
            let Some(last) = page.end()? else { break };
            from = last;
            if decoding {
                pages.spawn(async move { page.decode().map(drop) });
            }
            if pages.len() > PAGES_AHEAD
                && let Some(decoded) = pages.join_next().await
            {
                decoded??;
            }
        }
        while let Some(decoded) = pages.join_next().await {
            decoded??;
        }
        anyhow::Ok(())
    };
    let storing = stream::iter(rows).map(anyhow::Ok).try_for_each_concurrent(STORING, |(sheet, rows)| {
        let store = Arc::clone(store);
        async move {
            let slot = store.begin_rebuild(&sheet).await?;
            let mut rows = rows.into_iter();
            while rows.len() > 0 {
                store.add(&sheet, &slot, rows.by_ref().take(ROWS_STORED).collect()).await?;
            }
            store.key(&sheet, &slot).await?;
            let columns = stream::iter(sheet.columns).map(anyhow::Ok);
            let index = async |column: &&str| Ok(store.index(&sheet, &slot, column).await?);
            columns.try_for_each_concurrent(STORING, index).await
        }
    });
    tokio::try_join!(reading, storing).map(drop)
}

/// Of each projection.
pub type Rows = Vec<(Sheet, Vec<RowWrite>)>;

/// All live rows with their columns.
pub async fn rows_of(place: &Place, store: &Store) -> anyhow::Result<Rows> {
    let raw = place.raw().await;
    let mut all = Vec::new();
    for sheet in sheets::sheets() {
        let slot = store.live(&sheet).await?;
        let columns: Vec<String> = sheet.columns.iter().map(|column| format!("\"{column}\"")).collect();
        let columns =
            ["key", "body"].map(str::to_owned).into_iter().chain(columns).collect::<Vec<_>>().join(", ");
        let select = format!("SELECT {columns} FROM sheet_{}_g{} ORDER BY key", sheet.name, slot.generation);
        let rows: Vec<Vec<String>> = match &raw {
            Raw::Postgres(pool) => texts(&sqlx::query(&select).fetch_all(pool).await?)?,
            Raw::Sqlite(pool) => texts(&sqlx::query(&select).fetch_all(pool).await?)?,
        };
        let row = |row: Vec<String>| {
            let mut cells = row.into_iter();
            let (key, body) = (cells.next().unwrap_or_default(), cells.next());
            RowWrite { key: key.into(), body, columns: cells.map(Some).collect() }
        };
        all.push((sheet, rows.into_iter().map(row).collect()));
    }
    Ok(all)
}

fn texts<R: Row>(rows: &[R]) -> Result<Vec<Vec<String>>, sqlx::Error>
where
    usize: ColumnIndex<R>,
    for<'r> String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    rows.iter().map(|row| (0..row.len()).map(|column| row.try_get(column)).collect()).collect()
}

/// An order as a resident sees it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct OrderView {
    category: String,
    difficulty: String,
    points: i64,
    screenings: u32,
}

impl View<Order> for OrderView {
    fn update(&mut self, event: &EventEnvelope<Order>) {
        match &event.payload {
            OrderEvent::OrderPlaced { category, .. } => self.category.clone_from(category),
            OrderEvent::OrderScreened { difficulty, points, .. } => {
                self.difficulty.clone_from(difficulty);
                self.points = *points;
                self.screenings += 1;
            }
        }
    }
}

/// cqrs-es: `QueryReplay` of a `GenericQuery` into a `PostgresViewRepository`, one view.
fn replay(events: usize) -> Contender {
    Contender::new("cqrs-es QueryReplay, one view", move || async move {
        let pace = Pace { clients: 1, warm: 0.0, window: 0.0 };
        let pool =
            cqrs::filled("cqrs_replay", &Work { pace, streams: events / 10, length: 10, hot: false }).await?;
        sqlx::query(VIEW).execute(&pool).await?;
        postgres::settle().await?;
        let views = Arc::new(PostgresViewRepository::<OrderView, Order>::new("orders", pool.clone()));
        let query = GenericQuery::new(views);
        let replay = QueryReplay::new(PostgresEventRepository::new(pool.clone()), query);
        let watched = postgres::watched().await?;
        let sample = timed(&watched, events as u64, async { Ok(replay.replay_all().await?) }).await;
        pool.close().await;
        sample
    })
}

/// All columns of all events in order, sent as fast as PostgreSQL can, and thrown away.
fn copied(season: &Arc<Season>) -> Contender {
    let season = Arc::clone(season);
    Contender::new("limit: COPY to nothing", move || {
        let season = Arc::clone(&season);
        async move {
            let Raw::Postgres(pool) = season.place.raw().await else { anyhow::bail!("no PostgreSQL") };
            let copy =
                format!("COPY (SELECT {COLUMNS} FROM events ORDER BY position) TO STDOUT (FORMAT binary)");
            let watched = postgres::watched().await?;
            let sample = timed(&watched, season.events, async {
                let mut bytes = pool.copy_out_raw(&copy).await?;
                while bytes.try_next().await?.is_some() {}
                Ok(())
            })
            .await;
            pool.close().await;
            sample
        }
    })
}

/// All columns of all events in order, read through sqlx and thrown away.
fn scanned(season: &Arc<Season>) -> Contender {
    let season = Arc::clone(season);
    Contender::new("limit: SELECT to nothing", move || {
        let season = Arc::clone(&season);
        async move {
            let Raw::Sqlite(pool) = season.place.raw().await else { anyhow::bail!("no SQLite") };
            let select = format!("SELECT {COLUMNS} FROM events ORDER BY position");
            let sample = timed(&Watched::default(), season.events, async {
                let mut rows = sqlx::query(&select).fetch(&pool);
                while rows.try_next().await?.is_some() {}
                Ok(())
            })
            .await;
            pool.close().await;
            sample
        }
    })
}

/// Events that are in memory already, decoded on one core: payload and metadata.
fn decoded(season: &Arc<Season>) -> Contender {
    let season = Arc::clone(season);
    Contender::new("limit: decoding from memory", move || {
        let season = Arc::clone(&season);
        async move {
            let mut events = Vec::new();
            while let Some(last) =
                Some(events.last().map_or(0, |event: &aggregates::StoredEvent| event.position))
            {
                let page = season.store.after(last, 10_000).await?;
                if page.is_empty() || events.len() >= IN_MEMORY {
                    break;
                }
                events.extend(page);
            }
            timed(&Watched::default(), events.len() as u64, async {
                for event in &events {
                    std::hint::black_box(event.decode()?);
                }
                Ok(())
            })
            .await
        }
    })
}
