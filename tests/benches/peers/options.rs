//! What a run is asked for.

use anyhow::bail;

/// The rows that there are.
pub const ROWS: [&str; 7] = ["append", "append-sqlite", "long-stream", "rebuild", "read", "import", "growth"];

/// What a run is asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Smaller and shorter; nothing is written into docs/.
    pub quick: bool,
    /// One JSON object a line on standard output.
    pub json: bool,
    /// Rows; all when none is named.
    pub only: Vec<String>,
    /// Rebuild the ledger at this address and tell what it took: how row `growth` calls itself.
    pub rebuild: Option<String>,
}

impl Options {
    /// From the command line. Cargo adds `--bench`.
    pub fn read() -> anyhow::Result<Self> {
        let mut options = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--rebuild" => options.rebuild = arguments.next(),
                "--only" => match arguments.next() {
                    Some(name) if ROWS.contains(&name.as_str()) => options.only.push(name),
                    other => bail!("--only {other:?}: rows are {}", ROWS.join(", ")),
                },
                other => bail!("{other}: known are --quick, --json, --only ROW"),
            }
        }
        Ok(options)
    }

    /// Whether a row is asked for.
    pub fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == row)
    }

    /// The first when quick, else the second.
    pub fn pick<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How often all take their turn.
    pub fn rounds(&self) -> usize {
        self.pick(3, 5)
    }
}
