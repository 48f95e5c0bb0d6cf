//! esrs on PostgreSQL: loads, decides, persists; as its README sets it up, without its optional lock.
//! `esrs '{"work": …, "url": …, "postmaster": …}'` prints a sample.

#[path = "../../cpu.rs"]
mod cpu;
#[path = "../../measure.rs"]
mod measure;
#[path = "../../order.rs"]
mod order;
#[path = "../../work.rs"]
mod work;

use std::sync::Arc;

use anyhow::Context;
use esrs::Aggregate;
use esrs::manager::AggregateManager;
use esrs::store::postgres::{PgStore, PgStoreBuilder};
use order::{Order, OrderError, OrderEvent};
use serde::Deserialize;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};
use uuid::Uuid;

#[derive(Deserialize)]
struct Asked {
    work: work::Work,
    url: String,
    postmaster: Option<u32>,
}

struct Orders;

struct Screen(&'static str);

impl Aggregate for Orders {
    const NAME: &'static str = "order";
    type State = Order;
    type Command = Screen;
    type Event = OrderEvent;
    type Error = OrderError;

    fn handle_command(state: &Order, command: Screen) -> Result<Vec<OrderEvent>, OrderError> {
        Ok(state.screen(command.0)?.into_iter().collect())
    }

    fn apply_event(mut state: Order, event: OrderEvent) -> Order {
        state.take(event);
        state
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked: Asked = serde_json::from_str(&std::env::args().nth(1).context("what to do")?)?;
    let options = asked.url.parse::<PgConnectOptions>()?;
    let pool = PgPoolOptions::new().connect_with(options.clone()).await?;
    pool.execute("DROP SCHEMA IF EXISTS esrs CASCADE").await?;
    pool.execute("CREATE SCHEMA esrs").await?;
    let pool = PgPoolOptions::new().connect_with(options.options([("search_path", "esrs")])).await?;
    let store: PgStore<Orders> = PgStoreBuilder::new(pool.clone()).try_build().await?;
    fill(&pool, &asked.work).await?;
    let manager = Arc::new(AggregateManager::new(store));
    let (work, length) = (asked.work.clone(), asked.work.length as u64);
    let watched = cpu::Watched { server: asked.postmaster };
    let sample = measure::closed_loop(work.pace, &watched, move |client, n| {
        let manager = Arc::clone(&manager);
        let (stream, again) = work.own(client, n);
        async move {
            let state = manager.load(id(stream)).await?.context("a stream")?;
            manager.handle_command(state, Screen(order::difficulty(length + again))).await??;
            Ok(true)
        }
    })
    .await?;
    println!("{}", serde_json::to_string(&sample)?);
    Ok(())
}

fn id(stream: usize) -> Uuid {
    Uuid::from_u128(0x5202_0101_6001_4000_8000_0000_0000_0000 + stream as u128)
}

async fn fill(pool: &PgPool, work: &work::Work) -> anyhow::Result<()> {
    let ids: Vec<Uuid> = (0..work.streams).map(id).collect();
    for n in 0..work.length {
        sqlx::query("INSERT INTO order_events (id, aggregate_id, payload, sequence_number) SELECT gen_random_uuid(), stream, $1::jsonb, $2 FROM unnest($3::uuid[]) stream")
            .bind(serde_json::to_string(&order::fact(n))?)
            .bind(n as i32 + 1)
            .bind(&ids)
            .execute(pool)
            .await?;
    }
    pool.execute("ANALYZE order_events").await?;
    pool.execute("CHECKPOINT").await?;
    Ok(())
}
