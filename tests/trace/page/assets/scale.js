// Where an event is: every event has a place on the vertical axis, in units
// that the zoom turns into pixels. In true time a unit is a millisecond. Folded,
// which is how the page opens, the silence between two events takes less place
// the longer it is, so that a burst of 5 ms and the 400 ms before it are both to
// be seen. Only shown events count: what is hidden takes no place.

const view = {
  folded: true,
  unit: new Float64Array(0), // by event
  knots: null, // where the axis bends: instants and units
  units: 1, // of the whole run
  top: 0, // unit at the upper edge
  zoom: 1, // pixels a unit
  width: 0, height: 0,
  far: false, // so much is in view that only roles, faults and traffic are drawn
  selected: NONE,
};

// shown is what the filter lets through.
const shown = {
  event: new Uint8Array(0), // by event
  message: new Uint8Array(0), // by message
  list: new Int32Array(0), // the shown events
  servers: [], // the shown servers
};

const MARGIN = 40; // pixels above the first event and below the last

// The violation stands apart, also from what happened at its very instant: by
// so much from what led there, and so much from what is after it.
const APART = 20, BELOW = 46;

// step is the place of a silence of so many nanoseconds.
const step = (ns) => (ns === 0 ? 0 : 4 + 7 * Math.log2(1 + ns / 2e5));

function buildScale() {
  const { n, at } = run;
  const times = [], units = [];
  for (let k = 0, sum = 0; k < shown.list.length; k++) {
    const t = at[shown.list[k]];
    if (times.length > 0 && t === times.at(-1)) continue;
    if (times.length > 0) sum += view.folded ? step(t - times.at(-1)) : (t - times.at(-1)) / 1e6;
    times.push(t);
    units.push(sum);
  }
  if (times.length === 0) {
    times.push(n > 0 ? at[0] : 0);
    units.push(0);
  }
  view.knots = { times, units };
  view.units = Math.max(units.at(-1), 1);
  view.unit = new Float64Array(n);
  for (let i = 0, k = 0; i < n; i++) {
    while (k + 1 < times.length && times[k + 1] <= at[i]) k++;
    view.unit[i] = between(at[i], times, units, k, 1e-6);
  }
  if (view.folded && run.violation !== NONE) setApart(run.violation);
}

// setApart makes room around an event.
function setApart(v) {
  const { times, units } = view.knots, t = run.at[v];
  for (let i = v; i < run.n; i++) view.unit[i] += i === v ? APART : APART + BELOW;
  const k = after(times.length, (j) => times[j] > t);
  for (let j = k; j < units.length; j++) units[j] += APART + BELOW;
  times.splice(k, 0, t, t);
  units.splice(k, 0, view.unit[v], view.unit[v] + BELOW);
  view.units = Math.max(units.at(-1), 1);
}

// between interpolates on the piece of the axis that begins at knot k, and goes
// on with a slope beyond the ends.
function between(x, xs, ys, k, slope) {
  if (x < xs[0]) return ys[0] + (x - xs[0]) * slope * (view.folded ? 0 : 1);
  if (k + 1 >= xs.length) return ys[k] + (x - xs[k]) * slope * (view.folded ? 0 : 1);
  return ys[k] + ((x - xs[k]) / (xs[k + 1] - xs[k])) * (ys[k + 1] - ys[k]);
}

// timeAt is the instant at a unit.
function timeAt(unit) {
  const { times, units } = view.knots;
  const k = Math.max(0, after(units.length, (j) => units[j] > unit) - 1);
  if (unit < 0 || k + 1 >= units.length) return times[k] + (view.folded ? 0 : (unit - units[k]) * 1e6);
  return times[k] + ((unit - units[k]) / (units[k + 1] - units[k])) * (times[k + 1] - times[k]);
}

const Y = (i) => (view.unit[i] - view.top) * view.zoom;

// eventsBetween is the range of events, hidden ones included, between two pixels.
function eventsBetween(y0, y1) {
  const u0 = view.top + y0 / view.zoom, u1 = view.top + y1 / view.zoom;
  return [after(run.n, (i) => view.unit[i] >= u0), after(run.n, (i) => view.unit[i] > u1)];
}

const fitZoom = () => Math.max((view.height - 2 * MARGIN) / view.units, 1e-9);
const mostZoom = () => (view.folded ? 24 : 2000);

function clampView() {
  view.zoom = Math.min(Math.max(view.zoom, Math.min(fitZoom(), 1)), mostZoom());
  const lowest = -MARGIN / view.zoom;
  const highest = Math.max(view.units - (view.height - MARGIN) / view.zoom, lowest);
  view.top = Math.min(Math.max(view.top, lowest), highest);
}

// zoomBy zooms around a pixel, which keeps its place.
function zoomBy(factor, y = view.height / 2) {
  const unit = view.top + y / view.zoom;
  view.zoom *= factor;
  clampView();
  view.top = unit - y / view.zoom;
  clampView();
  requestDraw();
}

function panBy(pixels) {
  motion = null;
  view.top += pixels / view.zoom;
  clampView();
  requestDraw();
}

function fitAll() {
  view.zoom = fitZoom();
  view.top = -MARGIN / view.zoom;
  clampView();
  requestDraw();
}

// keep does something to the axis and keeps the selected event, or else the
// middle of the view, where it was.
function keep(change) {
  const on = view.selected !== NONE && Y(view.selected) >= 0 && Y(view.selected) <= view.height ? view.selected : NONE;
  const y = on === NONE ? view.height / 2 : Y(on);
  const event = on === NONE ? Math.min(run.n - 1, after(run.n, (i) => view.unit[i] >= view.top + y / view.zoom)) : on;
  change();
  if (event >= 0) view.top = view.unit[event] - y / view.zoom;
  clampView();
}

function setFolded(folded) {
  keep(() => {
    const before = view.units * view.zoom;
    view.folded = folded;
    buildScale();
    view.zoom = folded ? 1 : Math.max(before / view.units, 2);
  });
  requestDraw();
}
