//! Text files: a line with the kind, then the file.

use commands::{Envelope, Trouble};
use serde_json::Value;
use server::exchange::{Faults, Format, Import, KINDS, Kind, NotImported, kind, write};
use server::http::caller::Caller;

use super::ledger::Ledger;
use super::{first_line, folds};

/// The template of every kind, and a file with its example row.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    made(Format::Csv)
}

/// A template and an example file of every kind, behind a line with its name.
pub(super) fn made(format: Format) -> Vec<Vec<u8>> {
    let files = KINDS.iter().flat_map(|kind| {
        let template = write::template(kind, format).unwrap();
        let example = kind.columns.iter().map(|column| (column.name.to_owned(), column.example.into()));
        let table = write::table(kind, &[Value::Object(example.collect())], format).unwrap();
        [template, table].map(|file| [kind.name.as_bytes(), b"\n", &file].concat())
    });
    files.collect()
}

/// See [`check`].
pub(super) fn run(input: &[u8]) {
    let (name, file) = first_line(input);
    if let Some(kind) = std::str::from_utf8(name).ok().and_then(kind) {
        check(kind, file);
    }
}

/// A file is recorded whole, as its rehearsal said, and once; or nothing of it is, and every fault is told by row or column.
pub(super) fn check(kind: &'static Kind, file: &[u8]) {
    let import = match Import::read(kind, file) {
        Ok(import) => import,
        Err(faults) => return must_tell(&faults, false),
    };
    Ledger::with(|ledger| {
        let before = ledger.head();
        let envelope = import.envelope(Envelope::new(Caller::local()));
        let rehearsed = ledger.wait(import.rehearse(&ledger.desk, &envelope));
        assert_eq!(ledger.head(), before, "a rehearsal stored something");
        let outcome = ledger.wait(import.submit(&ledger.desk, &envelope));
        let written = ledger.written_after(before);
        match outcome {
            Ok(imported) => {
                let rehearsed = rehearsed.unwrap();
                assert_eq!(imported.repeat, rehearsed.repeat);
                let same = imported.repeat || imported.events == rehearsed.events;
                assert!(same, "{imported:?}, and it was rehearsed as {rehearsed:?}");
                let told: u64 = imported.events.values().sum();
                assert!(imported.repeat || told == written.len() as u64, "{imported:?}: {written:?}");
                let again = ledger.wait(import.submit(&ledger.desk, &envelope)).unwrap();
                assert!(again.repeat && again.position == imported.position, "{again:?}");
                folds::take(&written);
            }
            Err(refused) => {
                assert!(written.is_empty(), "not imported, and yet {written:?} was stored");
                match refused {
                    NotImported::Faults(faults) => must_tell(&faults, true),
                    // What is personal in a file is not in its id.
                    NotImported::Trouble(Trouble::KeyReused(_)) => {}
                    NotImported::Trouble(trouble) => panic!("{trouble}"),
                }
            }
        }
    });
}

/// Faults of cells name the row, and the column where it is a cell's; those of the file as a whole stand alone.
fn must_tell(faults: &Faults, by_rows: bool) {
    assert!(!faults.faults.is_empty() && faults.count() >= faults.faults.len());
    // What breaks off in the middle is at fault as a whole, after what was found before.
    let whole = faults.faults.iter().position(|fault| fault.row.is_none());
    assert!(whole.is_none_or(|place| !by_rows && place + 1 == faults.faults.len()), "no row: {faults:?}");
    for fault in &faults.faults {
        let column = fault.column.as_ref();
        assert!(!fault.problem.zh.is_empty() && !fault.problem.en.is_empty(), "{fault:?}");
        assert!(fault.row.is_some() || column.is_none(), "a column without a row: {fault:?}");
        assert!(fault.row != Some(0) && column.is_none_or(|at| !at.name.is_empty()), "{fault:?}");
        assert!(fault.found.as_ref().is_none_or(|found| found.chars().count() <= 41), "{fault:?}");
    }
    assert!(!by_rows || faults.faults.iter().all(|fault| fault.code.is_some()), "{faults:?}");
}
