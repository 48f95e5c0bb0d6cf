//! Baodao beside its peers and the limits of the machine: `cargo bench --bench peers [-- --quick] [--json] [--only ROW] [--scale FACTOR] [--clients NUMBER]`
//!
//! Everybody runs in turns in one run on one PostgreSQL server of its own (fsync and synchronous_commit on), and ratios are taken
//! inside a round: what else the machine does meanwhile disturbs all alike. Every row's figures go into docs/performance.md, with
//! plots beside it, as soon as it is done; `--quick` and `--json` write nothing.

mod alone;
mod append;
mod bare;
mod cpu;
mod cqrs;
mod document;
mod folded;
mod growth;
mod http;
mod import;
mod log;
mod measure;
mod options;
mod order;
mod ours;
mod pgbench;
mod plot;
mod postgres;
mod read;
mod ready;
mod ready_rows;
mod rebuild;
mod report;
mod rivals;
mod rounds;
mod season;
mod work;

use options::Options;
use rounds::Line;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::read()?;
    if let Some(order) = &options.alone {
        return alone::run(order).await;
    }
    // The server with its settings is there before anybody asks for one.
    postgres::url();
    let mut failed = vec![];
    for row in options::ROWS.into_iter().filter(|row| options.wants(row)) {
        if let Err(error) = run(&options, row).await {
            eprintln!("{row} failed: {error:#}");
            failed.push(row);
        }
    }
    anyhow::ensure!(failed.is_empty(), "rows that failed: {}", failed.join(", "));
    Ok(())
}

async fn run(options: &Options, row: &str) -> anyhow::Result<()> {
    let lines = match row {
        "append" => append::append(options).await?,
        "append-sqlite" => append::append_sqlite(options).await?,
        "long-stream" => append::long_stream(options).await?,
        "rebuild" => rebuild::rebuild(options).await?,
        "read" => read::read(options).await?,
        "import" => import::import(options).await?,
        "log" => log::log(options).await?,
        "bulk" => log::bulk(options).await?,
        "audit" => log::audit(options).await?,
        _ => return grow(options).await,
    };
    tell(options, row, &lines)
}

fn tell(options: &Options, row: &str, lines: &[Line]) -> anyhow::Result<()> {
    if options.json {
        for line in lines {
            print!("{}", report::json(line));
        }
        return Ok(());
    }
    let table = report::table(lines);
    println!("{table}");
    if !options.writes() {
        return Ok(());
    }
    document::put(row, &(document::account(lines) + &table))?;
    let title = match row {
        "append" => "Durable commands on PostgreSQL, streams of ten events",
        "append-sqlite" => "Durable commands on SQLite, streams of ten events",
        _ => return Ok(()),
    };
    plot::by_clients(&document::folder().join(format!("performance-{row}.svg")), row, title, lines)
}

async fn grow(options: &Options) -> anyhow::Result<()> {
    let sizes = growth::growth(options).await?;
    if options.json {
        print!("{}", growth::json_lines(&sizes));
        return Ok(());
    }
    let table = growth::table(&sizes);
    println!("{table}");
    if !options.writes() {
        return Ok(());
    }
    document::put("growth", &format!("{}.\n\n{table}", document::machine()))?;
    plot::by_size(&document::folder().join("performance-growth.svg"), &sizes)
}
