//! Row `rebuild`: every projection from all events, beside cqrs-es's replay into one view, and the limits: the events sent to nobody,
//! decoded from memory, and the same rows made ready beforehand. Rebuilds and ready made rows go in processes of their own, as `baodao rebuild` does.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cqrs_es::persist::{GenericQuery, QueryReplay};
use cqrs_es::{EventEnvelope, Query, View};
use futures::TryStreamExt;
use postgres_es::{PostgresEventRepository, PostgresViewRepository};
use projections::ports::Feed;
use projections::sheets;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolCopyExt;
use tests::place::{Place, Raw};

use crate::alone::{self, What};
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
/// Events decoded from memory at most.
const IN_MEMORY: usize = 100_000;
/// Pages that tell how many rows an event touches.
const PARTS: u64 = 20;

/// On both databases.
pub async fn rebuild(options: &Options) -> anyhow::Result<Vec<Line>> {
    let (members, months) = (options.size(1_000, 26_000), options.pick(2, 6));
    let mut lines = Vec::new();
    for (name, place) in [("rebuild", Place::postgres()), ("rebuild-sqlite", Place::sqlite())] {
        let season = Arc::new(Season::of(place, members, months).await?);
        let mut contenders = vec![alone(&season, "ours, all projections", What::Rebuild)];
        if let Place::Postgres(_) = season.place {
            let (events, views) = (options.pick(2_000, 10_000), touched(&season).await?);
            contenders.push(replay("cqrs-es QueryReplay, one view", events, 1));
            contenders.push(replay(&format!("cqrs-es QueryReplay, {views} views"), events, views));
            contenders.push(copied(&season));
        } else {
            contenders.push(scanned(&season));
        }
        contenders.extend([
            decoded(&season),
            alone(&season, "limit: same rows, ready made", What::Ready),
            alone(&season, "limit: the same, and all events decoded", What::Decoded),
            alone(&season, "limit: the same, and each row written as JSON", What::Written),
            alone(&season, "limit: the same from folded events", What::Folded),
        ]);
        let line = compare(name, None, "events/s", options.rounds(), contenders).await?;
        lines.push(line.noting(format!("{} events", thousands(season.events as f64))));
        season.remove().await?;
    }
    Ok(lines)
}

/// Times a piece of work that handles so many events.
pub async fn timed(
    watched: &Watched,
    events: u64,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Sample> {
    let (before, from) = (watched.now(), Instant::now());
    work.await?;
    let elapsed = from.elapsed();
    Ok(Sample::of(events, elapsed, before.until(watched.now(), elapsed)))
}

/// A piece of work on the whole ledger, in a process of its own.
fn alone(season: &Arc<Season>, name: &str, what: What) -> Contender {
    let season = Arc::clone(season);
    Contender::new(name, move || {
        let season = Arc::clone(&season);
        async move {
            postgres::settle().await?;
            Ok(alone::ask(&season.place.url(), what).await?.sample)
        }
    })
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

type Views = GenericQuery<PostgresViewRepository<OrderView, Order>, OrderView, Order>;

/// Several views of one replay.
struct Several(Vec<Views>);

#[async_trait]
impl Query<Order> for Several {
    async fn dispatch(&self, order: &str, events: &[EventEnvelope<Order>]) {
        for views in &self.0 {
            views.dispatch(order, events).await;
        }
    }
}

/// cqrs-es: `QueryReplay` of a `GenericQuery` into a `PostgresViewRepository`, or of several, each with a table of its own.
fn replay(name: &str, events: usize, views: usize) -> Contender {
    Contender::new(name, move || async move {
        let pace = Pace { clients: 1, warm: 0.0, window: 0.0 };
        let pool =
            cqrs::filled("cqrs_replay", &Work { pace, streams: events / 10, length: 10, hot: false }).await?;
        let mut queries = Vec::with_capacity(views);
        for number in 0..views {
            let table = format!("orders_{number}");
            sqlx::query(&VIEW.replace("orders", &table)).execute(&pool).await?;
            queries.push(GenericQuery::new(Arc::new(PostgresViewRepository::new(&table, pool.clone()))));
        }
        postgres::settle().await?;
        let replay = QueryReplay::new(PostgresEventRepository::new(pool.clone()), Several(queries));
        let watched = postgres::watched().await?;
        let sample = timed(&watched, events as u64, async { Ok(replay.replay_all().await?) }).await;
        pool.close().await;
        sample
    })
}

/// Rows of all projections that an event touches, on average, over pages from all over the season.
async fn touched(season: &Season) -> anyhow::Result<usize> {
    let folds = sheets::folds();
    let (mut events, mut rows) = (0, 0);
    for part in 0..PARTS {
        for event in season.store.after(season.events * part / PARTS, IN_MEMORY / PARTS as usize).await? {
            let event = [event.decode()?];
            events += 1;
            rows += folds.iter().map(|fold| fold.missing(&event, &|_| true).len()).sum::<usize>();
        }
    }
    eprintln!("rebuild        {events} events touch {rows} rows");
    Ok((rows / events.max(1)).max(1))
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
