// The desk with the keyboard: j and k move, x picks, Enter opens, a goes to the button, ? tells. Everything works without.

const rows = () => [...document.querySelectorAll("[data-row]")];
const boxOf = (row) => row?.querySelector("input[type=checkbox]");
const formOf = (box) => box?.getAttribute("form") && document.getElementById(box.getAttribute("form"));
const keys = document.getElementById("keys");
const on = document.getElementById("keys-on");
const KEPT = "baodao-keys-off";
let at = null;
let last = null;
const picked = new Set();

try { if (on) on.checked = localStorage.getItem(KEPT) === null; } catch { /* Not allowed: they are on. */ }
on?.addEventListener("change", () => {
  try { if (on.checked) localStorage.removeItem(KEPT); else localStorage.setItem(KEPT, "1"); } catch { /* For this page then. */ }
});
document.querySelector("[data-keys-open]")?.removeAttribute("hidden");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) keys?.showModal();
});

const nameOf = (box) => `${box.getAttribute("form")} ${box.value}`;

function count() {
  for (const told of document.querySelectorAll("[data-picked]")) {
    const form = told.closest("form");
    const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${form.id}"]`)];
    const chosen = boxes.filter((box) => box.checked).length;
    told.textContent = chosen > 0 ? String(chosen) : "";
    const all = document.querySelector(`[data-pick-all="${form.id}"]`);
    if (!all) continue;
    all.closest("[hidden]")?.removeAttribute("hidden");
    all.checked = boxes.length > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.dataset.pickAll) {
    for (const box of document.querySelectorAll(`input[type=checkbox][form="${target.dataset.pickAll}"]`)) {
      box.checked = target.checked;
      picked[target.checked ? "add" : "delete"](nameOf(box));
    }
  } else if (target.closest("[data-row]")) {
    picked[target.checked ? "add" : "delete"](nameOf(target));
  }
  count();
});

function go(step) {
  const all = rows();
  if (all.length === 0) return;
  const here = all.indexOf(at);
  let next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  next = Math.max(0, Math.min(all.length - 1, next));
  at?.classList.remove("at");
  at = all[next];
  last = at.querySelector("[data-open]")?.getAttribute("href") ?? null;
  at.classList.add("at");
  (at.querySelector("[data-open]") ?? boxOf(at))?.focus({ preventScroll: true });
  at.scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || row === at) return;
  at?.classList.remove("at");
  at = row;
  at.classList.add("at");
});

document.addEventListener("keydown", (event) => {
  const { target } = event;
  const types = target.closest("textarea, select, [contenteditable]") || (target.matches("input") && target.type !== "checkbox");
  if (types || event.ctrlKey || event.metaKey || event.altKey || keys?.open || (on && !on.checked)) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "?") keys?.showModal();
  else if (event.key === "x" && at) boxOf(at)?.click();
  else if (event.key === "a" && at) formOf(boxOf(at))?.querySelector("select, button")?.focus();
  else if (event.key === "Enter" && at && target.matches("input, body, main")) at.querySelector("[data-open]")?.click();
  else return;
  event.preventDefault();
});

// A part that was fetched anew keeps what was picked, and where one was.
for (const part of document.querySelectorAll("[data-live]")) {
  new MutationObserver(() => {
    for (const box of part.querySelectorAll("[data-row] input[type=checkbox]")) box.checked = picked.has(nameOf(box));
    if (at && !at.isConnected) {
      at = rows().find((row) => row.querySelector("[data-open]")?.getAttribute("href") === last) ?? null;
      at?.classList.add("at");
    }
    count();
  }).observe(part, { childList: true });
}
// Going back, browsers tick again what was ticked.
addEventListener("pageshow", () => {
  for (const box of document.querySelectorAll("[data-row] input[type=checkbox]:checked")) picked.add(nameOf(box));
  count();
});
