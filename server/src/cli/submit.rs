//! `baodao submit FILE|-`: JSON lines of commands in, JSON lines of receipts out.

use std::io::Write;
use std::path::PathBuf;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::{Common, Failure, language, ledger};
use crate::http::batch::{self, Read, ReceiptLine};

/// Lines decided together.
const TOGETHER: usize = 256;

/// What `submit` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File of JSON lines {"command":…, "id":…, "at":…, "reason":…, "approved_by":…, "data":{…}}; - for standard input
    file: PathBuf,
}

/// Submits the lines in their order; fails when any of them was refused.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let actor = common.actor()?;
    let source: Box<dyn AsyncRead + Unpin> = if args.file.as_os_str() == "-" {
        Box::new(tokio::io::stdin())
    } else {
        let file = tokio::fs::File::open(&args.file).await.map_err(|error| {
            Failure::new(
                format!("{}: {error}", args.file.display()),
                "name a file of JSON lines, or - for standard input",
            )
        })?;
        Box::new(file)
    };
    let store = ledger::open(common).await?;
    let desk = ledger::desk(common, &store).await?;
    let mut lines = BufReader::new(source);
    let (mut number, mut refused, mut waiting) = (0_u64, 0_u64, Vec::<Read>::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        let is_over = lines.read_until(b'\n', &mut line).await? == 0;
        if !is_over {
            number += 1;
            if !line.trim_ascii().is_empty() {
                waiting.push(batch::read_line(number, line.trim_ascii(), &actor));
            }
        }
        // What is typed or piped in slowly is answered line by line.
        if is_over || waiting.len() >= TOGETHER || lines.buffer().is_empty() {
            let answers =
                batch::answer(&desk, store.measures(), std::mem::take(&mut waiting), language()).await;
            refused += tell(&answers)?;
        }
        if is_over {
            break;
        }
    }
    store.close().await;
    if refused > 0 {
        return Err(Failure::new(
            format!("{refused} of {number} lines were refused; the others are stored"),
            "correct the lines that have a problem and submit them again: those stored are not stored twice under the same id",
        ));
    }
    Ok(())
}

/// Prints the answers; how many were refused.
fn tell(answers: &[ReceiptLine]) -> Result<u64, Failure> {
    let mut out = std::io::stdout().lock();
    let mut refused = 0;
    for answer in answers {
        refused += u64::from(matches!(answer, ReceiptLine::Refused { .. }));
        let text = serde_json::to_string(answer).map_err(|error| Failure::new(error.to_string(), ""))?;
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    Ok(refused)
}
