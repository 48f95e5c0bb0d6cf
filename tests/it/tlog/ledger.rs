//! A ledger with a log, somebody who signs it, and ways to do it harm.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use commands::journal::{Expected, Journal};
use proofs::note::{Kind, Note, Signer};
use proofs::policy::Policy;
use proofs::{Checkpoint, Hash};
use server::store::Store;
use server::store::log::Published;
use server::tlog::audit::{self, Brought};
use server::tlog::home::Home;
use server::tlog::signer::LogSigner;
use server::tlog::{Publisher, grow};
use tempfile::TempDir;
use tests::append::{fresh, to_stream};
use tests::place::{Place, Raw};

/// The log of these tests.
pub const ORIGIN: &str = "ledger.example/5202";
/// Events of each of the three members.
pub const EACH: usize = 130;
/// Signed after the events of each member.
pub const SIGNED: [u64; 3] = [130, 260, 390];
/// Ten more of a demand, in the tree and not signed.
pub const GROWN: u64 = 400;

/// A ledger, its log and its signer.
pub struct Ledger {
    pub place: Place,
    pub store: Arc<Store>,
    pub publisher: Publisher,
    pub seal: Arc<LogSigner>,
    pub signer: PathBuf,
    /// The file with the SM2 key; of use only where the ledger was made with one.
    pub sm_key: PathBuf,
    pub checkpoints: Vec<Published>,
    _folder: TempDir,
}

impl Ledger {
    /// With three members, signed after each, and a demand that is not signed yet.
    pub async fn new(place: Place) -> Self {
        Self::begin(place, false).await
    }

    /// The same with a second tree, and a second line on every checkpoint.
    pub async fn with_sm(place: Place) -> Self {
        Self::begin(place, true).await
    }

    async fn begin(place: Place, is_sm: bool) -> Self {
        let store = Arc::new(place.open().await);
        let folder = tempfile::tempdir().unwrap();
        let signer = folder.path().join("log");
        let home = Home::open(&signer).unwrap();
        home.make_key(ORIGIN, Kind::Note).unwrap();
        let sm = folder.path().join("sm");
        Home::open(&sm).unwrap().make_key(ORIGIN, Kind::Sm2).unwrap();
        let sm_key = sm.join("private.key");
        let seal = LogSigner::open(home).unwrap().with_second(is_sm.then_some(sm_key.as_path())).unwrap();
        let seal = Arc::new(seal);
        let publisher = Publisher::new(Arc::clone(&store), Box::new(Arc::clone(&seal)), None).with_sm3(is_sm);
        let mut checkpoints = vec![];
        for member in ["m-1", "m-2", "m-3"] {
            fresh(store.append(to_stream(member, 0, EACH)).await.unwrap());
            checkpoints.push(publisher.publish().await.unwrap());
        }
        let mut demand = to_stream("d-1", 0, 10);
        demand.expected =
            vec![Expected { aggregate_type: "demand", aggregate_id: "d-1".to_owned(), sequence: 0 }];
        demand.events.iter_mut().for_each(|event| event.aggregate_type = "demand");
        fresh(store.append(demand).await.unwrap());
        assert_eq!(grow::trees(store.as_ref(), store.log(), is_sm).await.unwrap().0.size(), GROWN);
        assert_eq!(checkpoints.iter().map(|one| one.size).collect::<Vec<_>>(), SIGNED);
        Self { place, store, publisher, seal, signer, sm_key, checkpoints, _folder: folder }
    }

    /// Believes the log's key.
    pub fn policy(&self) -> Policy {
        Policy::of_log(self.publisher.seal().verifier().clone())
    }

    /// The checks that find something, as an auditor with the log's key sees it.
    pub async fn found(&self) -> BTreeSet<&'static str> {
        self.found_by(&Brought { policy: Some(self.policy()), known: None }).await
    }

    /// The same, for an auditor who brings this along.
    pub async fn found_by(&self, brought: &Brought) -> BTreeSet<&'static str> {
        self.differences(brought).await.into_iter().map(|(check, _)| check).collect()
    }

    /// What is told of each difference.
    pub async fn differences(&self, brought: &Brought) -> Vec<(&'static str, String)> {
        let found = audit::audit(&self.store, brought, &|_| {}).await.unwrap();
        found.into_iter().filter_map(|finding| Some((finding.check, finding.difference?))).collect()
    }

    /// Takes the guards of the tables away and runs statements, as whoever owns the database can.
    pub async fn tamper(&self, sql: &str) {
        let raw = self.place.raw().await;
        unguard(&raw).await;
        raw.run(sql).await.unwrap();
    }

    /// Grows the whole tree anew over what is there now, by a program that has not stored it.
    pub async fn regrow(&self) -> (u64, Hash) {
        let store = self.place.open().await;
        store.log().clear().await.unwrap();
        let edge = grow::grow(&store).await.unwrap();
        store.close().await;
        (edge.size(), edge.root())
    }

    /// The log's own key, as whoever steals it has it.
    pub fn stolen_key(&self) -> Signer {
        Signer::parse(&std::fs::read_to_string(self.signer.join("private.key")).unwrap()).unwrap()
    }

    /// Its SM2 key.
    pub fn stolen_sm_key(&self) -> Signer {
        Signer::parse(&std::fs::read_to_string(&self.sm_key).unwrap()).unwrap()
    }

    /// Believes the log's two keys, both of them.
    pub fn sm_policy(&self) -> Policy {
        let (log, second) = (self.publisher.seal().verifier(), self.stolen_sm_key());
        Policy::parse(&format!("log {log}\nlog {}\nquorum none\n", second.verifier())).unwrap()
    }

    /// Rewrites the log over what is there now: the tree grown anew, and every checkpoint signed anew with the real key.
    pub async fn resign(&self) -> Vec<Note> {
        let (size, _) = self.regrow().await;
        let raw = self.place.raw().await;
        raw.run("DELETE FROM log_checkpoints").await.unwrap();
        let mut notes = vec![];
        for at in SIGNED.into_iter().filter(|at| *at < size).chain([size]) {
            let root = server::tlog::prove::root(&self.store, at).await.unwrap();
            let text = Checkpoint { origin: ORIGIN.to_owned(), size: at, root, sm3: None }.to_string();
            let note = Note { signatures: vec![self.stolen_key().sign(&text, 0)], text };
            let published = Published { size: at, note: note.to_string() };
            self.store.log().publish(&published, chrono::Utc::now()).await.unwrap();
            notes.push(note);
        }
        notes
    }
}

/// Takes the guards of the tables away.
pub async fn unguard(raw: &Raw) {
    match raw {
        Raw::Sqlite(_) => {
            for guard in ["update", "delete", "replace"] {
                raw.run(&format!("DROP TRIGGER IF EXISTS events_refuse_{guard}")).await.unwrap();
            }
        }
        Raw::Postgres(_) => raw.run("ALTER TABLE events DISABLE TRIGGER ALL").await.unwrap(),
    }
}
