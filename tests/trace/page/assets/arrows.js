// Messages as arrows. A request has a solid head, a reply an open one, a
// refusal a bar; a lost message is broken and ends in a cross where it died, a
// second copy is a double line, what clients and servers say is dotted.

const arrows = { drawn: [], last: null }; // drawn: what a pointer can hit

const EDGE = 11; // from a lane's middle to where arrows begin and end: its marks lie within

const WIDTHS = { vote: 1.5, prevote: 1.3, append: 1.7, beat: 0.9, snapshot: 2.6, other: 1.5, service: 1.4 };

// place is where an arrow goes: from x1,y1 to x2,y2, or null if a lane of it is
// hidden.
function place(m) {
  const { first, begin, end, flags } = run.messages;
  const i = first[m], from = run.from[i], to = run.to[i];
  const xa = lanes.x[from], xb = lanes.x[to];
  if (!(xa >= 0 && xb >= 0)) return null;
  if (from === to) return { x1: xa + EDGE, y1: Y(i), x2: xa + 26, y2: Y(run.messages.last[m]) + 4, self: true };
  const side = Math.sign(xb - xa);
  const p = { x1: xa + side * EDGE, x2: xb - side * EDGE, y1: 0, y2: 0, self: false, fades: false };
  if (begin[m] === NONE) { // it left before the first event
    p.y2 = Y(end[m]);
    return { ...p, x1: p.x2 - side * 46, y1: p.y2 - 12 };
  }
  p.y1 = Y(begin[m]);
  if (end[m] === NONE) { // nobody saw its end
    return { ...p, x2: xa + (xb - xa) * 0.45, y2: p.y1 + 16, fades: true };
  }
  p.y2 = Y(end[m]);
  if (flags[m] & LOST) {
    const atOnce = run.at[end[m]] === run.at[begin[m]];
    if (atOnce) return { ...p, x2: xa + (xb - xa) * 0.3, y2: p.y1 + Math.min(9, 4 + view.zoom * 5) };
    p.x2 -= side * 10;
  }
  return p;
}

// drawArrows draws the arrows that touch the events lo to hi. Where several of
// one kind between two lanes are nearer than a pixel, one is drawn; from far,
// one of several pixels.
function drawArrows(ctx, lo, hi) {
  const { n, first, last, reach, cls, flags } = run.messages;
  const from = after(n, (m) => reach[m] >= lo), styles = new Map();
  arrows.drawn = [];
  const apart = view.far ? 4 : 0.8;
  const near = new Float32Array(run.nodes * run.nodes * CLASSES.length * 16).fill(-1e9);
  for (let m = from; m < n && first[m] < hi; m++) {
    if (!shown.message[m] || last[m] < lo) continue;
    const i = first[m], style = cls[m] * 16 + (flags[m] & (REPLY | SECOND | LOST)) + (flags[m] & REFUSAL ? 8 : 0);
    const slot = (run.from[i] * run.nodes + run.to[i]) * CLASSES.length * 16 + style;
    const y = Y(i);
    if (y - near[slot] < apart) continue;
    near[slot] = y;
    const p = place(m);
    if (p === null) continue;
    p.m = m;
    arrows.drawn.push(p);
    if (!styles.has(style)) styles.set(style, []);
    styles.get(style).push(p);
  }
  const dense = arrows.drawn.length > 900;
  for (const [style, list] of [...styles].sort((a, b) => quiet(a[0]) - quiet(b[0]))) stroke(ctx, style, list, dense);
  if (!dense) for (const p of arrows.drawn) arrowLabel(p);
}

// quiet orders the styles: heartbeats are drawn first, losses last.
const quiet = (style) => (style & LOST ? 20 : 0) + (CLASSES[style >> 4] === "beat" ? 0 : 10) + (style & REPLY ? 0 : 1);

function stroke(ctx, style, list, dense) {
  const name = CLASSES[style >> 4], color = paint[name];
  const reply = style & REPLY, lost = style & LOST;
  const width = WIDTHS[name] * (reply ? 0.8 : 1) * (view.far ? 0.4 : dense ? 0.7 : 1);
  ctx.globalAlpha = view.far ? 0.3 : dense ? (name === "beat" ? 0.35 : 0.6) : name === "beat" ? 0.75 : 1;
  ctx.strokeStyle = color;
  ctx.setLineDash(lost ? [7, 4] : name === "service" && !dense ? [1.5, 2.5] : []);
  if (style & SECOND && !dense) {
    segments(ctx, list, width + 3);
    ctx.strokeStyle = paint.paper;
    segments(ctx, list, 1.6);
  } else {
    segments(ctx, list, width);
  }
  ctx.setLineDash([]);
  if (lost) crosses(ctx, list, dense ? 2.2 : 4);
  else if (!dense) heads(ctx, list, color, reply, style & 8);
  ctx.globalAlpha = 1;
}

function segments(ctx, list, width) {
  ctx.lineWidth = width;
  for (let k = 0; k < list.length; k += 400) { // long paths are slow to stroke
    ctx.beginPath();
    for (const p of list.slice(k, k + 400)) trail(ctx, p);
    ctx.stroke();
  }
}

// trail is an arrow's line.
function trail(ctx, p) {
  ctx.moveTo(p.x1, p.y1);
  if (p.self) ctx.bezierCurveTo(p.x2 + 10, p.y1, p.x2 + 10, p.y2, p.x1, p.y2);
  else ctx.lineTo(p.x2, p.y2);
}

function crosses(ctx, list, size) {
  ctx.strokeStyle = paint.lost;
  ctx.lineWidth = size > 3 ? 2 : 1;
  ctx.beginPath();
  for (const { x2, y2 } of list) {
    ctx.moveTo(x2 - size, y2 - size);
    ctx.lineTo(x2 + size, y2 + size);
    ctx.moveTo(x2 - size, y2 + size);
    ctx.lineTo(x2 + size, y2 - size);
  }
  ctx.stroke();
}

function heads(ctx, list, color, reply, refusal) {
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const p of list) {
    if (p.fades) {
      for (let k = 1; k <= 3; k++) ctx.rect(p.x2 + k * 4 * Math.sign(p.x2 - p.x1), p.y2 + k * 1.4, 1.4, 1.4);
      continue;
    }
    const dx = p.self ? -1 : p.x2 - p.x1, dy = p.self ? 0 : p.y2 - p.y1;
    const x = p.self ? p.x1 : p.x2, long = Math.hypot(dx, dy) || 1, ux = dx / long, uy = dy / long;
    const size = 7, half = 3.4;
    if (refusal) {
      ctx.moveTo(x - uy * 5, p.y2 + ux * 5);
      ctx.lineTo(x + uy * 5, p.y2 - ux * 5);
      continue;
    }
    ctx.moveTo(x - ux * size - uy * half, p.y2 - uy * size + ux * half);
    ctx.lineTo(x, p.y2);
    ctx.lineTo(x - ux * size + uy * half, p.y2 - uy * size - ux * half);
    if (!reply) ctx.closePath();
  }
  if (reply) ctx.stroke();
  else ctx.fill();
}

// arrowLabel writes what a message says: along its line, beside the lane that
// it leaves or else the one that it reaches; where it was lost, behind the cross, and below it why.
function arrowLabel(p) {
  if (p.self) return;
  const { m } = p, { cls, flags, end } = run.messages;
  const color = paint[CLASSES[cls[m]]], dx = p.x2 - p.x1, dy = p.y2 - p.y1;
  const rank = ARROWS + (CLASSES[cls[m]] === "beat" ? 0.5 : flags[m] & REPLY ? 0.2 : 0);
  if (flags[m] & LOST) {
    const align = dx > 0 ? "left" : "right", x = p.x2 + 8 * Math.sign(dx), room = lanes.space - Math.min(Math.abs(dx), lanes.space * 0.4);
    const why = noteOf(end[m]);
    label(rank, arrowTexts(m), x, p.y2, { color, align, room });
    if (why && why !== "lost") label(rank + 0.1, why, x, p.y2 + 12, { color: paint.lost, align, room });
    return;
  }
  const reach = Math.min(Math.abs(dx), lanes.space), share = reach / Math.abs(dx) / 2;
  const angle = Math.atan(dy / dx), slope = Math.abs(angle) < 0.7 ? angle : 0;
  const at = (share) => ({ x: p.x1 + dx * share + 7 * Math.sin(slope), y: p.y1 + dy * share - 7 * Math.cos(slope) });
  const { x, y } = at(share);
  label(rank, arrowTexts(m), x, y, { color, align: "center", room: reach / Math.cos(slope) - 12, slope, else: at(1 - share) });
}
