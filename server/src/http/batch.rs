//! `POST /v1/commands`: JSON lines of commands in, JSON lines of receipts out, in the same order.
//!
//! The lines that have come in so far go to the desk together, in their order; the receipts leave as soon as they are
//! durable. The body is taken in beside it, so that a client which sends everything before it reads is not held up.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use aggregates::circumstance::Actor;
use aggregates::ids::ActorId;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{Desk, Envelope, Receipt, Submission, registry};
use futures::{StreamExt, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use uuid::Uuid;

use super::caller::{self, Caller};
use super::language::Language;
use super::problem::{Problem, ProblemBody};
use super::unreadable::{invalid, malformed_json};
use super::{House, body};
use crate::measures::Measures;

/// `Content-Type` of JSON lines.
pub(super) const JSON_LINES: &str = "application/jsonl";
/// The types taken as JSON lines.
pub(super) const TAKEN: [&str; 3] = [JSON_LINES, "application/x-ndjson", "application/json"];
/// Lines that go to the desk together at most.
const TOGETHER: usize = 256;

/// A line of a batch: a command in its envelope.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandLine {
    /// Kebab-case name of the command.
    pub command: String,
    /// The idempotency key; made by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Business time, RFC 3339; now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Why the record is late or a correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The second person of a late record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<ActorId>,
    /// The command's input.
    #[schemars(with = "serde_json::Value")]
    pub data: Box<RawValue>,
}

/// A line of the answer: a receipt, or what stood in the way of that line. The other lines go on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ReceiptLine {
    /// Stored, now or before.
    Stored {
        /// From 1, of the line answered.
        line: u64,
        /// Whether it was stored before under the same id.
        repeat: bool,
        /// What was written.
        #[serde(flatten)]
        receipt: Receipt,
    },
    /// Nothing was stored of this line.
    Refused {
        /// From 1, of the line answered.
        line: u64,
        /// The line's id, where it has one.
        id: Option<Uuid>,
        /// Why.
        problem: ProblemBody,
    },
}

/// A line read: ready for the desk, or at fault.
pub struct Read {
    /// From 1.
    pub line: u64,
    /// Its id, where it could be read.
    pub id: Option<Uuid>,
    /// The command.
    pub submission: Result<Submission, Box<Problem>>,
}

/// Reads one line of a batch.
pub fn read_line(line: u64, text: &[u8], actor: &Actor) -> Read {
    let mut id = None;
    let submission = read_envelope(text, actor, &mut id).map_err(Box::new);
    Read { line, id, submission }
}

fn read_envelope(text: &[u8], actor: &Actor, id: &mut Option<Uuid>) -> Result<Submission, Problem> {
    let text = std::str::from_utf8(text).map_err(|_| malformed_json("the line is not UTF-8"))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let told: CommandLine = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            invalid(&error.path().to_string(), &inner.to_string())
        } else {
            malformed_json(&inner.to_string())
        }
    })?;
    reader.end().map_err(|error| malformed_json(&error.to_string()))?;
    *id = told.id;
    let mut envelope = Envelope::new(actor.clone());
    if let Some(id) = told.id {
        envelope = envelope.keyed(id);
    }
    if let Some(at) = &told.at {
        envelope.at = Some(caller::moment(at).ok_or_else(|| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "request.invalid_value",
                "at 应为 RFC 3339 时间",
                "at must be a time as RFC 3339 has it",
            )
            .at("at")
        })?);
    }
    envelope.reason = told.reason;
    envelope.approved_by = told.approved_by;
    let command = registry::parse(&told.command, told.data.get()).map_err(|unreadable| {
        let mut problem = Problem::from(unreadable);
        problem.field = problem.field.map(|field| format!("data.{field}"));
        problem
    })?;
    Ok(Submission { envelope, command })
}

/// Takes JSON lines and streams the receipts.
pub(super) async fn submit_lines(
    State(house): State<Arc<House>>,
    caller: Caller,
    language: Language,
    headers: HeaderMap,
    content: Body,
) -> Result<Response, Problem> {
    // Many at once are for those who say who they are.
    caller.must_have_account(&headers, &house)?;
    let Caller(actor) = caller;
    body::must_be(&headers, &TAKEN)?;
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let limit = house.settings.batch_bytes_max;
    if declared.is_some_and(|length: usize| length > limit) {
        return Err(body::too_large(limit));
    }
    let permit = Arc::clone(&house.batches).try_acquire_owned().map_err(|_| too_many())?;
    let (sender, lines) = mpsc::unbounded_channel();
    let intake = Intake { limit, line_max: house.settings.command_bytes_max };
    tokio::spawn(intake.run(content, sender));
    let batch = Batch { house, actor, language, lines, number: 0, over: false, _permit: permit };
    let answers = stream::unfold(batch, |mut batch| async move {
        let chunk = batch.next().await?;
        Some((Ok::<_, Infallible>(chunk), batch))
    });
    let mut response = Body::from_stream(answers).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON_LINES));
    Ok(response)
}

/// Every batch and every file holds memory and the writer: only so many at a time.
pub(super) fn too_many() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "batch.too_many",
        "同时提交的批次过多，请稍后重试",
        "too many batches at the same time; try again later",
    )
    .retry(5)
}

/// Takes the body in, up to its limit, and cuts it into lines.
struct Intake {
    limit: usize,
    line_max: usize,
}

type Line = Result<Bytes, Problem>;

impl Intake {
    async fn run(self, content: Body, lines: mpsc::UnboundedSender<Line>) {
        let problem = match self.cut(content, &lines).await {
            Ok(()) => return,
            Err(problem) => problem,
        };
        let _ = lines.send(Err(problem));
    }

    async fn cut(&self, content: Body, lines: &mpsc::UnboundedSender<Line>) -> Result<(), Problem> {
        let mut chunks = content.into_data_stream();
        let mut begun = Vec::new();
        let mut received = 0;
        while let Some(chunk) = chunks.next().await {
            let mut chunk = chunk.map_err(|_| body::broken_off())?;
            received += chunk.len();
            if received > self.limit {
                return Err(body::too_large(self.limit));
            }
            while let Some(end) = chunk.iter().position(|byte| *byte == b'\n') {
                let mut line = chunk.split_to(end + 1);
                if !begun.is_empty() {
                    begun.extend_from_slice(&line);
                    line = Bytes::from(std::mem::take(&mut begun));
                }
                if lines.send(Ok(line)).is_err() {
                    // Nobody reads the receipts any more.
                    return Ok(());
                }
            }
            begun.extend_from_slice(&chunk);
            if begun.len() > self.line_max {
                return Err(body::too_large(self.line_max));
            }
        }
        if !begun.is_empty() {
            let _ = lines.send(Ok(Bytes::from(begun)));
        }
        Ok(())
    }
}

struct Batch {
    house: Arc<House>,
    actor: Actor,
    language: Language,
    lines: mpsc::UnboundedReceiver<Line>,
    number: u64,
    over: bool,
    _permit: OwnedSemaphorePermit,
}

impl Batch {
    /// The receipts of the lines that wait now, as JSON lines; none when all is answered.
    async fn next(&mut self) -> Option<Bytes> {
        let mut raw = Vec::new();
        let mut read = Vec::new();
        while read.is_empty() {
            if self.over || self.lines.recv_many(&mut raw, TOGETHER).await == 0 {
                return None;
            }
            read.extend(raw.drain(..).filter_map(|line| self.read(line)));
        }
        Some(self.settle(read).await)
    }

    /// A line read; none of a blank one.
    fn read(&mut self, line: Line) -> Option<Read> {
        self.number += 1;
        let limit = self.house.settings.command_bytes_max;
        let problem = match line {
            Ok(text) if text.trim_ascii().is_empty() => return None,
            Ok(text) if text.len() <= limit => {
                return Some(read_line(self.number, text.trim_ascii(), &self.actor));
            }
            Ok(_) => body::too_large(limit),
            Err(problem) => {
                self.over = true;
                problem
            }
        };
        Some(Read { line: self.number, id: None, submission: Err(Box::new(problem)) })
    }

    async fn settle(&self, read: Vec<Read>) -> Bytes {
        let started = Instant::now();
        let measures = self.house.app.store().measures();
        let answers = answer(self.house.app.desk(), measures, read, self.language).await;
        measures.lines.record(answers.len() as f64);
        measures.lines_seconds.record(started.elapsed().as_secs_f64());
        let mut out = Vec::new();
        for answer in answers {
            if serde_json::to_writer(&mut out, &answer).is_ok() {
                out.push(b'\n');
            }
        }
        Bytes::from(out)
    }
}

/// Submits lines in their order; one answer for each, in the same order.
pub async fn answer(
    desk: &Desk,
    measures: &Measures,
    read: Vec<Read>,
    language: Language,
) -> Vec<ReceiptLine> {
    let mut submissions = Vec::with_capacity(read.len());
    let mut places = Vec::with_capacity(read.len());
    for Read { line, id, submission } in read {
        let fault = match submission {
            Ok(submission) => {
                submissions.push(submission);
                None
            }
            Err(problem) => Some(problem),
        };
        places.push((line, id, fault));
    }
    let mut outcomes = desk.submit_in_order(&submissions).await.into_iter().zip(&submissions);
    let mut answers = Vec::with_capacity(places.len());
    for (line, id, fault) in places {
        let refused = |problem: &Problem| ReceiptLine::Refused { line, id, problem: problem.body(language) };
        answers.push(match fault {
            Some(problem) => refused(&problem),
            None => match outcomes.next() {
                Some((outcome, submission)) => {
                    measures.command(submission.command.name(), &outcome);
                    match outcome {
                        Ok(reply) => {
                            ReceiptLine::Stored { line, repeat: reply.repeat, receipt: reply.receipt }
                        }
                        Err(trouble) => refused(&trouble.into()),
                    }
                }
                None => refused(&Problem::internal()),
            },
        });
    }
    answers
}
