// What is said of a record: one outcome, in plain words, with every reason.

export const [VALID, WARNING, INCOMPLETE, DIVERGED, INVALID] = [0, 1, 2, 3, 4];
const NAMES = ["valid", "valid-with-warnings", "incomplete", "diverged", "invalid"];
const WORDS = [
  ["核验通过", "VALID"],
  ["核验通过，但请注意以下事项", "VALID, with warnings"],
  ["不完整：有事件未列入", "INCOMPLETE: events are missing"],
  ["自相矛盾：账本曾出示另一种历史，请保留两份文件并报告", "DIVERGED: the ledger has shown another history; keep both files and report it"],
  ["核验不通过", "INVALID"],
];

export const finding = (outcome, zh, en) => ({ outcome, zh, en });

/** The verdict of findings, the worst of which counts. */
export function verdict(findings, told = {}) {
  const worst = findings.reduce((worst, one) => Math.max(worst, one.outcome), VALID);
  const named = findings.map(({ outcome, zh, en }) => ({ outcome: NAMES[outcome], zh, en }));
  return { level: worst, outcome: NAMES[worst], kind: null, id: null, events: 0, size: null, statement: null, facts: null, witnessed: [], ...told, findings: named };
}

/** The outcome in words. */
export const words = (one, isChinese) => WORDS[one.level][isChinese ? 0 : 1];

const hours = (minutes) => `${minutes / 60n}:${String(minutes % 60n).padStart(2, "0")}`;

/** The figures of a record that holds, line by line: name and value. Of one that does not nothing is repeated that somebody might quote. */
export function figures({ level, statement, facts }, isChinese) {
  if (level > WARNING || !facts) return [];
  const pick = (zh, en) => (isChinese ? zh : en);
  const lines = [];
  if (statement) {
    lines.push([pick("证明编号", "certificate"), `${statement.certificate} (${statement.issued_on})`]);
    lines.push([pick("记录单位", "issued by"), statement.issuer]);
    if (statement.name !== null) lines.push([pick("姓名", "name"), statement.name]);
  }
  for (const [zh, en, { times, minutes }] of [
    ["志愿服务", "voluntary service", facts.voluntary],
    ["职责任务", "duty", facts.duty],
    ["走访", "visits", facts.visits],
  ]) {
    lines.push([pick(zh, en), `${times} × , ${hours(minutes)} h`]);
  }
  if (facts.rated > 0n) {
    const mean = (facts.stars * 10n) / facts.rated;
    lines.push([pick("评价", "ratings"), `${facts.rated}, ${mean / 10n}.${mean % 10n} / 5`]);
  }
  const years = [...facts.cards.keys()].sort((one, other) => (one < other ? -1 : 1));
  for (const year of years) {
    const { base, awarded, deducted, total } = facts.cards.get(year);
    lines.push([`${pick("积分卡", "point card")} ${year}`, `${total} (${base} + ${awarded} - ${deducted})`]);
  }
  for (const year of [...facts.disqualified].sort((one, other) => (one < other ? -1 : 1))) lines.push([pick("取消评优资格", "disqualified"), `${year}`]);
  return lines;
}
