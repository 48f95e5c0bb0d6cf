//! Ours: the desk in front of a store, deciding real commands on real demands.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aggregates::circumstance::{Actor, Role};
use aggregates::demand::{Channel, Urgency};
use aggregates::ids::{ActorId, CommunityCode, DemandId, Term};
use anyhow::Context;
use commands::{AnyCommand, Desk, Envelope, PlaceOrder, ScreenDemand, Trouble, Whole, registry};
use futures::{StreamExt, TryStreamExt, stream};
use server::clock::SystemClock;
use server::store::Store;
use tests::place::Place;
use tests::town::founding;

use crate::measure::{Sample, closed_loop};
use crate::order::difficulty;
use crate::postgres;
use crate::rounds::Contender;
use crate::work::Work;

/// Rows decided together when streams are filled.
const TOGETHER: usize = 5_000;
/// Such steps under way.
const FILLING: usize = 3;

/// A ledger with a town in it, and its desk.
pub struct Ledger {
    /// Where it is.
    pub place: Place,
    /// The store.
    pub store: Arc<Store>,
    /// The only write path.
    pub desk: Arc<Desk>,
}

impl Ledger {
    /// A new one.
    pub async fn open(place: Place) -> anyhow::Result<Self> {
        let store = Arc::new(Store::open(&place.url()).await?);
        let desk = Arc::new(Desk::new(store.clone(), Arc::new(SystemClock)));
        for line in founding() {
            let name = line["command"].as_str().context("a command")?;
            desk.submit(&envelope()?, registry::parse(name, &line["data"].to_string())?.as_ref()).await?;
        }
        Ok(Self { place, store, desk })
    }

    /// Demands with these numbers, each with a stream of so many events. What is decided and what is being stored go on side by side.
    pub async fn fill(&self, demands: Range<usize>, length: usize) -> anyhow::Result<()> {
        let each = (TOGETHER / length).max(1);
        let parts = demands.clone().step_by(each).map(|from| from..demands.end.min(from + each));
        let fills = stream::iter(parts).map(|part| {
            let desk = Arc::clone(&self.desk);
            async move { tokio::spawn(async move { fill(&desk, part, length).await }).await? }
        });
        fills.buffered(FILLING).try_collect().await
    }

    /// Closes it and takes it away.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.store.close().await;
        match &self.place {
            Place::Sqlite(_) => Ok(()),
            Place::Postgres(schema) => postgres::drop_schema(schema.name()).await,
        }
    }
}

/// Stores the demands in one step.
async fn fill(desk: &Desk, demands: Range<usize>, length: usize) -> anyhow::Result<()> {
    let mut rows: Vec<Box<dyn AnyCommand>> = Vec::with_capacity(TOGETHER);
    for n in demands {
        rows.push(Box::new(place_order(n)?));
        for event in 1..length {
            rows.push(Box::new(screen(n, event as u64)?));
        }
    }
    desk.submit(&envelope()?, &Whole::new("import-demands", rows)).await?;
    Ok(())
}

/// An operator's envelope, for now.
pub fn envelope() -> anyhow::Result<Envelope> {
    Ok(Envelope::new(Actor { id: ActorId::new("bench")?, role: Role::Operator, organisation: None }))
}

fn demand(n: usize) -> anyhow::Result<DemandId> {
    Ok(DemandId::new(format!("d-{n}"))?)
}

/// A resident's order.
pub fn place_order(n: usize) -> anyhow::Result<PlaceOrder> {
    Ok(PlaceOrder {
        demand: Some(demand(n)?),
        channel: Channel::Online,
        category: Term::new("appliance_repair")?,
        community: CommunityCode::new("520201016001")?,
        grid: None,
        estate: None,
        household: None,
        placed_by: None,
        urgency: Urgency::Routine,
        text: None,
        contact_name: None,
        contact_phone: None,
        contact_address: None,
    })
}

fn screen(n: usize, turn: u64) -> anyhow::Result<ScreenDemand> {
    Ok(ScreenDemand { demand: demand(n)?, category: None, difficulty: Some(Term::new(difficulty(turn))?) })
}

/// Which database ours stands on.
#[derive(Debug, Clone, Copy)]
pub enum On {
    /// A schema of the server.
    Postgres,
    /// A file.
    Sqlite,
}

impl On {
    /// A new place there.
    pub fn place(self) -> Place {
        match self {
            Self::Postgres => Place::postgres(),
            Self::Sqlite => Place::sqlite(),
        }
    }

    /// The name of a line that is of this one.
    pub fn named(self, postgres: &'static str, sqlite: &'static str) -> &'static str {
        match self {
            Self::Postgres => postgres,
            Self::Sqlite => sqlite,
        }
    }
}

/// Ours, at appending.
pub fn appending(on: On, work: Work) -> Contender {
    Contender::new("ours", move || {
        let work = work.clone();
        async move {
            let ledger = Ledger::open(on.place()).await?;
            ledger.fill(0..work.streams, work.length).await?;
            postgres::settle().await?;
            let sample = drive(&ledger, &work, 0).await?;
            ledger.remove().await?;
            Ok(sample)
        }
    })
}

/// Clients at the desk, on demands from this number on.
pub async fn drive(ledger: &Ledger, work: &Work, from: usize) -> anyhow::Result<Sample> {
    let (desk, work, length) = (Arc::clone(&ledger.desk), work.clone(), work.length as u64);
    let turns = AtomicU64::new(length);
    closed_loop(work.pace, &postgres::watched().await?, move |client, n| {
        let desk = Arc::clone(&desk);
        let (stream, turn) = if work.hot {
            (from, turns.fetch_add(1, Ordering::Relaxed))
        } else {
            let (stream, again) = work.own(client, n);
            (from + stream, length + again)
        };
        async move {
            match desk.submit(&envelope()?, &screen(stream, turn)?).await {
                Ok(reply) => Ok(!reply.receipt.events.is_empty()),
                // Its caller is to try again.
                Err(Trouble::Conflict(_)) => Ok(false),
                Err(trouble) => Err(trouble.into()),
            }
        }
    })
    .await
}

/// One command, durable.
pub async fn screen_once(desk: &Desk, n: usize, turn: u64) -> anyhow::Result<()> {
    desk.submit(&envelope()?, &screen(n, turn)?).await?;
    Ok(())
}
