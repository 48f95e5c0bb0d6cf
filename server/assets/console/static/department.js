// A draft policy from a file, and the progress of a trial. Both pages work without.

const file = document.querySelector("[data-file]");
if (file) {
  file.hidden = false;
  file.querySelector("input").addEventListener("change", async (event) => {
    const [chosen] = event.target.files;
    if (chosen) document.getElementById("w-text").value = await chosen.text();
  });
}

const progress = document.querySelector("[data-poll]");
async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("progress");
    if (!fresh) { location.reload(); return; }
    progress.querySelector("p").textContent = fresh.querySelector("p").textContent;
    progress.querySelector("progress").value = fresh.querySelector("progress").value;
  } catch { /* The next look tells. */ }
  setTimeout(look, 700);
}
if (progress) setTimeout(look, 700);
