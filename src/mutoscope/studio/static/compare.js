// Films side by side: one plays, all play; one is moved, all move.

const DRIFT_SECONDS = 0.06;

export function prepareComparison() {
  const panel = document.querySelector("[data-together]");
  const sides = [...document.querySelectorAll("[data-side]")];
  if (!panel || sides.length < 2) return;
  const lead = sides[0];
  const rest = sides.slice(1);
  const follow = (force) => {
    for (const side of rest) {
      const wanted = side.duration ? Math.min(lead.currentTime, side.duration) : lead.currentTime;
      if (force || Math.abs(side.currentTime - wanted) > DRIFT_SECONDS) side.currentTime = wanted;
    }
  };
  const play = () => {
    follow(true);
    for (const side of sides) side.play().catch(() => {}); // It may have been paused meanwhile.
  };
  const pause = () => sides.forEach((side) => side.pause());
  const toggle = () => (lead.paused ? play() : pause());
  const go = (by) => {
    pause();
    const fps = Number(lead.dataset.fps);
    const last = Math.round(lead.duration * fps) - 1;
    const frame = Math.floor(lead.currentTime * fps + 0.01) + by;
    lead.currentTime = (Math.max(0, Math.min(last, frame)) + 0.5) / fps;
    follow(true);
  };
  lead.addEventListener("timeupdate", () => follow(false));
  lead.addEventListener("seeked", () => follow(false));
  lead.addEventListener("play", play);
  lead.addEventListener("pause", pause);
  panel.querySelector("[data-play]").addEventListener("click", toggle);
  for (const button of panel.querySelectorAll("[data-frame]")) {
    button.addEventListener("click", () => go(Number(button.dataset.frame)));
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, button") || event.ctrlKey) return;
    if (event.key === ",") go(-1);
    else if (event.key === ".") go(1);
    else if (event.key === " ") {
      event.preventDefault();
      toggle();
    }
  });
}
