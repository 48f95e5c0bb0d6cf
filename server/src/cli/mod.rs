//! The command line: one program, `baodao`.

mod adopt;
mod audit;
mod backup;
mod demo;
mod export;
mod failure;
mod import;
mod key;
mod ledger;
mod log;
mod login;
mod person;
mod provider;
mod rebuild;
mod record;
mod replay;
mod schemas;
mod serve;
mod signer;
mod submit;
mod token;
mod vault;
mod verify;
mod what_if;
mod witness;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use aggregates::circumstance::Actor;
use clap::{Parser, Subcommand};

use crate::http::caller::Caller;
use crate::http::language::Language;
use crate::vault::home::Plan;
use crate::vault::suite::Suite;
pub use failure::Failure;
pub use schemas::files as schema_files;

/// 报到 Baodao: the ledger of a prefecture's members in service who join the grids.
#[derive(Debug, Parser)]
#[command(name = "baodao", version, about, max_term_width = 110)]
struct Line {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// The ledger: sqlite://FILE or postgres://USER@HOST/DATABASE?schema=NAME
    #[arg(
        long,
        global = true,
        env = "BAODAO_DATABASE",
        hide_env_values = true,
        default_value = "sqlite://baodao.db"
    )]
    pub database: String,
    /// File of the key of the vault, outside the database; by default in a folder beside the file of a ledger in SQLite
    #[arg(long, global = true, value_name = "FILE", env = "BAODAO_VAULT_KEY")]
    pub vault_key: Option<PathBuf>,
    /// What a new vault is sealed with: aes, or sm for SM4 and SM3 商用密码
    #[arg(
        long,
        global = true,
        env = "BAODAO_VAULT_SUITE",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub vault_suite: Suite,
    /// Answer as JSON instead of a table or sentences
    #[arg(long, global = true)]
    pub json: bool,
    /// Who acts: ROLE/ID[@ORGANISATION]
    #[arg(long = "as", global = true, value_name = "ACTOR", env = "BAODAO_ACTOR")]
    pub acting: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a synthetic city on the real divisions, live a season, then serve it 演示
    Demo(demo::Args),
    /// Serve the ledger over HTTP 启动服务
    Serve(serve::Args),
    /// Submit JSON lines of commands, answer JSON lines of receipts 提交命令
    Submit(submit::Args),
    /// Tell the history of one stream 回放流水
    Replay(replay::Args),
    /// Rebuild projections beside the live ones, and switch 重建查询数据
    Rebuild(rebuild::Args),
    /// Prove that the ledger and its projections are sound, or verify the record in a file 校验账本、核验记录
    Verify(verify::Args),
    /// Read and hash every event anew, and hold everything that was said about it against that 审计
    Audit(audit::Args),
    /// Make a verified record of a member or unit 出具核验记录
    Record(record::Args),
    /// Look at the transparency log, make a checkpoint, write its files 透明日志
    #[command(subcommand)]
    Log(log::Command),
    /// Make a key for a log, a witness, or statements on records 生成密钥
    Key(key::Args),
    /// Sign a log, as a process of its own 签名服务
    Signer(signer::Args),
    /// Witness the logs of others 见证服务
    Witness(witness::Args),
    /// Say who signs in, and in what capacity 登录名
    #[command(subcommand)]
    Login(login::Command),
    /// Make tokens for other systems 令牌
    #[command(subcommand)]
    Token(token::Command),
    /// Copy a SQLite ledger into one file, also while it serves 备份
    Backup(backup::Args),
    /// Record a CSV or Excel file as a whole, or nothing of it 导入
    Import(import::Args),
    /// Write a kind of rows to a file 导出
    Export(export::Args),
    /// Show, export and forget what is kept of a person 个人信息
    #[command(subcommand)]
    Person(person::Command),
    /// Look at the vault of what is personal, change its key 个人信息库
    #[command(subcommand)]
    Vault(vault::Command),
    /// Look at, check and adopt policies and duty catalogues 办法与职责清单
    #[command(subcommand)]
    Policy(adopt::Command),
    /// Print the description of the interface (OpenAPI 3.1) 接口描述
    Openapi,
    /// Write or check the committed schemas 事件与接口格式
    Schemas(schemas::Args),
}

impl Common {
    /// Where the keys of vaults are.
    fn vault(&self) -> Plan {
        Plan { key: self.vault_key.clone(), suite: self.vault_suite }
    }

    /// The actor; the person at the machine when none is named.
    fn actor(&self) -> Result<Actor, Failure> {
        match &self.acting {
            None => Ok(Caller::local()),
            Some(text) => Caller::parse(text).map_err(|problem| Failure::of(&problem)),
        }
    }

    /// Prints a value as JSON.
    fn print(value: &impl serde::Serialize) -> Result<(), Failure> {
        let text =
            serde_json::to_string_pretty(value).map_err(|error| Failure::new(error.to_string(), ""))?;
        failure::out(&text)
    }
}

/// The language that the environment asks for.
pub(crate) fn language() -> Language {
    let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    if asked.starts_with("zh") { Language::Zh } else { Language::En }
}

/// Runs the program with its arguments.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let common = &line.common;
    let done = match line.command {
        Command::Demo(args) => demo::run(common, args).await,
        Command::Serve(args) => serve::run(common, args).await,
        Command::Submit(args) => submit::run(common, args).await,
        Command::Replay(args) => replay::run(common, args).await,
        Command::Rebuild(args) => rebuild::run(common, args).await,
        Command::Verify(args) => verify::run(common, args).await,
        Command::Audit(args) => audit::run(common, args).await,
        Command::Record(args) => record::run(common, args).await,
        Command::Log(command) => log::run(common, command).await,
        Command::Key(args) => key::run(common, &args),
        Command::Signer(args) => signer::run(common, args).await,
        Command::Witness(args) => witness::run(common, args).await,
        Command::Login(command) => login::run(common, command).await,
        Command::Token(command) => token::run(common, command).await,
        Command::Backup(args) => backup::run(common, args).await,
        Command::Import(args) => import::run(common, args).await,
        Command::Export(args) => export::run(common, args).await,
        Command::Person(command) => person::run(common, command).await,
        Command::Vault(command) => vault::run(common, command).await,
        Command::Policy(command) => adopt::run(common, command).await,
        Command::Openapi => Common::print(&crate::http::openapi::document()),
        Command::Schemas(args) => schemas::run(common, &args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(common.json),
    }
}
