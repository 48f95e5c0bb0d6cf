// A strict reader of JSON: every digit is kept, doubled names are seen, and the source text of each member is at hand.
// Integers are bigint, other numbers number, objects Map (with `doubled` and `raw`), arrays Array.

const DEPTH_MAX = 127;

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(what) {
    throw new SyntaxError(`${what} at character ${this.at}`);
  }

  blank() {
    while (this.at < this.text.length && " \t\n\r".includes(this.text[this.at])) this.at += 1;
  }

  value(depth) {
    if (depth > DEPTH_MAX) this.fail("nested too deeply");
    this.blank();
    const c = this.text[this.at];
    if (c === "{") return this.object(depth);
    if (c === "[") return this.array(depth);
    if (c === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) this.fail("expected a value");
    this.at = pattern.lastIndex;
    const [text, fraction, exponent] = found;
    if (!fraction && !exponent && text !== "-0") {
      const whole = BigInt(text);
      if (whole >= -(2n ** 63n) && whole < 2n ** 64n) return whole;
    }
    const number = Number(text);
    if (!Number.isFinite(number)) this.fail("a number out of range");
    return number;
  }

  string() {
    const from = this.at;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const c = this.text[this.at];
      if (c === "\\") this.at += 1;
      else if (c < " ") this.fail("a control character in a text");
      else if (c === '"') {
        this.at += 1;
        const text = JSON.parse(this.text.slice(from, this.at));
        if (!isWellFormed(text)) this.fail("half a character in a text");
        return text;
      }
    }
    return this.fail("a text does not end");
  }

  array(depth) {
    const found = [];
    this.at += 1;
    this.blank();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return found;
    }
    for (;;) {
      found.push(this.value(depth + 1));
      this.blank();
      const c = this.text[this.at];
      this.at += 1;
      if (c === "]") return found;
      if (c !== ",") this.fail("expected , or ]");
    }
  }

  object(depth) {
    const found = new Map();
    found.doubled = false;
    found.raw = new Map();
    this.at += 1;
    this.blank();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return found;
    }
    for (;;) {
      this.blank();
      if (this.text[this.at] !== '"') this.fail("expected a name");
      const name = this.string();
      this.blank();
      if (this.text[this.at] !== ":") this.fail("expected :");
      this.at += 1;
      this.blank();
      const from = this.at;
      const value = this.value(depth + 1);
      if (found.has(name)) found.doubled = true;
      found.set(name, value);
      found.raw.set(name, this.text.slice(from, this.at));
      this.blank();
      const c = this.text[this.at];
      this.at += 1;
      if (c === "}") return found;
      if (c !== ",") this.fail("expected , or }");
    }
  }
}

function isWellFormed(text) {
  for (const c of text) {
    const code = c.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) return false;
  }
  return true;
}

/** The value of a JSON text. Throws a SyntaxError. */
export function parse(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.blank();
  if (reader.at !== text.length) reader.fail("something follows");
  return value;
}

/** A member of something that may be no object; undefined where there is none. */
export const get = (value, name) => (value instanceof Map ? value.get(name) : undefined);

/** What `shape` makes of a value: throws a SyntaxError where it does not fit. */
export const shapes = {
  text: (value) => (typeof value === "string" ? value : wrong("a text")),
  u64: (value) => (typeof value === "bigint" && value >= 0n ? value : wrong("a whole number")),
  i64: (value) => (typeof value === "bigint" && value < 2n ** 63n ? value : wrong("a whole number")),
  list: (shape) => (value) => (Array.isArray(value) ? value.map(shape) : wrong("a list")),
  optional: (shape) => Object.assign((value) => (value === null || value === undefined ? null : shape(value)), { optional: true }),
  /** These members, each once, and no others. */
  object: (members) => (value) => {
    if (!(value instanceof Map) || value.doubled) wrong("an object that names everything once");
    for (const name of value.keys()) if (!Object.hasOwn(members, name)) wrong(`no member ${name}`);
    const found = {};
    for (const [name, shape] of Object.entries(members)) {
      if (!value.has(name) && !shape.optional) wrong(`a member ${name}`);
      found[name] = shape(value.get(name));
    }
    return found;
  },
};

function wrong(what) {
  throw new SyntaxError(`expected ${what}`);
}
