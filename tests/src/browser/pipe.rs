//! Chromium's pipe: questions with numbers, answers to them, and what it tells unasked.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Mutex, oneshot};

/// As long as an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was told unasked: name and content.
pub(super) type Told = (String, Value);

/// The way to the browser.
pub(super) struct Pipe {
    writer: Mutex<ChildStdin>,
    next: AtomicU64,
    waiting: std::sync::Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    told: std::sync::Mutex<HashMap<String, Vec<Told>>>,
}

impl Pipe {
    pub(super) fn over(writer: ChildStdin, reader: ChildStdout) -> Arc<Self> {
        let pipe = Arc::new(Self {
            writer: Mutex::new(writer),
            next: AtomicU64::new(0),
            waiting: std::sync::Mutex::default(),
            told: std::sync::Mutex::default(),
        });
        let hearing = Arc::downgrade(&pipe);
        tokio::spawn(async move {
            let mut reader = BufReader::new(reader);
            let mut message = vec![];
            while matches!(reader.read_until(0, &mut message).await, Ok(length) if length > 0) {
                let Some(pipe) = hearing.upgrade() else { break };
                message.pop();
                if let Ok(message) = serde_json::from_slice(&message) {
                    pipe.hear(message);
                }
                message.clear();
            }
            // Nobody answers any more.
            if let Some(pipe) = hearing.upgrade() {
                pipe.waiting.lock().unwrap().clear();
            }
        });
        pipe
    }

    fn hear(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(asked) = self.waiting.lock().unwrap().remove(&id) {
                let _ = asked.send(message);
            }
        } else if let (Some(session), Some(method)) =
            (message["sessionId"].as_str(), message["method"].as_str())
        {
            let (session, method) = (session.to_owned(), method.to_owned());
            self.told.lock().unwrap().entry(session).or_default().push((method, message["params"].take()));
        }
    }

    /// Asks; what went wrong as a sentence.
    pub(super) async fn ask(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        let (sender, answered) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, sender);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.writer.lock().await.write_all(&bytes).await.map_err(|error| format!("{method}: {error}"))?;
        let mut answer = tokio::time::timeout(PATIENCE, answered)
            .await
            .map_err(|_| format!("{method}: the browser does not answer"))?
            .map_err(|_| format!("{method}: the browser has ended"))?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].take()),
        }
    }

    /// Forgets what a page was told so far.
    pub(super) fn forget(&self, session: &str) {
        self.told.lock().unwrap().remove(session);
    }

    /// What a page was told under a name since.
    pub(super) fn told(&self, session: &str, name: &str) -> Vec<Value> {
        let told = self.told.lock().unwrap();
        let of = told.get(session).map(Vec::as_slice).unwrap_or_default();
        of.iter().filter(|(method, _)| method == name).map(|(_, params)| params.clone()).collect()
    }
}
