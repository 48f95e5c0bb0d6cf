// What was recorded long after it happened, or put in later by two people.

import { get, parse } from "./json.mjs";
import { WARNING, finding } from "./verdict.mjs";

const WORKING_DAYS = 10;
const DAY = 86_400_000;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Instant and offset, in milliseconds; null where it is no time. */
function time(text) {
  const found = typeof text === "string" ? RFC3339.exec(text) : null;
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const local = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59));
  const isReal = new Date(local).getUTCDate() === day && month >= 1 && month <= 12 && hour < 24 && minute < 60 && second <= 60;
  const offset = found[7] ? Number(`${found[7]}1`) * (Number(found[8]) * 60 + Number(found[9])) * 60_000 : 0;
  return isReal ? { instant: local - offset, offset } : null;
}

/** Whether more working days went by. */
function isLate(occurred, recorded) {
  let gone = 0;
  for (let day = occurred + DAY; day <= recorded; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    gone += weekday === 0 || weekday === 6 ? 0 : 1;
    if (gone > WORKING_DAYS) return true;
  }
  return false;
}

/** Warnings, if there are any such events. */
export function late(events) {
  const found = [];
  let [behind, backed] = [0, 0];
  for (const { metadata, recorded_at } of events) {
    const meta = parse(metadata);
    backed += typeof get(meta, "approved_by") === "string" ? 1 : 0;
    const [occurred, recorded] = [time(get(meta, "occurred_at")), time(recorded_at)];
    if (!occurred || !recorded) continue;
    const day = ({ instant }) => Math.floor((instant + occurred.offset) / DAY) * DAY;
    behind += isLate(day(occurred), day(recorded)) ? 1 : 0;
  }
  if (behind > 0) {
    found.push(
      finding(
        WARNING,
        `${behind} 个事件在发生 ${WORKING_DAYS} 个工作日后才记录`,
        `${behind} events were recorded more than ${WORKING_DAYS} working days after they happened`,
      ),
    );
  }
  if (backed > 0) {
    found.push(
      finding(WARNING, `${backed} 个事件为补录，经第二人批准`, `${backed} events were recorded after the fact, approved by a second person`),
    );
  }
  return found;
}
