//! `baodao policy what-if …`: what a draft would make of the point cards of a year.

use aggregates::when;
use chrono::{Datelike, NaiveDate, Utc};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use projections::{ChangedCard, Going, PolicyTrial, WhatIf};

use super::adopt::Rules;
use super::failure::out;
use super::{Common, Failure, language, ledger};

/// Cards that are told; all are counted.
const CARDS_MAX: usize = 10_000;

/// Tries it.
pub(super) async fn run(common: &Common, source: &str, year: Option<i32>) -> Result<(), Failure> {
    let rules = Rules::read(source)?;
    let draft = commands::read_draft(&rules.text).map_err(|refusal| {
        let told = language().pick(&refusal.zh, &refusal.en).to_owned();
        Failure::new(told, "correct the lines and try again")
    })?;
    let today = when::local(Utc::now()).date_naive();
    let year = year.unwrap_or_else(|| today.year());
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(today);
    let store = ledger::open_existing(common).await?;
    let mut trial = WhatIf::new(year, draft);
    let read = projections::run(store.as_ref(), &mut trial, &Going::default()).await;
    store.close().await;
    let position =
        read.map_err(|error| Failure::new(error.to_string(), "see that the ledger can be reached"))?;
    let told = trial.finish(last.min(today), position.unwrap_or_default(), CARDS_MAX, |_, _| true);
    if common.json { Common::print(&told) } else { show(&told) }
}

fn show(told: &PolicyTrial) -> Result<(), Failure> {
    let sum = &told.summary;
    let (zh, en) = (
        format!(
            "{} 年 {} 张卡，{} 张会变：升 {}，降 {}，等次变 {}",
            told.year, sum.cards, sum.changed, sum.up, sum.down, sum.regraded
        ),
        format!(
            "{} cards of {}, {} would change: {} up, {} down, {} another grade",
            sum.cards, told.year, sum.changed, sum.up, sum.down, sum.regraded
        ),
    );
    out(language().pick(&zh, &en))?;
    if told.cards.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["holder", "before", "after", "lines"]);
    for card in &told.cards {
        table.add_row(row(card));
    }
    out(&table.to_string())
}

fn row(card: &ChangedCard) -> [String; 4] {
    let before = card.before.map_or_else(|| "–".to_owned(), |before| before.to_string());
    let lines = card.lines.iter().map(|line| format!("{} {:+} → {:+}", line.clause, line.before, line.after));
    [
        format!("{}/{}", card.holder_kind, card.holder),
        before,
        card.after.to_string(),
        lines.collect::<Vec<_>>().join("\n"),
    ]
}
