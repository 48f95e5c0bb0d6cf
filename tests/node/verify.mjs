// What the check page says of records: one job in JSON on each line of standard input, one verdict on each line of standard output.
// A job is {"file": BASE64, "policy": TEXT, "known": TEXT or null, "max_age": SECONDS or null, "now": SECONDS}.

import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";

globalThis.crypto ??= webcrypto;
const { knownHead } = await import("../../server/assets/check/note.mjs");
const { Policy } = await import("../../server/assets/check/policy.mjs");
const { figures, words } = await import("../../server/assets/check/verdict.mjs");
const { verify } = await import("../../server/assets/check/verify.mjs");

const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
for await (const line of createInterface({ input: process.stdin })) {
  const { file, policy, known, max_age: maxAge, now } = JSON.parse(line);
  const brought = { policy: await Policy.parse(policy), known: known === null ? null : await knownHead(Buffer.from(known)), maxAge, now };
  const verdict = await verify(new Uint8Array(Buffer.from(file, "base64")), brought);
  const text = (isChinese) => [words(verdict, isChinese), ...figures(verdict, isChinese).map((one) => one.join(": "))];
  console.log(JSON.stringify({ ...verdict, facts: null, zh: text(true), en: text(false) }, plain));
}
