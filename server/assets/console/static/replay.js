// The time slider: moves through the moments of a stream without loading the page anew. Without this script the same steps are links.

const data = JSON.parse(document.getElementById("replay-data").textContent);
const state = document.getElementById("state");
const slider = document.getElementById("slider");
const AHEAD = 12;

if (state && slider && data.positions.length > 0 && !data.comparing) begin();

function begin() {
  const known = new Map();
  const asked = new Map();
  const steps = new Map([...document.querySelectorAll(".steps li")].map((li) => [Number(li.dataset.at), li]));
  const play = document.getElementById("play");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let place = data.positions.indexOf(data.event);
  let timer;
  if (place >= 0) known.set(data.event, state.innerHTML);
  if (steps.has(data.event)) keepInView(steps.get(data.event));
  slider.closest(".track").hidden = false;
  if (data.positions.length > 1) play.hidden = false;

  const move = async (to, says = true) => {
    place = Math.max(0, Math.min(data.positions.length - 1, to));
    const at = data.positions[place];
    slider.value = String(place + 1);
    const now = data.now.replace("{n}", place + 1).replace("{count}", data.positions.length);
    slider.setAttribute("aria-valuetext", now);
    if (says) document.getElementById("now").textContent = now;
    document.getElementById("at").value = at;
    const address = new URL(location.href);
    address.searchParams.set("at", at);
    history.replaceState(null, "", address);
    mark(at);
    jumps();
    await fetched(place);
    // Somebody may have moved on meanwhile.
    if (data.positions[place] === at && known.has(at)) state.innerHTML = known.get(at);
    void fetched(place + AHEAD / 2);
  };

  function mark(at) {
    for (const [position, li] of steps) {
      const here = position === at;
      li.classList.toggle("is-here", here);
      const a = li.querySelector("a");
      if (here) a.setAttribute("aria-current", "step"); else a.removeAttribute("aria-current");
      if (here) keepInView(li);
    }
  }

  function keepInView(li) {
    const list = li.closest(".events");
    const [top, bottom] = [li.offsetTop - list.offsetTop, li.offsetTop - list.offsetTop + li.offsetHeight];
    if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) {
      list.scrollTo({ top: Math.max(0, top - list.clientHeight / 3), behavior: calm.matches ? "auto" : "smooth" });
    }
  }

  // The links lead from where the slider is.
  function jumps() {
    const to = { first: 0, previous: place - 1, next: place + 1, last: data.positions.length - 1 };
    for (const [name, wanted] of Object.entries(to)) {
      const old = document.getElementById(`to-${name}`);
      const there = wanted >= 0 && wanted < data.positions.length;
      const link = document.createElement(there ? "a" : "span");
      link.id = old.id;
      link.className = there ? "button plain small" : "button plain small is-off";
      link.append(...old.childNodes);
      if (there) link.href = `${data.own}?at=${data.positions[wanted]}#moment`; else link.setAttribute("aria-disabled", "true");
      const had = document.activeElement === old;
      old.replaceWith(link);
      if (had) (there ? link : slider).focus();
    }
  }

  // Moments around a place, those not known yet, in one request.
  function fetched(around) {
    const from = Math.max(0, Math.round(around) - AHEAD / 2);
    const wanted = data.positions.slice(from, from + AHEAD).filter((at) => !known.has(at) && !asked.has(at));
    const waited = asked.get(data.positions[place]);
    if (wanted.length === 0) return waited ?? Promise.resolve();
    const work = fetch(`${data.own}?part=moments&at=${wanted.join(",")}`, { headers: { accept: "text/html" } })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of page.querySelectorAll("template[data-at]")) known.set(Number(part.dataset.at), part.innerHTML);
      })
      .catch(() => { stop(); })
      .finally(() => { for (const at of wanted) asked.delete(at); });
    for (const at of wanted) asked.set(at, work);
    return Promise.all([work, waited]);
  }

  function stop() {
    clearTimeout(timer);
    timer = undefined;
    says(false);
  }
  function says(playing) {
    const text = play.querySelector(".says");
    play.dataset.play ??= text.textContent;
    text.textContent = playing ? play.dataset.pause : play.dataset.play;
    play.setAttribute("aria-pressed", String(playing));
  }
  async function tick() {
    if (place >= data.positions.length - 1) { stop(); return; }
    await move(place + 1, false);
    if (timer !== undefined) timer = setTimeout(tick, calm.matches ? 2500 : 1100);
  }

  slider.addEventListener("input", () => { stop(); void move(Number(slider.value) - 1); });
  play.addEventListener("click", async () => {
    if (timer !== undefined) { stop(); return; }
    says(true);
    timer = 0;
    if (place >= data.positions.length - 1) await move(0);
    if (timer !== undefined) timer = setTimeout(tick, 700);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".steps a, .jumps a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const to = data.positions.indexOf(Number(new URL(link.href).searchParams.get("at")));
    if (to < 0) return;
    event.preventDefault();
    stop();
    void move(to);
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.("input, textarea, select, [contenteditable], pre, .table")) return;
    const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: data.positions.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stop();
    void move(to);
  });
}
