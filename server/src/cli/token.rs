//! `baodao token`: what other systems call with.

use aggregates::ids::LoginId;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use serde_json::{Value, json};

use super::failure::out;
use super::{Common, Failure, language, ledger, login};
use crate::signin::{SCOPES, Scope};

/// What `token` does.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a token of a login 签发令牌
    Issue {
        /// On whose behalf
        login: LoginId,
        /// Which system has it, in a few words
        #[arg(long)]
        label: String,
        /// What it may be used for: read, submit or events; may be given again
        #[arg(long = "scope", required = true, value_parser = scope)]
        scopes: Vec<Scope>,
        /// Days that it lasts
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
    },
    /// List all tokens, without their secrets 列出令牌
    List,
    /// Take a token away 收回令牌
    Withdraw {
        /// Its public part, as `list` tells it
        token: String,
    },
}

fn scope(name: &str) -> Result<Scope, String> {
    let known = SCOPES.iter().find(|(known, _)| *known == name);
    known.map(|(_, scope)| *scope).ok_or_else(|| "expected read, submit or events".to_owned())
}

/// Does it.
pub(super) async fn run(common: &Common, command: Command) -> Result<(), Failure> {
    let store = ledger::open_existing(common).await?;
    let door = login::door(&store);
    match command {
        Command::Issue { login, label, scopes, days } => {
            let issued = door.issue(login.as_str(), &label, &scopes, days).await?;
            let ends = issued.ends_at.to_rfc3339();
            if common.json {
                Common::print(&json!({"token": issued.token, "secret": issued.text, "ends_at": ends}))?;
            } else {
                out(&issued.text)?;
                out(language().pick(
                    "令牌只显示这一次；以 Authorization: Bearer 加令牌调用接口。",
                    "It is told this once; send it as Authorization: Bearer TOKEN.",
                ))?;
            }
        }
        Command::List => {
            let tokens = door.tokens().await?;
            if common.json {
                let told: Vec<Value> = tokens
                    .iter()
                    .map(|one| json!({"token": one.token, "login": one.login, "label": one.label, "scopes": one.scopes, "made_at": one.made_at, "ends_at": one.ends_at}))
                    .collect();
                Common::print(&told)?;
            } else {
                let mut table = Table::new();
                table.load_style(UTF8_FULL_CONDENSED);
                let heads = [
                    ("令牌", "token"),
                    ("登录名", "login"),
                    ("用于", "label"),
                    ("用途", "scopes"),
                    ("截止", "ends"),
                ];
                table.set_header(heads.map(|(zh, en)| language().pick(zh, en)));
                for one in tokens {
                    table.add_row([one.token, one.login, one.label, one.scopes, one.ends_at.to_rfc3339()]);
                }
                out(&table.to_string())?;
            }
        }
        Command::Withdraw { token } => {
            if !door.withdraw(&token).await? {
                return Err(Failure::new(
                    format!("there is no token {token}"),
                    "`baodao token list` tells which there are",
                ));
            }
            if common.json {
                Common::print(&json!({"token": token, "withdrawn": true}))?;
            } else {
                out(language().pick("已收回", "withdrawn"))?;
            }
        }
    }
    store.close().await;
    Ok(())
}
