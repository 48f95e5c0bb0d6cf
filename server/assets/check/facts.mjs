// What the events of a record come to: totals, unit and period. Added up here once more.

import { get, parse } from "./json.mjs";

const NONE = Symbol("not what facts of this name are made of");
const MAX = 2n ** 64n - 1n;
const text = (value, name) => (typeof get(value, name) === "string" ? get(value, name) : need());
const i64 = (value, name) => (isI64(get(value, name)) ? get(value, name) : need());
const isI64 = (value) => typeof value === "bigint" && value < 2n ** 63n;
const clamp = (value) => (value > 2n ** 63n - 1n ? 2n ** 63n - 1n : value < -(2n ** 63n) ? -(2n ** 63n) : value);

function need() {
  throw NONE;
}

function count(counted, minutes) {
  counted.times += 1n;
  counted.minutes = counted.minutes + minutes > MAX ? MAX : counted.minutes + minutes;
}

export class Facts {
  voluntary = { times: 0n, minutes: 0n };
  duty = { times: 0n, minutes: 0n };
  visits = { times: 0n, minutes: 0n };
  rated = 0n;
  stars = 0n;
  cards = new Map();
  disqualified = new Set();
  unit = null;
  days = [];

  /** Adds the fact of an event. False where it is not what facts of this name are made of. */
  add(event, payload) {
    try {
      const fact = get(parse(payload), event);
      if (fact === undefined) return false;
      this.tell(event, fact);
      this.take(event, fact);
      return true;
    } catch (error) {
      if (error === NONE || error instanceof SyntaxError) return false;
      throw error;
    }
  }

  tell(event, fact) {
    const maybe = (name) => (typeof get(fact, name) === "string" ? get(fact, name) : null);
    if (event === "MemberEnrolled") this.unit = maybe("unit");
    if (event === "MemberTransferred") this.unit = maybe("to");
    const category = { ServiceRendered: "category", VisitMade: "kind" }[event];
    if (category && maybe("on") !== null && maybe(category) !== null && maybe("community") !== null) this.days.push(maybe("on"));
  }

  take(event, fact) {
    if (event === "ServiceRendered") {
      const counted = text(fact, "work") === "voluntary" ? this.voluntary : this.duty;
      const minutes = i64(fact, "minutes");
      if (minutes < 0n) need();
      count(counted, minutes);
    } else if (event === "VisitMade") {
      const minutes = get(fact, "minutes");
      count(this.visits, isI64(minutes) && minutes >= 0n ? minutes : 0n);
    } else if (event === "ServiceAppraised") {
      this.rated += 1n;
      const stars = i64(fact, "stars");
      if (stars < 0n) need();
      this.stars += stars;
    } else if (event === "CardOpened") {
      const opening = get(fact, "opening") ?? need();
      const card = this.card(i64(opening, "year"));
      card.base = i64(opening, "base");
      card.floor = i64(opening, "floor");
      card.cap = isI64(get(opening, "cap")) ? get(opening, "cap") : null;
      addUp(card);
    } else if (event === "PointsAwarded" || event === "PointsDeducted") {
      const line = get(fact, "line") ?? need();
      const card = this.card(i64(line, "year"));
      card.lines.set(text(line, "line"), i64(line, "points"));
      addUp(card);
    } else if (event === "PointsReversed") {
      const reversal = get(fact, "reversal") ?? need();
      const card = this.card(i64(reversal, "year"));
      if (!card.lines.delete(text(reversal, "line"))) need();
      addUp(card);
    } else if (event === "MemberDisqualified") {
      this.disqualified.add(i64(fact, "year"));
    } else if (event === "DisqualificationLifted") {
      const year = get(fact, "year");
      if (!isI64(year)) need();
      this.disqualified.delete(year);
    }
  }

  card(year) {
    const fresh = { base: 0n, awarded: 0n, deducted: 0n, total: 0n, floor: 0n, cap: null, lines: new Map() };
    if (!this.cards.has(year)) this.cards.set(year, fresh);
    return this.cards.get(year);
  }

  /** First and last day of service; null without service. */
  period() {
    const days = [...this.days].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
    return days.length === 0 ? null : { from: days[0], to: days[days.length - 1] };
  }
}

function addUp(card) {
  const points = [...card.lines.values()];
  card.awarded = points.filter((one) => one > 0n).reduce((sum, one) => clamp(sum + one), 0n);
  card.deducted = points.filter((one) => one < 0n).reduce((sum, one) => clamp(sum - one), 0n);
  const total = clamp(clamp(card.base + card.awarded) - card.deducted);
  const capped = card.cap !== null && total > card.cap ? card.cap : total;
  card.total = capped < card.floor ? card.floor : capped;
}

const byNumber = (one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0);

/** Totals as they are told: plain, so that two can be compared as text. */
export function plain(totals) {
  const counted = ({ times, minutes }) => ({ times, minutes });
  const cards = [...totals.cards].sort(byNumber).map(([year, { base, awarded, deducted, total }]) => [year, base, awarded, deducted, total]);
  const disqualified = [...totals.disqualified].sort((one, other) => (one < other ? -1 : 1));
  return [counted(totals.voluntary), counted(totals.duty), counted(totals.visits), totals.rated, totals.stars, cards, disqualified];
}

const asText = (value) => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}` : one));

/** Whether two totals are the same. */
export const agrees = (one, other) => asText(plain(one)) === asText(plain(other));

/** Totals out of a file. Throws a SyntaxError where they are none. */
export function totalsOf({ object, u64, i64: whole, list }) {
  const counted = object({ times: u64, minutes: u64 });
  const card = object({ base: whole, awarded: whole, deducted: whole, total: whole });
  const cards = (value) => {
    if (!(value instanceof Map)) throw new SyntaxError("expected cards by year");
    return new Map(
      [...value].map(([year, one]) => {
        if (!/^(?:0|-?[1-9][0-9]*)$/.test(year) || !isI64(BigInt(year)) || BigInt(year) < -(2n ** 63n)) throw new SyntaxError("expected a year");
        return [BigInt(year), card(one)];
      }),
    );
  };
  const years = (value) => new Set(list(whole)(value));
  return object({ voluntary: counted, duty: counted, visits: counted, rated: u64, stars: u64, cards, disqualified: years });
}
