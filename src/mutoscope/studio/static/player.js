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

  // Until it is played or moved, its poster is what is seen: a frame of the film, and counted so.
  let isPoster = Boolean(video.poster) && video.currentTime === 0;
  for (const name of ["play", "seeking"]) video.addEventListener(name, () => (isPoster = false));

  const frameNow = () =>
    isPoster
      ? Number(player.dataset.posterFrame)
      : Math.min(frames - 1, Math.floor(video.currentTime * fps + 0.01));
  const tell = () => {
    const words = counter.dataset.words;
    counter.textContent = words.replace("{now}", frameNow() + 1).replace("{all}", frames);
  };
  const go = (by) => {
    video.pause();
    // The middle of a frame, so that rounding never lands beside it.
    video.currentTime = (Math.max(0, Math.min(frames - 1, frameNow() + by)) + 0.5) / fps;
  };
  const take = async (event) => {
    const link = event.currentTarget;
    if (isPoster) {
      // What is taken is what is seen, in the film's own pixels.
      event.preventDefault();
      const moved = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
      go(0);
      await moved;
      giveFrame(draw(video), link.dataset.takeFrame);
      location.assign(link.href);
    } else giveFrame(draw(video), link.dataset.takeFrame);
  };
  const turn = () => {
    video.loop = !video.loop;
    loop.setAttribute("aria-pressed", String(video.loop));
  };

  for (const name of ["timeupdate", "seeked", "loadedmetadata", "play"]) video.addEventListener(name, tell);
  tell();
  loop.addEventListener("click", turn);
  for (const button of player.querySelectorAll("[data-frame]")) {
    button.addEventListener("click", () => go(Number(button.dataset.frame)));
  }
  for (const link of player.querySelectorAll("[data-take-frame]")) {
    link.addEventListener("click", take);
  }
  document.querySelector("[data-take-moment]")?.addEventListener("click", () => {
    video.pause();
    document.querySelector("#moment").value = (frameNow() / fps).toFixed(2);
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
