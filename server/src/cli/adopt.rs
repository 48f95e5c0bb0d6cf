//! `baodao policy …`: policies and duty catalogues, shipped, checked and adopted.

use std::path::Path;

use aggregates::policy::{self, Fault, PRESETS, Policy};
use aggregates::rulebook::{self, DutyCatalogue, Rulebook, SHIPPED_CATALOGUES, STREAM};
use clap::Subcommand;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use commands::{AdoptDutyCatalogue, AdoptPolicy, AnyCommand, Envelope};
use serde_json::{Value, json};

use super::failure::out;
use super::{Common, Failure, language, ledger};

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is shipped, and what the ledger has adopted
    List,
    /// Print a shipped policy or duty catalogue, or a file, as it would be adopted
    Show {
        /// Name of a shipped one, or a file
        source: String,
    },
    /// Check a policy or duty catalogue file; every fault is told with its line
    Check {
        /// The file
        source: String,
    },
    /// Adopt a policy or duty catalogue from its effective date on
    Adopt {
        /// Name of a shipped one, or a file
        source: String,
    },
    /// Try a draft policy: whose point card of a year would change, and why; nothing is recorded
    WhatIf {
        /// Name of a shipped one, or a file
        source: String,
        /// The year; the running one when absent
        #[arg(long)]
        year: Option<i32>,
    },
}

/// A rule file that was read.
pub(super) struct Rules {
    pub(super) text: String,
    is_catalogue: bool,
}

/// Does it.
pub(super) async fn run(common: &Common, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => list(common).await,
        Command::Show { source } => {
            let rules = Rules::read(&source)?;
            if common.json { Common::print(&rules.told(&source)?) } else { out(rules.text.trim_end()) }
        }
        Command::Check { source } => {
            let told = Rules::read(&source)?.told(&source)?;
            if common.json {
                return Common::print(&told);
            }
            out(language().pick(&format!("{source} 无误"), &format!("{source} is in order")))
        }
        Command::Adopt { source } => adopt(common, &source).await,
        Command::WhatIf { source, year } => super::what_if::run(common, &source, year).await,
    }
}

impl Rules {
    pub(super) fn read(source: &str) -> Result<Self, Failure> {
        let shipped = |all: &[(&str, &str)]| {
            all.iter().find(|(name, _)| *name == source).map(|(_, text)| (*text).to_owned())
        };
        if let Some(text) = shipped(PRESETS) {
            return Ok(Self { text, is_catalogue: false });
        }
        if let Some(text) = shipped(SHIPPED_CATALOGUES) {
            return Ok(Self { text, is_catalogue: true });
        }
        let text = std::fs::read_to_string(Path::new(source)).map_err(|error| {
            let names: Vec<&str> = PRESETS.iter().chain(SHIPPED_CATALOGUES).map(|(name, _)| *name).collect();
            Failure::new(format!("{source}: {error}"), format!("name a file, or one of {}", names.join(", ")))
        })?;
        // Only catalogues have entries.
        let is_catalogue = text.lines().any(|line| line.trim() == "[[entry]]");
        Ok(Self { text, is_catalogue })
    }

    /// The content as JSON, or all its faults.
    fn told(&self, source: &str) -> Result<Value, Failure> {
        let value = if self.is_catalogue {
            rulebook::read_catalogue(&self.text).map(serde_json::to_value)
        } else {
            policy::read(&self.text).map(serde_json::to_value)
        };
        value
            .map_err(|faults| faulty(source, &faults))?
            .map_err(|error| Failure::new(error.to_string(), "report this as a defect"))
    }

    fn command(self) -> Box<dyn AnyCommand> {
        if self.is_catalogue {
            Box::new(AdoptDutyCatalogue { text: self.text })
        } else {
            Box::new(AdoptPolicy { text: self.text })
        }
    }
}

fn faulty(source: &str, faults: &[Fault]) -> Failure {
    let told: Vec<String> = faults.iter().map(|fault| format!("  {source}:{fault}")).collect();
    Failure::new(format!("{} faults\n{}", faults.len(), told.join("\n")), "correct the lines and check again")
}

async fn adopt(common: &Common, source: &str) -> Result<(), Failure> {
    let rules = Rules::read(source)?;
    rules.told(source)?;
    let actor = common.actor()?;
    let store = ledger::open(common).await?;
    let reply =
        ledger::desk(common, &store).await?.submit(&Envelope::new(actor), rules.command().as_ref()).await;
    store.close().await;
    let receipt = reply?.receipt;
    if common.json {
        return Common::print(&receipt);
    }
    let (zh, en) = if receipt.events.is_empty() {
        (format!("{source} 早已采纳，无需再办"), format!("{source} was adopted before; nothing to do"))
    } else {
        (
            format!("已采纳 {source}（第 {} 位）", receipt.position),
            format!("adopted {source} at position {}", receipt.position),
        )
    };
    out(language().pick(&zh, &en))
}

/// A line of the list: kind, where it is, name, first day, title.
type Line = [String; 5];

fn of_policy(place: &str, name: String, policy: &Policy) -> Line {
    let title = language().pick(&policy.title, &policy.title_en);
    ["policy".to_owned(), place.to_owned(), name, policy.effective_from.to_string(), title.to_owned()]
}

fn of_catalogue(place: &str, name: String, catalogue: &DutyCatalogue) -> Line {
    let entries = format!("{} 项 entries", catalogue.entries.len());
    ["catalogue".to_owned(), place.to_owned(), name, catalogue.effective_from.to_string(), entries]
}

async fn list(common: &Common) -> Result<(), Failure> {
    let shipped = PRESETS
        .iter()
        .filter_map(|(name, text)| Some(of_policy("shipped", (*name).to_owned(), &policy::read(text).ok()?)))
        .chain(SHIPPED_CATALOGUES.iter().filter_map(|(name, text)| {
            let catalogue = rulebook::read_catalogue(text).ok()?;
            Some(of_catalogue("shipped", (*name).to_owned(), &catalogue))
        }));
    let mut lines: Vec<Line> = shipped.collect();
    // A ledger that is not there has adopted nothing.
    if let Ok(store) = ledger::open_existing(common).await {
        let book = ledger::desk(common, &store).await?.look::<Rulebook>(STREAM).await?;
        lines.extend(book.policies().iter().map(|policy| of_policy("adopted", policy.label(), policy)));
        let catalogues = book.catalogues().iter();
        lines.extend(catalogues.map(|one| of_catalogue("adopted", one.version.to_string(), one)));
        store.close().await;
    }
    if common.json {
        let told: Vec<Value> = lines
            .iter()
            .map(|[kind, place, name, from, title]| {
                json!({"kind": kind, "where": place, "name": name, "effective_from": from, "title": title})
            })
            .collect();
        return Common::print(&told);
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["kind", "where", "name", "effective from", "title"]);
    table.add_rows(lines);
    out(&table.to_string())
}
