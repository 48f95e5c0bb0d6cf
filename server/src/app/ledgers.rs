//! The ledgers of one process: each a house of its own, with its own desk, writer, projector, reactor and connections.

use std::collections::HashMap;
use std::sync::Arc;

use commands::Clock;
use futures::future::join_all;

use super::genesis::{self, GenesisError};
use super::{App, Options, StartError};
use crate::signin::NotSet;
use crate::store::{self, LedgerName, NotAName, OpenError, Settings};
use crate::tlog::signing::Plan;
use crate::vault;

/// A ledger to be served.
#[derive(Debug, Clone)]
pub struct Named {
    /// What it is called.
    pub name: LedgerName,
    /// Its address.
    pub url: String,
}

/// Why ledgers cannot be served together.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A part of the list is no name and address.
    #[error("part {0} of the list of ledgers is not NAME=URL")]
    NotNamed(usize),
    /// A name is none.
    #[error(transparent)]
    NotAName(#[from] NotAName),
    /// A name stands twice; that of the ledger at the root is taken.
    #[error(
        "two ledgers are called {0}: each needs a name of its own, and the one of --database is called default"
    )]
    NameTwice(LedgerName),
    /// An address is none.
    #[error("ledger {name}: {error}")]
    Address {
        /// Whose.
        name: LedgerName,
        /// What is wrong with it.
        error: OpenError,
    },
    /// Two names for one ledger.
    #[error("{0} and {1} are the same ledger: one process serves a ledger once")]
    PlaceTwice(LedgerName, LedgerName),
}

/// The ledgers that texts list beside the one at the root: `NAME=URL`, several in a text with blanks or line breaks between them.
pub fn listed(root: &str, texts: &[String]) -> Result<Vec<Named>, ListError> {
    let mut all: Vec<Named> = vec![];
    for (number, part) in texts.iter().flat_map(|text| text.split_whitespace()).enumerate() {
        let (name, url) = part.split_once('=').ok_or(ListError::NotNamed(number + 1))?;
        let name = LedgerName::parse(name)?;
        if name == LedgerName::default() || all.iter().any(|other| other.name == name) {
            return Err(ListError::NameTwice(name));
        }
        all.push(Named { name, url: url.to_owned() });
    }
    // What is wrong with the root's own address is told when it is opened.
    let mut places: HashMap<String, LedgerName> =
        store::place(root).ok().map(|place| (place, LedgerName::default())).into_iter().collect();
    for Named { name, url } in &all {
        let place = store::place(url).map_err(|error| ListError::Address { name: name.clone(), error })?;
        if let Some(other) = places.insert(place, name.clone()) {
            return Err(ListError::PlaceTwice(other, name.clone()));
        }
    }
    Ok(all)
}

/// A ledger could not be opened, and so none is served.
#[derive(Debug, thiserror::Error)]
#[error("ledger {name}: {why}")]
pub struct NotOpened {
    /// Which.
    pub name: LedgerName,
    /// Why.
    pub why: WhyNot,
}

/// Why a ledger could not be opened or begun.
#[derive(Debug, thiserror::Error)]
pub enum WhyNot {
    /// It cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It is fresh, and could not begin.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
}

/// How ledgers are opened.
#[derive(Clone)]
pub struct Opening {
    /// Of all of them.
    pub clock: Arc<dyn Clock>,
    /// Connections for reading, of each.
    pub connections: u32,
    /// The shipped policy that a fresh one adopts.
    pub policy: String,
    /// Who signs their logs.
    pub signing: Plan,
    /// Where the keys of their vaults are.
    pub vault: vault::home::Plan,
}

/// The running houses of one process.
pub struct Ledgers {
    pub(crate) root: Arc<App>,
    pub(crate) others: Vec<Arc<App>>,
}

/// One ledger, at the root.
impl From<Arc<App>> for Ledgers {
    fn from(root: Arc<App>) -> Self {
        Self { root, others: vec![] }
    }
}

impl Ledgers {
    /// Opens all of them, or none; tells which had no policy and adopted the shipped one.
    pub async fn open(
        root: &str,
        others: &[Named],
        opening: &Opening,
    ) -> Result<(Self, Vec<LedgerName>), NotOpened> {
        let root = Named { name: LedgerName::default(), url: root.to_owned() };
        let (root, is_fresh) = opening.open(&root).await?;
        let mut ledgers = Self::from(root);
        let mut fresh: Vec<LedgerName> = is_fresh.then(LedgerName::default).into_iter().collect();
        for named in others {
            match opening.open(named).await {
                Ok((app, is_fresh)) => {
                    ledgers.others.push(app);
                    fresh.extend(is_fresh.then(|| named.name.clone()));
                }
                Err(error) => {
                    ledgers.close().await;
                    return Err(error);
                }
            }
        }
        Ok((ledgers, fresh))
    }

    /// Makes the first operator of each ledger in which nobody can sign in yet; the passwords, which are told this once.
    pub async fn first_logins(&self) -> Result<Vec<(LedgerName, String)>, NotSet> {
        let mut told = vec![];
        for app in std::iter::once(&self.root).chain(&self.others) {
            let password = app.sign_in().begin(app.desk()).await?;
            told.extend(password.map(|password| (app.store().name().clone(), password)));
        }
        Ok(told)
    }

    /// Closes all of them at the same time: one whose database is gone does not hold up the others.
    pub async fn close(&self) {
        let all = std::iter::once(&self.root).chain(&self.others);
        join_all(all.map(|app| app.close())).await;
    }
}

impl Opening {
    async fn open(&self, Named { name, url }: &Named) -> Result<(Arc<App>, bool), NotOpened> {
        let failed = |why| NotOpened { name: name.clone(), why };
        let settings =
            Settings { ledger: name.clone(), connections: self.connections, ..Settings::default() };
        let options = Options {
            signing: self.signing.of(name, url),
            vault: self.vault.of(name, url),
            ..Options::default()
        };
        let opened = App::open_with(url, settings, Arc::clone(&self.clock), options).await;
        let app = opened.map_err(|error| failed(error.into()))?;
        match genesis::begin(app.desk(), &self.policy).await {
            Ok(is_fresh) => Ok((Arc::new(app), is_fresh)),
            Err(error) => {
                app.close().await;
                Err(failed(error.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "sqlite://root.db";

    fn names(texts: &[&str]) -> Result<Vec<String>, String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let listed = listed(ROOT, &texts).map_err(|error| error.to_string())?;
        Ok(listed.into_iter().map(|named| format!("{} {}", named.name, named.url)).collect())
    }

    /// Issue 3 C: options and the environment list ledgers alike.
    #[test]
    fn ledgers_are_listed_one_by_one_or_together() {
        let both = vec!["a sqlite://a.db".to_owned(), "b postgres://h/d?schema=b".to_owned()];
        assert_eq!(names(&["a=sqlite://a.db", "b=postgres://h/d?schema=b"]).unwrap(), both);
        assert_eq!(names(&["a=sqlite://a.db\n  b=postgres://h/d?schema=b\n"]).unwrap(), both);
        assert_eq!(names(&[]).unwrap(), Vec::<String>::new());
    }

    /// Issue 3 C: names are valid and stand once, and so does each ledger; what is wrong is named.
    #[test]
    fn a_wrong_list_is_refused_and_says_why() {
        for (texts, why) in [
            (vec!["a=sqlite://a.db", "b"], "part 2 "),
            (vec!["West=sqlite://a.db"], "\"West\" cannot name a ledger"),
            (vec!["a=sqlite://a.db", "a=sqlite://b.db"], "two ledgers are called a"),
            (vec!["default=sqlite://a.db"], "two ledgers are called default"),
            (vec!["a=sqlite://a.db", "b=sqlite://./a.db"], "a and b are the same ledger"),
            (vec!["a=sqlite://root.db"], "default and a are the same ledger"),
            (vec!["a=mysql://h/d"], "ledger a: mysql://h/d is not"),
        ] {
            let told = names(&texts).unwrap_err();
            assert!(told.contains(why), "{texts:?}: {told}");
        }
    }
}
