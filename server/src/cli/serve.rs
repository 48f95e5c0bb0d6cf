//! `baodao serve`

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::failure::out;
use super::{Common, Failure, language};
use crate::App;
use crate::app::Options;
use crate::app::genesis;
use crate::clock::SystemClock;
use crate::http::{self, Settings};

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on
    #[arg(long, env = "BAODAO_LISTEN", default_value = "127.0.0.1:8300")]
    listen: SocketAddr,
    /// The shipped policy that a fresh ledger adopts
    #[arg(long, env = "BAODAO_POLICY", default_value = "liupanshui")]
    policy: String,
    /// Bytes of one command at most
    #[arg(long, env = "BAODAO_COMMAND_BYTES", default_value_t = Settings::default().command_bytes_max)]
    command_bytes: usize,
    /// Bytes of a batch of commands, or of a file, at most
    #[arg(long, env = "BAODAO_BATCH_BYTES", default_value_t = Settings::default().batch_bytes_max)]
    batch_bytes: usize,
}

/// Serves until SIGTERM or SIGINT; then finishes what is under way.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let app = App::open(&common.database, Arc::new(SystemClock), Options::default()).await?;
    let is_fresh = genesis::begin(app.desk(), &args.policy)
        .await
        .map_err(|error| Failure::new(error.to_string(), "baodao policy list"))?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        Failure::new(
            format!("cannot listen on {}: {error}", args.listen),
            "choose another address with --listen",
        )
    })?;
    let address = listener.local_addr()?;
    greet(common, &args, address, is_fresh)?;
    let settings = Settings {
        command_bytes_max: args.command_bytes,
        batch_bytes_max: args.batch_bytes,
        ..Settings::default()
    };
    http::serve(listener, Arc::new(app), settings, stop()?).await?;
    Ok(())
}

/// Ends with SIGTERM or SIGINT.
pub(super) fn stop() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("closing: requests under way are finished first");
    })
}

fn greet(common: &Common, args: &Args, address: SocketAddr, is_fresh: bool) -> Result<(), Failure> {
    if !address.ip().is_loopback() {
        tracing::warn!(
            "LISTENING ON {address}, WHICH OTHERS CAN REACH. Callers are not signed in: whoever reaches this address acts in any role. Put a gateway that signs people in before it, or listen on 127.0.0.1."
        );
    }
    let url = format!("http://{address}/");
    if common.json {
        return out(&json!({"listening": url, "fresh": is_fresh, "policy": args.policy}).to_string());
    }
    let say = |zh: String, en: String| language().pick(&zh, &en).to_owned();
    if is_fresh {
        out(&say(
            format!("新账本：已采纳办法 {} 和随附职责清单（经办 system/genesis）", args.policy),
            format!(
                "a fresh ledger: adopted the policy {} and the shipped duty catalogue, as system/genesis",
                args.policy
            ),
        ))?;
    }
    out(&say(format!("服务已启动 {url}（接口 {url}docs）"), format!("serving {url} (interface: {url}docs)")))
}
