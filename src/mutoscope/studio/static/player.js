// The player: frame by frame, in a loop or not, and any frame taken as the start of another film.
import { giveFrame } from "./create.js";

export function preparePlayers() {
  for (const player of document.querySelectorAll("[data-player]")) prepare(player);
}

function prepare(player) {
  const video = player.querySelector("video");
  const fps = Number(player.dataset.fps);
  const frames = Number(player.dataset.frames);
  const counter = player.querySelector("[data-frame-counter]");
  const loop = player.querySelector("[data-loop]");

  const frameNow = () => Math.min(frames - 1, Math.floor(video.currentTime * fps + 0.01));
  const tell = () => {
    const words = counter.dataset.words;
    counter.textContent = words.replace("{now}", frameNow() + 1).replace("{all}", frames);
  };
  const go = (by) => {
    video.pause();
    // The middle of a frame, so that rounding never lands beside it.
    video.currentTime = (Math.max(0, Math.min(frames - 1, frameNow() + by)) + 0.5) / fps;
  };
  const turn = () => {
    video.loop = !video.loop;
    loop.setAttribute("aria-pressed", String(video.loop));
  };

  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, tell);
  tell();
  // The poster is small; once the first frame is there, it is the sharper picture.
  video.addEventListener("loadeddata", () => video.removeAttribute("poster"), { once: true });
  loop.addEventListener("click", turn);
  for (const button of player.querySelectorAll("[data-frame]")) {
    button.addEventListener("click", () => go(Number(button.dataset.frame)));
  }
  for (const link of player.querySelectorAll("[data-take-frame]")) {
    link.addEventListener("click", () => giveFrame(draw(video), link.dataset.takeFrame));
  }
  document.querySelector("[data-take-moment]")?.addEventListener("click", () => {
    video.pause();
    document.querySelector("#moment").value = video.currentTime.toFixed(2);
    document.querySelector("#body").focus();
  });
  for (const mark of document.querySelectorAll("[data-moment]")) {
    mark.addEventListener("click", () => {
      video.pause();
      video.currentTime = Number(mark.dataset.moment);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey) return;
    if (event.key === ",") go(-1);
    else if (event.key === ".") go(1);
    else if (event.key === "l") turn();
  });
}

function draw(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return canvas.toDataURL("image/jpeg", 0.92);
}
