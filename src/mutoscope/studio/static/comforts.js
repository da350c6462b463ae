// Copying, playing on hover, asking before deleting, local times.

export function prepareComforts() {
  document.addEventListener("click", copy);
  document.addEventListener("submit", ask, true);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  document.addEventListener("change", countPicked);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });
  document.addEventListener("pointerover", play);
  document.addEventListener("focusin", play);
  document.addEventListener("click", closeMenus);
  localTimes();
  document.addEventListener("mutoscope:times", localTimes);
  document.body.addEventListener("htmx:afterSettle", localTimes);
  document.body.addEventListener("htmx:sendError", () => toast("⚠ offline"));
}

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await write(button.dataset.copy);
  button.classList.add("is-done");
  const label = button.title;
  button.title = button.dataset.done;
  setTimeout(() => {
    button.classList.remove("is-done");
    button.title = label;
  }, 1200);
}

// The clipboard needs a secure page; on a plain one an old way still works.
async function write(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

function ask(event) {
  const question = event.target.dataset.question;
  if (question && !confirm(question)) event.preventDefault();
}

function play(event) {
  const tile = event.target.closest?.("[data-hover]");
  if (!tile || tile.querySelector("video")) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const video = document.createElement("video");
  video.src = tile.dataset.hover;
  video.muted = video.loop = video.playsInline = true;
  video.addEventListener("playing", () => video.classList.add("is-playing"));
  tile.append(video);
  video.play().catch(() => {}); // It was left before it could start.
  const stop = () => {
    video.removeAttribute("src");
    video.load();
    video.remove();
  };
  tile.addEventListener("pointerleave", stop, { once: true });
  tile.addEventListener("focusout", stop, { once: true });
}

function countPicked(event) {
  const counter = document.querySelector("[data-picked]");
  if (!counter || event.target.name !== "of") return;
  const number = document.querySelectorAll(".pick input:checked").length;
  counter.textContent = counter.dataset.picked.replace("{number}", number);
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

function localTimes() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "medium",
  });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = format.format(new Date(time.dateTime));
  }
}

function toast(text) {
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = text;
  document.querySelector("#toasts").replaceChildren(line);
}
