// What the recording organisation states of a record: an SD-JWT (RFC 9901), held against everything that was proved.

import { base64url, fromBase64url, fromUtf8, hash, isSame, isSigned, sha256, utf8 } from "./bytes.mjs";
import { agrees, totalsOf } from "./facts.mjs";
import { parse, shapes } from "./json.mjs";
import { INVALID, WARNING, finding } from "./verdict.mjs";

const { text, i64, list, optional, object } = shapes;
const HEADER = object({ alg: text, typ: text, kid: text });
const digest = (value) => hash(value) ?? bad();
const CLAIMS = {
  iss: text,
  iat: i64,
  exp: optional(i64),
  sub: text,
  kind: text,
  unit: optional(text),
  period: optional(object({ from: text, to: text })),
  totals: totalsOf(shapes),
  issuer: text,
  certificate: text,
  issued_on: text,
  purpose: text,
  notes: optional(text),
  ledger: text,
  checkpoint: digest,
  _sd: list(text),
  _sd_alg: text,
};
const NAMES = new Set([...Object.keys(CLAIMS), "...", "cnf"]);

function bad() {
  throw new SyntaxError("not a statement");
}

const json = (part) => parse(fromUtf8(fromBase64url(part) ?? bad()) ?? bad());

/** Takes a statement apart. Nothing is verified yet. */
function read(statement) {
  if (!statement.endsWith("~") || statement.length > 1 << 18) bad();
  const [jwt, ...shown] = statement.slice(0, -1).split("~");
  const parts = jwt.split(".");
  if (parts.length !== 3) bad();
  const header = HEADER(json(parts[0]));
  if (header.typ !== "baodao-record+sd-jwt" || header.alg !== "EdDSA") bad();
  const claims = object(CLAIMS)(json(parts[1]));
  if (claims._sd_alg !== "sha-256") bad();
  const disclosures = shown.map((one) => {
    const parts = json(one);
    if (!Array.isArray(parts) || parts.length !== 3 || typeof parts[0] !== "string" || typeof parts[1] !== "string") bad();
    return { text: one, name: parts[1], value: parts[2] };
  });
  const signature = fromBase64url(parts[2]) ?? bad();
  return { key: header.kid, claims, message: utf8(`${parts[0]}.${parts[1]}`), signature, disclosures };
}

/** Findings, and what the statement says of itself. `checkpoint` and `facts` are null where they are not proved. */
export async function check({ record, policy, now, checkpoint, facts }) {
  const findings = [];
  const add = (outcome, zh, en) => findings.push(finding(outcome, zh, en));
  if (record.statement === null) {
    add(WARNING, "未附记录单位的证明声明：仅事件本身得到核验", "no statement of the recording organisation is in it: only the events are proved");
    return { findings, told: null };
  }
  let jwt;
  try {
    jwt = read(record.statement);
  } catch {
    add(INVALID, "证明声明无法读取", "the statement is none that can be read");
    return { findings, told: null };
  }
  const { claims } = jwt;
  const isBelieved = await signed(jwt, policy, add);
  const name = await disclosed(jwt, add);
  await contents(claims, { record, checkpoint, facts }, add);
  if (claims.exp !== null && claims.exp < now) {
    add(WARNING, "证明声明已过有效期：请重新开具", "the statement has expired: ask for a new one");
  }
  const { certificate, issued_on, issuer } = claims;
  return { findings, told: { certificate, issued_on, issuer, name, signed: isBelieved } };
}

async function signed({ key: kid, claims, message, signature }, policy, add) {
  if (policy.issuers.length === 0) {
    add(
      WARNING,
      "证明声明的签名未核验：未告知可信的记录单位（策略中的 issuer 行）",
      "the statement's signature was not checked: no issuer was told (a line `issuer KEY` of the policy)",
    );
    return false;
  }
  const key = policy.issuers.find((one) => `${one.name}+${one.id}` === kid);
  if (!key) {
    add(INVALID, `证明声明由 ${kid} 签署，策略未列此记录单位`, `the statement is signed by ${kid}, whom the policy does not name`);
    return false;
  }
  const isRight = (await isSigned(key.key, message, signature)) && claims.iss === key.name;
  if (!isRight) add(INVALID, "证明声明的签名不符", "the statement's signature is wrong");
  return isRight;
}

async function disclosed({ disclosures, claims }, add) {
  const of = new Set(claims._sd);
  let fits = of.size === claims._sd.length;
  const [digests, names] = [new Set(), new Set()];
  for (const one of disclosures) {
    const digest = base64url(await sha256(utf8(one.text)));
    fits &&= of.has(digest) && !digests.has(digest) && !names.has(one.name) && !NAMES.has(one.name);
    digests.add(digest);
    names.add(one.name);
  }
  if (!fits) {
    add(INVALID, "所出示的个人信息不是声明所签署的", "what is shown beside the statement is not what was signed");
    return null;
  }
  const name = disclosures.find((one) => one.name === "name")?.value;
  return typeof name === "string" ? name : null;
}

async function contents(claims, { record, checkpoint, facts }, add) {
  const told = (isSo, zh, en) => {
    if (!isSo) add(INVALID, `证明声明与核验结果不符：${zh}`, `the statement is false: ${en}`);
  };
  told(claims.kind === record.kind && claims.sub === record.id, "它不是此成员或单位的", "it is of somebody else");
  told(claims.purpose === record.purpose, "用途不同", "it is for another purpose");
  if (checkpoint) {
    const isOf = claims.ledger === checkpoint.origin && isSame(claims.checkpoint, await sha256(utf8(checkpoint.text)));
    told(isOf, "它依据另一检查点", "it rests on another checkpoint");
  }
  if (!facts) return;
  told(agrees(facts, claims.totals), "合计不同", "its totals are not what the events come to");
  const [then, now] = [claims.period, facts.period()];
  const isSamePeriod = then === null || now === null ? then === now : then.from === now.from && then.to === now.to;
  told(claims.unit === facts.unit && isSamePeriod, "所在单位或服务期间不同", "the unit or the period is not that of the events");
}
