// A real browser opens the check page, is given files, and tells what the page says. Driven through Chromium's own pipe, without a library.
// browser.mjs CHROMIUM URL RECORD POLICY WIDTH SCREENSHOT

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [chromium, url, record, policy, width, screenshot] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "baodao-check-"));
const flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", `--user-data-dir=${profile}`];
const browser = spawn(chromium, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const waiting = new Map();
const requests = [];
let [next, rest] = [0, ""];

browser.stdio[4].on("data", (data) => {
  const messages = (rest + data).split("\0");
  rest = messages.pop();
  for (const message of messages.map((text) => JSON.parse(text))) {
    if (message.method === "Network.requestWillBeSent") requests.push(message.params.request.url);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  }
});

function ask(method, params = {}, sessionId = undefined) {
  next += 1;
  const id = next;
  return new Promise((resolve, reject) => {
    waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result)));
    browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  });
}

try {
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => ask(method, params, sessionId);
  const value = async (expression) => (await page("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true })).result.value;
  const until = async (expression) => {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await value(expression)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never: ${expression}`);
  };
  await page("Emulation.setDeviceMetricsOverride", { width: Number(width), height: 900, deviceScaleFactor: 1, mobile: false });
  await page("Network.enable");
  await page("Page.enable");
  await page("Page.navigate", { url });
  await until("document.readyState === 'complete' && document.getElementById('result') !== null");
  const loaded = requests.length;
  const { root } = await page("DOM.getDocument");
  for (const [selector, file] of [["#record", record], ["#policy", policy]]) {
    const { nodeId } = await page("DOM.querySelector", { nodeId: root.nodeId, selector });
    await page("DOM.setFileInputFiles", { nodeId, files: [file] });
  }
  await value("document.querySelector('button').click()");
  await until("!['running', undefined].includes(document.getElementById('result').dataset.outcome)");
  const told = await value(
    `({outcome: document.getElementById('result').dataset.outcome, text: document.getElementById('result').innerText, lang: document.documentElement.lang,
      overflows: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      unlabelled: [...document.querySelectorAll('input, textarea')].filter((one) => one.labels.length === 0).length})`,
  );
  const { data } = await page("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
  writeFileSync(screenshot, Buffer.from(data, "base64"));
  console.log(JSON.stringify({ ...told, sent: requests.slice(loaded) }));
} finally {
  // What was started is a script of Debian around the browser: told to end, the browser ends, and the script with it.
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  ask("Browser.close").catch(() => {});
  await ended;
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  } catch {
    // Its helpers still write there: the system clears its temporary folder.
  }
}
