// The lock beside the seed: closed while a seed stands there, open while chance draws one.

const SEED_MAX = 2 ** 32;

export function prepareSeed(form) {
  form.addEventListener("click", (event) => {
    const lock = event.target.closest("[data-seed-lock]");
    if (!lock) return;
    const seed = form.elements.seed;
    const chance = String(Math.floor(Math.random() * SEED_MAX));
    seed.value = seed.value.trim() ? "" : lock.dataset.lastSeed || chance;
    seed.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("input", show);
  document.body.addEventListener("htmx:afterSettle", show);
  show();

  function show() {
    const lock = form.querySelector("[data-seed-lock]");
    lock?.setAttribute("aria-pressed", String(Boolean(form.elements.seed.value.trim())));
  }
}
