// The strip at the right: the whole run at once, with the view as a frame.

const overview = { stale: true, canvas: null, pen: null, still: null, width: 0, height: 0 };

// drawOverview draws the frame; the rest is drawn when it has changed.
function drawOverview() {
  const { width, height, pen: ctx } = overview;
  if (width === 0) return;
  if (overview.stale) {
    overview.still = stillOverview();
    overview.stale = false;
  }
  const ratio = window.devicePixelRatio || 1;
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, overview.canvas.width, overview.canvas.height);
  ctx.drawImage(overview.still, 0, 0);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  const y0 = overviewY(view.top), y1 = overviewY(view.top + view.height / view.zoom);
  ctx.fillStyle = paint.selected;
  ctx.globalAlpha = 0.12;
  ctx.fillRect(0, y0, width, Math.max(y1 - y0, 3));
  ctx.globalAlpha = 1;
  ctx.strokeStyle = paint.selected;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(0.75, y0 + 0.75, width - 1.5, Math.max(y1 - y0 - 1.5, 2));
  if (view.selected !== NONE) {
    ctx.fillStyle = paint.selected;
    ctx.fillRect(0, overviewY(view.unit[view.selected]) - 1, width, 2);
  }
  const share = view.units > 0 ? Math.round((100 * Math.max(view.top, 0)) / view.units) : 0;
  document.getElementById("strip").setAttribute("aria-valuenow", String(Math.min(share, 100)));
}

const overviewY = (unit) => 4 + (Math.min(Math.max(unit, 0), view.units) / view.units) * (overview.height - 8);

function stillOverview() {
  const ratio = window.devicePixelRatio || 1;
  const still = document.createElement("canvas");
  still.width = overview.canvas.width;
  still.height = overview.canvas.height;
  const ctx = still.getContext("2d");
  ctx.scale(ratio, ratio);
  const lane = Math.max(3, Math.min(7, (overview.width - 34) / Math.max(shown.servers.length, 1)));
  shown.servers.forEach((s, k) => (isClient(s) ? overviewClient : overviewLane)(ctx, s, 5 + k * lane, lane - 1));
  overviewTraffic(ctx, 5 + shown.servers.length * lane + 4);
  ctx.fillStyle = paint.found;
  for (const i of search.hits) ctx.fillRect(overview.width - 5, overviewY(view.unit[i]) - 1, 5, 2);
  if (run.violation !== NONE) {
    const y = overviewY(view.unit[run.violation]);
    ctx.fillStyle = paint.violation;
    ctx.fillRect(0, y - 1, overview.width, 2.5);
    ctx.beginPath();
    ctx.moveTo(overview.width, y - 6);
    ctx.lineTo(overview.width - 8, y);
    ctx.lineTo(overview.width, y + 6);
    ctx.fill();
  }
  return still;
}

// overviewLane is a server's roles: leaders full, candidates wide enough to be
// seen, those that are down left out.
function overviewLane(ctx, s, x, width) {
  const list = run.roles[s], colors = { [LEADER]: paint.leader, [CANDIDATE]: paint.candidate, [PRECANDIDATE]: paint.precandidate };
  for (let k = 0; k < list.length; k++) {
    const { role, event } = list[k];
    const y0 = overviewY(view.unit[event]), y1 = k + 1 < list.length ? overviewY(view.unit[list[k + 1].event]) : overviewY(view.units);
    if (role === FOLLOWER) {
      ctx.fillStyle = paint.follower;
      ctx.globalAlpha = 0.6;
      ctx.fillRect(x + width / 2 - 0.5, y0, 1, y1 - y0);
      ctx.globalAlpha = 1;
    } else if (colors[role]) {
      ctx.fillStyle = colors[role];
      ctx.fillRect(x, y0, width, Math.max(y1 - y0, 1.5));
    } else if (role === DOWN) {
      ctx.fillStyle = paint.lost;
      ctx.fillRect(x, y0 - 0.5, width, 1.5);
    }
  }
  for (const cut of run.cuts[s]) {
    if (!cut.off) continue;
    const y0 = overviewY(view.unit[cut.event]), y1 = cut.end === NONE ? overviewY(view.units) : overviewY(view.unit[cut.end]);
    ctx.fillStyle = paint.muted;
    ctx.globalAlpha = 0.25;
    ctx.fillRect(x - 0.5, y0, width + 1, y1 - y0);
    ctx.globalAlpha = 1;
  }
}

// overviewTraffic is how many messages left, and of them how many were lost,
// for each pixel from top to bottom.
function overviewTraffic(ctx, x) {
  const rows = Math.max(Math.floor(overview.height / 2), 1), sent = new Float32Array(rows), lost = new Float32Array(rows);
  const { n, first, flags } = run.messages;
  for (let m = 0; m < n; m++) {
    if (!shown.message[m]) continue;
    const row = Math.min(rows - 1, Math.floor(overviewY(view.unit[first[m]]) / 2));
    sent[row]++;
    if (flags[m] & LOST) lost[row]++;
  }
  const most = Math.max(...sent, 1), room = Math.max(overview.width - x - 8, 4);
  for (let row = 0; row < rows; row++) {
    ctx.fillStyle = paint.beat;
    ctx.fillRect(x, row * 2, Math.sqrt(sent[row] / most) * room, 1.6);
    ctx.fillStyle = paint.lost;
    ctx.fillRect(x, row * 2, Math.sqrt(lost[row] / most) * room, 1.6);
  }
}

// moveTo brings the unit at a pixel of the strip into the middle of the view.
function moveTo(y) {
  const unit = ((y - 4) / (overview.height - 8)) * view.units;
  motion = null;
  view.top = unit - view.height / 2 / view.zoom;
  clampView();
  requestDraw();
}
