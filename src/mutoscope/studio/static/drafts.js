// What was typed into a form survives a reload and a sign-out: `data-kept` names the form and the
// state of what it edits ("film-ID revision"); another state of the same thing drops it.

const KEPT = "mutoscope-kept-";

export function prepareDrafts() {
  for (const form of document.querySelectorAll("form[data-kept]")) {
    const [thing, state = ""] = form.dataset.kept.split(" ");
    restore(form, thing, state);
    form.addEventListener("input", () => keep(form, thing, state));
  }
  for (const done of document.querySelectorAll("[data-kept-done]")) {
    sessionStorage.removeItem(KEPT + done.dataset.keptDone);
  }
}

const typed = (form) =>
  [...form.elements].filter((field) => field.name && !["hidden", "submit", "file"].includes(field.type));

function keep(form, thing, state) {
  const values = typed(form).map((field) =>
    "checked" in field && ["checkbox", "radio"].includes(field.type)
      ? [field.name, field.value, field.checked]
      : [field.name, field.value],
  );
  sessionStorage.setItem(KEPT + thing, JSON.stringify({ state, values }));
}

function restore(form, thing, state) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT + thing) ?? "null");
  if (!kept) return;
  if (kept.state !== state) {
    sessionStorage.removeItem(KEPT + thing);
    return;
  }
  for (const [name, value, checked] of kept.values) {
    for (const field of typed(form).filter((each) => each.name === name)) {
      if (checked === undefined) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
}
