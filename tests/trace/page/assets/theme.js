// The colours of the style sheet, and patterns made of them, for the canvas.

let paint = null;

const NAMES = ["paper", "ink", "muted", "faint", "hair", "leader", "candidate", "precandidate", "follower", "down", "gone",
  "vote", "prevote", "append", "beat", "snapshot", "other", "service", "bar", "lost", "violation", "selected", "found", "shade"];

function readTheme() {
  const css = getComputedStyle(document.documentElement);
  paint = {};
  for (const name of NAMES) paint[name] = css.getPropertyValue("--" + name).trim();
  const stripes = (color, back, width, gap) => tile(gap, (c, size) => {
    c.fillStyle = back;
    if (back) c.fillRect(0, 0, size, size);
    c.strokeStyle = color;
    c.lineWidth = width;
    for (const shift of [-size, 0, size]) {
      c.beginPath();
      c.moveTo(shift - 2, size + 2);
      c.lineTo(shift + size + 2, -2);
      c.stroke();
    }
  });
  paint.candidatePattern = stripes(paint.paper, paint.candidate, 2.2, 8);
  paint.shadePattern = stripes(paint.shade, "", 1, 8);
  paint.openPattern = stripes(paint.service, paint.bar, 1.2, 6);
  paint.precandidatePattern = tile(6, (c, size) => {
    c.fillStyle = paint.precandidate;
    c.fillRect(0, 0, size, size);
    c.fillStyle = paint.paper;
    c.fillRect(1.5, 1.5, 2.4, 2.4);
  });
  paint.pausePattern = tile(6, (c) => {
    c.fillStyle = paint.muted;
    c.fillRect(0, 0, 6, 1.6);
  });
  paint.heldPattern = tile(6, (c) => {
    c.fillStyle = paint.append;
    c.fillRect(1, 1, 2, 2);
    c.fillRect(4, 4, 2, 2);
  });
}

function tile(size, drawTile) {
  const ratio = window.devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(size * ratio);
  const c = canvas.getContext("2d");
  c.scale(canvas.width / size, canvas.width / size);
  drawTile(c, size);
  const pattern = c.createPattern(canvas, "repeat");
  pattern.size = size;
  pattern.scale = size / canvas.width;
  return pattern;
}

// anchor ties a pattern to the run, so that it moves with it.
function anchor(pattern) {
  const shift = -((view.top * view.zoom) % pattern.size);
  pattern.setTransform(new DOMMatrix([pattern.scale, 0, 0, pattern.scale, 0, shift]));
  return pattern;
}

// nextTheme goes round: as the system is, light, dark.
function nextTheme() {
  const root = document.documentElement;
  const next = { "": "light", light: "dark", dark: "" }[root.dataset.theme || ""];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  document.getElementById("theme").textContent = "Theme: " + (next || "system");
  retheme();
}

function retheme() {
  readTheme();
  overview.stale = true;
  requestDraw();
}
