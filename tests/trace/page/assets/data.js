// The run, unpacked: data.go says how it was packed.

const NONE = -1;

// Flags of a message.
const REPLY = 1, SECOND = 2, LOST = 4, IDLE = 8, REFUSAL = 16;

// Roles of a server.
const UNKNOWN = 0, FOLLOWER = 1, PRECANDIDATE = 2, CANDIDATE = 3, LEADER = 4, DOWN = 5;
const ROLE_NAMES = ["not seen yet", "follower", "pre-candidate", "candidate", "leader", "down"];

// Conditions of a server.
const PAUSED = 0, HELD = 1;

let run; // what readRun returned

async function readRun() {
  const block = document.getElementById("run");
  let text = block.textContent;
  if (block.dataset.encoding === "gzip") text = await inflate(text.trim());
  return unpack(JSON.parse(text));
}

async function inflate(base64) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser cannot unpack the run: it has no DecompressionStream, which browsers have had since 2023");
  }
  const packed = atob(base64);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// column is one of a table's columns; one that was left out is all zero.
function column(table, name) {
  return table[name] ? Int32Array.from(table[name]) : new Int32Array(table.rows[0]);
}

function unpack(doc) {
  const n = doc.events.rows[0];
  const at = new Float64Array(n); // nanoseconds
  const steps = doc.events.at || [];
  for (let i = 0, sum = 0; i < n; i++) at[i] = sum += steps[i] || 0;
  const r = {
    n, at, texts: doc.texts, servers: doc.servers, nodes: doc.servers + doc.clients, violation: doc.violation, blamed: doc.blamed, forgotten: doc.forgotten,
  };
  for (const name of ["kind", "from", "to", "num", "method", "bytes", "term", "note", "inc", "flags", "index", "topic", "rule", "fields"]) {
    r[name] = column(doc.events, name);
  }
  r.messages = unpackMessages(doc.messages, n);
  r.message = r.messages.byEvent;
  classify(r);
  unpackOperations(r, doc.calls);
  r.roles = perServer(r, doc.roles, ["role", "term"]);
  r.commits = perServer(r, doc.commits, ["index"]);
  r.spans = perServer(r, { rows: doc.spans.rows, ...doc.spans, event: doc.spans.begin }, ["kind", "end"]);
  r.cuts = cutSpans(r, doc.cuts);
  r.relinked = new Set(doc.cuts.event); // the events that cut or joined anything
  r.terms = firstOfTerms(doc.roles);
  r.applied = appliedIndexes(r);
  return r;
}

function unpackMessages(table, events) {
  const n = table.rows[0];
  const delta = column(table, "begin"), length = column(table, "end"), relative = column(table, "of");
  const m = {
    n, begin: new Int32Array(n), end: new Int32Array(n), of: new Int32Array(n), flags: column(table, "flags"),
    copy: new Int32Array(n).fill(NONE), // the second copy of a request
    first: new Int32Array(n), last: new Int32Array(n), // events
    reach: new Int32Array(n), // the latest event of this message and all before it
    byEvent: new Int32Array(events).fill(NONE),
  };
  for (let k = 0, first = 0, reach = 0; k < n; k++) {
    first += delta[k];
    m.first[k] = first;
    m.begin[k] = length[k] === -1 ? NONE : first;
    m.end[k] = length[k] === -1 ? first : length[k] ? first + length[k] : NONE;
    m.last[k] = m.end[k] === NONE ? first : m.end[k];
    m.of[k] = relative[k] ? k + relative[k] : NONE;
    if (m.flags[k] & SECOND && m.of[k] !== NONE) m.copy[m.of[k]] = k;
    m.byEvent[first] = m.byEvent[m.last[k]] = k;
    m.reach[k] = reach = Math.max(reach, m.last[k]);
  }
  return m;
}

// Classes of messages, which have a colour each.
const CLASSES = ["vote", "prevote", "append", "beat", "snapshot", "other", "service"];

// classify gives each message its class. A reply has its request's.
function classify(r) {
  const m = r.messages;
  m.cls = new Uint8Array(m.n);
  m.method = new Int32Array(m.n);
  for (let k = 0; k < m.n; k++) {
    m.method[k] = r.method[m.first[k]];
    const of = m.of[k];
    if (of !== NONE && of < k) {
      m.cls[k] = m.cls[of];
      continue;
    }
    const name = shortMethod(r.texts[m.method[k]]);
    const note = m.begin[k] === NONE ? "" : r.texts[r.note[m.begin[k]]];
    const byName = { RequestVote: 0, RequestPreVote: 1, AppendEntries: /\+0 /.test(note) ? 3 : 2, InstallSnapshot: 4 };
    const ofClient = Math.max(r.from[m.first[k]], r.to[m.first[k]]) >= r.servers;
    m.cls[k] = ofClient ? 6 : byName[name] ?? 5;
  }
}

// perServer sorts the lines of a table by server; each list is in the order of
// the events.
function perServer(r, table, names) {
  const event = column(table, "event"), server = column(table, "server");
  const columns = names.map((name) => column(table, name));
  const lists = Array.from({ length: r.nodes }, () => []);
  for (let i = 0; i < event.length; i++) {
    const line = { event: event[i] };
    names.forEach((name, k) => (line[name] = columns[k][i]));
    lists[server[i]].push(line);
  }
  return lists;
}

// cutSpans lists for each server since when it has been cut from which others.
// "off" says that it is not among the largest group that still talk to each
// other; one that is has only its cuts within that group listed. A client's cuts
// are listed for the client; it is off where it reaches no server.
function cutSpans(r, table) {
  const lists = Array.from({ length: r.nodes }, () => []);
  const event = column(table, "event"), server = column(table, "server");
  const to = column(table, "to"), from = column(table, "from");
  const now = Array.from({ length: r.nodes }, () => ({ to: 0, from: 0 }));
  const servers = 2 ** Math.min(r.servers, 31) - 1; // a bit each
  for (let i = 0; i < event.length; ) {
    const at = event[i];
    for (; i < event.length && event[i] === at; i++) now[server[i]] = { to: to[i], from: from[i] };
    const main = largestGroup(now.slice(0, r.servers));
    const within = [...main].reduce((bits, s) => bits | (1 << s), 0);
    now.forEach((c, s) => {
      const last = lists[s].at(-1);
      const client = s >= r.servers, off = client ? (c.to | c.from) === servers : !main.has(s);
      const seen = client || off ? servers : within, to = c.to & seen, from = c.from & seen;
      if (last && last.to === to && last.from === from && last.off === off) return;
      if (last) last.end = at;
      lists[s].push({ event: at, end: NONE, to, from, off });
    });
  }
  return lists;
}

// largestGroup is the largest set of servers with links in both directions,
// the one with the first server where several are.
function largestGroup(links) {
  const left = new Set(links.keys());
  let largest = new Set();
  while (left.size > 0) {
    const group = new Set(), ahead = [left.values().next().value];
    while (ahead.length > 0) {
      const s = ahead.pop();
      if (!left.delete(s)) continue;
      group.add(s);
      for (const t of left) if (!(((links[s].to | links[s].from) >> t) & 1)) ahead.push(t);
    }
    if (group.size > largest.size) largest = group;
  }
  return largest;
}

// firstOfTerms lists the event at which each term was first seen.
function firstOfTerms(table) {
  const event = column(table, "event"), term = column(table, "term");
  const list = [];
  for (let i = 0, highest = 0; i < event.length; i++) {
    if (term[i] > highest) list.push({ event: event[i], term: (highest = term[i]) });
  }
  return list;
}

// appliedIndexes lists for each server how far it has applied.
function appliedIndexes(r) {
  const lists = Array.from({ length: r.nodes }, () => []);
  for (let i = 0; i < r.n; i++) {
    const s = r.from[i];
    if (s < 0 || r.message[i] !== NONE) continue;
    const kind = r.texts[r.kind[i]];
    if (kind === "start") lists[s].push({ event: i, index: 0 });
    else if ((kind === "apply" || kind === "install") && r.index[i] > 0) lists[s].push({ event: i, index: r.index[i] });
  }
  return lists;
}

// latest is the last line of a list at or before an event, or undefined.
function latest(list, event) {
  return list[after(list.length, (k) => list[k].event > event) - 1];
}

// after is the first of n numbers for which found is true; found is false for
// all below it and true for all above.
function after(n, found) {
  let lo = 0, hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (found(mid)) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

const kindOf = (i) => run.texts[run.kind[i]];
const noteOf = (i) => run.texts[run.note[i]];
const shortMethod = (method) => method.slice(method.lastIndexOf(".") + 1);
