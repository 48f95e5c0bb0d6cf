//! A wire to PostgreSQL that can be cut at the moment of a commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: u8 = 0;
const CUT_NEXT_COMMIT: u8 = 1;
const CUT_FOR_GOOD: u8 = 2;
const DEAD: u8 = 3;

/// COMMIT as a simple query of the protocol.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// A proxy on a free port of loopback.
pub struct Proxy {
    port: u16,
    state: Arc<AtomicU8>,
}

impl Proxy {
    /// Carries connections to `host:port` of the address.
    pub async fn before(url: &str) -> Self {
        let target = url.rsplit('@').next().unwrap().split(['/', '?']).next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(AtomicU8::new(WHOLE));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if shared.load(Ordering::SeqCst) == DEAD {
                    continue;
                }
                let server = TcpStream::connect(&target).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&shared)));
            }
        });
        Self { port, state }
    }

    /// The address through the proxy.
    pub fn through(&self, url: &str) -> String {
        let (head, tail) = url.rsplit_once('@').unwrap();
        let rest = tail.find(['/', '?']).map_or("", |at| &tail[at..]);
        format!("{head}@127.0.0.1:{}{rest}", self.port)
    }

    /// Lets the next COMMIT through and swallows its answer; new connections work.
    pub fn cut_next_commit(&self) {
        self.state.store(CUT_NEXT_COMMIT, Ordering::SeqCst);
    }

    /// Lets the next COMMIT through, swallows its answer, and lets nobody in any more.
    pub fn cut_next_commit_for_good(&self) {
        self.state.store(CUT_FOR_GOOD, Ordering::SeqCst);
    }

    /// Carries everything again.
    pub fn mend(&self) {
        self.state.store(WHOLE, Ordering::SeqCst);
    }

    /// Whether a commit was cut since.
    pub fn has_cut(&self) -> bool {
        matches!(self.state.load(Ordering::SeqCst), WHOLE | DEAD)
    }
}

async fn carry(client: TcpStream, server: TcpStream, state: Arc<AtomicU8>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
        let said = &buffer[..length];
        let next = match state.load(Ordering::SeqCst) {
            CUT_NEXT_COMMIT if said == COMMIT => Some(WHOLE),
            CUT_FOR_GOOD if said == COMMIT => Some(DEAD),
            _ => None,
        };
        if let Some(next) = next {
            // No answer passes from here on; the server gets the commit and the time to do it.
            answers.abort();
            state.store(next, Ordering::SeqCst);
            to_server.write_all(said).await.unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            return;
        }
        if to_server.write_all(said).await.is_err() {
            break;
        }
    }
    answers.abort();
}
