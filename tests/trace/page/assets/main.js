// Start: read the run, lay everything out, go to the violation.

function resize() {
  const stage = document.getElementById("timeline"), strip = document.getElementById("strip");
  if (!stage.hidden) Object.assign(view, fit(canvas, stage));
  Object.assign(overview, fit(overview.canvas, strip));
  overview.stale = true;
  layLanes();
  clampView();
  draw(); // at once: a canvas that is resized is empty
}

// fit makes a canvas as large as the box around it.
function fit(surface, box) {
  const ratio = window.devicePixelRatio || 1, { clientWidth: width, clientHeight: height } = box;
  const across = Math.max(1, Math.round(width * ratio)), down = Math.max(1, Math.round(height * ratio));
  if (surface.width !== across || surface.height !== down) {
    surface.width = across;
    surface.height = down;
    surface.style.width = width + "px";
    surface.style.height = height + "px";
  }
  return { width, height };
}

// showLegend explains the signs with the signs themselves.
function showLegend() {
  const box = document.getElementById("legend");
  const row = (drawSign, text) => {
    const c = document.createElement("canvas");
    c.className = "sign";
    c.width = 88;
    c.height = 40;
    const ctx = c.getContext("2d");
    ctx.scale(2, 2);
    drawSign(ctx);
    c.setAttribute("aria-hidden", "true");
    box.append(element("div", { class: "entry" }, c, element("span", {}, text)));
  };
  const arrow = (cls, flags) => (ctx) => {
    const style = CLASSES.indexOf(cls) * 16 + flags;
    stroke(ctx, style, [{ x1: 4, y1: 6, x2: flags & LOST ? 28 : 40, y2: flags & LOST ? 11 : 14 }], false);
  };
  const { top } = view;
  view.top = 0;
  box.replaceChildren();
  row((ctx) => band(ctx, 22, 2, 18, LEADER), "leader");
  row((ctx) => {
    band(ctx, 22, 2, 18, LEADER);
    MARKS.leader(ctx, 22, 10);
  }, "GetState says so");
  row((ctx) => band(ctx, 22, 2, 18, CANDIDATE), "candidate");
  if (has("RequestPreVote")) row((ctx) => band(ctx, 22, 2, 18, PRECANDIDATE), "pre-candidate");
  row((ctx) => band(ctx, 22, 2, 18, FOLLOWER), "follower");
  row((ctx) => band(ctx, 22, 2, 18, DOWN), "down");
  row((ctx) => {
    ctx.fillStyle = anchor(paint.shadePattern);
    ctx.fillRect(2, 2, 40, 16);
  }, "cut from the larger part");
  row((ctx) => {
    ctx.fillStyle = anchor(paint.pausePattern);
    ctx.fillRect(9, 2, 26, 16);
  }, "paused: messages wait");
  row((ctx) => {
    ctx.fillStyle = anchor(paint.heldPattern);
    ctx.fillRect(19, 2, 6, 16);
  }, "applier held");
  row(arrow("vote", 0), "RequestVote");
  row(arrow("append", 0), "AppendEntries with entries");
  row(arrow("beat", 0), "heartbeat");
  if (has("InstallSnapshot")) row(arrow("snapshot", 0), "InstallSnapshot");
  row(arrow("vote", REPLY), "reply");
  row(arrow("vote", REPLY | 8), "reply that refuses");
  row(arrow("append", LOST), "lost, and where");
  row(arrow("append", SECOND), "second copy");
  row((ctx) => stroke(ctx, CLASSES.indexOf("append") * 16, [{ x1: 4, y1: 6, x2: 26, y2: 11, fades: true }], false), "nobody saw its end");
  if (run.nodes > run.servers) {
    const bar = (end) => (ctx) => operationBar(ctx, { op: { end }, x: 22, y0: 2, y1: 18 });
    row(bar(1), "a client's operation");
    row(bar(NONE), "it never returns");
    row(arrow("service", 0), "request of a client");
  }
  row((ctx) => MARKS.save(ctx, 27, 10), "save");
  row((ctx) => triangle(ctx, 18, 10), "apply");
  row((ctx) => diamond(ctx, 22, 10, paint.snapshot, true), "snapshot taken (hollow: installed)");
  row((ctx) => {
    ctx.fillStyle = paint.ink;
    ctx.fillRect(18, 9, 7, 2);
  }, "commit index rises");
  view.top = top;
}

const has = (name) => run.texts.some((text) => text === "Raft." + name);

function listen() {
  const on = (id, act) => document.getElementById(id).addEventListener("click", act);
  on("zoom-in", () => zoomAtSelection(1.5));
  on("zoom-out", () => zoomAtSelection(1 / 1.5));
  on("fit", fitAll);
  on("mode", toggleMode);
  on("show-table", toggleTable);
  on("show-panel", togglePanel);
  on("show-help", () => document.getElementById("help").showModal());
  on("theme", () => {
    nextTheme();
    showLegend();
  });
  document.getElementById("to-violation")?.addEventListener("click", (e) => {
    e.preventDefault();
    toViolation();
    document.getElementById("timeline").focus();
  });
  const query = document.getElementById("query");
  query.addEventListener("input", () => searchFor(query.value));
  document.getElementById("search").addEventListener("submit", (e) => {
    e.preventDefault();
    nextFound(1);
  });
  new ResizeObserver(resize).observe(document.getElementById("timeline"));
  new ResizeObserver(resize).observe(document.getElementById("strip"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    retheme();
    showLegend();
  });
  listenToPointers();
  listenToKeys();
}

async function main() {
  run = await readRun();
  canvas = document.getElementById("canvas");
  pen = canvas.getContext("2d");
  overview.canvas = document.getElementById("overview");
  overview.pen = overview.canvas.getContext("2d");
  if (window.innerWidth < 900) document.body.classList.add("no-panel");
  firstFilter();
  applyFilter();
  readTheme();
  buildFilters();
  buildHelp();
  showLegend();
  tally();
  resize();
  view.zoom = Math.min(Math.max(fitZoom(), 1), 1.8); // a short run fills the view
  view.top = -MARGIN;
  clampView();
  if (run.violation !== NONE) {
    select(run.violation, { scroll: false });
    view.top = view.unit[run.violation] - (view.height * 0.7) / view.zoom;
    clampView();
  }
  draw();
  listen();
  document.getElementById("timeline").focus({ preventScroll: true });
  document.documentElement.dataset.ready = performance.now().toFixed(0); // milliseconds since the page was asked for
}

main().catch((err) => {
  const box = document.getElementById("broken");
  box.hidden = false;
  box.textContent = "The timeline cannot be shown: " + err.message;
  throw err;
});
