//! A town with a season behind it, a house that asks people to sign in, and a browser before it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use projections::sheets;
use serde_json::{Value, json};
use server::demo::accounts::{self, Account};
use server::demo::{self, LIUPANSHUI, Stage};
use server::http::Settings;
use server::store::Settings as StoreSettings;
use server::tlog::signing::By;
use tests::browser::{Browser, Page, Way};
use tests::door::Door;
use tests::place::{Original, Place};
use tests::town::{Stop, Town};
use tokio::sync::OnceCell;

use super::said;

/// As small as the season goes.
const SEASON: demo::Options = demo::Options { city: LIUPANSHUI, members: 40, months: 1, seed: 1 };

/// Of each database one season is played, and each journey goes through a copy of it.
static ON_SQLITE: OnceCell<Season> = OnceCell::const_new();
static ON_POSTGRES: OnceCell<Season> = OnceCell::const_new();

/// A town that nobody is in.
struct Season {
    ledger: Original,
    /// The vault's key, and the one that signs the log.
    keys: Vec<(String, Vec<u8>)>,
    accounts: Vec<Account>,
    ended: String,
}

impl Season {
    async fn play(place: Place) -> Self {
        let stage = Stage::at(&place.url()).await.unwrap();
        stage.play(&SEASON, false).await.unwrap();
        let example = stage.example_member().await.unwrap().unwrap();
        let ended = commands::Clock::now(stage.clock.as_ref()).to_rfc3339();
        stage.store.close().await;
        let (town, stop) = open(place, &[], &ended).await;
        let accounts = accounts::make(town.app(), &LIUPANSHUI, &example).await.unwrap();
        let head = town.position_now().await;
        for sheet in sheets::sheets() {
            town.app().reached(&sheet, head).await.unwrap();
        }
        stop.now().await;
        let keys = files(town.safe(), "");
        Self { ledger: town.leave().original(), keys, accounts, ended }
    }
}

/// A server on the ledger, with these keys.
async fn open(place: Place, keys: &[(String, Vec<u8>)], time: &str) -> (Town, Stop) {
    let safe = tempfile::tempdir().unwrap();
    let log = safe.path().join("log");
    std::fs::create_dir(&log).unwrap();
    for (name, content) in keys {
        // A key that others may read is refused.
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(safe.path().join(name)).unwrap();
        file.write_all(content).unwrap();
    }
    let (town, stop) = Town::open_as(place, StoreSettings::default(), safe, By::Folder(log)).await;
    town.set_time(time);
    (town, stop)
}

/// The files of a folder, by their paths in it.
fn files(folder: &Path, within: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder.join(within)).unwrap().map(Result::unwrap);
    let found = entries.flat_map(|entry| {
        let name = Path::new(within).join(entry.file_name()).to_str().unwrap().to_owned();
        if entry.path().is_dir() {
            files(folder, &name)
        } else {
            vec![(name, std::fs::read(entry.path()).unwrap())]
        }
    });
    found.collect()
}

/// The town.
pub(super) struct Lived {
    pub(super) town: Town,
    pub(super) browser: Browser,
    stop: Stop,
    door: Door,
    accounts: Vec<Account>,
}

impl Lived {
    /// One in the same database as the place.
    pub(super) async fn at(place: Place) -> Self {
        let season = match place {
            Place::Sqlite(_) => ON_SQLITE.get_or_init(async || Season::play(Place::sqlite()).await).await,
            Place::Postgres(_) => {
                ON_POSTGRES.get_or_init(async || Season::play(Place::postgres_alone().await).await).await
            }
        };
        let (town, stop) = open(season.ledger.copy().await, &season.keys, &season.ended).await;
        let door = Door::with(&town, Settings::default()).await;
        let browser = Browser::start().await;
        Self { town, browser, stop, door, accounts: season.accounts.clone() }
    }

    /// Somebody who has not signed in.
    pub(super) async fn somebody(&self, way: Way) -> Page {
        self.browser.somebody(&self.door.base, way).await
    }

    /// The account with this login.
    pub(super) fn account(&self, login: &str) -> &Account {
        self.accounts.iter().find(|account| account.login == login).unwrap()
    }

    /// Somebody who has signed in, as people do, and is at the first page.
    pub(super) async fn signed_in(&self, login: &str, way: Way) -> Page {
        let page = self.somebody(way).await;
        page.visit("/sign-in").await;
        page.fill(said(way, "登录名", "Login"), login).await;
        page.fill(said(way, "密码", "Password"), &self.account(login).password).await;
        page.follow_first("form.stack button").await;
        assert_eq!((page.path().await.as_str(), page.status()), ("/", 200), "{login}: {}", page.text().await);
        page
    }

    /// Every entry of the menu, looked at.
    pub(super) async fn every_entry(&self, page: &Page, name: &str) {
        let entries =
            page.value("[...document.querySelectorAll('nav.menu a')].map((one) => one.pathname)").await;
        for (number, entry) in entries.as_array().unwrap().iter().enumerate() {
            let path = entry.as_str().unwrap();
            if path == "/check" {
                continue;
            }
            page.visit(path).await;
            assert_eq!(page.status(), 200, "{path}");
            page.is_well().await;
            page.picture(&format!("{name}-{number}")).await;
        }
        page.visit("/").await;
    }

    /// The community whose worker has an account.
    pub(super) fn community(&self) -> &str {
        self.account("worker").actor.organisation.as_deref().unwrap()
    }

    /// What people call the county, the street and the community of it.
    pub(super) async fn places(&self) -> Vec<String> {
        let mut names = vec![];
        for digits in [6, 9, 12] {
            let row = self.town.get(&format!("/v1/divisions/{}", &self.community()[..digits])).await;
            names.push(row["name"].as_str().unwrap().to_owned());
        }
        names
    }

    /// The town, as who has this login.
    pub(super) fn acting(&self, login: &str) -> Town {
        let actor = &self.account(login).actor;
        let body = actor.organisation.as_ref().map(|body| format!("@{body}")).unwrap_or_default();
        self.town.acting(actor.role.name(), &format!("{}{body}", actor.id.as_str()))
    }

    /// An order of the resident that nobody has looked at.
    pub(super) async fn placed(&self, command: &str, more: Value) -> String {
        let mut data = json!({
            "channel": "online", "category": "errands", "urgency": "routine", "community": self.community(),
            "placed_by": self.account("resident").actor.id.as_str(), "text": "想请人教一教怎么挂号，盼周末上午。",
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let placed = self.acting("resident").ok(command, data).await;
        let stream = placed["events"][0]["stream"].as_str().unwrap();
        self.up_to_date().await;
        stream.rsplit(['/', ':']).next().unwrap().to_owned()
    }

    /// A demand of the resident that the community has screened.
    pub(super) async fn screened(&self, command: &str, more: Value) -> String {
        let demand = self.placed(command, more).await;
        self.acting("worker").ok("screen-demand", json!({"demand": demand})).await;
        self.up_to_date().await;
        demand
    }

    /// An order that the community has offered to the member.
    pub(super) async fn offered(&self) -> String {
        let demand = self.screened("place-order", json!({})).await;
        let member = self.account("member").actor.id.as_str();
        self.acting("worker").ok("dispatch-order", json!({"demand": demand, "member": member})).await;
        self.up_to_date().await;
        demand
    }

    /// A wish that is open to be taken up.
    pub(super) async fn wished(&self) -> String {
        let demand = self.screened("post-wish", json!({"wish": "micro_wish"})).await;
        self.acting("worker").ok("publish-wish", json!({"demand": demand})).await;
        self.up_to_date().await;
        demand
    }

    /// The resident is satisfied.
    pub(super) async fn rated(&self, demand: &str) {
        let rating = json!({"demand": demand, "stars": 5, "rated_by": "resident"});
        self.acting("resident").ok("rate-service", rating).await;
        self.up_to_date().await;
    }

    /// The member takes up a wish and does it; nobody rates it.
    pub(super) async fn served(&self) -> String {
        let demand = self.wished().await;
        let member = self.account("member").actor.id.as_str();
        let acting = self.acting("member");
        acting.ok("claim-wish", json!({"demand": demand, "member": member})).await;
        let done = json!({"demand": demand, "member": member, "minutes": 30, "form": "undertaking"});
        acting.ok("complete-service", done).await;
        self.up_to_date().await;
        demand
    }

    /// So many days pass, in which nobody signs in.
    pub(super) fn days_pass(&self, days: u64) {
        let later = self.town.app().clock().now() + chrono::Days::new(days);
        self.town.set_time(&later.to_rfc3339());
    }

    /// Waits until every page reflects what was done.
    pub(super) async fn up_to_date(&self) {
        let head = self.town.position_now().await;
        for sheet in sheets::sheets() {
            self.town.app().reached(&sheet, head).await.unwrap();
        }
    }

    pub(super) async fn end(self) {
        self.browser.close().await;
        drop(self.door);
        self.stop.now().await;
    }
}
