//! Ours: the desk in front of a store, deciding real commands on real demands.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aggregates::circumstance::{Actor, Role};
use aggregates::demand::{Channel, Urgency};
use aggregates::ids::{ActorId, CommunityCode, DemandId, Term};
use anyhow::Context;
use commands::{AnyCommand, Desk, Envelope, PlaceOrder, ScreenDemand, Trouble, Whole, registry};
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

    /// Demands with these numbers, each with a stream of so many events.
    pub async fn fill(&self, demands: Range<usize>, length: usize) -> anyhow::Result<()> {
        let mut rows: Vec<Box<dyn AnyCommand>> = Vec::with_capacity(TOGETHER);
        let end = demands.end;
        for n in demands {
            rows.push(Box::new(place_order(n)?));
            for event in 1..length {
                rows.push(Box::new(screen(n, event as u64)?));
            }
            if rows.len() + length > TOGETHER || n + 1 == end {
                let whole = Whole::new("import-demands", std::mem::take(&mut rows));
                self.desk.submit(&envelope()?, &whole).await?;
            }
        }
        Ok(())
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

/// An operator's envelope, for now.
pub fn envelope() -> anyhow::Result<Envelope> {
    Ok(Envelope::new(Actor { id: ActorId::new("bench")?, role: Role::Operator, organisation: None }))
}

fn demand(n: usize) -> anyhow::Result<DemandId> {
    Ok(DemandId::new(format!("d-{n}"))?)
}

fn place_order(n: usize) -> anyhow::Result<PlaceOrder> {
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

/// Ours, at appending.
pub fn appending(on: On, work: Work) -> Contender {
    Contender::new("ours", move || {
        let work = work.clone();
        async move {
            let place = match on {
                On::Postgres => Place::postgres(),
                On::Sqlite => Place::sqlite(),
            };
            let ledger = Ledger::open(place).await?;
            ledger.fill(0..work.streams, work.length).await?;
            postgres::settle().await?;
            let sample = drive(&ledger, &work).await?;
            ledger.remove().await?;
            Ok(sample)
        }
    })
}

/// Clients at the desk.
pub async fn drive(ledger: &Ledger, work: &Work) -> anyhow::Result<Sample> {
    let (desk, work, length) = (Arc::clone(&ledger.desk), work.clone(), work.length as u64);
    let turns = AtomicU64::new(length);
    closed_loop(work.pace, &postgres::watched().await?, move |client, n| {
        let desk = Arc::clone(&desk);
        let (stream, turn) = if work.hot {
            (0, turns.fetch_add(1, Ordering::Relaxed))
        } else {
            let (stream, again) = work.own(client, n);
            (stream, length + again)
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
