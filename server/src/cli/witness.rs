//! `baodao witness`: another body remembers what a log has shown, and cosigns only what continues it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;

use super::failure::out;
use super::serve::stop;
use super::{Common, Failure, language};
use crate::http::bodies::serve_witness;
use crate::tlog::home::Home;
use crate::tlog::signing;
use crate::tlog::witness::Witness;

/// What `witness` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with the key (`baodao key --witness` makes it); what was cosigned is kept there too
    folder: PathBuf,
    /// A policy file (C2SP tlog-policy) whose `log` lines name the logs to witness
    #[arg(long)]
    policy: PathBuf,
    /// Address to listen on
    #[arg(long, env = "BAODAO_WITNESS_LISTEN", default_value = "127.0.0.1:8320")]
    listen: SocketAddr,
}

/// Serves until SIGTERM or SIGINT.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let policy = signing::read(&args.policy)?;
    if policy.logs().is_empty() {
        return Err(Failure::new(
            format!("{} names no log", args.policy.display()),
            "add a line for each log to witness: log PUBLIC_KEY",
        ));
    }
    let witness = Arc::new(Witness::open(Home::open(&args.folder)?, &policy)?);
    let listener = TcpListener::bind(args.listen).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let key = witness.verifier().to_string();
    let stop = stop()?;
    if common.json {
        out(&json!({"listening": url, "public_key": key, "logs": policy.logs().len()}).to_string())?;
    } else {
        out(&format!("{} {url}", language().pick("见证服务已启动", "witnessing at")))?;
        let line = format!("witness NAME {key} {url}");
        out(&format!("{} {line}", language().pick("信任策略中的一行：", "its line in a policy:")))?;
    }
    Ok(serve_witness(listener, witness, stop).await?)
}
