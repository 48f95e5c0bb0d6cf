//! Rows `log` and `bulk`: what the transparency log costs those who append. Row `audit`: how fast a ledger is audited, and a record
//! verified.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aggregates::ids::MemberId;
use anyhow::Context;
use commands::ConsentToPraise;
use projections::ports::Feed;
use proofs::policy::Policy;
use proofs::record::{Brought, Outcome, verify};
use server::app::Options as Serving;
use server::tlog::audit::{self as auditing, Brought as Believed};
use server::tlog::publishing::{Publishing, Waiting};
use server::tlog::record::{Asked, Recorder};
use server::tlog::signing::{By, Signing};
use server::tlog::{grow, leaf};
use tests::place::Place;

use crate::cpu::Watched;
use crate::measure::{Pace, Sample};
use crate::options::Options;
use crate::ours::{Ledger, On, drive, envelope};
use crate::postgres;
use crate::rounds::{Contender, Line, compare};
use crate::season::Season;
use crate::work::Work;

/// Events of the record that is verified.
const EVENTS: usize = 300;
/// So often it is verified.
const TURNS: usize = 200;
/// Events hashed at once.
const PAGE: usize = 2_000;

/// Turns of appending, for each of a full run's rounds: what the log costs is less than what two of them differ by.
const APPENDING: usize = 4;

/// Turns in bulk, likewise.
const BULKS: usize = 2;
/// Events of a demand that is stored in bulk.
const BULK: usize = 10;

/// In their order.
const BOTH: [On; 2] = [On::Postgres, On::Sqlite];

/// Appending with the log and without, one by one.
pub async fn log(options: &Options) -> anyhow::Result<Vec<Line>> {
    let mut lines = vec![];
    for on in BOTH {
        for clients in [1, 64] {
            // Several checkpoints long.
            let pace = Pace { clients, warm: 0.5, window: 4.0 };
            let work = Work { pace, streams: 1024, length: 10, hot: false };
            let rounds = options.rounds() * options.pick(1, APPENDING);
            let ledger = Arc::new(Logged::new(on).await?);
            let contenders = vec![ledger.appending(&work, true), ledger.appending(&work, false)];
            let name = on.named("log", "log-sqlite");
            lines.push(compare(name, Some(clients), "commands/s", rounds, contenders).await?);
            ledger.remove().await?;
        }
    }
    Ok(lines)
}

/// Storing in bulk with the log and without.
pub async fn bulk(options: &Options) -> anyhow::Result<Vec<Line>> {
    let mut lines = vec![];
    for on in BOTH {
        let demands = options.size(2_000, 20_000);
        let ledger = Arc::new(Logged::new(on).await?);
        let contenders = vec![ledger.filling(demands, true), ledger.filling(demands, false)];
        let rounds = options.rounds() * options.pick(1, BULKS);
        let line = compare(on.named("bulk", "bulk-sqlite"), None, "events/s", rounds, contenders).await?;
        lines.push(line.noting(format!("{} events", demands * BULK)));
        ledger.remove().await?;
    }
    Ok(lines)
}

/// The audit of the log, and a record.
pub async fn audit(options: &Options) -> anyhow::Result<Vec<Line>> {
    let mut lines = vec![];
    for on in BOTH {
        let season = Season::of(on.place(), options.size(500, 26_000), 6).await?;
        grow::grow(&season.store).await?;
        let contenders = vec![audited(&season), hashed(&season)];
        let name = on.named("audit", "audit-sqlite");
        let line = compare(name, None, "events/s", options.rounds(), contenders).await?;
        lines.push(line.noting(format!("{} events", season.events)));
        season.remove().await?;
    }
    lines.push(compare("verify", None, "records/s", options.rounds(), vec![verified().await?]).await?);
    Ok(lines)
}

/// One ledger for both: two ledgers differ by more than what is measured, by where their files lie.
struct Logged {
    ledger: Ledger,
    signing: Signing,
    /// Where its keys are.
    _folder: tempfile::TempDir,
    /// Demands that it has.
    demands: AtomicUsize,
}

impl Logged {
    async fn new(on: On) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let signing = Signing { by: By::Folder(folder.path().join("log")), ..Signing::default() };
        Ok(Self {
            ledger: Ledger::open(on.place()).await?,
            signing,
            _folder: folder,
            demands: AtomicUsize::new(0),
        })
    }

    /// Appending on new demands; the log grows and is signed meanwhile, as often as it is served, or stands still.
    fn appending(self: &Arc<Self>, work: &Work, is_signed: bool) -> Contender {
        let (logged, work) = (Arc::clone(self), work.clone());
        Contender::new(if is_signed { "ours, with the log" } else { "ours, without it" }, move || {
            let (logged, work) = (Arc::clone(&logged), work.clone());
            async move { logged.append(&work, is_signed).await }
        })
    }

    async fn append(&self, work: &Work, is_signed: bool) -> anyhow::Result<Sample> {
        let from = self.demands.fetch_add(work.streams, Ordering::Relaxed);
        self.ledger.fill(from..from + work.streams, work.length).await?;
        self.settle().await?;
        let publishing = self.publishing(is_signed)?;
        let sample = drive(&self.ledger, work, from).await;
        if let Some(publishing) = publishing {
            publishing.stop().await;
        }
        sample
    }

    /// So many new demands in steps of thousands of events; with the log it is over when the last of them is in a checkpoint.
    fn filling(self: &Arc<Self>, demands: usize, is_signed: bool) -> Contender {
        let logged = Arc::clone(self);
        Contender::new(if is_signed { "ours, with the log" } else { "ours, without it" }, move || {
            let logged = Arc::clone(&logged);
            async move { logged.fill(demands, is_signed).await }
        })
    }

    async fn fill(&self, demands: usize, is_signed: bool) -> anyhow::Result<Sample> {
        let first = self.demands.fetch_add(demands, Ordering::Relaxed);
        self.settle().await?;
        let (watched, started) = (postgres::watched().await?, Instant::now());
        let before = watched.now();
        let publishing = self.publishing(is_signed)?;
        self.ledger.fill(first..first + demands, BULK).await?;
        if let Some(publishing) = publishing {
            publishing.publisher().context("a signer")?.publish().await?;
            publishing.stop().await;
        }
        let elapsed = started.elapsed();
        Ok(Sample::of((demands * BULK) as u64, elapsed, before.until(watched.now(), elapsed)))
    }

    /// What was there before is not what is measured.
    async fn settle(&self) -> anyhow::Result<()> {
        grow::grow(&self.ledger.store).await?;
        postgres::settle().await
    }

    /// As the program publishes, or nobody does.
    fn publishing(&self, is_signed: bool) -> anyhow::Result<Option<Publishing>> {
        let start = || {
            let waiting = Waiting::new(&self.signing, &self.ledger.store)?;
            Ok(Publishing::start(&self.ledger.store, waiting, Serving::default().publish))
        };
        is_signed.then(start).transpose()
    }

    async fn remove(self: Arc<Self>) -> anyhow::Result<()> {
        Arc::into_inner(self).context("nobody appends any more")?.ledger.remove().await
    }
}

/// Everything read and hashed, and held against tiles and heads.
fn audited(season: &Season) -> Contender {
    let (store, events) = (Arc::clone(&season.store), season.events);
    Contender::new("ours, audit of the log", move || {
        let store = Arc::clone(&store);
        async move {
            let (watched, from) = (postgres::watched().await?, Instant::now());
            let before = watched.now();
            let findings = auditing::audit(&store, &Believed::default(), &|_| {}).await?;
            anyhow::ensure!(findings.iter().all(|one| one.difference.is_none()), "{findings:?}");
            let elapsed = from.elapsed();
            Ok(Sample::of(events, elapsed, before.until(watched.now(), elapsed)))
        }
    })
}

/// The limit: the same events, read and hashed.
fn hashed(season: &Season) -> Contender {
    let (store, events) = (Arc::clone(&season.store), season.events);
    Contender::new("limit: read and hashed", move || {
        let store = Arc::clone(&store);
        async move {
            let (watched, from) = (postgres::watched().await?, Instant::now());
            let before = watched.now();
            let (mut at, mut buffer) = (0, vec![]);
            while at < events {
                let page = store.after(at, PAGE).await?;
                at = page.last().context("an event")?.position;
                for event in &page {
                    std::hint::black_box(leaf::hash(event, &mut buffer));
                }
            }
            let elapsed = from.elapsed();
            Ok(Sample::of(events, elapsed, before.until(watched.now(), elapsed)))
        }
    })
}

/// A record of [`EVENTS`] events in a ledger of some more, verified from its bytes.
async fn verified() -> anyhow::Result<Contender> {
    let ledger = Ledger::open(Place::sqlite()).await?;
    ledger.fill(0..2_000, 10).await?;
    let member = MemberId::new("m-1")?;
    for turn in 0..EVENTS {
        let consent = ConsentToPraise { member: member.clone(), consents: turn % 2 == 0 };
        ledger.desk.submit(&envelope()?, &consent).await?;
    }
    let folder = tempfile::tempdir()?;
    let signing = Signing { by: By::Folder(folder.path().join("log")), ..Signing::default() };
    let publisher = signing.publisher(&ledger.store)?.context("a signer")?;
    let recorder = Recorder::new(Arc::clone(&ledger.store), Arc::clone(&ledger.desk));
    let asked = Asked { kind: "member", id: "m-1", purpose: "bench", ..Asked::default() };
    let record = recorder.record(&publisher, &asked).await?;
    anyhow::ensure!(record.events.len() >= EVENTS, "{} events", record.events.len());
    let bytes: Arc<[u8]> = serde_json::to_vec(&record)?.into();
    eprintln!("a record of {} events: {} bytes", record.events.len(), bytes.len());
    let brought = Brought {
        policy: Policy::of_log(publisher.seal().verifier().clone()),
        known: None,
        max_age: None,
        now: 0,
    };
    ledger.remove().await?;
    Ok(Contender::new("ours, a record of 300 events", move || {
        let (bytes, brought) = (Arc::clone(&bytes), brought.clone());
        async move {
            let (watched, from) = (Watched::default(), Instant::now());
            let before = watched.now();
            let mut times: Vec<Duration> = Vec::with_capacity(TURNS);
            for _ in 0..TURNS {
                let started = Instant::now();
                let verdict = verify(&bytes, &brought);
                anyhow::ensure!(verdict.outcome <= Outcome::ValidWithWarnings, "{}", verdict.text(false));
                times.push(started.elapsed());
            }
            let elapsed = from.elapsed();
            Ok(Sample::of(TURNS as u64, elapsed, before.until(watched.now(), elapsed)).with_latencies(times))
        }
    }))
}
