//! What a run is asked for.

use anyhow::{Context, bail};

/// The rows that there are.
pub const ROWS: [&str; 10] =
    ["append", "append-sqlite", "long-stream", "rebuild", "read", "import", "log", "bulk", "audit", "growth"];

/// What a run is asked for.
#[derive(Debug)]
pub struct Options {
    /// Smaller and shorter; nothing is written into docs/.
    pub quick: bool,
    /// One JSON object a line on standard output.
    pub json: bool,
    /// Rows; all when none is named.
    pub only: Vec<String>,
    /// Sizes of a full run are multiplied by it.
    pub scale: f64,
    /// Row `append` with so many clients only, without peers: ours beside its limits, for a profiler. Nothing is written into docs/.
    pub clients: Option<usize>,
    /// One piece of work, told as JSON: how rows `rebuild` and `growth` call themselves.
    pub alone: Option<String>,
}

impl Options {
    /// From the command line. Cargo adds `--bench`.
    pub fn read() -> anyhow::Result<Self> {
        let mut options =
            Self { quick: false, json: false, only: vec![], scale: 1.0, clients: None, alone: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--scale" => options.scale = arguments.next().context("--scale 0.1")?.parse()?,
                "--clients" => options.clients = Some(arguments.next().context("--clients 64")?.parse()?),
                "--alone" => options.alone = Some(arguments.next().context("--alone ORDER, see alone.rs")?),
                "--only" => match arguments.next() {
                    Some(name) if ROWS.contains(&name.as_str()) => options.only.push(name),
                    other => bail!("--only {other:?}: rows are {}", ROWS.join(", ")),
                },
                other => {
                    bail!("{other}: known are --quick, --json, --only ROW, --scale FACTOR, --clients NUMBER")
                }
            }
        }
        if let Some(clients) = options.clients
            && (clients == 0 || options.only != ["append"])
        {
            bail!("--clients {clients}: a number of at least 1, with --only append and no other row");
        }
        Ok(options)
    }

    /// Whether a row is asked for.
    pub fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == row)
    }

    /// Whether what comes of it is written into docs/.
    pub fn writes(&self) -> bool {
        !self.quick && !self.json && self.clients.is_none()
    }

    /// The first when quick, else the second.
    pub fn pick<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How often all take their turn.
    pub fn rounds(&self) -> usize {
        self.pick(3, 5)
    }

    /// A size: the first when quick, else the second by the scale asked for.
    pub fn size(&self, quick: usize, full: usize) -> usize {
        if self.quick { quick } else { ((full as f64 * self.scale) as usize).max(quick) }
    }
}
