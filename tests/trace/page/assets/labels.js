// Words on the canvas. They are collected while things are drawn and written
// last, the important ones first, each only where nothing is written yet.

const CELL = 4; // pixels: what is written is kept apart by so much
const FONT = "11px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif";
const BOLD = "600 " + FONT;
const MONO = "11px ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace";

// The order in which words get their place.
const FIRST = 0, FAULTS = 1, ROLE_CHANGES = 2, SELECTION = 3, LOG_LINES = 4, COMMANDS = 5, ARROWS = 6, COMMITS = 7, BYTES = 8;

const words = { list: [], taken: new Uint8Array(0), columns: 0, rows: 0, widths: new Map() };

function clearLabels() {
  words.list.length = 0;
  words.columns = Math.ceil(view.width / CELL) + 1;
  words.rows = Math.ceil(view.height / CELL) + 1;
  words.taken = new Uint8Array(words.columns * words.rows);
  if (words.widths.size > 20000) words.widths.clear();
}

// label wants a text at a place: x is its left edge, or its middle or right
// with align. Of several texts the first that fits into room is taken. slope
// is an angle that it is turned by, around its middle. else is where it goes if
// that place is taken.
function label(rank, texts, x, y, { color = paint.ink, font = FONT, align = "left", room = Infinity, slope = 0, else: other } = {}) {
  words.list.push({ rank, texts: typeof texts === "string" ? [texts] : texts, x, y, color, font, align, room, slope, other });
}

// block keeps labels out of a rectangle.
function block(x, y, width, height) {
  cells(x, y, width, height, (at) => void (words.taken[at] = 1));
}

function cells(x, y, width, height, visit) {
  const c0 = Math.max(0, Math.floor(x / CELL)), c1 = Math.min(words.columns - 1, Math.floor((x + width) / CELL));
  const r0 = Math.max(0, Math.floor(y / CELL)), r1 = Math.min(words.rows - 1, Math.floor((y + height) / CELL));
  for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) if (visit(r * words.columns + c)) return true;
  return false;
}

function widthOf(ctx, text, font) {
  const key = font.length + text;
  let width = words.widths.get(key);
  if (width === undefined) {
    ctx.font = font;
    words.widths.set(key, (width = ctx.measureText(text).width));
  }
  return width;
}

function writeLabels(ctx) {
  words.list.sort((a, b) => a.rank - b.rank);
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3.5;
  ctx.strokeStyle = paint.paper;
  for (const want of words.list) {
    const text = fitting(ctx, want);
    if (text === null) continue;
    const width = widthOf(ctx, text, want.font);
    const left = want.align === "center" ? -width / 2 : want.align === "right" ? -width : 0;
    const free = (place) => want.rank === FIRST || !footprint(place, left, width, 0, (at) => words.taken[at]);
    const place = [want, { ...want, ...want.other }].find(free);
    if (!place) continue;
    footprint(place, left, width, 2, (at) => void (words.taken[at] = 1));
    ctx.save();
    ctx.translate(place.x, place.y);
    ctx.rotate(want.slope);
    ctx.font = want.font;
    ctx.textAlign = "left";
    ctx.strokeText(text, left, 0);
    ctx.fillStyle = want.color;
    ctx.fillText(text, left, 0);
    ctx.restore();
  }
}

// footprint visits the cells under a label; a sloping one covers steps.
function footprint({ x, y, slope }, left, width, more, visit) {
  const piece = slope === 0 ? width : 10, ux = Math.cos(slope), uy = Math.sin(slope);
  for (let along = 0; along < width; along += piece) {
    const from = left + along, long = Math.min(piece, width - along);
    if (cells(x + from * ux - more, y + (from + long / 2) * uy - 5 - more, long * ux + 2 * more, 10 + 2 * more, visit)) return true;
  }
  return false;
}

// fitting is the first of a label's texts that fits, or the last one cut off
// where only that is left and there is one text, or null.
function fitting(ctx, want) {
  for (const text of want.texts) if (text !== "" && widthOf(ctx, text, want.font) <= want.room) return text;
  if (want.texts.length !== 1) return null;
  return cutOff(ctx, want.texts[0], want.font, want.room);
}

// cutOff is a text, or as much of it as there is room for, or null.
function cutOff(ctx, text, font, room) {
  if (widthOf(ctx, text, font) <= room) return text;
  const keep = after(text.length, (k) => widthOf(ctx, text.slice(0, k + 1) + "…", font) > room);
  return keep < 2 ? null : text.slice(0, keep).trimEnd() + "…";
}
