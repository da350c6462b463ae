// The motion brush: areas are painted on the first frame, and each gets the path that it takes.
// What comes of it stands in plain fields of the form: masks as files, paths as lines of points.

const AREAS_MAX = 6;
const POINTS_MAX = 77;
const MASK_SIDE_MAX = 2048;
const TINTS = ["#3fa7ff", "#f2a33c", "#8fd19e", "#ff8f7d", "#c792ea", "#7fdbca", "#ffd166"];

// `picture` is the preview of the first frame; told of each change by the event of its box.
export function prepareBrush(form) {
  let brush = null;
  const look = () => {
    const room = form.querySelector("[data-brush]");
    if (!room) return;
    // Other controls have come: the board that was painted on goes on in the place of the new one.
    if (brush && brush.room !== room) room.replaceWith(brush.room);
    brush ??= new Brush(room);
    const preview = form.querySelector('[data-drop="picture"] [data-drop-preview]');
    if (!preview || preview.hidden) brush.show("", "");
    else brush.show(preview.src, preview.dataset.picture || preview.src);
  };
  form.addEventListener("mutoscope:picture", look);
  document.body.addEventListener("htmx:afterSettle", look);
  look();
}

class Brush {
  constructor(room) {
    this.room = room;
    this.name = "";
    this.area = 1;
    this.tool = "paint";
    this.cursor = null;
    this.strokes = [];
    this.picture = room.querySelector("[data-brush-picture]");
    this.canvas = room.querySelector("[data-brush-canvas]");
    this.room.addEventListener("click", (event) => this.press(event));
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(name, () => this.up());
    }
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("blur", () => this.place(null));
    this.picture.addEventListener("load", () => this.begin());
    const fresh = !this.field("trajectories").value;
    this.kept = [...room.querySelectorAll("[data-kept] input")];
    if (!fresh || this.kept.length) this.inherited = this.field("trajectories").value;
  }

  field(name) {
    return this.room.querySelector(`[name="${name}"]`);
  }

  // `name` tells one picture from another; `source` is where it is just now.
  show(source, name) {
    if (source && source !== this.picture.src) this.picture.src = source;
    if (name === this.name) return;
    const isFirst = !this.name;
    this.name = name;
    this.room.querySelector("[data-brush-empty]").hidden = Boolean(source);
    this.room.querySelector("[data-brush-room]").hidden = !source;
    // What was painted belongs to the picture that it was painted on.
    if (!isFirst) this.inherited = undefined;
    this.strokes = [];
    if (!isFirst || !source) this.write();
  }

  begin() {
    this.width = this.picture.naturalWidth;
    this.height = this.picture.naturalHeight;
    const scale = Math.min(1, MASK_SIDE_MAX / Math.max(this.width, this.height));
    this.canvas.width = Math.round(this.width * scale);
    this.canvas.height = Math.round(this.height * scale);
    this.scale = scale;
    this.draw();
  }

  // --- what hands do ------------------------------------------------------------------------

  press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { area, tool, brushUndo, brushClear } = button.dataset;
    if (area !== undefined) this.area = Number(area);
    if (tool !== undefined) this.tool = tool;
    if (brushUndo !== undefined) this.undo();
    if (brushClear !== undefined) this.clear();
    if (this.area === 0 && this.tool === "path") this.tool = "paint";
    this.say();
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width;
    const down = (event.clientY - box.top) / box.height;
    return this.within({ x: across * this.canvas.width, y: down * this.canvas.height });
  }

  within({ x, y }) {
    const limit = (value, most) => Math.min(Math.max(value, 0), most - 1);
    return { x: limit(x, this.canvas.width), y: limit(y, this.canvas.height) };
  }

  get size() {
    const share = Number(this.room.querySelector("[data-brush-size]").value) / 100;
    return Math.max(this.canvas.width, this.canvas.height) * share;
  }

  down(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.cursor = null;
    this.stroke([this.at(event)]);
    this.isDown = true;
    this.draw();
  }

  move(event) {
    if (!this.isDown) return;
    const points = this.strokes.at(-1).points;
    const next = this.at(event);
    const last = points.at(-1);
    if (Math.hypot(next.x - last.x, next.y - last.y) < this.canvas.width / 200) return;
    points.push(next);
    this.draw();
  }

  up() {
    if (!this.isDown) return;
    this.isDown = false;
    this.write();
  }

  stroke(points) {
    this.strokes.push({ area: this.area, tool: this.tool, size: this.size, points });
  }

  key(event) {
    const step = event.shiftKey ? this.size / 10 : this.size / 2;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const here = this.cursor ?? { x: this.canvas.width / 2, y: this.canvas.height / 2 };
    if (ways[event.key]) {
      const [dx, dy] = ways[event.key];
      this.place(this.within({ x: here.x + dx * step, y: here.y + dy * step }));
    } else if (event.key === " " && this.tool !== "path") {
      this.stroke([here]);
      this.write();
    } else if (event.key === "Enter" || event.key === " ") {
      if (event.ctrlKey || event.metaKey || this.area === 0) return;
      this.point(here);
    } else if (event.key === "Backspace" || (event.key === "z" && event.ctrlKey)) {
      this.undo();
    } else return;
    event.preventDefault();
  }

  // A path by keyboard grows point by point.
  point(here) {
    const last = this.strokes.at(-1);
    if (last?.isTyped && last.area === this.area) last.points.push(here);
    else {
      const points = [here];
      this.strokes.push({ area: this.area, tool: "path", size: this.size, points, isTyped: true });
    }
    this.write();
  }

  place(cursor) {
    this.cursor = cursor;
    this.draw();
    if (!cursor) return;
    const share = (value, all) => String(Math.round((value / all) * 100));
    this.tell("sayAt", "{x}", share(cursor.x, this.canvas.width), share(cursor.y, this.canvas.height));
  }

  undo() {
    const last = this.strokes.at(-1);
    if (last?.isTyped && last.points.length > 1) last.points.pop();
    else this.strokes.pop();
    this.write();
  }

  clear() {
    this.strokes = [];
    this.area = 1;
    this.write();
  }

  // --- what comes of it ---------------------------------------------------------------------

  // The way an area takes is the last that was drawn for it.
  pathOf(area) {
    const drawn = this.strokes.filter((each) => each.area === area && each.tool === "path");
    return drawn.at(-1)?.points ?? [];
  }

  isPainted(area) {
    return this.strokes.some((each) => each.area === area && each.tool === "paint");
  }

  write() {
    const isUsed = this.strokes.length > 0;
    for (const box of this.kept) box.checked = !isUsed && this.inherited !== undefined;
    const moving = [];
    const lines = [];
    for (let area = 1; area <= AREAS_MAX; area += 1) {
      if (this.isPainted(area)) moving.push(this.file(area));
      const path = thinned(this.pathOf(area), POINTS_MAX);
      if (path.length > 1) lines.push(path.map((point) => this.pixel(point)).join(" "));
    }
    put(this.field("static_mask"), this.isPainted(0) ? [this.file(0)] : []);
    put(this.field("dynamic_mask"), moving);
    this.field("trajectories").value = isUsed ? lines.join("\n") : (this.inherited ?? "");
    this.draw();
    this.say();
  }

  // Of the picture itself, counted from its bottom left, as the model counts.
  pixel({ x, y }) {
    const across = Math.round(x / this.scale);
    const up = Math.round(this.height - 1 - y / this.scale);
    return `${Math.max(0, across)},${Math.max(0, up)}`;
  }

  file(area) {
    const address = this.mask(area, "#fff", "#000").toDataURL("image/png");
    const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
    return new File([bytes], `area-${area}.png`, { type: "image/png" });
  }

  mask(area, ink, ground) {
    const sheet = document.createElement("canvas");
    sheet.width = this.canvas.width;
    sheet.height = this.canvas.height;
    const pen = sheet.getContext("2d");
    for (const { area: whose, tool, size, points } of this.strokes) {
      if (whose !== area || tool === "path") continue;
      pen.globalCompositeOperation = tool === "erase" ? "destination-out" : "source-over";
      line(pen, points, size, ink);
    }
    if (ground) {
      pen.globalCompositeOperation = "destination-over";
      pen.fillStyle = ground;
      pen.fillRect(0, 0, sheet.width, sheet.height);
    }
    return sheet;
  }

  // --- what is seen and said ----------------------------------------------------------------

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const thin = Math.max(2, this.canvas.width / 250);
    for (let area = 0; area <= AREAS_MAX; area += 1) {
      if (!this.strokes.some((each) => each.area === area)) continue;
      pen.globalAlpha = area === this.area ? 0.6 : 0.4;
      pen.drawImage(this.mask(area, TINTS[area]), 0, 0);
      pen.globalAlpha = 1;
      arrow(pen, this.pathOf(area), thin, TINTS[area]);
    }
    if (!this.cursor) return;
    for (const [colour, width] of [["#000", thin * 2], ["#fff", thin]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      pen.arc(this.cursor.x, this.cursor.y, this.size / 2, 0, Math.PI * 2);
      pen.stroke();
    }
  }

  say() {
    const mark = (button, isOn) => button.setAttribute("aria-pressed", String(isOn));
    for (const button of this.room.querySelectorAll("[data-area]")) {
      const area = Number(button.dataset.area);
      mark(button, area === this.area);
      // The next area is offered once the last one has begun.
      button.hidden = area > 1 && !this.strokes.some((each) => each.area >= area - 1 && each.area > 0);
    }
    for (const button of this.room.querySelectorAll("[data-tool]")) {
      mark(button, button.dataset.tool === this.tool);
      button.disabled = button.dataset.tool === "path" && this.area === 0;
    }
    const isPainted = this.isPainted(this.area);
    const hasPath = this.pathOf(this.area).length > 1;
    let words = "";
    if (this.area === 0) words = isPainted ? "sayStill" : "";
    else if (isPainted) words = hasPath ? "sayDone" : "sayPath";
    else if (hasPath) words = "sayPaint";
    this.tell(words, "{number}", String(this.area));
  }

  tell(words, place, value, other = "") {
    const text = (this.room.dataset[words] ?? "").replace(place, value).replace("{y}", other);
    this.room.querySelector("[data-brush-status]").textContent = text;
  }
}

function line(pen, points, size, ink) {
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = size;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  if (points.length === 1) {
    pen.arc(points[0].x, points[0].y, size / 2, 0, Math.PI * 2);
    pen.fill();
    return;
  }
  points.forEach(({ x, y }, index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

function arrow(pen, points, thin, ink) {
  if (!points.length) return;
  line(pen, points, thin * 3, "#000");
  line(pen, points, thin, ink);
  if (points.length < 2) return;
  const end = points.at(-1);
  const before = points.at(-Math.min(points.length, 4));
  const way = Math.atan2(end.y - before.y, end.x - before.x);
  for (const [colour, size] of [["#000", thin * 7], [ink, thin * 5]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    for (const turn of [0, 2.5, -2.5]) {
      pen.lineTo(end.x + Math.cos(way + turn) * size, end.y + Math.sin(way + turn) * size);
    }
    pen.fill();
  }
}

// As many points as may be sent, the ends among them.
function thinned(points, most) {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * step)]);
}

function put(input, files) {
  const list = new DataTransfer();
  files.forEach((file) => list.items.add(file));
  input.files = list.files;
}
