// What pages do better with scripts; each of them works without. No framework, nothing from elsewhere.

const kept = (form) => `baodao-draft:${form.dataset.draft}`;

// Drafts survive a lost connection and a closed page. They go when the form was taken.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const fields = () => [...form.elements].filter((field) => field.name && !field.name.startsWith("_") && !["hidden", "password", "file"].includes(field.type));
  try {
    const draft = JSON.parse(localStorage.getItem(kept(form)) ?? "null");
    if (draft && !form.dataset.answered) {
      for (const field of fields()) {
        if (!(field.name in draft) || field.readOnly) continue;
        if (["checkbox", "radio"].includes(field.type)) field.checked = draft[field.name].includes(field.value);
        else if (!field.value) [field.value] = draft[field.name];
      }
    }
  } catch { /* A draft that cannot be read is none. */ }
  form.addEventListener("input", () => {
    const draft = {};
    for (const field of fields()) {
      if (["checkbox", "radio"].includes(field.type) && !field.checked) continue;
      (draft[field.name] ??= []).push(field.value);
    }
    try { localStorage.setItem(kept(form), JSON.stringify(draft)); } catch { /* Full, or not allowed. */ }
  });
}
const done = document.querySelector("[data-done]");
if (done) {
  try {
    // `complete-service`, and `complete-service:d-1` where a draft is of one thing.
    const taken = `baodao-draft:${done.dataset.done}`;
    for (const key of Object.keys(localStorage)) if (key === taken || key.startsWith(`${taken}:`)) localStorage.removeItem(key);
  } catch { /* Not allowed. */ }
  // Going back to this page must not tell of the act anew.
  const address = new URL(location.href);
  address.searchParams.delete("done");
  address.searchParams.delete("undo");
  history.replaceState(null, "", address);
}

// A double tap is one act anyway (the form has a key); it shall also look like one.
document.addEventListener("submit", (event) => {
  const button = event.submitter ?? event.target.querySelector("button");
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  if (!navigator.onLine) {
    event.preventDefault();
    document.getElementById("offline")?.removeAttribute("hidden");
    return;
  }
  event.target.dataset.sent = "1";
  button?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});
addEventListener("online", () => document.getElementById("offline")?.setAttribute("hidden", ""));

// Parts that follow the ledger: <section data-live="/address"> is fetched anew when something was recorded.
const live = [...document.querySelectorAll("[data-live]")];
if (live.length > 0 && "EventSource" in window) {
  const source = new EventSource(document.body.dataset.feed);
  let waiting;
  source.addEventListener("head", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 300);
  });
  async function refresh() {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of live) {
        const fresh = page.getElementById(part.id);
        if (fresh && !part.contains(document.activeElement) && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
      }
    } catch { /* The next change brings it. */ }
  }
}

// Where the menu is wider than the screen, the entry that one is at is in sight.
const here = document.querySelector(".menu [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 40;

// What fails is seen first.
document.querySelector("[aria-invalid=true]")?.focus();

// All or none of a list at once.
for (const all of document.querySelectorAll("input[data-all]")) {
  const boxes = () => document.querySelectorAll(`input[name="${all.dataset.all}"]`);
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
}
