// The page: takes files in, and tells what the verifier says. Nothing leaves the browser: the page's policy forbids every connection.

import { fromUtf8, hasEd25519 } from "./bytes.mjs";
import { knownHead } from "./note.mjs";
import { Policy } from "./policy.mjs";
import { figures, words } from "./verdict.mjs";
import { verify } from "./verify.mjs";

const isChinese = document.documentElement.lang.startsWith("zh");
const pick = (zh, en) => (isChinese ? zh : en);
const find = (id) => document.getElementById(id);
const [form, result, drop] = [find("form"), find("result"), find("drop")];

function element(name, text, of = {}) {
  const made = Object.assign(document.createElement(name), of);
  made.textContent = text;
  return made;
}

function show(outcome, ...children) {
  result.dataset.outcome = outcome;
  result.replaceChildren(...children);
  result.hidden = false;
}

const trouble = (text) => show("trouble", element("h2", text));

async function bytesOf(input) {
  const [file] = input.files;
  return file ? new Uint8Array(await file.arrayBuffer()) : null;
}

/** The policy as it was typed in or put in; a key alone is a log that is believed without witnesses. */
async function policyOf() {
  const file = await bytesOf(find("policy"));
  const text = (file ? (fromUtf8(file) ?? "") : find("policy-text").value).trim();
  const isKey = text !== "" && !/\s/.test(text);
  return Policy.parse(isKey ? `log ${text}\nquorum none\n` : `${text}\n`);
}

function tell(verdict) {
  const heading = element("h2", words(verdict, isChinese));
  const subject = element("p", verdict.kind === null ? "" : `${verdict.kind} ${verdict.id}: ${verdict.events} ${pick("个事件", "events")}`);
  const reasons = element("ul", "");
  for (const one of verdict.findings) reasons.append(element("li", pick(one.zh, one.en), { className: one.outcome }));
  const table = element("table", "");
  for (const [name, value] of figures(verdict, isChinese)) {
    const row = element("tr", "");
    row.append(element("th", name, { scope: "row" }), element("td", value));
    table.append(row);
  }
  const note = element("p", pick("以上数字由事件重新计算；请与纸面或 PDF 上所印数字比对。", "These figures were added up anew from the events: compare them with those printed on paper or in the PDF."));
  show(verdict.outcome, heading, subject, reasons, ...(table.rows.length > 0 ? [table, note] : []));
}

async function run() {
  const bytes = await bytesOf(find("record"));
  if (!bytes) return trouble(pick("请先选择记录文件。", "Choose the file of a record first."));
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    return trouble(pick("浏览器仅在 https 或本机地址下提供密码运算。", "Browsers offer cryptography over https or on this machine only."));
  }
  if (!(await hasEd25519())) {
    return trouble(
      pick(
        "此浏览器不能核验 Ed25519 签名：请用 Chrome/Edge 137、Firefox 129、Safari 17 或更新版本，或使用 baodao-verify。",
        "This browser cannot check Ed25519 signatures: use Chrome or Edge 137, Firefox 129, Safari 17 or newer, or baodao-verify.",
      ),
    );
  }
  let policy;
  let known;
  try {
    policy = await policyOf();
    const head = await bytesOf(find("known"));
    known = head ? await knownHead(head) : null;
  } catch (error) {
    return trouble(`${pick("信任策略或检查点无法读取：", "The policy or the checkpoint cannot be read: ")}${error.message}`);
  }
  const days = find("max-age").value;
  const maxAge = days === "" ? null : Number(days) * 86_400;
  tell(await verify(bytes, { policy, known, maxAge, now: Math.floor(Date.now() / 1000) }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show("running", element("h2", pick("核验中……", "Checking …")));
  try {
    await run();
  } catch (error) {
    trouble(String(error));
  }
  result.focus();
});

const over = (is) => (event) => {
  event.preventDefault();
  drop.classList.toggle("over", is);
};
drop.addEventListener("dragover", over(true));
drop.addEventListener("dragleave", over(false));
drop.addEventListener("drop", (event) => {
  over(false)(event);
  find("record").files = event.dataTransfer.files;
});
