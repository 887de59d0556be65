// Mouse, pen and fingers: scroll, drag, zoom, hover, click.

const CLICK = 4; // pixels that a click may move

// hit is the event nearest to a point, or NONE.
function hit(x, y) {
  let best = NONE, least = 9;
  const take = (i, distance) => {
    if (distance < least) [best, least] = [i, distance];
  };
  const v = run.violation;
  if (v !== NONE) take(v, Math.abs(Y(v) - y) + 1);
  for (const p of marks.drawn) take(p.i, p.across ? Math.abs(p.y - y) + 2 : Math.hypot(p.x - x, p.y - y) - 3);
  hitOperations(x, y, take);
  for (const p of arrows.drawn) {
    const { begin, end } = run.messages;
    const along = nearestOn(p, x, y);
    if (along.distance > 6) continue;
    const i = begin[p.m] === NONE || (along.share > 0.5 && end[p.m] !== NONE) ? end[p.m] : begin[p.m];
    take(i, along.distance + 1);
  }
  return best;
}

// nearestOn is how far a point is from an arrow, and how far along it.
function nearestOn(p, x, y) {
  const x2 = p.self ? p.x1 + 18 : p.x2;
  const dx = x2 - p.x1, dy = p.y2 - p.y1, square = dx * dx + dy * dy || 1;
  const share = Math.min(Math.max(((x - p.x1) * dx + (y - p.y1) * dy) / square, 0), 1);
  return { share, distance: Math.hypot(x - p.x1 - share * dx, y - p.y1 - share * dy) };
}

// spot is where a pointer is on the canvas.
function spot(e) {
  const box = canvas.getBoundingClientRect();
  return { x: e.clientX - box.left, y: e.clientY - box.top };
}

function listenToPointers() {
  const stage = document.getElementById("timeline"), tip = document.getElementById("tip");
  stage.addEventListener("wheel", (e) => {
    e.preventDefault();
    tip.hidden = true;
    const pixels = e.deltaMode === 1 ? e.deltaY * 18 : e.deltaMode === 2 ? e.deltaY * view.height : e.deltaY;
    const pinch = e.ctrlKey && Math.abs(pixels) < 40; // on a touch pad
    if (e.ctrlKey || e.metaKey || e.altKey) zoomBy(Math.exp(-pixels / (pinch ? 60 : 300)), spot(e).y);
    else panBy(pixels);
  }, { passive: false });
  stage.addEventListener("pointerleave", () => (tip.hidden = true));
  listenToDrags(stage);
  listenToStrip();
}

// listenToDrags pans with one pointer, zooms with two, and takes one that does
// not move for a click.
function listenToDrags(stage) {
  const down = new Map(); // where the pressed pointers are, by id
  let moved = 0, spread = 0;
  stage.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    stage.setPointerCapture(e.pointerId);
    down.set(e.pointerId, spot(e));
    if (down.size === 1) moved = 0;
    spread = 0;
  });
  stage.addEventListener("pointermove", (e) => {
    const now = spot(e), before = down.get(e.pointerId);
    if (!before) return hover(stage, now);
    down.set(e.pointerId, now);
    if (down.size === 2) {
      const [a, b] = [...down.values()], wide = Math.hypot(a.x - b.x, a.y - b.y);
      if (spread > 0) zoomBy(wide / spread, (a.y + b.y) / 2);
      spread = wide;
      moved = CLICK + 1;
      return;
    }
    moved += Math.abs(now.y - before.y) + Math.abs(now.x - before.x);
    if (moved <= CLICK) return;
    panBy(before.y - now.y);
    stage.classList.add("dragged");
  });
  const up = (e) => {
    if (!down.delete(e.pointerId)) return;
    stage.classList.remove("dragged");
    if (e.type !== "pointerup" || moved > CLICK) return;
    const { x, y } = spot(e);
    select(hit(x, y), { scroll: false });
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
}

// hover tells what is under the pointer.
function hover(stage, { x, y }) {
  const tip = document.getElementById("tip"), i = hit(x, y);
  stage.classList.toggle("over", i !== NONE);
  tip.hidden = i === NONE;
  if (i === NONE) return;
  tip.replaceChildren(element("span", { class: "time" }, clock(run.at[i], 4) + " s"), " " + describe(i));
  tip.style.left = Math.min(x + 14, view.width - tip.offsetWidth - 8) + "px";
  tip.style.top = (y + 18 + tip.offsetHeight > view.height ? y - tip.offsetHeight - 10 : y + 18) + "px";
}

// listenToStrip has the overview move the view.
function listenToStrip() {
  const strip = document.getElementById("strip");
  const drag = (e) => moveTo(e.clientY - overview.canvas.getBoundingClientRect().top);
  strip.addEventListener("pointerdown", (e) => {
    strip.setPointerCapture(e.pointerId);
    drag(e);
  });
  strip.addEventListener("pointermove", (e) => e.buttons & 1 && drag(e));
  strip.addEventListener("wheel", (e) => {
    e.preventDefault();
    panBy(e.deltaY);
  }, { passive: false });
}
