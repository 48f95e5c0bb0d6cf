// How people find things on a page: by what is written on them. Put before every question that a test asks of a page.
const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
const bare = (text) => (text ?? "").replaceAll(/\s+/g, " ").trim();
const nameOf = (one) => bare(one.getAttribute("aria-label") ?? (one.tagName === "INPUT" ? one.value : one.innerText));
const best = (all, text, name = nameOf) =>
  all.find((one) => name(one) === text) ?? all.find((one) => name(one).startsWith(text)) ?? all.find((one) => name(one).includes(text));
const CLICKABLE = "a[href], button, summary, input[type=submit], [role=button], [role=tab], label, tr[tabindex], li[tabindex]";
const clickable = (text, within) => {
  const root = within ? [...document.querySelectorAll("section, article, li, tr, form, div, fieldset")].filter((one) => shown(one) && bare(one.innerText).includes(within)).pop() : document;
  return best([...(root ?? document.createElement("i")).querySelectorAll(CLICKABLE)].filter(shown), text);
};
const control = (text) => {
  const of = (label) => bare(label.innerText).replace(/ ?\*$/, "");
  const label = best([...document.querySelectorAll("label")].filter((one) => shown(one) && one.control), text, of);
  return label?.control ?? document.querySelector(`input[aria-label="${CSS.escape(text)}"], select[aria-label="${CSS.escape(text)}"], textarea[aria-label="${CSS.escape(text)}"]`);
};
