//! `baodao signer`: who signs a log, on a machine that whoever holds the database does not hold.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;

use super::failure::out;
use super::serve::stop;
use super::{Common, Failure, language};
use crate::http::bodies::serve_signer;
use crate::tlog::home::Home;
use crate::tlog::signer::LogSigner;

/// The token that the server shows.
const TOKEN: &str = "token";

/// What `signer` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with the key (`baodao key` makes it); what was signed is kept there too, and must never be restored from a backup
    folder: PathBuf,
    /// File with an SM2 key that signs a second line of every checkpoint (`baodao key --sm`) 国密
    #[arg(long, value_name = "FILE", env = "BAODAO_SM_KEY")]
    sm_key: Option<PathBuf>,
    /// Address to listen on
    #[arg(long, env = "BAODAO_SIGNER_LISTEN", default_value = "127.0.0.1:8310")]
    listen: SocketAddr,
}

/// Serves until SIGTERM or SIGINT.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let home = Home::open(&args.folder)?;
    let token = if let Some(token) = home.read(TOKEN)? {
        token.trim().to_owned()
    } else {
        let token = uuid::Uuid::new_v4().simple().to_string();
        home.write(TOKEN, &format!("{token}\n"))?;
        token
    };
    let place = home.path(TOKEN);
    let signer = Arc::new(LogSigner::open(home)?.with_second(args.sm_key.as_deref())?);
    let listener = TcpListener::bind(args.listen).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let key = signer.verifier().to_string();
    let stop = stop()?;
    if common.json {
        out(&json!({"listening": url, "public_key": key, "token": place}).to_string())?;
    } else {
        out(&format!("{} {url}", language().pick("签名服务已启动", "signing at")))?;
        out(&format!("{} {key}", language().pick("公钥", "public key")))?;
        let with =
            format!("--log-signer {url} --log-signer-key '{key}' --log-signer-token {}", place.display());
        out(&format!("{} {with}", language().pick("账本服务参数：", "serve the ledger with")))?;
    }
    Ok(serve_signer(listener, signer, &token, stop).await?)
}
