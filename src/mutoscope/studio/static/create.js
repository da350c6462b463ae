// The form: drafts that survive, counters, steppers, pictures dropped or pasted, one key to go.

const FRAME = "mutoscope-frame";
const DRAFT = "mutoscope-draft-";
const PICTURES = ["image/png", "image/jpeg", "image/webp"];

export function prepareForm() {
  document.addEventListener("click", step);
  const form = document.querySelector("#create");
  if (!form) return;
  keepDrafts(form);
  form.addEventListener("input", count);
  count();
  form.addEventListener("click", useExample);
  form.addEventListener("keydown", submitByKey);
  takePictures(form);
  form.addEventListener("htmx:afterRequest", afterSubmit);
}

function keepDrafts(form) {
  const fresh = !location.search;
  for (const field of form.querySelectorAll("[data-draft]")) {
    const kept = sessionStorage.getItem(DRAFT + field.name);
    if (fresh && kept && !field.value) {
      field.value = kept;
      const more = field.closest("details");
      if (more) more.open = true;
    }
    field.addEventListener("input", () => sessionStorage.setItem(DRAFT + field.name, field.value));
  }
}

function count() {
  for (const counter of document.querySelectorAll("[data-counter]")) {
    const field = document.getElementById(counter.dataset.counter);
    const length = [...field.value].length;
    counter.textContent = `${length} / ${counter.dataset.most}`;
    counter.classList.toggle("is-over", length > Number(counter.dataset.most));
  }
}

function useExample(event) {
  const example = event.target.closest("[data-example]");
  if (!example) return;
  event.preventDefault();
  const prompt = document.querySelector("#prompt");
  prompt.value = example.textContent.trim();
  prompt.dispatchEvent(new Event("input", { bubbles: true }));
  prompt.focus();
}

function submitByKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.currentTarget.requestSubmit(document.querySelector("#submit"));
  }
}

function step(event) {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  if (input.value === "") input.value = input.min;
  else if (button.dataset.step === "1") input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- the pictures -------------------------------------------------------------------------------

function takePictures(form) {
  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-drop]");
    if (box) show(box);
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop-clear]")) put(event.target.closest("[data-drop]"), null);
  });
  form.addEventListener("dragover", (event) => {
    if (event.target.closest("[data-drop]")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    const box = event.target.closest("[data-drop]");
    if (!box) return;
    event.preventDefault();
    put(box, pictureIn(event.dataTransfer.files));
  });
  document.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData?.files ?? []);
    if (file) put(document.querySelector("[data-drop]:focus-within") ?? boxOf("picture"), file);
  });
  // Other controls arrive without the chosen files: they move over.
  form.addEventListener("htmx:beforeSwap", () => {
    const chosen = boxes()
      .map((box) => [box.dataset.drop, inputOf(box).files[0]])
      .filter(([, file]) => file);
    if (!chosen.length) return;
    const move = () => chosen.forEach(([name, file]) => put(boxOf(name), file));
    form.addEventListener("htmx:afterSettle", move, { once: true });
  });
  takeFrame();
}

const boxes = () => [...document.querySelectorAll("[data-drop]")];
const boxOf = (name) => document.querySelector(`[data-drop="${name}"]`);
const inputOf = (box) => box.querySelector("input[type=file]");

function pictureIn(files) {
  return [...files].find((file) => PICTURES.includes(file.type));
}

function put(box, file) {
  if (!box) return;
  const files = new DataTransfer();
  if (file) files.items.add(file);
  inputOf(box).files = files.files;
  show(box);
}

function show(box) {
  const file = inputOf(box).files[0];
  const preview = box.querySelector("[data-drop-preview]");
  const kept = box.querySelector("[data-kept] input");
  if (preview.dataset.blob) URL.revokeObjectURL(preview.dataset.blob);
  delete preview.dataset.blob;
  if (file) preview.src = preview.dataset.blob = URL.createObjectURL(file);
  else if (kept?.checked) preview.src = `/media/${kept.value}`;
  preview.hidden = !file && !kept?.checked;
  box.querySelector("[data-drop-clear]").hidden = !file;
}

// A frame taken from the player on another page, and which field it is for.
function takeFrame() {
  const taken = sessionStorage.getItem(FRAME);
  if (!taken) return;
  sessionStorage.removeItem(FRAME);
  const { address, field } = JSON.parse(taken);
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
  put(boxOf(field), new File([bytes], "frame.jpg", { type: "image/jpeg" }));
}

export function giveFrame(address, field) {
  sessionStorage.setItem(FRAME, JSON.stringify({ address, field }));
}

function afterSubmit(event) {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig.path !== "/generations" || xhr.status !== 200) return;
  sessionStorage.removeItem(DRAFT + "prompt");
  sessionStorage.removeItem(DRAFT + "negative_prompt");
  if (matchMedia("(max-width: 60rem)").matches) {
    document.querySelector("#made").scrollIntoView({ behavior: "smooth" });
  }
}
