//! `baodao key`: a key for a log, a witness, or statements.

use std::path::PathBuf;

use proofs::note::Kind;
use serde_json::json;

use super::failure::out;
use super::{Common, Failure, language};
use crate::tlog::device::Whereabouts;
use crate::tlog::home::Home;

/// What `key` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that it is kept in; nobody but its owner may read there
    folder: PathBuf,
    /// What the key is called: an address without scheme that is nobody else's, such as ledger.example/5202
    #[arg(long)]
    name: String,
    /// A witness's key instead of a log's
    #[arg(long, conflicts_with = "statement")]
    witness: bool,
    /// A recording organisation's, for statements on records, instead of a log's
    #[arg(long)]
    statement: bool,
    /// An SM2 key 国密, for the second line of a log's checkpoints (--sm-key); no claim of certification
    #[arg(long, conflicts_with_all = ["witness", "statement"])]
    sm: bool,
    /// The key is in a device: the PKCS#11 library that speaks to it. Only for a log's key; it is made there, unless there is one
    #[arg(long, value_name = "FILE.so", requires_all = ["device", "pin_file"], conflicts_with_all = ["witness", "statement", "sm"])]
    pkcs11: Option<PathBuf>,
    /// The label of the device
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    device: Option<String>,
    /// The label of the key in the device
    #[arg(long, value_name = "LABEL", requires = "pkcs11", default_value = "baodao-log")]
    device_key: String,
    /// The file with the device's PIN, which nobody but its owner may read
    #[arg(long, value_name = "FILE", requires = "pkcs11")]
    pin_file: Option<PathBuf>,
}

/// Makes it, and tells the public part.
pub(super) fn run(common: &Common, args: &Args) -> Result<(), Failure> {
    let home = Home::open(&args.folder)?;
    let public = match in_device(args) {
        Some(at) => home.use_device(&args.name, &at)?.to_string(),
        None => home.make_key(&args.name, kind(args))?.verifier().to_string(),
    };
    if common.json {
        return Common::print(&json!({"public_key": public, "folder": args.folder}));
    }
    out(language().pick(
        "公钥（请经可靠渠道交给核验方）：",
        "public key (hand it to those who verify, by a way they trust):",
    ))?;
    out(&public)
}

fn kind(args: &Args) -> Kind {
    match (args.witness, args.statement) {
        (true, _) => Kind::Cosignature,
        (_, true) => Kind::Statement,
        _ if args.sm => Kind::Sm2,
        _ => Kind::Note,
    }
}

fn in_device(args: &Args) -> Option<Whereabouts> {
    let (library, device, pin) = (args.pkcs11.clone()?, args.device.clone()?, args.pin_file.clone()?);
    // The signer may be started from elsewhere.
    let pin = std::path::absolute(&pin).unwrap_or(pin);
    Some(Whereabouts { library, device, key: args.device_key.clone(), pin })
}
