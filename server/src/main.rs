//! `baodao`: see `baodao --help`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use server::telemetry::Exporting;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Events and rows are many small texts made in one thread and dropped in another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,server=info"));
    let exporting = Exporting::start();
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_filter(filter);
    let spans = exporting.as_ref().ok().and_then(|exporting| Some(exporting.as_ref()?.layer()));
    tracing_subscriber::registry().with(spans).with(log).init();
    if let Err(error) = &exporting {
        tracing::error!(%error, "there will be no traces");
    }
    server::cli::run(std::env::args_os()).await
}
