//! `baodao person`: what is kept of a person, all of it in one file, and forgetting it.

use aggregates::person::ErasureGround;
use aggregates::{Subject, SubjectKind};
use clap::Subcommand;
use commands::{Desk, Envelope, EraseSubject};
use serde_json::{Value, json};

use super::failure::out;
use super::{Common, Failure, language, ledger};
use crate::http::problem::Problem;
use crate::persons::{PersonView, ReadError, Reading, Told};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the details and consents of a person 查看
    Show(Of),
    /// Write everything that is held about a person, as JSON 导出
    Export(Of),
    /// Forget a person for good 删除
    Erase {
        #[command(flatten)]
        of: Of,
        /// Why: own_request, retention, left_service, court
        #[arg(long, default_value = "own_request")]
        ground: String,
    },
}

/// Who.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// member, resident, worker, demand, household
    kind: String,
    /// Opaque id
    id: String,
}

impl Of {
    fn subject(&self) -> Result<Subject, Failure> {
        let known = SubjectKind::named(&self.kind).and_then(|kind| Subject::new(kind, &self.id).ok());
        known.ok_or_else(|| {
            let what = format!("{} {} is no subject", self.kind, self.id);
            Failure::new(what, "name member, resident, worker, demand or household, and an id")
        })
    }
}

/// Does it.
pub(super) async fn run(common: &Common, command: Command) -> Result<(), Failure> {
    let actor = common.actor()?;
    let store = ledger::open_existing(common).await?;
    let vault = ledger::vault(common, &store).await?;
    let desk =
        Desk::new(store.clone(), std::sync::Arc::new(crate::clock::SystemClock)).with_vault(vault.clone());
    let reading = Reading { store: &store, desk: &desk, vault: &vault };
    let told = match &command {
        Command::Show(of) => show(common, &reading.person(&actor, &of.subject()?).await?),
        Command::Export(of) => {
            ledger::catch_up(&store).await?;
            Common::print(&reading.file(&actor, &of.subject()?).await?)
        }
        Command::Erase { of, ground } => {
            let subject = of.subject()?;
            let ground: ErasureGround =
                serde_json::from_value(Value::String(ground.clone())).map_err(|_| {
                    Failure::new(
                        format!("{ground} is no ground"),
                        "own_request, retention, left_service, court",
                    )
                })?;
            let Subject { kind, id } = subject.clone();
            let reply = desk.submit(&Envelope::new(actor), &EraseSubject { kind, id, ground }).await?;
            let position = reply.receipt.position;
            if common.json {
                Common::print(&json!({"subject": subject, "position": position}))
            } else {
                let zh = format!("已删除 {subject} 的个人信息（第 {position} 位）");
                let en = format!("{subject} is forgotten (position {position})");
                out(language().pick(&zh, &en))
            }
        }
    };
    store.close().await;
    told
}

fn show(common: &Common, view: &PersonView) -> Result<(), Failure> {
    if common.json {
        return Common::print(view);
    }
    out(&view.subject.to_string())?;
    if let Some(ground) = view.erased {
        out(&format!("已删除 erased: {}", json!(ground).as_str().unwrap_or_default()))?;
    }
    for Told { field, value, .. } in &view.details {
        out(&format!("{field}: {}", value.as_deref().unwrap_or("–")))?;
    }
    for (purpose, given) in &view.consents {
        let given = if *given { "同意 agreed" } else { "已撤回 withdrawn" };
        out(&format!("{}: {given}", json!(purpose).as_str().unwrap_or_default()))?;
    }
    Ok(())
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::of(&Problem::from(error))
    }
}
