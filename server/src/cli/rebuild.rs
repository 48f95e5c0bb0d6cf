//! `baodao rebuild [NAME…]`: rows folded anew beside the live ones, then switched. A server may be running.

use projections::ports::{Feed, Slot};
use projections::{rebuild, sheets};
use serde_json::json;

use super::failure::out;
use super::{Common, Failure, language, ledger};

/// What `rebuild` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Projections; all when none is named
    names: Vec<String>,
}

/// Rebuilds.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let known: Vec<&str> = sheets::sheets().iter().map(|sheet| sheet.name).collect();
    let normal = |name: &String| name.replace('-', "_");
    if let Some(unknown) = args.names.iter().find(|name| !known.contains(&normal(name).as_str())) {
        return Err(Failure::new(
            format!("there is no projection {unknown}"),
            format!("known are {}", known.join(", ")),
        ));
    }
    let wanted: Vec<String> = args.names.iter().map(normal).collect();
    let store = ledger::open_existing(common).await?;
    let head = store.head().await?;
    let bar = ledger::progress("rebuilding", head);
    let folds = sheets::folds()
        .into_iter()
        .filter(|fold| wanted.is_empty() || wanted.iter().any(|name| name == fold.sheet().name))
        .collect();
    let shown = bar.clone();
    let built: Vec<Slot> = rebuild::rebuild(store.clone(), store.clone(), folds, &move |position| {
        shown.set_position(position);
    })
    .await?;
    bar.finish_and_clear();
    store.close().await;
    if common.json {
        let told: Vec<_> = built
            .iter()
            .map(|slot| json!({"projection": slot.name, "generation": slot.generation, "position": slot.checkpoint}))
            .collect();
        return Common::print(&told);
    }
    for slot in built {
        let zh = format!("{} 已重建：第 {} 代，截至第 {} 位", slot.name, slot.generation, slot.checkpoint);
        let en = format!(
            "{} rebuilt: generation {}, up to position {}",
            slot.name, slot.generation, slot.checkpoint
        );
        out(language().pick(&zh, &en))?;
    }
    Ok(())
}
