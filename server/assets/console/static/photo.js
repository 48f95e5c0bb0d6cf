// A photo is made small enough to be kept, and goes with the form as text. Without scripts a service is completed without a photo.

const LONGEST_SIDE = 1280;
const LETTERS_MAX = 266668;

async function small(file) {
  const picture = await createImageBitmap(file);
  for (const shrink of [1, 0.7, 0.5, 0.35, 0.25]) {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height)) * shrink;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const text = canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
    if (text.length <= LETTERS_MAX) return text;
  }
  return "";
}

for (const input of document.querySelectorAll("input[data-photo]")) {
  const kept = input.form.elements[input.dataset.photo];
  const told = (name) => input.parentElement.querySelector(`[data-photo-${name}]`);
  input.closest("[hidden]").hidden = false;
  input.addEventListener("change", async () => {
    kept.value = "";
    told("kept").hidden = told("bad").hidden = true;
    if (input.files.length === 0) return;
    // Whoever sends the form at once sends the photo too.
    const buttons = input.form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      kept.value = await small(input.files[0]);
    } catch { /* No picture that this browser knows. */ }
    for (const button of buttons) button.disabled = false;
    if (!kept.value) input.value = "";
    told(kept.value ? "kept" : "bad").hidden = false;
  });
}
