//! The real desk, projector and reactions over simulated ports: conflicts, lost answers, outages, stale feeds, crashes at
//! every await, clocks that jump. All chance comes from a seed, and time stands still but for sleeping, so that a seed is
//! the same life each time.

pub mod ground;
pub mod node;

use std::fmt::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use commands::journal::JournalError;
use commands::reactions::{Bookmarks, Reactor, SendReminders};
use commands::{AnyCommand, Clock, Desk, Envelope, Trouble, registry};
use projections::StoreError;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::checker::{self, Book, Checked, Told};
use crate::memory::Memory;
use crate::town::founding;
use ground::{Dice, Ground};
use node::{Node, SimClock};

/// Clients that submit at the same time.
const CLIENTS: usize = 4;
/// Demands that they all work on.
const DEMANDS: u64 = 14;
/// Rounds over a demand that each client makes.
const ROUNDS: usize = 6;

/// What became of a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// What the checker counted.
    pub checked: Checked,
    /// Times that a node crashed.
    pub crashes: usize,
    /// Of every event and everything that was told: equal lives have equal digests.
    pub digest: String,
}

/// Lives a seed in a runtime of its own, and checks what it left. Panics with what does not hold.
pub fn live(seed: u64) -> Life {
    static FOUNDED: OnceLock<Memory> = OnceLock::new();
    let founded = FOUNDED.get_or_init(|| still().block_on(found()));
    still().block_on(lived(seed, founded))
}

/// A runtime of one thread whose time stands still but for sleeping.
fn still() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

struct World {
    dice: Arc<Dice>,
    nodes: Vec<Arc<Node>>,
    book: Book,
    sent: Mutex<Vec<(Uuid, Arc<dyn AnyCommand>)>>,
}

async fn lived(seed: u64, founded: &Memory) -> Life {
    let dice = Arc::new(Dice::new(seed));
    let recording = Arc::new(SimClock::new());
    let shown = recording.clone();
    let memory = Arc::new(founded.copy(Arc::new(move || shown.now())));
    let ground = Arc::new(Ground::new(memory.clone(), dice.clone()));
    let nodes = vec![Node::start(&ground, &dice), Node::start(&ground, &dice)];
    let world = Arc::new(World { dice: dice.clone(), nodes, book: Book::default(), sent: Mutex::default() });
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(work(world.clone()));
    }
    let mut crashes = 0;
    loop {
        tokio::select! {
            biased;
            ended = clients.join_next() => match ended {
                Some(ended) => ended.unwrap(),
                None => break,
            },
            () = tokio::time::sleep(Duration::from_millis(20 + dice.below(300))) => {
                let node = &world.nodes[dice.below(2) as usize];
                if dice.chance(500) {
                    node.crash();
                    crashes += 1;
                }
                // The ledger's clock may jump either way; a desk's ahead, for behind there is no policy in force.
                recording.jump([0, -400, 400][dice.below(3) as usize]);
                node.clock.jump(if dice.chance(50) { 400 } else { 0 });
            }
        }
    }
    world.nodes.iter().for_each(|node| node.stop());
    ground.calm_down();
    settle(&ground, &world).await;
    let checked = checker::check(&memory, &world.book, true).await;
    nothing_was_skipped(&memory).await;
    Life { checked, crashes, digest: digest(&memory, &world.book).await }
}

fn command(name: &str, data: &Value) -> Arc<dyn AnyCommand> {
    Arc::from(registry::parse(name, &data.to_string()).unwrap())
}

fn envelope(id: Uuid) -> Envelope {
    use aggregates::circumstance::{Actor, Role};
    let actor = aggregates::ids::ActorId::new("simulated").unwrap();
    Envelope::new(Actor { id: actor, role: Role::Operator, organisation: None }).keyed(id)
}

/// The town that every life begins with.
async fn found() -> Memory {
    let clock = Arc::new(SimClock::new());
    let shown = clock.clone();
    let memory = Arc::new(Memory::new(Arc::new(move || shown.now())));
    let desk = Desk::new(memory.clone(), clock);
    for (number, line) in founding().iter().enumerate() {
        let command = command(line["command"].as_str().unwrap(), &line["data"]);
        desk.submit(&envelope(Uuid::from_u128(number as u128 + 1)), command.as_ref()).await.unwrap();
    }
    drop(desk);
    Arc::into_inner(memory).unwrap()
}

/// A client: takes a demand through its life, in the way of all others.
async fn work(world: Arc<World>) {
    for _ in 0..ROUNDS {
        let demand = format!("d-{}", world.dice.below(DEMANDS));
        let member = format!("m-{}", 1 + world.dice.below(3));
        let stars = 1 + world.dice.below(5);
        let served =
            json!({"demand": demand, "member": member, "served": [{"member": member, "minutes": 60}]});
        let by = json!({"demand": demand, "member": member});
        let only = json!({"demand": demand});
        let wish = json!({"demand": demand, "wish": "micro_wish", "channel": "window", "category": "errands",
            "community": "520201016001", "placed_by": "r-1", "urgency": "routine"});
        for (name, data) in [
            ("post-wish", &wish),
            ("screen-demand", &only),
            ("publish-wish", &only),
            ("claim-wish", &by),
            ("complete-service", &served),
            ("rate-service", &json!({"demand": demand, "stars": stars})),
        ] {
            if world.dice.chance(900) {
                world.see_through(name, data).await;
                world.dice.pause(200).await;
            }
        }
    }
}

impl World {
    /// Sends a command, and again under the same id as long as the answer is no answer.
    async fn see_through(&self, name: &str, data: &Value) {
        let (id, command) = (self.dice.id(), command(name, data));
        self.sent.lock().unwrap().push((id, command.clone()));
        for _ in 0..=self.dice.below(6) {
            // Impatient clients send twice at once.
            let settled = if self.dice.chance(150) {
                let (one, other) = tokio::join!(self.send(id, &command), self.send(id, &command));
                one || other
            } else {
                self.send(id, &command).await
            };
            if settled {
                return;
            }
            self.dice.pause(100).await;
        }
    }

    async fn send(&self, id: Uuid, command: &Arc<dyn AnyCommand>) -> bool {
        let node = &self.nodes[self.dice.below(2) as usize];
        let outcome = node.submit(envelope(id), command.clone()).await;
        let settled = matches!(outcome, Ok(_) | Err(Trouble::Refused(_) | Trouble::KeyReused(_)));
        self.book.note(id, Told::from(outcome));
        settled
    }
}

/// What is open is sent again: the answer tells what happened. Then everything that follows by itself.
async fn settle(ground: &Arc<Ground>, world: &World) {
    let desk = Arc::new(Desk::new(ground.clone(), Arc::new(SimClock::new())));
    let open = world.book.open();
    let sent = world.sent.lock().unwrap().clone();
    for (id, command) in sent.iter().filter(|(id, _)| open.contains(id)) {
        let outcome = desk.submit(&envelope(*id), command.as_ref()).await;
        let unsettled = matches!(
            outcome,
            Err(Trouble::Journal(JournalError::OutcomeUnknown | JournalError::Unavailable(_)))
        );
        assert!(!unsettled, "E: {id} has no final answer: {outcome:?}");
        world.book.note(*id, Told::from(outcome));
    }
    node::reactor(ground, &desk).catch_up().await.unwrap();
}

/// Bookmarks of a reactor that reads everything anew.
#[derive(Default)]
struct Anew(Mutex<u64>);

#[async_trait::async_trait]
impl Bookmarks for Anew {
    async fn get(&self, _: &'static str) -> Result<u64, StoreError> {
        Ok(*self.0.lock().unwrap())
    }
    async fn set(&self, _: &'static str, position: u64) -> Result<(), StoreError> {
        *self.0.lock().unwrap() = position;
        Ok(())
    }
}

/// Reactions that read the whole journal once more find nothing to do: none was skipped, none is done twice.
async fn nothing_was_skipped(memory: &Arc<Memory>) {
    let desk = Arc::new(Desk::new(memory.clone(), Arc::new(SimClock::new())));
    let again =
        Reactor::new(desk, memory.clone(), Arc::new(Anew::default()), vec![Box::new(SendReminders)], vec![]);
    let ran = again.catch_up().await.unwrap();
    assert_eq!(ran.done, 0, "an event was skipped by a reaction: {ran:?}");
}

async fn digest(memory: &Memory, book: &Book) -> String {
    let mut hasher = Sha256::new();
    for event in checker::all(memory).await {
        hasher.update(format!("{event:?}"));
    }
    hasher.update(format!("{:?}", book.told()));
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
