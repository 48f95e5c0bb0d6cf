//! Verifying a record: no network, no clock, nothing believed that is not proved.

use serde::Deserialize;
use serde_json::Value;

use super::facts::Facts;
use super::verdict::{Finding, Outcome, Verdict};
use super::{BYTES_MAX, Earlier, FORMAT, Logged, Record, attached, late, statement};
use crate::Hash;
use crate::checkpoint::Checkpoint;
use crate::encoding::from_base64;
use crate::heads::{self, Head};
use crate::leaf;
use crate::note::Note;
use crate::policy::{Policy, Trusted};
use crate::tree;

/// Of missing events so many are named.
const MISSING_TOLD: usize = 10;

/// What the reader brings along.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Whose checkpoints are believed. Never out of the record.
    pub policy: Policy,
    /// A checkpoint that the reader kept from before.
    pub known: Option<Checkpoint>,
    /// How old the witnesses' signatures may be, in seconds.
    pub max_age: Option<u64>,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// What the ledger recorded of all streams.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadsPublished {
    size: u64,
    streams: u64,
    root: Hash,
}

/// Verifies the bytes of a record, or of a PDF file that one is attached to.
pub fn verify(bytes: &[u8], brought: &Brought) -> Verdict {
    match read(bytes) {
        Err(finding) => Verdict::new(vec![finding]),
        Ok(record) => Verifying { record: &record, brought, findings: vec![] }.run(),
    }
}

fn read(bytes: &[u8]) -> Result<Record, Finding> {
    if bytes.len() > BYTES_MAX {
        return Err(invalid("文件过大，不是核验记录", "the file is too large to be a record"));
    }
    let bytes = if attached::is_pdf(bytes) { attached::record(bytes)? } else { bytes };
    let record: Record = serde_json::from_slice(bytes)
        .map_err(|error| invalid(&format!("不是核验记录：{error}"), &format!("not a record: {error}")))?;
    if record.format != FORMAT {
        return Err(invalid("格式版本未知", &format!("the format {:?} is not known here", record.format)));
    }
    Ok(record)
}

struct Verifying<'a> {
    record: &'a Record,
    brought: &'a Brought,
    findings: Vec<Finding>,
}

/// An event that is in the log.
struct Proved {
    read: leaf::Read,
    hash: Hash,
}

impl Verifying<'_> {
    fn run(mut self) -> Verdict {
        let (record, mut facts) = (self.record, Facts::default());
        let trusted = self.trusted();
        let mut is_whole = false;
        if let Some(trusted) = &trusted {
            let now = &trusted.checkpoint;
            self.earlier(now);
            let events: Vec<Proved> =
                record.events.iter().filter_map(|event| self.proved(event, now)).collect();
            self.stream(&events);
            self.complete(&events, now);
            for event in &events {
                if !facts.add(&event.read.event, &event.read.payload) {
                    let at = event.read.position;
                    self.invalid(
                        &format!("第 {at} 位事件的内容无法读取"),
                        &format!("the fact at position {at} cannot be read"),
                    );
                }
            }
            // What is missing is missing in the sums, too.
            is_whole = self.findings.iter().all(|finding| finding.outcome != Outcome::Incomplete);
            if is_whole && !facts.totals.agrees(&record.totals) {
                self.invalid("所列合计与事件不符", "the totals told are not what the events come to");
            }
            self.known(now);
            self.findings.extend(late::findings(events.iter().map(|event| &event.read)));
            self.stale(trusted);
        }
        let stated = statement::check(&statement::Against {
            record,
            policy: &self.brought.policy,
            now: self.brought.now,
            checkpoint: trusted.as_ref().map(|trusted| &trusted.checkpoint),
            facts: is_whole.then_some(&facts),
        });
        self.findings.extend(stated.findings);
        let verdict = Verdict::new(self.findings);
        Verdict {
            subject: Some((record.kind.clone(), record.id.clone())),
            statement: stated.told,
            events: record.events.len(),
            totals: facts.totals,
            size: trusted.as_ref().map(|trusted| trusted.checkpoint.size),
            witnessed: trusted.map(|trusted| trusted.witnessed).unwrap_or_default(),
            ..verdict
        }
    }

    fn add(&mut self, outcome: Outcome, zh: &str, en: &str) {
        self.findings.push(Finding { outcome, zh: zh.to_owned(), en: en.to_owned() });
    }

    fn invalid(&mut self, zh: &str, en: &str) {
        self.add(Outcome::Invalid, zh, en);
    }

    fn trusted(&mut self) -> Option<Trusted> {
        let note = Note::parse(self.record.checkpoint.as_bytes());
        let trusted = note.map_err(Into::into).and_then(|note| self.brought.policy.trust(&note));
        match trusted {
            Ok(trusted) => Some(trusted),
            Err(why) => {
                self.invalid(
                    &format!("检查点不可信：{why}"),
                    &format!("the checkpoint is not believed: {why}"),
                );
                None
            }
        }
    }

    fn earlier(&mut self, now: &Checkpoint) {
        for Earlier { size, root, note, proof } in &self.record.earlier {
            let grew = tree::is_consistent(*size, now.size, *root, now.root, proof);
            let signed = note.as_ref().is_none_or(|note| {
                let note = Note::parse(note.as_bytes()).ok();
                let trusted = note.and_then(|note| self.brought.policy.trust_log(&note).ok());
                trusted.is_some_and(|one| one.checkpoint.size == *size && one.checkpoint.root == *root)
            });
            if !grew || !signed {
                self.invalid(
                    &format!("第 {size} 位的较早检查点未被延续或签名无效"),
                    &format!("the earlier checkpoint of {size} events is not continued, or not signed"),
                );
            }
        }
    }

    /// The event, if it is in the log.
    fn proved(&mut self, event: &Logged, now: &Checkpoint) -> Option<Proved> {
        let index = event.index;
        let bytes = from_base64(&event.leaf);
        let Some((bytes, read)) = bytes.and_then(|bytes| leaf::Read::parse(&bytes).map(|read| (bytes, read)))
        else {
            self.invalid(
                &format!("序号 {index} 的内容不是事件"),
                &format!("what is at index {index} is no event"),
            );
            return None;
        };
        let hash = Hash::of_leaf(&bytes);
        let is_there =
            read.position == index + 1 && tree::is_included(hash, index, now.size, &event.path, now.root);
        let first = event.earlier.map(|number| self.record.earlier.get(number));
        let is_first = first.is_none_or(|earlier| {
            earlier.is_some_and(|earlier| earlier.size > index && earlier.note.is_some())
        });
        if !is_there || !is_first {
            let at = index + 1;
            self.invalid(
                &format!("第 {at} 位的事件不在账本中"),
                &format!("the event at position {at} is not in the log"),
            );
            return None;
        }
        Some(Proved { read, hash })
    }

    /// The events are of one stream, each once, in order; those that are missing are named.
    fn stream(&mut self, events: &[Proved]) {
        let (mut sequence, mut position, mut missing) = (0, 0, vec![]);
        for Proved { read, .. } in events {
            if read.kind != self.record.kind || read.id != self.record.id {
                self.invalid(
                    &format!("第 {} 位的事件属于 {}/{}", read.position, read.kind, read.id),
                    &format!("the event at position {} is of {}/{}", read.position, read.kind, read.id),
                );
                return;
            }
            if read.sequence <= sequence || read.position <= position {
                self.invalid(
                    &format!("第 {} 个事件重复或次序有误", read.sequence),
                    &format!("event {} stands twice or out of order", read.sequence),
                );
                return;
            }
            missing.extend((sequence + 1..read.sequence).take(MISSING_TOLD.saturating_sub(missing.len())));
            (sequence, position) = (read.sequence, read.position);
        }
        if !missing.is_empty() {
            let list = missing.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            self.add(
                Outcome::Incomplete,
                &format!("缺少第 {list} 个事件"),
                &format!("events {list} of the stream are missing"),
            );
        }
    }

    /// Nothing is left out up to where the ledger itself recorded that the stream ended.
    fn complete(&mut self, events: &[Proved], now: &Checkpoint) {
        let claimed = &self.record.heads;
        let Some(map) = self.proved(&claimed.event, now) else { return };
        let published =
            (map.read.kind == "log" && map.read.id == "heads" && map.read.event == "HeadsPublished")
                .then(|| serde_json::from_str::<Value>(&map.read.payload).ok())
                .flatten()
                .and_then(|mut fact| {
                    serde_json::from_value::<HeadsPublished>(fact.get_mut("HeadsPublished")?.take()).ok()
                });
        let Some(published) = published.filter(|published| published.size < map.read.position) else {
            return self.invalid("所引事件不是流水映射", "the event named is no map of heads");
        };
        let head = Head {
            kind: self.record.kind.clone(),
            id: self.record.id.clone(),
            sequence: claimed.sequence,
            chain: claimed.chain,
        };
        if !heads::is_in_map(&head, claimed.place, published.streams, &claimed.path, published.root) {
            return self
                .invalid("流水终点与账本所载映射不符", "the map does not say that the stream ends there");
        }
        let last = events.last().map_or(0, |event| event.read.sequence);
        if last < claimed.sequence {
            let more = claimed.sequence - last;
            return self.add(
                Outcome::Incomplete,
                &format!("末尾缺少 {more} 个事件"),
                &format!("{more} events at the end are missing"),
            );
        }
        let covered = events.iter().filter(|event| event.read.sequence <= claimed.sequence);
        if covered.clone().count() as u64 != claimed.sequence {
            // Told above.
            return;
        }
        let chain = covered.map(|event| event.hash).fold(Hash::default(), heads::chain);
        if chain != claimed.chain {
            return self.invalid("事件与流水链不符", "the events are not those of the stream's chain");
        }
        if last > claimed.sequence {
            let more = last - claimed.sequence;
            self.add(
                Outcome::ValidWithWarnings,
                &format!("最新 {more} 个事件晚于映射：其后是否还有事件，无从证明"),
                &format!(
                    "the newest {more} events are later than the map: whether there are more cannot be told"
                ),
            );
        }
    }

    /// Whether the log continues what the reader kept.
    fn known(&mut self, now: &Checkpoint) {
        let Some(known) = &self.brought.known else { return };
        if known.origin != now.origin {
            return self.invalid("所留检查点属于另一账本", "the checkpoint that you kept is of another log");
        }
        let then =
            self.record.earlier.iter().find(|earlier| earlier.size == known.size).map(|earlier| earlier.root);
        let then = if known.size == now.size { Some(now.root) } else { then };
        match then {
            Some(root) if root == known.root => {}
            Some(_) => self.add(
                Outcome::Diverged,
                &format!("至第 {} 位的历史与您留存的检查点不同", known.size),
                &format!("the first {} events are not those of the checkpoint that you kept", known.size),
            ),
            None if known.size > now.size => self.add(
                Outcome::ValidWithWarnings,
                "本记录早于您留存的检查点",
                "the record is older than the checkpoint that you kept",
            ),
            None => self.add(
                Outcome::ValidWithWarnings,
                &format!("未附至第 {} 位检查点的延续证明，请以 since={0} 重新调取", known.size),
                &format!(
                    "it does not prove that it continues your checkpoint: pull it again with since={}",
                    known.size
                ),
            ),
        }
    }

    fn stale(&mut self, trusted: &Trusted) {
        if !self.brought.policy.asks_for_witnesses() {
            self.add(
                Outcome::ValidWithWarnings,
                "信任策略未要求见证方：账本方若改写历史并重新签名，仅凭此文件无法发现",
                "the policy asks for no witness: whoever keeps the ledger could have rewritten and signed it anew",
            );
        }
        let Some(max_age) = self.brought.max_age else { return };
        let newest = trusted.witnessed.iter().map(|(_, at)| *at).max();
        if newest.is_none_or(|at| self.brought.now.saturating_sub(at) > max_age) {
            self.add(
                Outcome::ValidWithWarnings,
                "见证签名已过期或没有：请调取新的记录",
                "the witnesses' signatures are older than you allow, or there are none: pull a new record",
            );
        }
    }
}

fn invalid(zh: &str, en: &str) -> Finding {
    Finding::new(Outcome::Invalid, zh, en)
}
