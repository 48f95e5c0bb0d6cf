//! A town with a season behind it, a house that asks people to sign in, and a browser before it.

use server::demo::accounts::{self, Account};
use server::demo::{self, LIUPANSHUI, Stage};
use server::http::Settings;
use tests::browser::{Browser, Page, Way};
use tests::door::Door;
use tests::place::Place;
use tests::town::{Stop, Town};

use super::said;

/// As small as the season goes.
const SEASON: demo::Options = demo::Options { city: LIUPANSHUI, members: 40, months: 1, seed: 1 };

/// The town.
pub(super) struct Lived {
    pub(super) town: Town,
    pub(super) browser: Browser,
    stop: Stop,
    door: Door,
    accounts: Vec<Account>,
}

impl Lived {
    pub(super) async fn at(place: Place) -> Self {
        let stage = Stage::at(&place.url()).await.unwrap();
        stage.play(&SEASON, false).await.unwrap();
        let example = stage.example_member().await.unwrap().unwrap();
        let ended = commands::Clock::now(stage.clock.as_ref());
        stage.store.close().await;
        let (town, stop) = Town::open(place).await;
        town.set_time(&ended.to_rfc3339());
        let accounts = accounts::make(town.app(), &LIUPANSHUI, &example).await.unwrap();
        let door = Door::with(&town, Settings::default()).await;
        Self { town, browser: Browser::start().await, stop, door, accounts }
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

    pub(super) async fn end(self) {
        self.browser.close().await;
        drop(self.door);
        self.stop.now().await;
    }
}
