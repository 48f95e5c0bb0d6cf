//! Baodao beside its peers and the limits of the machine: `cargo bench --bench peers [-- --quick] [--json] [--only ROW]`
//!
//! Everybody runs in turns in one run on one PostgreSQL server of its own (fsync and synchronous_commit on), and ratios are taken
//! inside a round: what else the machine does meanwhile disturbs all alike. A whole run writes docs/performance.md and its plots;
//! `--quick` and `--only` write nothing.

mod append;
mod cpu;
mod cqrs;
mod http;
mod import;
mod measure;
mod options;
mod order;
mod ours;
mod pgbench;
mod postgres;
mod read;
mod rebuild;
mod report;
mod rivals;
mod rounds;
mod season;
mod work;

use options::Options;
use rounds::Line;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::read()?;
    let mut lines: Vec<Line> = Vec::new();
    for row in options::ROWS.into_iter().filter(|row| options.wants(row)) {
        let found = match row {
            "append" => append::append(&options).await?,
            "append-sqlite" => append::append_sqlite(&options).await?,
            "long-stream" => append::long_stream(&options).await?,
            "rebuild" => rebuild::rebuild(&options).await?,
            "read" => read::read(&options).await?,
            "import" => import::import(&options).await?,
            _ => vec![],
        };
        if options.json {
            for line in &found {
                print!("{}", report::json(line));
            }
        }
        lines.extend(found);
    }
    if !options.json {
        println!("{}", report::table(&lines));
    }
    Ok(())
}
