// What is being made right now: one event stream moves every card of the page.

let stream = null;
let followed = "";

export function watchCards() {
  watchParts();
  follow();
  document.body.addEventListener("htmx:afterSettle", follow);
  addEventListener("pagehide", () => stream?.close());
}

function follow() {
  const ids = [...document.querySelectorAll("[data-live]")].map((card) => card.dataset.live);
  const wanted = ids.slice(0, 24).sort().join();
  if (wanted === followed) return;
  followed = wanted;
  stream?.close();
  stream = null;
  if (!wanted) return;
  stream = new EventSource("/progress?" + wanted.split(",").map((id) => "of=" + id).join("&"));
  stream.addEventListener("progress", (event) => move(JSON.parse(event.data)));
  stream.addEventListener("ended", (event) => end(JSON.parse(event.data).id));
}

function cardOf(id) {
  return document.querySelector(`[data-live="${CSS.escape(id)}"]`);
}

function move({ id, html }) {
  const card = cardOf(id);
  const words = card?.querySelector("[data-live-words]");
  if (!words) return;
  words.innerHTML = html; // Rendered and escaped by our own server.
  develop(card, words.firstElementChild.dataset.preview);
}

// A picture is shown once it is whole, so that nothing flickers.
async function develop(card, address) {
  const picture = card.querySelector("[data-live-picture]");
  if (!picture || !address || picture.getAttribute("src") === address) return;
  const next = new Image();
  next.src = address;
  try {
    await next.decode();
  } catch {
    return; // It ended in the meantime; the result is about to appear.
  }
  picture.src = address;
  picture.hidden = false;
}

function end(id) {
  const card = cardOf(id);
  if (!card) return;
  if ("livePage" in card.dataset) {
    location.reload();
    return;
  }
  if ("liveParts" in card.dataset) {
    freshen();
    return;
  }
  delete card.dataset.live;
  window.htmx.ajax("GET", `/generations/${id}/card`, { target: `#card-${id}`, swap: "outerHTML" });
}

// Where somebody may be writing, a page is not loaded anew: only its `data-fresh` parts are.
async function freshen() {
  const reply = await fetch(location.pathname + location.search);
  if (!reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const next = page.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML) continue;
    const chosen = [...part.querySelectorAll("select")].map((field) => [field.name, field.value]);
    const held = part.contains(document.activeElement) ? placeOf(document.activeElement) : "";
    part.replaceWith(next);
    for (const [name, value] of chosen) {
      const field = next.querySelector(`select[name="${CSS.escape(name)}"]`);
      if ([...(field?.options ?? [])].some((option) => option.value === value)) field.value = value;
    }
    if (held) next.querySelector(held)?.focus();
  }
  document.dispatchEvent(new Event("mutoscope:times"));
  follow();
}

// A part of a page that the server renders anew whenever it changes; the keyboard stays where it is.
function watchParts() {
  for (const part of document.querySelectorAll("[data-live-part]")) {
    const changes = new EventSource(part.dataset.livePart);
    changes.addEventListener(part.dataset.liveEvent, (event) => {
      const held = part.contains(document.activeElement) ? placeOf(document.activeElement) : "";
      part.innerHTML = JSON.parse(event.data).html; // Rendered and escaped by our own server.
      if (held) part.querySelector(held)?.focus();
      document.dispatchEvent(new Event("mutoscope:times"));
    });
    addEventListener("pagehide", () => changes.close());
  }
}

function placeOf(element) {
  if (element.name === "do") return `[name="do"][value="${CSS.escape(element.value)}"]`;
  if (element.getAttribute("href")) return `[href="${CSS.escape(element.getAttribute("href"))}"]`;
  const action = element.form?.getAttribute("action");
  if (action) return `form[action="${CSS.escape(action)}"] button`;
  const label = element.getAttribute("aria-label");
  return label ? `[aria-label="${CSS.escape(label)}"]` : "";
}
