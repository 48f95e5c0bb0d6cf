//! What is kept of the second tree of the log, the one with SM3: its right edge, and nothing else. There is none until it is asked for.

use projections::ports::StoreError;
use proofs::hash::Sm3;
use proofs::tree::Frontier;

use super::generations::{Tries, Trouble, cell, number};
use super::log::{LogStore, damaged, hashes, text};
use super::reader::as_signed;
use super::sql::{Bind, SheetTx};

impl LogStore<'_> {
    /// The second tree, as far as it has grown; none where it was never asked for.
    pub async fn sm3(&self) -> Result<Option<Frontier<Sm3>>, StoreError> {
        let rows =
            self.db.read("SELECT CAST(size AS text), peaks FROM log_sm3 WHERE one = 1", vec![]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (size, peaks) = (number(row, 0)?, hashes(cell(row, 1)?).ok());
        let tree = peaks.and_then(|peaks| Frontier::of(size, peaks));
        tree.map(Some).ok_or_else(|| damaged("log_sm3 does not hold the peaks of a tree of its size"))
    }

    /// Stores the second tree where it lay behind the first, and had this size.
    pub async fn lead_sm3_on(&self, from: u64, tree: &Frontier<Sm3>) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = async {
                // Behind the same row as all growth: of two processes that begin the tree, one waits.
                tx.run("UPDATE log_tree SET size = size WHERE one = 1", vec![]).await?;
                put(tx.as_mut(), from, tree).await
            };
            let outcome = outcome.await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }
}

/// Exchanges the tree of this size for one that has grown.
pub(super) async fn put(tx: &mut dyn SheetTx, from: u64, tree: &Frontier<Sm3>) -> Result<(), Trouble> {
    if from == 0 {
        let begun =
            "INSERT INTO log_sm3 (one, size, peaks) SELECT 1, 0, '' WHERE NOT EXISTS (SELECT 1 FROM log_sm3)";
        tx.run(begun, vec![]).await?;
    }
    let moved =
        "UPDATE log_sm3 SET size = $1, peaks = $2 WHERE one = 1 AND size = $3 RETURNING CAST(size AS text)";
    let binds = vec![
        Bind::Number(as_signed(tree.size())),
        Bind::Text(text(tree.peaks())),
        Bind::Number(as_signed(from)),
    ];
    if tx.run(moved, binds).await?.is_empty() {
        return Err(StoreError::Fenced("the second tree of the log".to_owned()).into());
    }
    Ok(())
}
