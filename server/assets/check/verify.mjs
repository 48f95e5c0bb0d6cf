// Verifies a record of public service: a second implementation, apart from the crate `proofs`, that says the same of the same file.
// No network, nothing believed that is not proved.

import { attached, isPdf } from "./attached.mjs";
import { base64, fromBase64, fromUtf8, hash, isSame, utf8 } from "./bytes.mjs";
import { Facts, agrees, totalsOf } from "./facts.mjs";
import { get, parse, shapes } from "./json.mjs";
import { late } from "./late.mjs";
import { Refused, parseNote } from "./note.mjs";
import { check } from "./statement.mjs";
import { chain, isConsistent, isIncluded, ofLeaf } from "./tree.mjs";
import { DIVERGED, INCOMPLETE, INVALID, WARNING, finding, verdict } from "./verdict.mjs";

const BYTES_MAX = 64 << 20;
const { text, u64, list, optional, object } = shapes;
const digest = (value) => {
  const bytes = hash(value);
  if (!bytes) throw new SyntaxError("expected 32 bytes in Base 64");
  return bytes;
};
const LOGGED = object({ index: u64, leaf: text, path: list(digest), earlier: optional(u64) });
const RECORD = object({
  format: text,
  kind: text,
  id: text,
  purpose: text,
  made_at: text,
  totals: totalsOf(shapes),
  events: list(LOGGED),
  heads: object({ event: LOGGED, place: u64, sequence: u64, chain: digest, path: list(digest) }),
  earlier: list(object({ size: u64, root: digest, note: optional(text), proof: list(digest) })),
  checkpoint: text,
  statement: optional(text),
});
const HEADS = object({ size: u64, streams: u64, root: digest });
const RAW = (value) => value;
const LEAF = object({
  position: u64,
  stream: (value) => (Array.isArray(value) && value.length === 2 ? value.map(text) : text(null)),
  sequence: u64,
  event: text,
  version: text,
  event_id: text,
  command_id: text,
  recorded_at: text,
  metadata: RAW,
  payload: RAW,
});

function invalid(zh, en) {
  return finding(INVALID, zh, en);
}

function read(bytes) {
  if (bytes.length > BYTES_MAX) throw invalid("文件过大，不是核验记录", "the file is too large to be a record");
  const file = isPdf(bytes) ? attached(bytes) : bytes;
  let record;
  try {
    const text = fromUtf8(file);
    if (text === null) throw new SyntaxError("it is not UTF-8");
    record = RECORD(parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(`不是核验记录：${error.message}`, `not a record: ${error.message}`);
  }
  if (record.format !== "vsr/1") throw invalid("格式版本未知", `the format ${JSON.stringify(record.format)} is not known here`);
  return record;
}

/** Takes a leaf apart; null where it is not the one way to write it. */
function readLeaf(bytes) {
  const source = fromUtf8(bytes);
  if (source === null) return null;
  try {
    const value = parse(source);
    const leaf = LEAF(value);
    const members = ["event", "version", "event_id", "command_id", "recorded_at"].map((name) => `,"${name}":${JSON.stringify(leaf[name])}`);
    const [metadata, payload] = [value.raw.get("metadata"), value.raw.get("payload")];
    const [kind, id] = leaf.stream;
    const again = `{"position":${leaf.position},"stream":[${JSON.stringify(kind)},${JSON.stringify(id)}],"sequence":${leaf.sequence}${members.join("")},"metadata":${metadata},"payload":${payload}}`;
    return again === source ? { ...leaf, kind, id, metadata, payload } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Verifies the bytes of a record, or of a PDF file that one is attached to.
 * `known` is a checkpoint that the reader kept, or null; `maxAge` in seconds, or null; `now` in seconds since 1970.
 */
export async function verify(bytes, { policy, known = null, maxAge = null, now }) {
  let record;
  try {
    record = read(bytes);
  } catch (error) {
    if (error?.outcome === undefined) throw error;
    return verdict([error]);
  }
  return new Verifying(record, { policy, known, maxAge, now: BigInt(now) }).run();
}

class Verifying {
  findings = [];

  constructor(record, brought) {
    this.record = record;
    this.brought = brought;
  }

  add(outcome, zh, en) {
    this.findings.push(finding(outcome, zh, en));
  }

  async run() {
    const { record, brought } = this;
    const facts = new Facts();
    const trusted = await this.trusted();
    const now = trusted?.checkpoint ?? null;
    let isWhole = false;
    if (trusted) {
      await this.earlier(now);
      const events = [];
      for (const event of record.events) {
        const proved = await this.proved(event, now);
        if (proved) events.push(proved);
      }
      this.stream(events);
      await this.complete(events, now);
      for (const { position, event, payload } of events) {
        if (!facts.add(event, payload)) {
          this.add(INVALID, `第 ${position} 位事件的内容无法读取`, `the fact at position ${position} cannot be read`);
        }
      }
      // What is missing is missing in the sums, too.
      isWhole = this.findings.every((one) => one.outcome !== INCOMPLETE);
      if (isWhole && !agrees(facts, record.totals)) this.add(INVALID, "所列合计与事件不符", "the totals told are not what the events come to");
      this.known(now);
      this.findings.push(...late(events));
      this.stale(trusted);
    }
    const stated = await check({ record, policy: brought.policy, now: brought.now, checkpoint: now, facts: isWhole ? facts : null });
    return verdict([...this.findings, ...stated.findings], {
      kind: record.kind,
      id: record.id,
      events: record.events.length,
      size: now?.size ?? null,
      statement: stated.told,
      facts,
      witnessed: trusted?.witnessed ?? [],
    });
  }

  async trusted() {
    try {
      return await this.brought.policy.trust(parseNote(this.record.checkpoint));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.add(INVALID, `检查点不可信：${error.message}`, `the checkpoint is not believed: ${error.message}`);
      return null;
    }
  }

  async earlier(now) {
    for (const { size, root, note, proof } of this.record.earlier) {
      const grew = await isConsistent(size, now.size, root, now.root, proof);
      const signed = note === null || (await this.isOf(note, size, root));
      if (!grew || !signed) {
        this.add(
          INVALID,
          `第 ${size} 位的较早检查点未被延续或签名无效`,
          `the earlier checkpoint of ${size} events is not continued, or not signed`,
        );
      }
    }
  }

  /** Whether a log of the policy has signed that the tree was so. */
  async isOf(note, size, root) {
    try {
      const { checkpoint } = await this.brought.policy.trustLog(parseNote(note));
      return checkpoint.size === size && isSame(checkpoint.root, root);
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  /** The event, if it is in the log. */
  async proved({ index, leaf, path, earlier }, now) {
    const bytes = fromBase64(leaf);
    const read = bytes && readLeaf(bytes);
    if (!read) {
      this.add(INVALID, `序号 ${index} 的内容不是事件`, `what is at index ${index} is no event`);
      return null;
    }
    const hash = await ofLeaf(bytes);
    const isThere = read.position === index + 1n && (await isIncluded(hash, index, now.size, path, now.root));
    const first = earlier === null ? null : this.record.earlier[Number(earlier)];
    const isFirst = earlier === null || (first !== undefined && first.size > index && first.note !== null);
    if (!isThere || !isFirst) {
      const at = index + 1n;
      this.add(INVALID, `第 ${at} 位的事件不在账本中`, `the event at position ${at} is not in the log`);
      return null;
    }
    return { ...read, hash };
  }

  /** The events are of one stream, each once, in order; those that are missing are named. */
  stream(events) {
    const { record } = this;
    let [sequence, position] = [0n, 0n];
    const missing = [];
    for (const event of events) {
      if (event.kind !== record.kind || event.id !== record.id) {
        const of = `${event.kind}/${event.id}`;
        this.add(INVALID, `第 ${event.position} 位的事件属于 ${of}`, `the event at position ${event.position} is of ${of}`);
        return;
      }
      if (event.sequence <= sequence || event.position <= position) {
        this.add(INVALID, `第 ${event.sequence} 个事件重复或次序有误`, `event ${event.sequence} stands twice or out of order`);
        return;
      }
      for (let one = sequence + 1n; one < event.sequence && missing.length < 10; one += 1n) missing.push(one);
      [sequence, position] = [event.sequence, event.position];
    }
    if (missing.length > 0) {
      const list = missing.join(", ");
      this.add(INCOMPLETE, `缺少第 ${list} 个事件`, `events ${list} of the stream are missing`);
    }
  }

  /** Nothing is left out up to where the ledger itself recorded that the stream ended. */
  async complete(events, now) {
    const { record } = this;
    const claimed = record.heads;
    const map = await this.proved(claimed.event, now);
    if (!map) return;
    const published = headsPublished(map);
    if (!published) return this.add(INVALID, "所引事件不是流水映射", "the event named is no map of heads");
    const head = utf8(`baodao/head/v1\n${record.kind}\n${record.id}\n${claimed.sequence}\n${base64(claimed.chain)}\n`);
    if (!(await isIncluded(await ofLeaf(head), claimed.place, published.streams, claimed.path, published.root))) {
      return this.add(INVALID, "流水终点与账本所载映射不符", "the map does not say that the stream ends there");
    }
    const last = events.at(-1)?.sequence ?? 0n;
    if (last < claimed.sequence) {
      const more = claimed.sequence - last;
      return this.add(INCOMPLETE, `末尾缺少 ${more} 个事件`, `${more} events at the end are missing`);
    }
    const covered = events.filter((event) => event.sequence <= claimed.sequence);
    if (BigInt(covered.length) !== claimed.sequence) return;
    let reached = new Uint8Array(32);
    for (const event of covered) reached = await chain(reached, event.hash);
    if (!isSame(reached, claimed.chain)) return this.add(INVALID, "事件与流水链不符", "the events are not those of the stream's chain");
    if (last > claimed.sequence) {
      const more = last - claimed.sequence;
      this.add(
        WARNING,
        `最新 ${more} 个事件晚于映射：其后是否还有事件，无从证明`,
        `the newest ${more} events are later than the map: whether there are more cannot be told`,
      );
    }
  }

  /** Whether the log continues what the reader kept. */
  known(now) {
    const { known } = this.brought;
    if (!known) return;
    if (known.origin !== now.origin) return this.add(INVALID, "所留检查点属于另一账本", "the checkpoint that you kept is of another log");
    const earlier = this.record.earlier.find((one) => one.size === known.size)?.root;
    const then = known.size === now.size ? now.root : earlier;
    if (then && isSame(then, known.root)) return;
    if (then) {
      this.add(
        DIVERGED,
        `至第 ${known.size} 位的历史与您留存的检查点不同`,
        `the first ${known.size} events are not those of the checkpoint that you kept`,
      );
    } else if (known.size > now.size) {
      this.add(WARNING, "本记录早于您留存的检查点", "the record is older than the checkpoint that you kept");
    } else {
      this.add(
        WARNING,
        `未附至第 ${known.size} 位检查点的延续证明，请以 since=${known.size} 重新调取`,
        `it does not prove that it continues your checkpoint: pull it again with since=${known.size}`,
      );
    }
  }

  stale({ witnessed }) {
    const { policy, maxAge, now } = this.brought;
    if (policy.quorum === null) {
      this.add(
        WARNING,
        "信任策略未要求见证方：账本方若改写历史并重新签名，仅凭此文件无法发现",
        "the policy asks for no witness: whoever keeps the ledger could have rewritten and signed it anew",
      );
    }
    if (maxAge === null) return;
    const newest = witnessed.reduce((newest, { at }) => (newest === null || at > newest ? at : newest), null);
    if (newest === null || now - newest > BigInt(maxAge)) {
      this.add(
        WARNING,
        "见证签名已过期或没有：请调取新的记录",
        "the witnesses' signatures are older than you allow, or there are none: pull a new record",
      );
    }
  }
}

function headsPublished({ kind, id, event, payload, position }) {
  if (kind !== "log" || id !== "heads" || event !== "HeadsPublished") return null;
  try {
    const published = HEADS(get(parse(payload), "HeadsPublished"));
    return published.size < position ? published : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
