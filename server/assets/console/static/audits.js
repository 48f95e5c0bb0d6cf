// Follows an audit that is under way: the same page, asked for again.

const runs = document.getElementById("runs");

async function follow() {
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("runs");
      if (fresh.hasAttribute("data-running") && runs.contains(document.activeElement)) {
        // Whoever is about to cancel keeps the button.
        const [bar, now] = [runs.querySelector("progress"), fresh.querySelector("progress")];
        if (bar && now) bar.value = now.value;
      } else if (fresh.hasAttribute("data-running")) {
        runs.replaceChildren(...fresh.childNodes);
      } else {
        location.reload();
        return;
      }
    }
  } catch { /* The next look tells. */ }
  setTimeout(follow, 1000);
}
if (runs?.hasAttribute("data-running")) setTimeout(follow, 700);
