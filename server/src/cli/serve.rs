//! `baodao serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::failure::out;
use super::log::LogArgs;
use super::provider::{self, ProviderArgs};
use super::{Common, Failure, language};
use crate::app::ledgers::{self, Ledgers, Named, Opening};
use crate::clock::SystemClock;
use crate::http::caller::Callers;
use crate::http::{self, Settings};
use crate::signin::FIRST;
use crate::store::{LedgerName, Settings as StoreSettings};

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on
    #[arg(long, env = "BAODAO_LISTEN", default_value = "127.0.0.1:8300")]
    listen: SocketAddr,
    /// The shipped policy that a fresh ledger adopts
    #[arg(long, env = "BAODAO_POLICY", default_value = "liupanshui")]
    policy: String,
    /// One more ledger, served under /ledgers/NAME/; may be given again, and name several with blanks between them
    #[arg(long = "ledger", value_name = "NAME=URL", env = "BAODAO_LEDGERS", hide_env_values = true)]
    ledgers: Vec<String>,
    /// File with the Chinese font of certificates; by default the best one that is installed
    #[arg(long, value_name = "FILE", env = "BAODAO_FONT")]
    font: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
    /// How the house knows who calls: they sign in, or a gateway that has signed them in says it in a header
    #[arg(long, env = "BAODAO_CALLERS", value_enum, default_value_t = Callers::default())]
    callers: Callers,
    /// People reach this over HTTPS, through a gateway: cookies go no other way
    #[arg(long, env = "BAODAO_HTTPS")]
    https: bool,
    /// Gateways before it, each of which adds to X-Forwarded-For whom it was reached from; one with --https, else none
    #[arg(long, value_name = "NUMBER", env = "BAODAO_GATEWAYS")]
    gateways: Option<u8>,
    #[command(flatten)]
    provider: ProviderArgs,
    /// Connections for reading of each ledger, beside the one for writing
    #[arg(
        long,
        env = "BAODAO_CONNECTIONS",
        default_value_t = StoreSettings::default().connections,
        value_parser = clap::value_parser!(u32).range(2..=1000)
    )]
    connections: u32,
    /// Requests at the same time; each ledger has an equal share
    #[arg(long, env = "BAODAO_REQUESTS", default_value_t = Settings::default().requests_max)]
    requests: usize,
    /// Event streams at the same time; each ledger has an equal share
    #[arg(long, env = "BAODAO_EVENT_STREAMS", default_value_t = Settings::default().streams_max)]
    event_streams: usize,
    /// Bytes of one command at most
    #[arg(long, env = "BAODAO_COMMAND_BYTES", default_value_t = Settings::default().command_bytes_max)]
    command_bytes: usize,
    /// Bytes of a batch of commands, or of a file, at most
    #[arg(long, env = "BAODAO_BATCH_BYTES", default_value_t = Settings::default().batch_bytes_max)]
    batch_bytes: usize,
}

/// Serves until SIGTERM or SIGINT; then finishes what is under way.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let others = ledgers::listed(&common.database, &args.ledgers)?;
    let opening = Opening {
        clock: Arc::new(SystemClock),
        connections: args.connections,
        policy: args.policy.clone(),
        signing: args.log.plan(),
        vault: common.vault(),
    };
    let (ledgers, fresh) = Ledgers::open(&common.database, &others, &opening).await?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        Failure::new(
            format!("cannot listen on {}: {error}", args.listen),
            "choose another address with --listen",
        )
    })?;
    let address = listener.local_addr()?;
    let oidc = args.provider.provider(address, args.callers, args.https)?;
    let has_passwords = args.callers == Callers::SignedIn && args.provider.takes_passwords();
    let firsts = if has_passwords { ledgers.first_logins().await? } else { vec![] };
    let redirects = provider::redirects(oidc.as_deref(), &others);
    let stop = stop()?;
    greet(common, &args, address, &others, &fresh, &firsts, &redirects)?;
    let settings = Settings {
        command_bytes_max: args.command_bytes,
        batch_bytes_max: args.batch_bytes,
        requests_max: args.requests,
        streams_max: args.event_streams,
        callers: args.callers,
        https: args.https,
        gateways: args.gateways.unwrap_or_else(|| u8::from(args.https)),
        public_url: args.provider.public_url.clone(),
        font: args.font.clone(),
        passwords: args.provider.takes_passwords(),
        oidc,
        ..Settings::default()
    };
    http::serve(listener, ledgers, settings, stop).await?;
    Ok(())
}

/// Ends with SIGTERM or SIGINT. To be made before anybody is told where we are: whoever asks us to end right after that shall find it.
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

fn greet(
    common: &Common,
    args: &Args,
    address: SocketAddr,
    others: &[Named],
    fresh: &[LedgerName],
    firsts: &[(LedgerName, String)],
    redirects: &[String],
) -> Result<(), Failure> {
    if !address.ip().is_loopback() {
        match args.callers {
            Callers::Trusted => tracing::warn!(
                "LISTENING ON {address}, WHICH OTHERS CAN REACH. Callers are trusted: whoever reaches this address acts in any role. Put a gateway that signs people in before it, let them sign in here (--callers signed-in), or listen on 127.0.0.1."
            ),
            Callers::SignedIn if !args.https => tracing::warn!(
                "LISTENING ON {address}, WHICH OTHERS CAN REACH, WITHOUT TLS. Passwords cross the network as they are. Put a gateway with TLS before it and say --https, or listen on 127.0.0.1."
            ),
            Callers::SignedIn => {}
        }
    }
    let url = format!("http://{address}/");
    let others: Vec<(&LedgerName, String)> =
        others.iter().map(|one| (&one.name, format!("http://{address}{}/", one.name.prefix()))).collect();
    if common.json {
        let told = |(name, url): &(&LedgerName, String)| json!({"name": name.as_str(), "listening": url, "fresh": fresh.contains(name)});
        let ledgers: Vec<Value> = others.iter().map(told).collect();
        let first_logins: Vec<Value> = firsts
            .iter()
            .map(
                |(ledger, password)| json!({"ledger": ledger.as_str(), "login": FIRST, "password": password}),
            )
            .collect();
        let is_fresh = fresh.contains(&LedgerName::default());
        let line = json!({"listening": url, "fresh": is_fresh, "policy": args.policy, "ledgers": ledgers, "first_logins": first_logins, "redirects": redirects});
        return out(&line.to_string());
    }
    let say = |zh: String, en: String| language().pick(&zh, &en).to_owned();
    for name in fresh {
        // Whoever has one ledger need not know that it has a name.
        let of = if others.is_empty() { String::new() } else { format!(" {name}") };
        out(&say(
            format!("新账本{of}：已采纳办法 {} 和随附职责清单（经办 system/genesis）", args.policy),
            format!(
                "a fresh ledger{of}: adopted the policy {} and the shipped duty catalogue, as system/genesis",
                args.policy
            ),
        ))?;
    }
    out(&say(
        format!("服务已启动 {url}（接口 {url}docs）"),
        format!("serving {url} (interface: {url}docs)"),
    ))?;
    for (ledger, password) in firsts {
        let of = if others.is_empty() { String::new() } else { format!(" {ledger}") };
        out(&say(
            format!(
                "首个登录名{of}：{FIRST}，密码 {password}（只显示这一次，登录后请修改；其他登录名：baodao login add）"
            ),
            format!(
                "first login{of}: {FIRST}, password {password} (told this once; change it after signing in; more logins: baodao login add)"
            ),
        ))?;
    }
    provider::greet(redirects)?;
    for (name, url) in others {
        out(&say(format!("账本 {name}：{url}"), format!("ledger {name}: {url}")))?;
    }
    Ok(())
}
