// What is shown: by group, by method, by server, and idle heartbeats.

const filter = {
  groups: new Set(), // hidden ones
  methods: new Set(),
  servers: new Set(),
  idle: false, // heartbeats that tell nothing new are hidden
};

// Most of a long run is heartbeats that say the same as the one before. They
// begin hidden where they would drown the rest.
const IDLE_SHARE = 0.4, IDLE_EVENTS = 600;

function firstFilter() {
  const idle = counts().idle;
  filter.idle = idle > IDLE_EVENTS && idle > IDLE_SHARE * run.n;
}

// counts tells how many events each button stands for.
function counts() {
  const c = { groups: new Map(), methods: new Map(), idle: 0 };
  const add = (map, key) => map.set(key, (map.get(key) || 0) + 1);
  for (let i = 0; i < run.n; i++) {
    if (i === run.violation) continue;
    add(c.groups, groupOf(i));
    const m = run.message[i];
    if (m === NONE) continue;
    add(c.methods, methodKey(m));
    if (run.messages.flags[m] & IDLE) c.idle++;
  }
  return c;
}

// SERVICE stands for all methods of the service that clients call.
const SERVICE = -2;

const methodKey = (m) => (run.messages.cls[m] === CLASSES.indexOf("service") ? SERVICE : run.messages.method[m]);

function applyFilter() {
  const { n, messages, message, from, to } = run;
  shown.servers = Array.from({ length: run.nodes }, (_, s) => s).filter((s) => !filter.servers.has(s));
  shown.message = new Uint8Array(messages.n);
  for (let m = 0; m < messages.n; m++) {
    const i = messages.first[m];
    shown.message[m] = !filter.groups.has(groupOfMessage(m)) && !filter.methods.has(methodKey(m)) &&
      !(filter.idle && messages.flags[m] & IDLE) && !filter.servers.has(from[i]) && !filter.servers.has(to[i]) ? 1 : 0;
  }
  shown.event = new Uint8Array(n);
  const list = [];
  for (let i = 0; i < n; i++) {
    const m = message[i];
    const show = i === run.violation ||
      (m !== NONE ? shown.message[m] : !filter.groups.has(groupOf(i)) && !(from[i] >= 0 && filter.servers.has(from[i])));
    if (show) list.push(i);
    shown.event[i] = show ? 1 : 0;
  }
  shown.list = Int32Array.from(list);
  buildScale();
}

// refilter is applyFilter for one who looks at the page.
function refilter() {
  keep(applyFilter);
  layLanes();
  overview.stale = true;
  refreshSearch();
  showFilters();
  showTable();
  tally();
  requestDraw();
}

// toggle hides what is shown and shows what is hidden.
function toggle(set, key) {
  if (!set.delete(key)) set.add(key);
  refilter();
}

// only hides all others, or shows them again if they are hidden.
function only(set, key, keys) {
  const others = keys.filter((other) => other !== key), alone = !set.has(key) && others.every((other) => set.has(other));
  set.clear();
  if (!alone) for (const other of others) set.add(other);
  refilter();
}

// press is a click on a button: with Shift, only that is shown.
const press = (set, key, keys) => (e) => (e.shiftKey ? only(set, key, keys) : toggle(set, key));

function toggleIdle() {
  filter.idle = !filter.idle;
  refilter();
}

// toggleServer hides or shows a lane, but never the last one.
function toggleServer(s) {
  if (s >= run.nodes || (!filter.servers.has(s) && shown.servers.length === 1)) return;
  toggle(filter.servers, s);
}

// buildFilters makes the buttons; showFilters sets them.
function buildFilters() {
  const c = counts();
  const rows = document.getElementById("filters");
  const set = (label, chips) => {
    if (chips.length === 0) return;
    const group = element("div", { class: "set", role: "group", "aria-label": label }, element("span", { class: "name" }, label));
    for (const [text, count, pressed, click, title] of chips) {
      const chip = element("button", { type: "button", class: "chip", title: title || "with Shift: only these" }, text);
      if (count !== null) chip.append(element("span", { class: "count" }, count.toLocaleString("en")));
      chip.pressed = pressed;
      chip.addEventListener("click", click);
      group.append(chip);
    }
    rows.append(group);
  };
  const methods = [...c.methods].sort((a, b) => b[1] - a[1]).map(([method, count]) => [
    method === SERVICE ? "Operations" : shortMethod(run.texts[method]), count, () => !filter.methods.has(method), press(filter.methods, method, [...c.methods.keys()]),
    method === SERVICE ? "what clients ask of the servers; with Shift: only these" : "",
  ]);
  if (c.idle > 0) {
    methods.push(["idle heartbeats", c.idle, () => !filter.idle, toggleIdle,
      "empty AppendEntries that repeat what the follower was told right before, and their replies (h)"]);
  }
  set("Messages", methods);
  const groups = GROUPS.filter(([id]) => c.groups.has(id));
  set("Kinds", groups.map(([id, label]) => [
    label, c.groups.get(id), () => !filter.groups.has(id), press(filter.groups, id, groups.map(([other]) => other)),
  ]));
  const nodes = Array.from({ length: run.nodes }, (_, s) => s);
  const lane = (s) => [
    S(s), null, () => !filter.servers.has(s), (e) => (e.shiftKey ? only(filter.servers, s, nodes) : toggleServer(s)),
    s < Math.min(run.servers, 9) ? `the lane of S${s} (${s + 1}); with Shift: only this` : "",
  ];
  set("Servers", nodes.filter((s) => !isClient(s)).map(lane));
  set("Clients", nodes.filter(isClient).map(lane));
  showFilters();
}

function showFilters() {
  for (const chip of document.querySelectorAll("#filters .chip")) {
    chip.setAttribute("aria-pressed", String(chip.pressed()));
  }
}

// tally says how much of the run is shown.
function tally() {
  const text = [`${shown.list.length.toLocaleString("en")} of ${run.n.toLocaleString("en")} events shown`];
  if (run.forgotten > 0) text.push(`${run.forgotten.toLocaleString("en")} earlier ones were not kept`);
  document.getElementById("tally").textContent = text.join("; ");
}

// element makes an element with attributes and children; text is only ever
// text.
function element(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") e.setAttribute(key, value);
  e.append(...children);
  return e;
}
