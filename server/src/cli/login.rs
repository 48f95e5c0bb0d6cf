//! `baodao login`: who signs in, and in what capacity.

use std::io::Read as _;
use std::sync::Arc;

use aggregates::ids::{ActorId, LoginId};
use aggregates::{Actor, Role};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use projections::ports::{Find, Shelf as _};
use projections::{AccessRow, Accesses, Projection as _};
use serde_json::{Value, json};

use super::failure::out;
use super::{Common, Failure, language, ledger};
use crate::clock::SystemClock;
use crate::signin::{NotSet, SignIn};
use crate::store::Store;

/// What `login` does.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Grant a login a capacity, and give it a password 新增登录名
    Add {
        /// The name to sign in with: letters, digits, - _ . :
        login: LoginId,
        /// resident, member, community-worker, unit, organisation-department, auditor, promotion-review or operator
        #[arg(long, value_parser = role)]
        role: Role,
        /// Opaque id that stands in what he does: of a member the member's; the login when absent
        #[arg(long)]
        actor: Option<ActorId>,
        /// The body on whose behalf: of a unit's organisation the unit, of a worker or department a division's code
        #[arg(long)]
        organisation: Option<ActorId>,
        #[command(flatten)]
        secret: Secret,
    },
    /// Give a login a new password; its sessions end 重设密码
    Password {
        /// The login
        login: LoginId,
        #[command(flatten)]
        secret: Secret,
    },
    /// Take a login its capacity, password, sessions and tokens 停用登录名
    Close {
        /// The login
        login: LoginId,
    },
    /// List all logins 列出登录名
    List,
}

/// Where a password comes from.
#[derive(Debug, clap::Args)]
pub struct Secret {
    /// Read the password from standard input, instead of making one and telling it
    #[arg(long)]
    password_stdin: bool,
    /// No password: an identity provider signs this login in
    #[arg(long, conflicts_with = "password_stdin")]
    no_password: bool,
}

fn role(name: &str) -> Result<Role, String> {
    Role::named(name).ok_or_else(|| "there is no such role".to_owned())
}

/// Does it.
pub(super) async fn run(common: &Common, command: Command) -> Result<(), Failure> {
    let store = ledger::open_existing(common).await?;
    let desk = ledger::desk(common, &store).await?;
    let door = door(&store);
    match command {
        Command::Add { login, role, actor, organisation, secret } => {
            let id = actor.unwrap_or_else(|| ActorId::new(login.as_str()).unwrap_or_default());
            let wanted = Actor { id, role, organisation: organisation.map(String::from) };
            SignIn::grant(&desk, &common.actor()?, &login, &wanted).await.map_err(NotSet::Trouble)?;
            give(common, &door, &login, &secret).await?;
        }
        Command::Password { login, secret } => give(common, &door, &login, &secret).await?,
        Command::Close { login } => {
            door.close(&desk, &common.actor()?, &login).await?;
            if common.json {
                Common::print(&json!({"login": login.as_str(), "closed": true}))?;
            } else {
                out(language().pick("已停用", "closed"))?;
            }
        }
        Command::List => list(common, &store).await?,
    }
    store.close().await;
    Ok(())
}

/// The ledger's door.
pub(super) fn door(store: &Arc<Store>) -> SignIn {
    let clock: Arc<dyn commands::Clock> = Arc::new(SystemClock);
    SignIn::new(store, &clock)
}

async fn give(common: &Common, door: &SignIn, login: &LoginId, secret: &Secret) -> Result<(), Failure> {
    let told = match secret {
        Secret { no_password: true, .. } => None,
        Secret { password_stdin: true, .. } => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            door.set_password(login.as_str(), text.trim_end_matches(['\n', '\r'])).await?;
            None
        }
        _ => {
            let password = SignIn::new_password();
            door.set_password(login.as_str(), &password).await?;
            Some(password)
        }
    };
    if common.json {
        return Common::print(&json!({"login": login.as_str(), "password": told}));
    }
    match told {
        Some(password) => out(&format!(
            "{} {}\n{} {password}\n{}",
            language().pick("登录名：", "login:   "),
            login,
            language().pick("密码：", "password:"),
            language().pick(
                "密码只显示这一次，请本人登录后修改。",
                "It is told this once; its owner changes it after signing in."
            )
        )),
        None => out(&format!("{} {login}", language().pick("登录名：", "login:"))),
    }
}

async fn list(common: &Common, store: &Arc<Store>) -> Result<(), Failure> {
    ledger::catch_up(store).await?;
    let (rows, _) = store.find(&Accesses::sheet(), &Find { limit: 100_000, ..Find::default() }).await?;
    if common.json {
        let rows: Vec<Value> = rows.iter().filter_map(|row| serde_json::from_str(&row.body).ok()).collect();
        return Common::print(&rows);
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    let heads = [
        ("登录名", "login"),
        ("身份", "role"),
        ("编号", "actor"),
        ("组织", "organisation"),
        ("授权", "granted"),
        ("撤销", "revoked"),
    ];
    table.set_header(heads.map(|(zh, en)| language().pick(zh, en)));
    for row in rows {
        let Ok(row) = serde_json::from_str::<AccessRow>(&row.body) else { continue };
        let role = row.role.map_or("", Role::name).to_owned();
        table.add_row([
            row.login,
            role,
            row.actor,
            row.organisation.unwrap_or_default(),
            row.granted_at,
            row.revoked_at.unwrap_or_default(),
        ]);
    }
    out(&table.to_string())
}
