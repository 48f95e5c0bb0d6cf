//! Contenders in turns: every round runs all of them, every other round in reverse; ratios are taken inside a round.

use std::fmt::Write as _;

use anyhow::Context;
use futures::future::BoxFuture;

use crate::measure::Sample;

type Run = Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<Sample>> + Send + Sync>;

/// One that takes part.
pub struct Contender {
    name: String,
    run: Run,
}

impl Contender {
    /// With everything that a run of it needs.
    pub fn new<F>(name: &str, run: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = anyhow::Result<Sample>> + Send + 'static,
    {
        Self { name: name.to_owned(), run: Box::new(move || Box::pin(run())) }
    }

    /// The same under another name.
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }
}

/// What a contender came to over all rounds.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Who.
    pub name: String,
    /// Medians over the rounds.
    pub median: Sample,
    /// Slowest and fastest round.
    pub range: (f64, f64),
    /// Ours to it: the median of the rounds' ratios; 1 for ours.
    pub ratio: f64,
}

/// A line of the table: ours first, then the peers.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row.
    pub name: &'static str,
    /// How much of it there was, where that matters.
    pub note: String,
    /// Clients at once; absent where one process does one thing.
    pub clients: Option<usize>,
    /// What the rates count.
    pub unit: &'static str,
    /// Ours first.
    pub figures: Vec<Figures>,
    /// Who could not take part, and why.
    pub absent: Vec<String>,
}

impl Line {
    /// The same, saying how much of it there was.
    pub fn noting(self, note: String) -> Self {
        Self { note, ..self }
    }
}

/// Runs all of them in turns. Ours comes first in the list; a peer that fails is left out and told of.
pub async fn compare(
    name: &'static str,
    clients: Option<usize>,
    unit: &'static str,
    rounds: usize,
    contenders: Vec<Contender>,
) -> anyhow::Result<Line> {
    let mut samples: Vec<Vec<Sample>> = contenders.iter().map(|_| Vec::with_capacity(rounds)).collect();
    let mut absent: Vec<Option<String>> = contenders.iter().map(|_| None).collect();
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for who in order {
            if absent[who].is_some() {
                continue;
            }
            let contender = &contenders[who];
            match (contender.run)().await {
                Ok(sample) => {
                    progress(name, clients, round, &contender.name, &sample);
                    samples[who].push(sample);
                }
                Err(error) if who == 0 => return Err(error).with_context(|| format!("{name}: ours failed")),
                Err(error) => {
                    eprintln!("{name}: {} is left out: {error:#}", contender.name);
                    let why = format!("{error:#}");
                    let why = why.lines().next().unwrap_or_default();
                    absent[who] = Some(format!("{}: {why}", contender.name));
                }
            }
        }
    }
    let figures = (0..contenders.len())
        .filter(|who| absent[*who].is_none())
        .map(|who| figures_of(&contenders[who].name, &samples[0], &samples[who]))
        .collect();
    Ok(Line {
        name,
        note: String::new(),
        clients,
        unit,
        figures,
        absent: absent.into_iter().flatten().collect(),
    })
}

fn progress(name: &str, clients: Option<usize>, round: usize, who: &str, sample: &Sample) {
    let mut text = format!("{name:<14} round {round}");
    if let Some(clients) = clients {
        let _ = write!(text, " {clients:>4} clients");
    }
    let _ = write!(text, "  {who:<24} {:>12.1}/s", sample.rate);
    if let (Some(p50), Some(p99)) = (sample.p50, sample.p99) {
        let _ = write!(text, "  p50 {p50:.2} p99 {p99:.2} ms");
    }
    if let (Some(client), Some(server), Some(foreign)) = (sample.client, sample.server, sample.foreign) {
        let _ = write!(text, "  cpu {client:.1}+{server:.1} µs  others {foreign:.2}");
    }
    eprintln!("{text}");
}

fn figures_of(name: &str, ours: &[Sample], theirs: &[Sample]) -> Figures {
    let middle = |of: fn(&Sample) -> Option<f64>| median(theirs.iter().filter_map(of).collect());
    let rates = || theirs.iter().map(|sample| sample.rate);
    Figures {
        name: name.to_owned(),
        median: Sample {
            rate: middle(|sample| Some(sample.rate)).unwrap_or(0.0),
            p50: middle(|sample| sample.p50),
            p99: middle(|sample| sample.p99),
            client: middle(|sample| sample.client),
            server: middle(|sample| sample.server),
            foreign: middle(|sample| sample.foreign),
        },
        range: (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max)),
        ratio: median(ours.iter().zip(theirs).map(|(ours, theirs)| ours.rate / theirs.rate).collect())
            .unwrap_or(0.0),
    }
}

/// The middle one, or between the two middle ones.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => values.get(half).copied(),
        _ => Some(f64::midpoint(values[half - 1], values[half])),
    }
}
