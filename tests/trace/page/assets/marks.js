// Everything that is not a message: marks on a lane, and lines across all of
// them.

const marks = {
  drawn: [], // what a pointer can hit
  logs: new Map(), // where the last log line of a lane is written
};

// drawMarks draws the marks of the shown events from number a to b of the list.
function drawMarks(ctx, a, b) {
  marks.drawn = [];
  marks.logs.clear();
  const near = new Map();
  for (let k = a; k < b; k++) {
    const i = shown.list[k];
    if (run.message[i] !== NONE || i === run.violation) continue;
    const kind = plainKind(i), s = run.from[i], y = Y(i);
    if (view.far && FINE.has(kind)) continue;
    if (run.operation[i] !== NONE) continue; // a bar
    if (kind === "heal" && !run.relinked.has(i)) continue; // there was nothing to heal
    const slot = kind + s;
    if (kind !== "log" && y - (near.get(slot) ?? -1e9) < 1.6) continue;
    near.set(slot, y);
    const x = s >= 0 ? lanes.x[s] : GUTTER;
    if (!(x >= 0)) continue;
    if (s < 0) across(ctx, i, y);
    else (MARKS[kind] || MARKS.other)(ctx, x, y, i);
    marks.drawn.push({ i, x: x + (SIDE[kind] ?? 0), y, across: s < 0 });
  }
}

// FINE are the kinds that are not drawn from far.
const FINE = new Set(["save", "apply", "submit", "snapshot", "install", "log", "leader", "heal", "faults"]);

// SIDE is how far from its lane's middle a mark is, for the pointer.
const SIDE = { save: -5, snapshot: -15, install: 15, apply: 5, submit: 15, log: 0 };

const MARKS = {
  save(ctx, x, y) {
    ctx.strokeStyle = paint.ink;
    ctx.fillStyle = paint.paper;
    ctx.lineWidth = 1.2;
    ctx.beginPath();
    ctx.rect(x - 8, y - 3, 6, 6);
    ctx.fill();
    ctx.stroke();
  },
  snapshot(ctx, x, y, i) {
    diamond(ctx, x - 15, y, paint.snapshot, true);
    label(COMMANDS, [`snapshot ${run.index[i] || ""}`, "snap"], x - 22, y, { color: paint.snapshot, align: "right", room: lanes.width * 0.25 });
  },
  install(ctx, x, y, i) {
    diamond(ctx, x + 15, y, paint.snapshot, false);
    label(COMMANDS, `installs ${run.index[i] || "a snapshot"}`, x + 23, y, { color: paint.snapshot, room: roomAt(x) });
  },
  apply(ctx, x, y, i) {
    triangle(ctx, x + 1, y);
    const to = lastOfBatch(i);
    const words = to > run.index[i] ? [`applies ${run.index[i]} to ${to}`] : [`applies ${noteOf(i).replace(/^index (\d+), /, "$1: ")}`, `applies ${run.index[i] || ""}`];
    label(COMMANDS + 0.3, words, x + 23, y, { color: paint.other, room: roomAt(x) });
  },
  submit(ctx, x, y, i) {
    ctx.strokeStyle = paint.ink;
    ctx.lineWidth = 1.4;
    ctx.beginPath();
    ctx.moveTo(x + 19, y - 4);
    ctx.lineTo(x + 12, y);
    ctx.lineTo(x + 19, y + 4);
    ctx.stroke();
    const note = noteOf(i);
    label(COMMANDS, [`Start ${note}`, `Start ${note.replace(/: index \d+$/, "")}`, "Start"], x + 23, y, { room: roomAt(x) });
  },
  log(ctx, x, y, i) {
    ctx.fillStyle = paint.paper;
    ctx.strokeStyle = paint.ink;
    ctx.lineWidth = 1.4;
    ctx.beginPath();
    ctx.arc(x, y, 2.6, 0, 7);
    ctx.fill();
    ctx.stroke();
    const at = Math.max(y, (marks.logs.get(x) ?? -1e9) + 13); // lines of one instant go below each other
    if (at - y > 60) return;
    marks.logs.set(x, at);
    const topic = run.texts[run.topic[i]];
    label(LOG_LINES, (topic ? topic + "  " : "") + noteOf(i), x + 23, at, { font: MONO, room: roomAt(x) });
  },
  crash(ctx, x, y) {
    cross(ctx, x, y, 7);
    label(FAULTS, "crash", x + 14, y, { color: paint.lost, font: BOLD });
  },
  start(ctx, x, y) {
    ctx.strokeStyle = paint.ink;
    ctx.fillStyle = paint.paper;
    ctx.lineWidth = 1.6;
    ctx.beginPath();
    ctx.arc(x, y, 4.5, 0, 7);
    ctx.fill();
    ctx.stroke();
    label(FAULTS, "start", x + 14, y, { font: BOLD });
  },
  pause: (ctx, x, y) => note(ctx, x, y, "paused"),
  resume: (ctx, x, y) => note(ctx, x, y, "goes on"),
  hold: (ctx, x, y) => note(ctx, x, y, "applier held"),
  release: (ctx, x, y) => note(ctx, x, y, "applier released"),
  isolate: (ctx, x, y) => note(ctx, x, y, "cut off"),
  rejoin: (ctx, x, y) => note(ctx, x, y, "joined again"),
  cut: (ctx, x, y, i) => note(ctx, x, y, `cut to ${S(run.to[i])}`),
  join: (ctx, x, y, i) => note(ctx, x, y, `joined to ${S(run.to[i])}`),
  leader(ctx, x, y) {
    ctx.fillStyle = paint.paper;
    ctx.beginPath();
    for (let k = 0; k < 10; k++) {
      const r = k % 2 ? 2.4 : 5.4, angle = (k * Math.PI) / 5 - Math.PI / 2;
      ctx.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
    }
    ctx.fill();
  },
  term: () => {},
  other(ctx, x, y, i) {
    note(ctx, x, y, kindOf(i) + (noteOf(i) ? " " + noteOf(i) : ""));
  },
};

// lastOfBatch is the index up to which a server applies at the instant of an
// apply.
function lastOfBatch(i) {
  let to = run.index[i];
  for (let j = i + 1; j < run.n && run.at[j] === run.at[i]; j++) {
    if (run.from[j] === run.from[i] && kindOf(j) === "apply") to = run.index[j];
  }
  return to;
}

// note is a small tick with words.
function note(ctx, x, y, text) {
  ctx.fillStyle = paint.ink;
  ctx.fillRect(x - 12, y - 0.75, 24, 1.5);
  label(FAULTS, text, x + 15, y, { font: BOLD, room: roomAt(x) });
}

function triangle(ctx, x, y) {
  ctx.beginPath();
  ctx.moveTo(x, y - 4.5);
  ctx.lineTo(x + 8, y);
  ctx.lineTo(x, y + 4.5);
  ctx.closePath();
  ctx.fillStyle = paint.other;
  ctx.fill();
  ctx.strokeStyle = paint.paper;
  ctx.lineWidth = 1;
  ctx.stroke();
}

function diamond(ctx, x, y, color, full) {
  ctx.beginPath();
  ctx.moveTo(x, y - 5);
  ctx.lineTo(x + 5, y);
  ctx.lineTo(x, y + 5);
  ctx.lineTo(x - 5, y);
  ctx.closePath();
  ctx.fillStyle = full ? color : paint.paper;
  ctx.fill();
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.6;
  ctx.stroke();
}

function cross(ctx, x, y, size) {
  ctx.strokeStyle = paint.lost;
  ctx.lineWidth = 2.6;
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x - size, y + size);
  ctx.lineTo(x + size, y - size);
  ctx.stroke();
}

// across is what the case did to all servers.
function across(ctx, i, y) {
  ctx.strokeStyle = paint.muted;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(GUTTER - 8, y);
  ctx.lineTo(view.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  label(FAULTS, describe(i), view.width - 8, y - 8, { font: BOLD, align: "right", room: view.width - GUTTER });
}

// drawCommits marks where a server's commit index rises.
function drawCommits(ctx, lo, hi) {
  if (filter.groups.has("apply")) return;
  for (const s of shown.servers) {
    const list = run.commits[s], x = lanes.x[s];
    let near = -1e9;
    for (let k = after(list.length, (j) => list[j].event >= lo); k < list.length && list[k].event < hi; k++) {
      const y = Y(list[k].event);
      if (y - near < 1.6) continue;
      near = y;
      ctx.fillStyle = paint.ink;
      ctx.fillRect(x - 16, y - 1, 5, 2);
      label(COMMITS, [`commit ${list[k].index}`, `c ${list[k].index}`], x - 20, y, { color: paint.muted, align: "right", room: lanes.width * 0.24 });
    }
  }
}

// drawViolation is a line across the page with a flag, and rings on the lanes
// that are to blame.
function drawViolation(ctx) {
  const i = run.violation;
  if (i === NONE) return;
  const y = Y(i);
  if (y < -40 || y > view.height + 40) return;
  ctx.fillStyle = paint.violation;
  ctx.fillRect(GUTTER - 4, y - 1, view.width, 2);
  ctx.strokeStyle = paint.violation;
  ctx.lineWidth = 2.5;
  for (const s of run.blamed) {
    if (!(lanes.x[s] >= 0)) continue;
    ctx.beginPath();
    ctx.arc(lanes.x[s], y, 13, 0, 7);
    ctx.stroke();
  }
  flag(ctx, "violation" + (run.texts[run.rule[i]] ? ": " + run.texts[run.rule[i]] : ""), y);
}

// flag writes words below the violation's line, at its right end, and below the
// rings that are there. Nothing else is written on it or on the line.
function flag(ctx, text, y) {
  text = cutOff(ctx, text, BOLD, view.width - GUTTER - 40) ?? "";
  const width = widthOf(ctx, text, BOLD) + 16, left = view.width - width - 8;
  block(GUTTER, y - 3, view.width, 6);
  if (run.blamed.some((s) => lanes.x[s] > left - 16)) y += 16;
  ctx.fillStyle = paint.violation;
  ctx.beginPath();
  ctx.roundRect(left, y, width, 19, 4);
  ctx.fill();
  ctx.font = BOLD;
  ctx.fillStyle = paint.paper;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + 8, y + 9.5);
  block(left, y, width, 19);
}
