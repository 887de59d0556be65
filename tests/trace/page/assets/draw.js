// One frame of the timeline: only what is in view, back to front.

let canvas, pen; // the timeline's
let waiting = false; // a frame has been asked for
let motion = null; // a scroll under way

function requestDraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame((now) => {
    waiting = false;
    if (motion) motion(now);
    draw();
  });
}

function draw() {
  const ratio = window.devicePixelRatio || 1;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, view.width, view.height);
  clearLabels();
  const [lo, hi] = eventsBetween(-40, view.height + 40);
  const a = after(shown.list.length, (k) => shown.list[k] >= lo), b = after(shown.list.length, (k) => shown.list[k] >= hi);
  view.far = b - a > 2.5 * view.height;
  drawShades(pen, hi);
  drawTerms(pen, lo, hi);
  drawBands(pen, lo, hi);
  drawClients(pen, hi);
  drawArrows(pen, lo, hi);
  drawMarks(pen, a, b);
  if (!view.far) drawCommits(pen, lo, hi);
  drawViolation(pen);
  drawFound(pen, lo, hi);
  drawSelection(pen);
  drawAxis(pen, a, b);
  writeLabels(pen);
  showHeads();
  drawOverview();
}

// drawShades shades the lanes that a cut keeps from the others.
function drawShades(ctx, hi) {
  for (const s of shown.servers) {
    for (const cut of run.cuts[s]) {
      if (cut.event >= hi) break;
      if (!cut.to && !cut.from) continue;
      const [y0, y1] = reachOf(cut.event, cut.end);
      if (y1 < 0) continue;
      ctx.fillStyle = anchor(paint.shadePattern);
      if (cut.off) fillColumn(ctx, s, y0, y1);
      else ctx.fillRect(lanes.x[s] - 12, y0, 24, y1 - y0);
      label(FAULTS + 0.5, cutText(cut), lanes.x[s] + 15, Math.max(y0, 0) + 9, { color: paint.muted, room: roomAt(lanes.x[s]) });
    }
  }
}

// fillColumn fills all of a lane's place.
function fillColumn(ctx, s, y0, y1) {
  if (isClient(s)) ctx.fillRect(lanes.x[s] - lanes.thin * 0.16 + 1, y0, lanes.thin - 2, y1 - y0);
  else ctx.fillRect(lanes.x[s] - lanes.width * 0.28 + 1, y0, lanes.width - 2, y1 - y0);
}

// reachOf is from where to where on the canvas something goes on.
function reachOf(begin, end) {
  return [Math.max(Y(begin), -20), end === NONE ? lastY() : Math.min(Y(end), view.height + 20)];
}

const lastY = () => Math.min(run.n > 0 ? Y(run.n - 1) + 6 : 0, view.height + 20);

// drawTerms is a line where a term was first seen.
function drawTerms(ctx, lo, hi) {
  let near = -1e9;
  for (let k = after(run.terms.length, (j) => run.terms[j].event >= lo); k < run.terms.length && run.terms[k].event < hi; k++) {
    const y = Math.round(Y(run.terms[k].event)) + 0.5;
    if (y - near < 13) continue;
    near = y;
    ctx.strokeStyle = paint.hair;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(8, y);
    ctx.lineTo(view.width, y);
    ctx.stroke();
    label(ROLE_CHANGES, "term " + run.terms[k].term, 8, y + 9, { font: BOLD, color: paint.muted });
  }
}

// drawBands draws each lane's band: how wide, with which pattern and colour is
// the role. Where a server is down, its whole lane is grey.
function drawBands(ctx, lo, hi) {
  for (const s of shown.servers) {
    if (isClient(s)) continue;
    const list = run.roles[s], x = lanes.x[s];
    block(x - 9, 0, 18, view.height);
    const from = Math.max(0, after(list.length, (k) => list[k].event >= lo) - 1);
    if (!list.length || list[0].event > lo) band(ctx, x, -20, list.length ? Math.min(Y(list[0].event), view.height + 20) : lastY(), UNKNOWN);
    for (let k = from; k < list.length && list[k].event < hi; k++) {
      const end = k + 1 < list.length ? list[k + 1].event : NONE;
      const [y0, y1] = reachOf(list[k].event, end);
      if (list[k].role === DOWN) {
        ctx.fillStyle = paint.gone;
        fillColumn(ctx, s, y0, Math.max(y0, y1));
      }
      band(ctx, x, y0, y1, list[k].role);
      if (list[k].event >= lo && list[k].role > FOLLOWER && list[k].role < DOWN) {
        label(ROLE_CHANGES, [`${ROLE_NAMES[list[k].role]}, term ${list[k].term}`, ROLE_NAMES[list[k].role]], x + 14, y0 + (list[k].role === LEADER ? 8 : -8),
          { font: BOLD, color: list[k].role === LEADER ? paint.leader : paint.vote, room: roomAt(x) });
      }
    }
    for (const span of run.spans[s]) {
      if (span.event >= hi) break;
      const [y0, y1] = reachOf(span.event, span.end);
      if (y1 < 0) continue;
      ctx.fillStyle = anchor(span.kind === PAUSED ? paint.pausePattern : paint.heldPattern);
      if (span.kind === PAUSED) ctx.fillRect(x - 13, y0, 26, y1 - y0);
      else ctx.fillRect(x + 9, y0, 6, y1 - y0);
    }
  }
}

function band(ctx, x, y0, y1, role) {
  const height = Math.max(y1 - y0, 1);
  switch (role) {
    case LEADER:
      ctx.fillStyle = paint.leader;
      ctx.fillRect(x - 8, y0, 16, height);
      return;
    case CANDIDATE: case PRECANDIDATE:
      ctx.fillStyle = anchor(role === CANDIDATE ? paint.candidatePattern : paint.precandidatePattern);
      ctx.fillRect(x - 7, y0, 14, height);
      ctx.strokeStyle = role === CANDIDATE ? paint.candidate : paint.precandidate;
      ctx.lineWidth = 1;
      ctx.strokeRect(x - 6.5, y0, 13, height);
      return;
    case FOLLOWER:
      ctx.fillStyle = paint.follower;
      ctx.fillRect(x - 2.5, y0, 5, height);
      return;
  }
  ctx.strokeStyle = role === DOWN ? paint.lost : paint.follower;
  ctx.lineWidth = role === DOWN ? 1.6 : 1;
  ctx.setLineDash(role === DOWN ? [2, 5] : [1, 4]);
  ctx.beginPath();
  ctx.moveTo(x, y0);
  ctx.lineTo(x, y0 + height);
  ctx.stroke();
  ctx.setLineDash([]);
}

// drawFound rings what the search has found.
function drawFound(ctx, lo, hi) {
  if (search.hits.length === 0) return;
  ctx.strokeStyle = paint.found;
  ctx.lineWidth = 2;
  let near = -1e9;
  for (let k = after(search.hits.length, (j) => search.hits[j] >= lo); k < search.hits.length && search.hits[k] < hi; k++) {
    const i = search.hits[k], y = Y(i);
    if (y - near < 1) continue;
    near = y;
    ring(ctx, i, 9);
  }
}

// drawSelection draws the whole call of the selected event, hidden or not.
function drawSelection(ctx) {
  const i = view.selected;
  if (i === NONE) return;
  const m = run.message[i];
  if (m !== NONE) {
    for (const part of callOf(m)) {
      const p = place(part);
      if (p === null) continue;
      ctx.strokeStyle = paint.selected;
      ctx.setLineDash(run.messages.flags[part] & LOST ? [7, 4] : []);
      ctx.globalAlpha = part === m ? 1 : 0.5;
      ctx.lineWidth = part === m ? 3.5 : 2.5;
      ctx.beginPath();
      trail(ctx, p);
      ctx.stroke();
      ctx.setLineDash([]);
      p.m = part;
      if (!p.fades && !(run.messages.flags[part] & LOST)) heads(ctx, [p], paint.selected, run.messages.flags[part] & REPLY, run.messages.flags[part] & REFUSAL);
      if (!shown.message[part] || part === m) label(SELECTION, arrowTexts(part), (p.x1 + p.x2) / 2, (p.y1 + p.y2) / 2 - 7, { align: "center", font: BOLD, room: 400 });
      ctx.globalAlpha = 1;
    }
  }
  ctx.strokeStyle = paint.selected;
  ctx.lineWidth = 2.5;
  selectOperation(ctx, i);
  if (i !== run.violation && run.operation[i] === NONE) ring(ctx, i, 11); // it has its own
  caret(ctx, Y(i), paint.selected);
  label(FIRST, clock(run.at[i], 6), GUTTER - 8, Y(i), { font: MONO, color: paint.selected, align: "right" });
}

// caret points at the moment that the lanes' heads tell of.
function caret(ctx, y, color) {
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.moveTo(GUTTER - 2, y - 5);
  ctx.lineTo(GUTTER + 5, y);
  ctx.lineTo(GUTTER - 2, y + 5);
  ctx.fill();
}

// ring is drawn around the server at which an event took place.
function ring(ctx, i, radius) {
  const x = lanes.x[placeOf(i)];
  if (!(x >= 0)) return;
  ctx.beginPath();
  ctx.arc(x, Y(i), radius, 0, 7);
  ctx.stroke();
}

// placeOf is the server at which an event took place, or NONE: a message's end
// is where it arrived, unless it was lost.
function placeOf(i) {
  const kind = plainKind(i);
  return kind === "delivered" || kind === "returned" ? run.to[i] : run.from[i];
}

// drawAxis writes the times of the events from number a to b of the list, and
// how long nothing happened between two.
function drawAxis(ctx, a, b) {
  ctx.fillStyle = paint.hair;
  ctx.fillRect(GUTTER - 4, 0, 1, view.height);
  const moment = momentOf();
  if (moment >= 0 && moment !== view.selected) caret(ctx, Y(moment), paint.faint);
  if (!view.folded) return drawClock(ctx);
  let near = -1e9;
  for (let k = a; k < b; k++) {
    const i = shown.list[k], y = Y(i);
    if (k > a) {
      const before = shown.list[k - 1], gap = run.at[i] - run.at[before], y0 = Y(before);
      if (y - y0 > 26 && gap > 2e7) silence(ctx, y0, y, gap);
    }
    if (y - near < 22) continue;
    near = y;
    label(BYTES, clock(run.at[i], 4), GUTTER - 12, y, { font: MONO, color: paint.muted, align: "right" });
  }
}

// silence is the bracket of a time without events.
function silence(ctx, y0, y1, ns) {
  ctx.strokeStyle = paint.follower;
  ctx.lineWidth = 1;
  ctx.setLineDash([1, 3]);
  ctx.beginPath();
  ctx.moveTo(GUTTER - 14.5, y0 + 7);
  ctx.lineTo(GUTTER - 14.5, y1 - 7);
  ctx.stroke();
  ctx.setLineDash([]);
  label(BYTES, lapse(ns), GUTTER - 20, (y0 + y1) / 2, { color: paint.muted, align: "right" });
}

// drawClock is the axis in true time: round instants.
function drawClock(ctx) {
  const perPixel = 1 / view.zoom; // milliseconds
  let tick = 10 ** Math.floor(Math.log10(perPixel * 60));
  for (const factor of [1, 2, 5, 10]) {
    if (tick * factor * view.zoom >= 48) {
      tick *= factor;
      break;
    }
  }
  const origin = timeAt(0) / 1e6, decimals = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(tick))));
  const first = Math.ceil((origin + view.top) / tick) * tick;
  for (let ms = first; ; ms += tick) {
    const y = (ms - origin - view.top) * view.zoom;
    if (y > view.height) break;
    ctx.fillStyle = paint.hair;
    ctx.fillRect(GUTTER - 9, Math.round(y), 9, 1);
    if (ms >= 0) label(BYTES, clock(ms * 1e6, decimals), GUTTER - 13, y, { font: MONO, color: paint.muted, align: "right" });
  }
}
