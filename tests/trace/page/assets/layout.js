// Lanes: where each server is from left to right, and what it is at the moment
// that a reader looks at, which the lane's head tells.

const GUTTER = 118; // for the times and terms
const BAND = 16; // width of the band of a leader
const NARROW = 130; // a lane without room for long words
const THIN = 0.72; // a client's lane, of a server's
const lanes = { x: [], left: 0, width: 0, space: 0, heads: [] };

function layLanes() {
  const servers = shown.servers.filter((s) => !isClient(s)), clients = shown.servers.length - servers.length;
  const count = Math.max(servers.length + THIN * clients, 1);
  const room = view.width - GUTTER - 12 - (clients ? ASIDE : 0);
  lanes.width = Math.min(room / count, 340);
  lanes.thin = servers.length ? lanes.width * THIN : lanes.width;
  lanes.left = GUTTER;
  lanes.x = new Array(run.nodes).fill(NaN);
  servers.forEach((s, k) => (lanes.x[s] = Math.round(lanes.left + lanes.width * (k + 0.28))));
  placeClients(lanes.left + lanes.width * servers.length + ASIDE);
  lanes.space = lanes.width - BAND - 8; // between two bands
  layHeads();
}

// roomAt is how long a text right of the lane at x may be.
const roomAt = (x) => Math.min(lanes.space, view.width - x - BAND - 4) - 20;

function layHeads() {
  const row = document.getElementById("lanes");
  row.replaceChildren();
  lanes.heads = [];
  const clockCell = element("div", { class: "when" });
  row.append(clockCell);
  for (const s of shown.servers) {
    const head = {
      server: s, name: element("b", {}, S(s)), glyph: element("i", { class: "glyph" }),
      role: element("span", { class: "role" }), trouble: element("span", { class: "trouble" }), log: element("span", { class: "log" }), said: "",
    };
    const cell = element("div", { class: "lane" }, element("div", {}, head.glyph, head.name, head.role, head.trouble), head.log);
    cell.style.left = lanes.x[s] - BAND / 2 + "px";
    cell.style.width = Math.min((isClient(s) ? lanes.thin : lanes.width) - 10, view.width - lanes.x[s]) + "px";
    row.append(cell);
    lanes.heads.push(head);
  }
  lanes.clock = clockCell;
}

// momentOf is the event whose moment the heads tell: the selected one if it is
// in view, else the last before the upper third.
function momentOf() {
  if (view.selected !== NONE && Y(view.selected) >= -1 && Y(view.selected) <= view.height) return view.selected;
  return eventsBetween(-1, view.height / 3)[1] - 1;
}

function showHeads() {
  const moment = momentOf();
  const ns = moment >= 0 ? run.at[moment] : 0;
  const when = clock(ns, 4) + " s";
  if (lanes.clock.textContent !== when) lanes.clock.textContent = when;
  for (const head of lanes.heads) {
    const now = stateOf(head.server, moment);
    const said = [now.role, now.term, now.log, now.trouble, now.asks].join("|");
    if (said === head.said) continue;
    head.said = said;
    if (isClient(head.server)) {
      head.glyph.className = "glyph client" + (now.asks ? " asks" : "");
      const thin = lanes.thin < NARROW;
      head.role.textContent = now.trouble || thin ? "" : now.log;
      head.trouble.textContent = thin ? "" : now.trouble;
      head.log.textContent = (thin && now.trouble) || now.asks;
      continue;
    }
    head.glyph.className = "glyph " + ["unknown", "follower", "precandidate", "candidate", "leader", "down"][now.role];
    const narrow = lanes.width < NARROW, role = ROLE_NAMES[now.role]; // the longer word goes below
    const term = now.term ? (narrow ? "t" : "term ") + now.term : "";
    head.role.textContent = narrow ? term : role;
    head.trouble.textContent = now.trouble;
    head.log.textContent = [narrow ? role : term, now.log].filter(Boolean).join(" · ");
  }
}

// stateOf is what is known of a server right after an event.
function stateOf(server, event) {
  const role = latest(run.roles[server], event);
  const commit = latest(run.commits[server], event);
  const applied = latest(run.applied[server], event);
  const cut = latest(run.cuts[server], event);
  const asked = isClient(server) ? clientState(server, event) : null;
  const log = asked ? [asked.since] : [];
  if (commit) log.push((lanes.width < NARROW ? "c " : "commit ") + commit.index);
  if (applied && applied.index && lanes.width > 185) log.push("applied " + applied.index);
  const trouble = [];
  for (const span of run.spans[server]) {
    if (span.event <= event && (span.end === NONE || span.end > event)) trouble.push(span.kind === PAUSED ? "paused" : "applier held");
  }
  if (cut && cut.off) trouble.push("cut off");
  else if (cut && (cut.to || cut.from)) trouble.push(cutText(cut));
  return { role: role ? role.role : UNKNOWN, term: role ? role.term : 0, log: log.join(" · "), trouble: trouble.join(" · "), asks: asked?.asks };
}

// cutText says from whom a server is cut.
function cutText(cut) {
  const both = cut.to & cut.from, to = cut.to & ~both, from = cut.from & ~both;
  const parts = [];
  if (both) parts.push("cut from " + serverList(both));
  if (to) parts.push("cannot reach " + serverList(to));
  if (from) parts.push("not reached by " + serverList(from));
  return parts.join(", ");
}
