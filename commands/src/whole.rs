//! Many commands as one: a file of rows that is stored whole or not at all.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, OnceLock};

use aggregates::Refusal;

use crate::command::AnyCommand;
use crate::scout::TOGETHER;
use crate::sitting::Sitting;
use crate::trouble::Trouble;
use crate::vault::Disclosure;

/// Faults told of one file at most.
const REFUSALS_MAX: usize = 100;

/// A long file lets others have a turn every so many rows.
const ROWS_BETWEEN_BREATHS: u32 = 64;

aggregates::refusals! { "import";
    /// Some rows were refused; nothing was stored.
    rows_refused(count: usize) Invalid at "rows":
        "有 {count} 行未通过，全部未入库", "{count} rows were refused; nothing was imported";
}

/// A row that a rule refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRefusal {
    /// From 1, in the order of the rows given.
    pub row: u32,
    /// Why.
    pub refusal: Refusal,
}

/// Rows decided in one sitting, each on top of those before it, appended in one atomic step.
pub struct Whole {
    name: &'static str,
    rows: Vec<Box<dyn AnyCommand>>,
    refused: Mutex<Vec<RowRefusal>>,
    /// Made when it is first asked for: all rows go into it.
    canonical: OnceLock<String>,
}

impl Whole {
    /// All rows under one name: `import-members`.
    pub fn new(name: &'static str, rows: Vec<Box<dyn AnyCommand>>) -> Self {
        Self { name, rows, refused: Mutex::new(vec![]), canonical: OnceLock::new() }
    }

    fn refuse(&self, refused: Vec<RowRefusal>) -> Result<(), Trouble> {
        let count = refused.len();
        if let Ok(mut told) = self.refused.lock() {
            *told = refused;
        }
        if count > 0 { Err(rows_refused(count).into()) } else { Ok(()) }
    }

    /// The rows refused in the last decision, at most a hundred.
    pub fn refused(&self) -> Vec<RowRefusal> {
        self.refused.lock().map(|refused| refused.clone()).unwrap_or_default()
    }
}

#[async_trait]
impl AnyCommand for Whole {
    fn name(&self) -> &'static str {
        self.name
    }

    fn canonical(&self) -> String {
        let made = self.canonical.get_or_init(|| {
            let mut hasher = Sha256::new();
            for row in &self.rows {
                hasher.update(row.name());
                hasher.update([0]);
                hasher.update(row.canonical());
                hasher.update([0]);
            }
            format!("{:x}", hasher.finalize())
        });
        made.clone()
    }

    fn is_personal(&self) -> bool {
        self.rows.iter().any(|row| row.is_personal())
    }

    async fn disclose(&self, sitting: &mut Sitting<'_>) -> Result<Vec<Disclosure<'_>>, Trouble> {
        let (mut told, mut refused) = (vec![], vec![]);
        for (row, command) in (1_u32..).zip(&self.rows).filter(|(_, command)| command.is_personal()) {
            sitting.at_row(row);
            match command.disclose(sitting).await {
                Ok(disclosures) => told.extend(disclosures),
                Err(Trouble::Refused(refusal)) if refused.len() < REFUSALS_MAX => {
                    refused.push(RowRefusal { row, refusal });
                }
                Err(Trouble::Refused(_)) => break,
                Err(other) => return Err(other),
            }
        }
        self.refuse(refused)?;
        Ok(told)
    }

    async fn decide_any(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let mut refused = vec![];
        for (row, command) in (1_u32..).zip(&self.rows) {
            let before = row as usize - 1;
            if before.is_multiple_of(TOGETHER) {
                let ahead = self.rows.iter().skip(before).take(TOGETHER);
                sitting.look_ahead(row, ahead).await?;
            }
            sitting.at_row(row);
            if row % ROWS_BETWEEN_BREATHS == 0 {
                tokio::task::yield_now().await;
            }
            match command.decide_any(sitting).await {
                Ok(()) => {}
                Err(Trouble::Refused(refusal)) => refused.push(RowRefusal { row, refusal }),
                Err(other) => return Err(other),
            }
            if refused.len() >= REFUSALS_MAX {
                break;
            }
        }
        self.refuse(refused)
    }
}
