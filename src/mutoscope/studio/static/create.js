// The form: drafts that survive, counters, steppers, pictures dropped or pasted, one key to go.
import { prepareBrush } from "./brush.js";
import { prepareSeed } from "./seed.js";

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
  prepareBrush(form);
  prepareSeed(form);
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
    if (event.target.closest("[data-drop-clear]")) put(event.target.closest("[data-drop]"), []);
  });
  form.addEventListener("dragover", (event) => {
    if (event.target.closest("[data-drop]")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    const box = event.target.closest("[data-drop]");
    if (!box) return;
    event.preventDefault();
    put(box, picturesIn(event.dataTransfer.files));
  });
  document.addEventListener("paste", (event) => {
    const files = picturesIn(event.clipboardData?.files ?? []);
    const box = document.querySelector("[data-drop]:focus-within") ?? boxOf("picture");
    if (files.length) put(box, files);
  });
  // Other controls arrive without the chosen files: they move over.
  for (const arrival of ["htmx:afterSwap", "htmx:afterSettle"]) {
    document.addEventListener(arrival, bringBack);
  }
  takeFrame();
}

// What was chosen, by the name of its box.
const chosen = new Map();

function bringBack() {
  for (const box of boxes()) {
    const files = chosen.get(box.dataset.drop) ?? [];
    if (files.length && !inputOf(box).files.length) put(box, files);
  }
}

const boxes = () => [...document.querySelectorAll("[data-drop]")];
const boxOf = (name) => document.querySelector(`[data-drop="${name}"]`);
const inputOf = (box) => box.querySelector("input[type=file]");

function picturesIn(files) {
  return [...files].filter((file) => PICTURES.includes(file.type));
}

function put(box, pictures) {
  if (!box) return;
  const files = new DataTransfer();
  pictures.slice(0, Number(box.dataset.most ?? 1)).forEach((file) => files.items.add(file));
  inputOf(box).files = files.files;
  show(box);
}

function show(box) {
  const files = [...inputOf(box).files];
  chosen.set(box.dataset.drop, files);
  if (box.dataset.most) showAll(box, files);
  else showOne(box, files[0]);
  box.querySelector("[data-drop-clear]").hidden = !files.length;
  box.dispatchEvent(new Event("mutoscope:picture", { bubbles: true }));
}

function showOne(box, file) {
  const preview = box.querySelector("[data-drop-preview]");
  const kept = box.querySelector("[data-kept] input");
  forget(preview);
  if (file) preview.src = preview.dataset.blob = URL.createObjectURL(file);
  else if (kept?.checked) preview.src = `/media/${kept.value}`;
  // The same picture has another address each time it is shown.
  preview.dataset.picture = file ? [file.name, file.size, file.lastModified].join() : "";
  preview.hidden = !file && !kept?.checked;
}

function showAll(box, files) {
  const row = box.querySelector("[data-drop-previews]");
  row.querySelectorAll("img").forEach(forget);
  const pictures = files.map((file) => {
    const preview = new Image(64, 44);
    preview.alt = file.name;
    preview.src = preview.dataset.blob = URL.createObjectURL(file);
    return preview;
  });
  row.replaceChildren(...pictures);
}

function forget(preview) {
  if (preview.dataset.blob) URL.revokeObjectURL(preview.dataset.blob);
  delete preview.dataset.blob;
}

// A frame taken from the player on another page, and which field it is for.
function takeFrame() {
  const taken = sessionStorage.getItem(FRAME);
  if (!taken) return;
  sessionStorage.removeItem(FRAME);
  const { address, field } = JSON.parse(taken);
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
  put(boxOf(field), [new File([bytes], "frame.jpg", { type: "image/jpeg" })]);
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
