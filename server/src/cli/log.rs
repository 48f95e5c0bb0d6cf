//! `baodao log`: the transparency log of a ledger.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aggregates::StoredEvent;
use projections::ports::Feed;
use proofs::encoding::base64;
use proofs::note::Note;
use proofs::tile::{self, Place, Tile, WIDTH};
use serde_json::json;

use super::failure::out;
use super::{Common, Failure, language, ledger};
use crate::store::LedgerName;
use crate::store::Store;
use crate::tlog::issuing::Issuing;
use crate::tlog::signing::{By, Plan, SmSuite};
use crate::tlog::{PublishError, grow, leaf, prove};

/// Tiles written at once.
const PAGE: usize = 64;

/// Who signs the log: for `serve`, and for `log checkpoint`.
#[derive(Debug, Clone, clap::Args)]
pub struct LogArgs {
    /// Folder for the keys of the logs, one folder in it for each ledger; by default beside the file of a ledger in SQLite
    #[arg(long, value_name = "FOLDER", env = "BAODAO_LOG_KEY", conflicts_with = "log_off")]
    log_key: Option<PathBuf>,
    /// Address of another process that signs the log (`baodao signer`)
    #[arg(long, value_name = "URL", env = "BAODAO_LOG_SIGNER", requires_all = ["log_signer_key", "log_signer_token"])]
    log_signer: Option<String>,
    /// Its public key
    #[arg(long, value_name = "KEY", env = "BAODAO_LOG_SIGNER_KEY")]
    log_signer_key: Option<String>,
    /// File with the token that it asks for
    #[arg(long, value_name = "FILE", env = "BAODAO_LOG_SIGNER_TOKEN")]
    log_signer_token: Option<PathBuf>,
    /// Policy file (C2SP tlog-policy) that names the witnesses and says how many must cosign
    #[arg(long, value_name = "FILE", env = "BAODAO_LOG_POLICY")]
    log_policy: Option<PathBuf>,
    /// File with the private key for statements on records (`baodao key --statement`); by default one is made beside the log's
    #[arg(long, value_name = "FILE", env = "BAODAO_STATEMENT_KEY")]
    statement_key: Option<PathBuf>,
    /// What the recording organisation is called on certificates; by default the name of its key
    #[arg(long, value_name = "NAME", env = "BAODAO_ORGANISATION")]
    organisation: Option<String>,
    /// For how many days a statement may be used; by default without end
    #[arg(long, value_name = "DAYS", env = "BAODAO_STATEMENT_DAYS")]
    statement_days: Option<u32>,
    /// File with an SM2 key that signs a second line of every checkpoint (`baodao key --sm`) 国密; another process that signs takes it itself
    #[arg(long, value_name = "FILE", env = "BAODAO_SM_KEY", conflicts_with_all = ["log_signer", "log_off"])]
    sm_key: Option<PathBuf>,
    /// Grow a second tree with SM3 beside that with SHA-256, and tell its root in every checkpoint 国密
    #[arg(long, env = "BAODAO_SM3_TREE")]
    sm3_tree: bool,
    /// Do not sign the log
    #[arg(long, env = "BAODAO_LOG_OFF")]
    log_off: bool,
}

impl LogArgs {
    /// What they come to.
    pub(super) fn plan(&self) -> Plan {
        let remote = self.log_signer.as_ref().map(|url| By::Remote {
            url: url.clone(),
            token: self.log_signer_token.clone().unwrap_or_default(),
            key: self.log_signer_key.clone().unwrap_or_default(),
        });
        let issuing = Issuing {
            key: self.statement_key.clone(),
            organisation: self.organisation.clone(),
            days: self.statement_days,
        };
        Plan {
            is_off: self.log_off,
            folder: self.log_key.clone(),
            remote,
            policy: self.log_policy.clone(),
            issuing,
            sm: SmSuite { key: self.sm_key.clone(), has_tree: self.sm3_tree },
        }
    }
}

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// How far the tree has grown, and what the newest checkpoint says 状态
    Status,
    /// Make a checkpoint of all that is recorded now, and print it 立即签名
    Checkpoint(LogArgs),
    /// Print the proof that an event is in the newest checkpoint (C2SP tlog-proof) 单个事件的证明
    Proof {
        /// The event's position
        position: u64,
    },
    /// Write the log as files that other programs read (C2SP tlog-tiles) 导出文件
    Export {
        /// A folder that is not there yet
        folder: PathBuf,
        /// Without what was recorded: hashes only
        #[arg(long)]
        hashes_only: bool,
    },
}

/// Does it.
pub(super) async fn run(common: &Common, command: Command) -> Result<(), Failure> {
    let store = ledger::open_existing(common).await?;
    let done = match command {
        Command::Status => status(common, &store).await,
        Command::Checkpoint(args) => checkpoint(common, &store, &args).await,
        Command::Proof { position } => proof(common, &store, position).await,
        Command::Export { folder, hashes_only } => export(common, &store, &folder, hashes_only).await,
    };
    store.close().await;
    done
}

async fn status(common: &Common, store: &Arc<Store>) -> Result<(), Failure> {
    let (edge, head, latest) = (store.log().edge().await?, store.head().await?, store.log().latest().await?);
    let signed = latest.as_ref().map(|latest| latest.size);
    if common.json {
        let note = latest.map(|latest| latest.note);
        return Common::print(
            &json!({"position": head, "grown": edge.size(), "root": edge.root(), "signed": signed, "checkpoint": note}),
        );
    }
    let zh = format!("账本至第 {head} 位，哈希树至第 {} 位", edge.size());
    let en = format!("the ledger ends at position {head}, the tree has grown to {}", edge.size());
    out(language().pick(&zh, &en))?;
    match latest {
        Some(latest) => out(&latest.note),
        None => out(language().pick("尚无签名检查点", "there is no signed checkpoint yet")),
    }
}

async fn checkpoint(common: &Common, store: &Arc<Store>, args: &LogArgs) -> Result<(), Failure> {
    let signing = args.plan().of(&LedgerName::default(), &common.database);
    let publisher = signing.publisher(store)?.ok_or_else(|| {
        Failure::new(
            "nobody signs this ledger",
            "name a folder with --log-key, or a signer with --log-signer",
        )
    })?;
    let published = publisher.publish().await?;
    if common.json {
        return Common::print(&json!({"size": published.size, "checkpoint": published.note}));
    }
    out(published.note.trim_end())
}

async fn proof(common: &Common, store: &Arc<Store>, position: u64) -> Result<(), Failure> {
    let proof = prove::proof(store, position).await?.ok_or_else(|| {
        Failure::new(
            format!("no signed checkpoint covers position {position}"),
            "baodao log checkpoint makes one",
        )
    })?;
    if common.json {
        let leaf = store.after(position - 1, 1).await?.first().map(|event| base64(&leaf::bytes(event)));
        return Common::print(&json!({"index": proof.index, "leaf": leaf, "proof": proof.text()}));
    }
    out(proof.text().trim_end())
}

async fn export(
    common: &Common,
    store: &Arc<Store>,
    folder: &Path,
    hashes_only: bool,
) -> Result<(), Failure> {
    if folder.exists() {
        return Err(Failure::new(format!("{} is there already", folder.display()), "name another folder"));
    }
    let edge = grow::grow(store).await?;
    let latest = store.log().latest().await?;
    let size = latest.as_ref().map_or(edge.size(), |latest| latest.size);
    if let Some(latest) = &latest {
        Note::parse(latest.note.as_bytes())
            .map_err(|error| Failure::new(error.to_string(), "baodao audit"))?;
        write(&folder.join("checkpoint"), latest.note.as_bytes())?;
    }
    let tiles: Vec<Tile> = Tile::all(size).collect();
    let bar = ledger::progress("writing", tiles.len() as u64);
    for page in tiles.chunks(PAGE) {
        let kept = store.log().tiles(page).await?;
        for tile in page {
            let hashes = kept.get(tile).ok_or_else(|| {
                Failure::new(format!("tile {} is missing", tile.path()), "baodao audit tells more")
            })?;
            write(&folder.join("tile").join(tile.path()), &tile::bytes(hashes))?;
            if tile.level == 0 && !hashes_only {
                let events = store.after(tile.index * WIDTH, tile.width as usize).await?;
                let place = Place::Entries { index: tile.index, width: tile.width };
                write(&folder.join("tile").join(place.path()), &bundle(&events)?)?;
            }
        }
        bar.inc(page.len() as u64);
    }
    bar.finish_and_clear();
    if common.json {
        return Common::print(
            &json!({"folder": folder, "size": size, "tiles": tiles.len(), "signed": latest.is_some()}),
        );
    }
    let zh = format!("已写出 {size} 个事件的透明日志：{}", folder.display());
    let en = format!("wrote the log of {size} events to {}", folder.display());
    out(language().pick(&zh, &en))
}

fn bundle(events: &[StoredEvent]) -> Result<Vec<u8>, Failure> {
    let leaves: Vec<Vec<u8>> = events.iter().map(leaf::bytes).collect();
    let bundle = tile::bundle(leaves.iter().map(Vec::as_slice));
    bundle.ok_or_else(|| Failure::new("an event is too long for an entry bundle", "baodao audit tells more"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, bytes)?)
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let next = match error {
            PublishError::WentBack { .. } | PublishError::Rewritten { .. } => {
                "find out who changed the database; `baodao audit` names what it finds"
            }
            _ => "try again",
        };
        Self::new(error.to_string(), next)
    }
}
