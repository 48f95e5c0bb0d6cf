//! A file is recorded as a whole: decided row by row on top of each other, appended in one step, or refused with all its faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use commands::AnyCommand as _;
use commands::{Desk, Envelope, Trouble, Whole};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::fault::{Fault, Faults, Said};
use super::kinds::Kind;
use super::read::{Header, read};

/// Name space of the command ids of imports.
const IMPORTS: Uuid = Uuid::from_u128(0x6ba0_da05_1f2c_5d4e_9c3a_0be1_5202_0001);

/// How a whole refuses when rows of it are refused.
const ROWS_REFUSED: &str = "import.rows_refused";
/// How every decision that needs a policy is refused while there is none.
const NO_POLICY: &str = "policy.none_in_force";

/// A file that was read, ready to be recorded.
pub struct Import {
    kind: &'static Kind,
    header: Option<Arc<Header>>,
    rows: Vec<u32>,
    whole: Whole,
}

/// Why a file was not imported. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// The file, or what its rows ask for, is wrong.
    #[error("{0}")]
    Faults(Faults),
    /// Something else stood in the way.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What an import recorded, or would record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Imported {
    /// Kind of file.
    pub kind: &'static str,
    /// Rows read.
    pub rows: usize,
    /// How many events of each name were recorded, or would be; rows that say what is recorded already bring none.
    pub events: BTreeMap<String, u64>,
    /// Whether nothing was stored because it was a dry run.
    pub dry_run: bool,
    /// Whether the very same file was imported before: then this is what it recorded then.
    pub repeat: bool,
    /// The command that recorded it: derived from what the file says, so that a retry is the same command.
    pub command_id: Uuid,
    /// The last position written; absent in a dry run.
    pub position: Option<u64>,
}

impl Import {
    /// Reads a CSV or xlsx file, or tells all faults of its cells.
    pub fn read(kind: &'static Kind, bytes: &[u8]) -> Result<Self, Faults> {
        let reading = read(kind, bytes)?;
        Ok(Self {
            kind,
            header: reading.header,
            rows: reading.rows,
            whole: Whole::new(kind.import, reading.commands),
        })
    }

    /// The envelope under the id of this file: what it says, and the business time given for it.
    pub fn envelope(&self, envelope: Envelope) -> Envelope {
        let at = envelope.at.map(|at| at.to_rfc3339()).unwrap_or_default();
        let content = format!("{}\n{at}\n{}", self.kind.name, self.whole.canonical());
        envelope.keyed(Uuid::new_v5(&IMPORTS, content.as_bytes()))
    }

    /// Records the file as a whole (design §5: all or nothing).
    pub async fn submit(&self, desk: &Desk, envelope: &Envelope) -> Result<Imported, NotImported> {
        let reply = desk.submit(envelope, &self.whole).await.map_err(|trouble| self.told(trouble))?;
        let mut events = BTreeMap::new();
        for event in reply.receipt.events {
            *events.entry(event.event_type).or_insert(0) += 1;
        }
        let position = Some(reply.receipt.position);
        Ok(Imported { events, repeat: reply.repeat, position, ..self.nothing_yet(envelope) })
    }

    /// Decides the file as a whole and stores nothing.
    pub async fn rehearse(&self, desk: &Desk, envelope: &Envelope) -> Result<Imported, NotImported> {
        let rehearsal = desk.rehearse(envelope, &self.whole).await.map_err(|trouble| self.told(trouble))?;
        let repeat = rehearsal.repeat.is_some();
        Ok(Imported { events: rehearsal.events, repeat, dry_run: true, ..self.nothing_yet(envelope) })
    }

    fn nothing_yet(&self, envelope: &Envelope) -> Imported {
        Imported {
            kind: self.kind.name,
            rows: self.rows.iter().collect::<std::collections::BTreeSet<_>>().len(),
            events: BTreeMap::new(),
            dry_run: false,
            repeat: false,
            command_id: envelope.command_id,
            position: None,
        }
    }

    /// Refusals of rows by row and column; whatever else went wrong as it is.
    fn told(&self, trouble: Trouble) -> NotImported {
        let Trouble::Refused(refusal) = &trouble else { return trouble.into() };
        if refusal.code != ROWS_REFUSED {
            return trouble.into();
        }
        let refused = self.whole.refused();
        // Where no policy is in force, the ledger is at fault and not the rows.
        let no_policy = refused.iter().find(|row| row.refusal.code == NO_POLICY);
        if let Some(row) = no_policy {
            return Trouble::Refused(row.refusal.clone()).into();
        }
        let broken_off = refused.len() >= super::fault::FAULTS_MAX;
        let mut faults = Faults { broken_off, ..Faults::default() };
        for row in refused {
            let place = usize::try_from(row.row.saturating_sub(1)).unwrap_or(usize::MAX);
            let column = row
                .refusal
                .field
                .as_deref()
                .and_then(|field| self.header.as_ref().and_then(|header| header.column_of_field(field)));
            faults.push(Fault {
                row: self.rows.get(place).copied(),
                column,
                found: None,
                problem: Said::new(row.refusal.zh, row.refusal.en),
                code: Some(row.refusal.code.into_owned()),
            });
        }
        faults.faults.sort_by_key(|fault| fault.row);
        NotImported::Faults(faults)
    }
}
