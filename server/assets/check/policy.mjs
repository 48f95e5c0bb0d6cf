// Trust policies (C2SP tlog-policy, and `issuer KEY`): whose logs and statements are believed, and which witnesses must have cosigned.

import { decimal, isSame } from "./bytes.mjs";
import { Refused, checkpointOf, parseKey, signedBy } from "./note.mjs";

const KINDS = {
  note: "a log signs notes: its key is of kind 1",
  cosignature: "a witness cosigns: its key is of kind 4",
  statement: "an issuer signs statements: its key is of kind 255",
};

export class Policy {
  logs = [];
  witnesses = [];
  issuers = [];
  members = new Map();
  taken = new Set();
  quorum = undefined;

  /** From the text of a policy file. Throws what is wrong with it. */
  static async parse(text) {
    const policy = new Policy();
    for (const [number, line] of text.split("\n").entries()) {
      const at = (what) => new Refused(`line ${number + 1} of the policy: ${what}`);
      // biome-ignore lint: control characters are what is looked for
      if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) throw at("a control character is not allowed");
      const words = line.split(/[ \t]/).filter((word) => word !== "");
      if (words.length === 0 || words[0].startsWith("#")) continue;
      try {
        await policy.line(words);
      } catch (error) {
        throw at(error.message);
      }
    }
    if (policy.quorum === undefined) throw new Refused("line 0 of the policy: there is no quorum line");
    return policy;
  }

  async line(words) {
    const [what, ...rest] = words;
    if (what === "log" && (rest.length === 1 || rest.length === 2)) {
      const key = await this.key(rest[0], "note");
      this.logs.push({ name: key.name, key });
    } else if (what === "witness" && (rest.length === 2 || rest.length === 3)) {
      const key = await this.key(rest[1], "cosignature");
      this.define(rest[0], { witness: this.witnesses.length });
      this.witnesses.push({ name: rest[0], key });
    } else if (what === "group" && rest.length > 2) {
      const [name, needed, ...members] = rest;
      const count = needed === "all" ? members.length : needed === "any" ? 1 : Number(decimal(needed) ?? 0n);
      if (count < 1 || count > members.length) throw new Refused(`expected all, any or a number from 1 to ${members.length}`);
      for (const member of members) {
        if (!this.members.has(member)) throw new Refused(`${member} is not defined before this line`);
        if (this.taken.has(member)) throw new Refused(`${member} stands in a group already`);
        this.taken.add(member);
      }
      this.define(name, { needed: count, members });
    } else if (what === "issuer" && rest.length === 1) {
      this.issuers.push(await this.key(rest[0], "statement"));
    } else if (what === "quorum" && rest.length === 1) {
      if (this.quorum !== undefined) throw new Refused("there is a quorum line already");
      if (rest[0] !== "none" && !this.members.has(rest[0])) throw new Refused(`${rest[0]} is not defined before this line`);
      this.quorum = rest[0] === "none" ? null : rest[0];
    } else {
      throw new Refused("expected log KEY [URL], witness NAME KEY [URL], group NAME all|any|K NAME…, quorum NAME or issuer KEY");
    }
  }

  async key(text, kind) {
    const key = await parseKey(text);
    if (key.kind !== kind) throw new Refused(KINDS[kind]);
    const known = [...this.logs, ...this.witnesses].map((party) => party.key).concat(this.issuers);
    if (known.some((one) => isSame(one.key, key.key))) throw new Refused("this key stands in the policy already");
    return key;
  }

  define(name, member) {
    if (name === "none" || this.members.has(name)) throw new Refused(`the name ${name} is taken`);
    this.members.set(name, member);
  }

  /** The checkpoint of a note, if it is signed by a log; and whichever witnesses have cosigned it. */
  async trustLog(note) {
    const checkpoint = await checkpointOf(note);
    const keys = [...this.logs, ...this.witnesses].map((party) => party.key);
    const signed = await signedBy(note, keys);
    const names = signed.filter((one) => one.kind === "note").map((one) => one.name);
    if (!names.includes(checkpoint.origin)) {
      if (names.length > 0) throw new Refused(`the log ${names[0]} has signed a checkpoint of ${checkpoint.origin}`);
      throw new Refused("it is not signed by a log of the policy");
    }
    const witnessed = [];
    for (const witness of this.witnesses) {
      const one = signed.find((other) => other.kind === "cosignature" && isSame(other.key, witness.key.key));
      if (one) witnessed.push({ name: witness.name, at: one.at });
    }
    return { checkpoint, witnessed };
  }

  /** The same, cosigned as the policy says. */
  async trust(note) {
    const trusted = await this.trustLog(note);
    const has = (name) => {
      const member = this.members.get(name);
      if (member.witness !== undefined) return trusted.witnessed.some((one) => one.name === name);
      return member.members.filter(has).length >= member.needed;
    };
    if (this.quorum !== null && !has(this.quorum)) {
      throw new Refused(`the policy asks for more witnesses than have cosigned (${trusted.witnessed.length})`);
    }
    return trusted;
  }
}
