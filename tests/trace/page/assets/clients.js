// Clients: their lanes stand right of the servers', and what they ask of the
// service is a bar from the call to the return.

const BAR = 11; // width of an operation
const ASIDE = 18; // pixels between the servers and the clients

const ops = { drawn: [] }; // what a pointer can hit

const isClient = (node) => node >= run.servers;

// unpackOperations lists what each client asked. Of operations at one time each
// has a slot of its own. One without a return is over when another cluster
// begins.
function unpackOperations(r, table) {
  const client = column(table, "client"), call = column(table, "call"), end = column(table, "return");
  r.operation = new Int32Array(r.n).fill(NONE); // by event
  r.operations = [];
  r.asked = Array.from({ length: r.nodes }, () => []); // by node
  const begins = [];
  for (let i = 0; i < r.n; i++) if (r.texts[r.kind[i]] === "cluster") begins.push(i);
  for (let k = 0; k < call.length; k++) {
    const op = { client: client[k], call: call[k], end: end[k], over: end[k], slot: 0 };
    if (op.end === NONE) op.over = begins[after(begins.length, (j) => begins[j] > op.call)] ?? NONE;
    const list = r.asked[op.client];
    while (list.slice(-8).some((o) => o.slot === op.slot && goesOn(o, op.call))) op.slot++;
    list.push(op);
    r.operations.push(op);
    for (const i of [op.call, op.end]) if (i !== NONE) r.operation[i] = k;
  }
}

// goesOn tells whether an operation has been called, and is not over, at an event.
const goesOn = (op, event) => op.call <= event && (op.over === NONE || op.over > event);

// askedText is what an operation asks.
const askedText = (op) => (op.call === NONE ? noteOf(op.end).replace(/\) = .*$/s, ")") : noteOf(op.call));

// resultText is what a return says beyond its call, or "".
function resultText(op) {
  if (op.end === NONE) return "";
  const asked = askedText(op), note = noteOf(op.end);
  return note.startsWith(asked) ? note.slice(asked.length).replace(/^ = /, "") : note;
}

// operationTexts are labels for an operation, the longest first.
function operationTexts(op) {
  const asked = askedText(op), result = resultText(op), name = asked.replace(/\(.*$/s, "");
  const whole = result ? [`${asked} = ${result}`, `${asked} = …${result.slice(-7)}`] : [];
  return [...whole, asked, name];
}

// placeClients gives the clients their lanes in what the servers leave.
function placeClients(left) {
  shown.servers.filter(isClient).forEach((c, k) => (lanes.x[c] = Math.round(left + lanes.thin * (k + 0.16))));
}

// drawClients draws the clients' lanes and bars, and the line left of them.
function drawClients(ctx, hi) {
  ops.drawn = [];
  const clients = shown.servers.filter(isClient);
  if (clients.length === 0) return;
  ctx.fillStyle = paint.hair;
  if (clients.length < shown.servers.length) ctx.fillRect(Math.round(lanes.x[clients[0]] - lanes.thin * 0.16 - ASIDE / 2), 0, 1, view.height);
  for (const c of clients) {
    const x = lanes.x[c];
    block(x - 7, 0, 14, view.height);
    ctx.fillStyle = paint.hair;
    ctx.fillRect(x - 0.5, 0, 1, Math.max(0, lastY()));
    if (filter.groups.has("operation")) continue;
    for (const op of run.asked[c]) {
      if ((op.call === NONE ? op.end : op.call) >= hi) break;
      const y0 = op.call === NONE ? -20 : Math.max(Y(op.call), -20);
      const y1 = op.over === NONE ? lastY() : Math.min(Y(op.over), view.height + 20);
      if (y1 < -15) continue;
      const p = { op, x: x + op.slot * (BAR - 4), y0, y1: Math.max(y1, y0 + 2) };
      operationBar(ctx, p);
      ops.drawn.push(p);
      if (!view.far || p.y1 - p.y0 > 26) label(COMMANDS, operationTexts(op), p.x + BAR, Math.max(y0, 0) + 6, {
        color: paint.service, room: barRoom(x), font: op.end === NONE ? BOLD : FONT, else: { y: Math.max(y0, 0) + 22 },
      });
    }
  }
}

// barRoom is how long a text right of the bar at x may be.
const barRoom = (x) => Math.min(lanes.thin - 2 * BAR, view.width - x - BAR - 6);

// operationBar is a box from call to return; one that does not return is open
// below.
function operationBar(ctx, { op, x, y0, y1 }) {
  const left = x - BAR / 2, open = op.end === NONE;
  ctx.fillStyle = open ? anchor(paint.openPattern) : paint.bar;
  ctx.fillRect(left, y0, BAR, y1 - y0);
  ctx.strokeStyle = paint.service;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  ctx.moveTo(left, y1);
  ctx.lineTo(left, y0);
  ctx.lineTo(left + BAR, y0);
  ctx.lineTo(left + BAR, y1);
  if (!open) ctx.lineTo(left, y1);
  ctx.stroke();
}

// hitOperations offers the operations under a pointer.
function hitOperations(x, y, take) {
  for (const { op, x: at, y0, y1 } of ops.drawn) {
    if (Math.abs(x - at) > BAR / 2 + 2 || y < y0 - 3 || y > y1 + 3) continue;
    const late = op.end !== NONE && (op.call === NONE || y > (y0 + y1) / 2);
    take(late ? op.end : op.call, 4);
  }
}

// selectOperation draws the frame of the operation that an event is about.
function selectOperation(ctx, i) {
  const p = run.operation[i] === NONE ? null : ops.drawn.find(({ op }) => op === run.operations[run.operation[i]]);
  if (p) ctx.strokeRect(p.x - BAR / 2 - 2, p.y0 - 2, BAR + 4, p.y1 - p.y0 + 4);
}

// clientState is what a client's head tells at an event.
function clientState(client, event) {
  const open = run.asked[client].filter((op) => op.call !== NONE && goesOn(op, event));
  if (open.length === 0) return { asks: "", since: "" };
  const more = open.length > 1 ? ` and ${open.length - 1} more` : "", took = run.at[event] - run.at[open[0].call];
  return { asks: askedText(open[0]) + more, since: took ? `since ${lapse(took)}` : "" };
}

// requestsOf is the calls that a client made for an operation, by their first
// events.
function requestsOf(op) {
  const list = [], { first, begin, flags, n } = run.messages;
  const from = op.call === NONE ? 0 : op.call, to = op.over === NONE ? run.n : op.over;
  for (let m = after(n, (k) => first[k] >= from); m < n && first[m] <= to; m++) {
    if (begin[m] !== NONE && run.from[first[m]] === op.client && !(flags[m] & (REPLY | SECOND))) list.push(m);
  }
  return list;
}

// overviewClient is a client's lane in the overview.
function overviewClient(ctx, c, x, width) {
  ctx.fillStyle = paint.service;
  for (const op of run.asked[c]) {
    const y0 = op.call === NONE ? 0 : overviewY(view.unit[op.call]);
    const y1 = op.over === NONE ? overviewY(view.units) : overviewY(view.unit[op.over]);
    ctx.globalAlpha = op.end === NONE ? 1 : 0.5;
    ctx.fillRect(x, y0, Math.max(width - 1, 1.5), Math.max(y1 - y0 - 0.5, 0.7));
  }
  ctx.globalAlpha = 1;
}
