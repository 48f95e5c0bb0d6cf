//! The line in front of a hot stream: nothing is refused because of something that was never stored.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aggregates::circumstance::{Actor, Role};
use aggregates::division::Division;
use aggregates::ids::{ActorId, DivisionCode};
use aggregates::rulebook::none_in_force;
use async_trait::async_trait;
use commands::command::AnyCommand;
use commands::desk::{Desk, Envelope};
use commands::journal::{Answer, Append, Appended, Journal, JournalError};
use commands::{Sitting, Trouble};
use cqrs_es::persist::SerializedEvent;
use server::app::genesis;
use server::clock::SystemClock;
use server::store::Store;
use tests::place::Place;
use tokio::sync::Notify;
use uuid::Uuid;

enum Step {
    Conflict,
    HoldAndFail,
}

/// A journal that does to the next appends what it is told.
struct Told {
    store: Store,
    steps: Mutex<VecDeque<Step>>,
    holds: Notify,
    release: Notify,
}

#[async_trait]
impl Journal for Told {
    async fn append(&self, append: Append) -> Result<Appended, JournalError> {
        let step = self.steps.lock().unwrap().pop_front();
        match step {
            None => self.store.append(append).await,
            Some(Step::Conflict) => Err(JournalError::Conflict("division/52".to_owned())),
            Some(Step::HoldAndFail) => {
                self.holds.notify_one();
                self.release.notified().await;
                Err(JournalError::Unavailable("as told".to_owned()))
            }
        }
    }

    async fn answers(&self, command_ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, JournalError> {
        self.store.answers(command_ids).await
    }

    async fn load_all(
        &self,
        streams: &[(&'static str, String)],
    ) -> Result<Vec<Vec<SerializedEvent>>, JournalError> {
        self.store.load_all(streams).await
    }

    async fn load(
        &self,
        kind: &'static str,
        id: &str,
        after: u64,
    ) -> Result<Vec<SerializedEvent>, JournalError> {
        self.store.load(kind, id, after).await
    }
}

/// Registers the division, once.
struct Take;

#[async_trait]
impl AnyCommand for Take {
    fn name(&self) -> &'static str {
        "take"
    }

    fn canonical(&self) -> String {
        "{}".to_owned()
    }

    async fn decide_any(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let division = sitting.open::<Division>("52").await?;
        if sitting.see(division).is_registered() {
            return Err(none_in_force(chrono::NaiveDate::MIN).into());
        }
        let code = DivisionCode::new("52").unwrap();
        sitting.record(division, move |it: &Division| it.register(&code, "贵州省", &[], true)).await?;
        Ok(())
    }
}

fn take(desk: &Arc<Desk>) -> tokio::task::JoinHandle<Result<commands::desk::Reply, Trouble>> {
    let actor = Actor { id: ActorId::new("tester").unwrap(), role: Role::Operator, organisation: None };
    let desk = Arc::clone(desk);
    tokio::spawn(async move { desk.submit(&Envelope::new(actor), &Take).await })
}

/// Design §3: what a refusal rests on is stored before the refusal is told; when it was not, the command is decided anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_refused_for_what_was_never_stored() {
    let place = Place::sqlite();
    let journal = Arc::new(Told {
        store: place.open().await,
        steps: Mutex::default(),
        holds: Notify::new(),
        release: Notify::new(),
    });
    let desk = Arc::new(Desk::new(journal.clone(), Arc::new(SystemClock)));
    genesis::begin(&desk, "liupanshui").await.unwrap();
    journal.steps.lock().unwrap().extend([Step::Conflict, Step::HoldAndFail]);
    let first = take(&desk);
    journal.holds.notified().await;
    let mut second = take(&desk);
    // Long enough to be refused on what the first decided, if it were.
    let _ = tokio::time::timeout(Duration::from_millis(500), &mut second)
        .await
        .map(|told| told.unwrap().unwrap());
    journal.release.notify_one();
    assert!(matches!(first.await.unwrap(), Err(Trouble::Journal(JournalError::Unavailable(_)))));
    assert!(!second.await.unwrap().unwrap().repeat);
}
