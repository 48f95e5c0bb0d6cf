// Keys, signed notes and checkpoints (C2SP signed-note, tlog-cosignature, tlog-checkpoint).

import { base64, decimal, fromBase64, fromUtf8, hash, hex, isSame, isSigned, isWeak, join, sha256, utf8 } from "./bytes.mjs";
import { ofNothing } from "./tree.mjs";

const TAGS = { note: Uint8Array.of(1), cosignature: Uint8Array.of(4), statement: join(Uint8Array.of(255), utf8("baodao/statement/v1")) };

// An SM2 key of a log. WebCrypto has no SM2: a policy that asks for it cannot be followed here, and is refused as a whole.
const SM2 = join(Uint8Array.of(255), utf8("baodao/sm2-sm3/v1"));

const SM3_OF_NOTHING = fromBase64("GrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=");

/** Why something is not believed, in plain words. */
export class Refused extends Error {}

const isName = (name) => name !== "" && !name.includes("+") && !/[\s\p{Cc}]/u.test(name);

/** A public key out of NAME+ID+KEY. */
export async function parseKey(text) {
  const wrong = (what) => new Refused(`not a key: ${what}`);
  const parts = text.split("+");
  if (parts.length < 3) throw wrong("expected NAME+ID+KEY");
  const [name, id] = parts;
  if (!isName(name)) throw wrong("the name is empty or has a blank");
  const bytes = fromBase64(parts.slice(2).join("+"));
  if (!bytes) throw wrong("the key is not Base 64");
  const kind = Object.keys(TAGS).find((one) => isSame(bytes.subarray(0, TAGS[one].length), TAGS[one]));
  if (isSame(bytes.subarray(0, SM2.length), SM2)) {
    throw new Refused(
      "SM2 keys cannot be checked on this page; use baodao verify or baodao-verify 本页不能核验 SM2 公钥，请用 baodao verify 或 baodao-verify",
    );
  }
  if (!kind) throw wrong("only keys of notes (1), cosignatures (4), statements and SM2 (255) are known");
  const key = bytes.subarray(TAGS[kind].length);
  if (key.length !== 32) throw wrong("expected 32 bytes");
  if (isWeak(key)) throw wrong("a weak point of the curve");
  const number = hex((await sha256(join(utf8(`${name}\n`), bytes))).subarray(0, 4));
  if (number !== id) throw wrong("the number is not that of the key");
  return { name, id, kind, key };
}

/** Takes a note apart. */
export function parseNote(text) {
  const wrong = (what) => new Refused(`not a signed note: ${what}`);
  if (utf8(text).length > 1 << 16) throw wrong("it is longer than a note may be");
  // biome-ignore lint: control characters are what is looked for
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw wrong("it has control characters");
  const at = text.lastIndexOf("\n\n");
  if (at < 0) throw wrong("there is no blank line before the signatures");
  const lines = text.slice(at + 2);
  if (!lines.endsWith("\n")) throw wrong("the last line does not end");
  const signatures = lines.slice(0, -1).split("\n").map((line) => {
    const bad = wrong("a signature line is not DASH NAME BASE64");
    const rest = line.startsWith("\u2014 ") ? line.slice(2) : "";
    const blank = rest.indexOf(" ");
    const bytes = blank < 0 ? null : fromBase64(rest.slice(blank + 1));
    const name = rest.slice(0, blank);
    if (!bytes || bytes.length < 5 || !isName(name)) throw bad;
    return { name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
  });
  if (signatures.length > 64) throw wrong("it has more signatures than a note may have");
  return { text: text.slice(0, at + 1), signatures };
}

/** What a signature of a key says: null where it is wrong, else the time of a cosignature. */
async function checked(key, text, bytes) {
  if (key.kind === "note") return (await isSigned(key.key, utf8(text), bytes)) ? { at: null } : null;
  if (key.kind !== "cosignature" || bytes.length < 8) return null;
  const at = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  if (at >= 2n ** 63n) return null;
  const message = utf8(`cosignature/v1\ntime ${at}\n${text}`);
  return (await isSigned(key.key, message, bytes.subarray(8))) ? { at } : null;
}

/** The right signatures of known keys; a wrong one of a known key spoils the note. */
export async function signedBy(note, known) {
  const found = [];
  for (const signature of note.signatures) {
    for (const key of known.filter((one) => one.name === signature.name && one.id === signature.id)) {
      const said = await checked(key, note.text, signature.bytes);
      if (!said) throw new Refused(`the signature of ${key.name} is wrong`);
      if (!found.some((other) => isSame(other.key, key.key) && other.kind === key.kind)) {
        found.push({ name: key.name, key: key.key, kind: key.kind, at: said.at });
      }
    }
  }
  if (found.length === 0) throw new Refused("no known key has signed");
  return found;
}

/** The checkpoint of a note. */
export async function checkpointOf(note) {
  const wrong = (what) => new Refused(`not a signed note: ${what}`);
  const lines = note.text.slice(0, -1).split("\n");
  if (lines.length !== 3 && lines.length !== 4) throw wrong("a checkpoint has three lines, or four");
  const [origin] = lines;
  if (origin === "") throw wrong("the checkpoint names no log");
  const size = decimal(lines[1]);
  if (size === null) throw wrong("the size of the tree is not a number");
  const root = hash(lines[2]);
  if (!root) throw wrong("the root is not a hash in Base 64");
  if (size === 0n && !isSame(root, await ofNothing())) throw wrong("an empty tree has another root");
  // The root of a second tree, which the signatures cover and no proof is of.
  const sm3 = lines.length === 4 && lines[3].startsWith("sm3 ") ? hash(lines[3].slice(4)) : null;
  if (lines.length === 4 && !sm3) throw wrong("the fourth line is not sm3 and a root");
  if (size === 0n && sm3 && !isSame(sm3, SM3_OF_NOTHING)) throw wrong("an empty tree has another root");
  return { origin, size, root, text: `${origin}\n${size}\n${base64(root)}\n${sm3 ? `sm3 ${base64(sm3)}\n` : ""}` };
}

/** The checkpoint in the bytes of a file that the reader kept. */
export async function knownHead(bytes) {
  const text = fromUtf8(bytes);
  if (text === null) throw new Refused("not a signed note: it is not UTF-8");
  return checkpointOf(parseNote(text));
}
