//! `baodao demo`

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use serde_json::json;
use tokio::net::TcpListener;

use super::failure::out;
use super::serve::stop;
use super::{Common, Failure, language};
use crate::App;
use crate::app::Options;
use crate::clock::SystemClock;
use crate::demo::accounts::{self, Account};
use crate::demo::{self, City, Stage};
use crate::http::{self, Settings};
use crate::store::LedgerName;
use crate::tlog::signing::Plan;
use crate::vault;

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// liupanshui or qianxinan
    #[arg(long, default_value = "liupanshui", value_parser = city)]
    city: City,
    /// Members; by the city when absent
    #[arg(long, value_parser = clap::value_parser!(u32).range(30..=200_000))]
    members: Option<u32>,
    /// Months of activity
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=36))]
    months: u32,
    /// The same seed makes the same ledger
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder that keeps the ledger; a passing one when absent
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only make the ledger and tell the summary
    #[arg(long)]
    no_serve: bool,
    /// Address to listen on; a free port when the usual one is taken
    #[arg(long)]
    listen: Option<SocketAddr>,
}

fn city(key: &str) -> Result<City, String> {
    City::named(key).ok_or_else(|| "expected liupanshui or qianxinan".to_owned())
}

const USUAL: ([u8; 4], u16) = ([127, 0, 0, 1], 8300);

/// Makes the ledger, tells the summary, serves.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let passing = match &args.data {
        Some(_) => None,
        None => Some(Passing::new()?),
    };
    let folder =
        args.data.clone().or_else(|| passing.as_ref().map(|passing| passing.0.clone())).unwrap_or_default();
    let (url, example) = make(common, &args, &folder)
        .await
        .map_err(|error| Failure::new(format!("{error:#}"), "choose another folder with --data"))?;
    if args.data.is_some() && !common.json {
        out(&format!("{} {url}", language().pick("账本：", "ledger:")))?;
    }
    if args.no_serve {
        return Ok(());
    }
    let signing = Plan::default().of(&LedgerName::default(), &url);
    let vault = vault::home::Plan::default().of(&LedgerName::default(), &url);
    let options = Options { signing, vault, ..Options::default() };
    let app = Arc::new(App::open(&url, Arc::new(SystemClock), options).await?);
    let accounts = accounts::make(&app, &args.city, &example)
        .await
        .map_err(|error| Failure::new(format!("{error:#}"), "this is a defect: please report it"))?;
    let listener = listen(args.listen).await?;
    let stop = stop()?;
    addresses(common, listener.local_addr()?, &example, &accounts)?;
    http::serve(listener, app, Settings::default(), stop).await?;
    Ok(())
}

async fn make(common: &Common, args: &Args, folder: &std::path::Path) -> anyhow::Result<(String, String)> {
    let members = args.members.map_or(args.city.members_default, |members| members as usize);
    let options = demo::Options { city: args.city, members, months: args.months, seed: args.seed };
    let stage = Stage::open(folder).await?;
    let driven = stage.play(&options, std::io::stderr().is_terminal()).await?;
    let summary = stage.summary(&args.city, driven).await?;
    if common.json {
        Common::print(&summary.json()).map_err(|_| anyhow::anyhow!("the summary could not be printed"))?;
    } else {
        out(&summary.table(language())).map_err(|_| anyhow::anyhow!("the summary could not be printed"))?;
    }
    let example = stage.example_member().await?.unwrap_or_else(|| "m-00002".to_owned());
    let url = stage.url.clone();
    stage.store.close().await;
    Ok((url, example))
}

async fn listen(asked: Option<SocketAddr>) -> Result<TcpListener, Failure> {
    let usual = SocketAddr::from(USUAL);
    match TcpListener::bind(asked.unwrap_or(usual)).await {
        Err(_) if asked.is_none() => Ok(TcpListener::bind(SocketAddr::from((USUAL.0, 0))).await?),
        Err(error) => Err(Failure::new(
            format!("cannot listen on {}: {error}", asked.unwrap_or(usual)),
            "choose another address with --listen",
        )),
        Ok(listener) => Ok(listener),
    }
}

/// What to open first.
const DOORS: &[(&str, &str, &str)] = &[
    ("sign-in", "登录", "sign in"),
    ("", "首页", "start page"),
    ("docs", "接口说明（可在线试用）", "the interface, to try out"),
    ("v1/members/{member}/point-card?year=2026", "一名成员的积分卡", "a member's point card"),
    ("v1/members/{member}/history", "这张卡背后的每一个事件", "every event behind that card"),
    (
        "v1/members/{member}/record?purpose=demo",
        "该成员的核验记录：存为文件后可离线核验",
        "the member's verified record: saved in a file it is verified offline",
    ),
    ("v1/log/checkpoint", "透明日志的签名检查点", "the signed checkpoint of the transparency log"),
    ("v1/demands?phase=published", "正在公开认领的需求", "demands open for claims"),
    ("v1/members?missing_report=residence", "尚未到居住地报到的成员", "members whose home report is missing"),
];

fn addresses(
    common: &Common,
    address: SocketAddr,
    member: &str,
    accounts: &[Account],
) -> Result<(), Failure> {
    if common.json {
        let logins: Vec<_> = accounts.iter().map(|one| json!({"login": one.login, "password": one.password, "role": one.actor.role, "actor": one.actor.id, "organisation": one.actor.organisation})).collect();
        return out(
            &json!({ "listening": format!("http://{address}/"), "example_member": member, "logins": logins })
                .to_string(),
        );
    }
    out(language().pick("\n请在浏览器打开（Ctrl-C 结束）：", "\nopen in a browser (Ctrl-C ends):"))?;
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    let heads = [("登录名", "login"), ("密码", "password"), ("身份", "role"), ("代表", "on behalf of")];
    table.set_header(heads.map(|(zh, en)| language().pick(zh, en)));
    for one in accounts {
        let behalf = one.actor.organisation.as_deref().unwrap_or(one.actor.id.as_str());
        table.add_row([one.login.as_str(), &one.password, one.actor.role.name(), behalf]);
    }
    out(&table.to_string())?;
    for (path, zh, en) in DOORS {
        let path = path.replace("{member}", member);
        out(&format!("  http://{address}/{path}   {}", language().pick(zh, en)))?;
    }
    Ok(())
}

/// A folder that goes when the demonstration ends.
struct Passing(PathBuf);

impl Passing {
    fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("baodao-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the passing folder stays behind");
        }
    }
}
