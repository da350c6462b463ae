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

// --- the first frame ----------------------------------------------------------------------------

function takePictures(form) {
  form.addEventListener("change", (event) => {
    if (event.target.id === "picture") show();
    if (event.target.name === "kept_picture") show();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop-clear]")) put(null);
  });
  form.addEventListener("dragover", (event) => {
    if (event.target.closest("[data-drop]")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    if (!event.target.closest("[data-drop]")) return;
    event.preventDefault();
    put(pictureIn(event.dataTransfer.files));
  });
  document.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData?.files ?? []);
    if (file) put(file);
  });
  // Other controls arrive without the chosen file: it moves over.
  form.addEventListener("htmx:beforeSwap", () => {
    const chosen = document.querySelector("#picture")?.files[0];
    if (chosen) form.addEventListener("htmx:afterSettle", () => put(chosen), { once: true });
  });
  takeFrame();
}

function pictureIn(files) {
  return [...files].find((file) => PICTURES.includes(file.type));
}

function put(file) {
  const input = document.querySelector("#picture");
  if (!input) return;
  const files = new DataTransfer();
  if (file) files.items.add(file);
  input.files = files.files;
  show();
}

function show() {
  const input = document.querySelector("#picture");
  const file = input.files[0];
  const preview = document.querySelector("[data-drop-preview]");
  const kept = document.querySelector("[name=kept_picture]");
  if (preview.dataset.blob) URL.revokeObjectURL(preview.dataset.blob);
  delete preview.dataset.blob;
  if (file) preview.src = preview.dataset.blob = URL.createObjectURL(file);
  else if (kept?.checked) preview.src = `/media/${kept.value}`;
  preview.hidden = !file && !kept?.checked;
  document.querySelector("[data-drop-clear]").hidden = !file;
}

// A frame taken from the player on another page.
function takeFrame() {
  const address = sessionStorage.getItem(FRAME);
  if (!address) return;
  sessionStorage.removeItem(FRAME);
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
  put(new File([bytes], "frame.jpg", { type: "image/jpeg" }));
}

export function giveFrame(address) {
  sessionStorage.setItem(FRAME, address);
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
