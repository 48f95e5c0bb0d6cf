//! `baodao demo`: a prefecture on one command. The real division tree, a synthetic city on it, and a season of
//! activity, all of it through the real commands, in an order that the seed alone decides.

pub mod accounts;
mod city;
mod closing;
mod details;
mod drive;
mod life;
mod people;
mod places;
mod script;
mod season;
mod summary;
mod waiting;
mod world;

use std::path::Path;
use std::sync::Arc;

use aggregates::policy::PRESETS;
use aggregates::rulebook::{self, SHIPPED_CATALOGUES};
use aggregates::when::{self, Moment};
use anyhow::Context;
use chrono::{NaiveDate, NaiveTime};
use commands::{Clock, Desk};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

pub use city::{City, LIUPANSHUI, QIANXINAN};
pub use drive::Driven;
pub use script::Step;
pub use summary::Summary;
pub use world::World;

use crate::clock::ManualClock;
use crate::store::{Settings, Store};

/// The first day of the demonstration: a Monday, so that the weeks fall as in a calendar.
const FIRST_DAY: (i32, u32, u32) = (2026, 3, 2);
/// Steps submitted together.
pub const STEPS_TOGETHER: usize = 500;

/// What is asked of a demonstration.
#[derive(Debug, Clone)]
pub struct Options {
    /// The city.
    pub city: City,
    /// Members.
    pub members: usize,
    /// Months of activity.
    pub months: u32,
    /// The same seed makes the same ledger.
    pub seed: u64,
}

/// The whole script: adoption of policy and catalogue, the world, the season.
pub fn script(options: &Options) -> anyhow::Result<(World, Vec<Step>)> {
    let city = &options.city;
    let (_, catalogue_text) = SHIPPED_CATALOGUES.first().context("no duty catalogue is shipped")?;
    let catalogue = rulebook::read_catalogue(catalogue_text)
        .map_err(|faults| anyhow::anyhow!("the shipped duty catalogue is faulty: {faults:?}"))?;
    let (_, policy_text) =
        PRESETS.iter().find(|(name, _)| *name == city.policy).context("the city's policy is not shipped")?;
    let start = first_morning();
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut steps = vec![
        Step::department(start, city.code, "adopt-policy", json!({ "text": policy_text })),
        Step::department(start, city.code, "adopt-duty-catalogue", json!({ "text": catalogue_text })),
    ];
    let (world, founding) = world::build(city, &catalogue, options.members, start, &mut rng);
    let founded = founding.last().map_or(start, |step| step.at);
    steps.extend(founding);
    let opening = when::moment(when::date_of(&founded) + chrono::Days::new(1), morning());
    steps.extend(season::play(&world, opening, options.months, &mut rng));
    Ok((world, steps))
}

fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default()
}

fn first_morning() -> Moment {
    let (year, month, day) = FIRST_DAY;
    when::moment(NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default(), morning())
}

/// A fresh ledger in a folder, with a clock that the script sets.
pub struct Stage {
    /// Address of the ledger.
    pub url: String,
    /// The ledger.
    pub store: Arc<Store>,
    /// Its desk.
    pub desk: Arc<Desk>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
}

impl Stage {
    /// Opens `ledger.db` in the folder; a ledger that is there already must be empty.
    pub async fn open(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        Self::at(&format!("sqlite://{}", folder.join("ledger.db").display())).await
    }

    /// Opens the ledger at an address; it must be empty.
    pub async fn at(url: &str) -> anyhow::Result<Self> {
        let clock = Arc::new(ManualClock::new(first_morning().to_utc()));
        let told = Arc::clone(&clock);
        let settings = Settings { clock: Arc::new(move || told.now()), ..Settings::default() };
        let store = Arc::new(Store::open_with(url, settings).await?);
        let head = projections::Feed::head(store.as_ref()).await?;
        anyhow::ensure!(
            head == 0,
            "{url} holds a ledger of {head} events already; name another folder with --data, or serve it: baodao serve --database {url}"
        );
        let desk = Arc::new(Desk::new(store.clone(), clock.clone()));
        Ok(Self { url: url.to_owned(), store, desk, clock })
    }

    /// Plays a whole demonstration: the script, then the closing of the first cards.
    pub async fn play(&self, options: &Options, show_progress: bool) -> anyhow::Result<Driven> {
        let (world, steps) = script(options)?;
        let last = steps.last().map_or_else(first_morning, |step| step.at);
        let mut driven = self.drive(&steps, options.seed, 0, show_progress).await?;
        let closing = self.closing(&options.city, &world, last).await?;
        driven.join(self.drive(&closing, options.seed, steps.len() as u64, show_progress).await?);
        Ok(driven)
    }
}
