//! A wire to PostgreSQL that can be cut, also at the moment of a commit, and that can stall or drag.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// COMMIT and the beginning of BEGIN as simple queries of the protocol.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
const BEGIN: &[u8] = b"BEGIN";
/// How long a piece takes on a wire that drags.
const DRAG: Duration = Duration::from_millis(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    CutNextCommit,
    CutForGood,
    Dead,
    Stalled,
    Slow,
}

/// A proxy on a free port of loopback.
pub struct Proxy {
    port: u16,
    state: Arc<watch::Sender<State>>,
    cuts: Arc<watch::Sender<u64>>,
}

impl Proxy {
    /// Carries connections to `host:port` of the address.
    pub async fn before(url: &str) -> Self {
        let target = url.rsplit('@').next().unwrap().split(['/', '?']).next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (state, cuts) = (Arc::new(watch::Sender::new(State::Whole)), Arc::new(watch::Sender::new(0)));
        let (shared, scissors) = (state.clone(), cuts.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *shared.borrow() == State::Dead {
                    continue;
                }
                // Nobody may be there.
                let Ok(server) = TcpStream::connect(&target).await else { continue };
                let (shared, mut cut) = (shared.clone(), scissors.subscribe());
                tokio::spawn(async move {
                    tokio::select! { () = carry(client, server, &shared) => {}, _ = cut.changed() => {} }
                });
            }
        });
        Self { port, state, cuts }
    }

    /// The address through the proxy.
    pub fn through(&self, url: &str) -> String {
        let (head, tail) = url.rsplit_once('@').unwrap();
        let rest = tail.find(['/', '?']).map_or("", |at| &tail[at..]);
        format!("{head}@127.0.0.1:{}{rest}", self.port)
    }

    /// Lets the next COMMIT through and swallows its answer; new connections work.
    pub fn cut_next_commit(&self) {
        self.state.send_replace(State::CutNextCommit);
    }

    /// Lets the next COMMIT through, swallows its answer, and lets nobody in any more.
    pub fn cut_next_commit_for_good(&self) {
        self.state.send_replace(State::CutForGood);
    }

    /// Cuts every connection there is; new ones work.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Carries nothing any more, and says nothing: as a cable pulled out far away.
    pub fn stall(&self) {
        self.state.send_replace(State::Stalled);
    }

    /// Carries everything late.
    pub fn slow_down(&self) {
        self.state.send_replace(State::Slow);
    }

    /// Carries everything again.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }

    /// Whether a commit was cut since.
    pub fn has_cut(&self) -> bool {
        matches!(*self.state.borrow(), State::Whole | State::Dead)
    }
}

async fn carry(client: TcpStream, server: TcpStream, state: &watch::Sender<State>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let commit = tokio::select! {
        commit = questions(from_client, to_server, state) => commit,
        () = answers(from_server, to_client, state) => None,
    };
    // No answer passes from here on; the server gets the commit and the time to do it.
    if let Some((mut to_server, commit)) = commit {
        to_server.write_all(&commit).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: &watch::Sender<State>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        hold_up(state).await;
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

/// Until the end, or until a commit that is to be cut: then the way on which it still has to go.
async fn questions(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &watch::Sender<State>,
) -> Option<(OwnedWriteHalf, Vec<u8>)> {
    let mut buffer = vec![0; 1 << 16];
    let mut in_transaction = false;
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        hold_up(state).await;
        let said = &buffer[..length];
        let commits = is_commit(said, in_transaction);
        in_transaction =
            (in_transaction || said.get(5..).is_some_and(|sql| sql.starts_with(BEGIN))) && !commits;
        let next = match *state.borrow() {
            State::CutNextCommit if commits => Some(State::Whole),
            State::CutForGood if commits => Some(State::Dead),
            _ => None,
        };
        if let Some(next) = next {
            state.send_replace(next);
            return Some((to, said.to_vec()));
        }
        if to.write_all(said).await.is_err() {
            break;
        }
    }
    None
}

/// Whether this makes a batch durable: COMMIT; or, outside a transaction, the parameters of a statement with JSON among them, which
/// is a batch in one statement.
fn is_commit(said: &[u8], in_transaction: bool) -> bool {
    said == COMMIT
        || (!in_transaction && said.first() == Some(&b'B') && said.windows(2).any(|pair| pair == b"{\""))
}

async fn hold_up(state: &watch::Sender<State>) {
    if *state.borrow() == State::Slow {
        tokio::time::sleep(DRAG).await;
    }
    let _ = state.subscribe().wait_for(|state| *state != State::Stalled).await;
}
