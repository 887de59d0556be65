// The selected event: going to it, and what the panel tells of it.

// callOf is the messages of a call: the request, its second copy, the reply.
function callOf(m) {
  const { of, copy, flags } = run.messages;
  const request = flags[m] & (REPLY | SECOND) && of[m] !== NONE ? of[m] : m;
  const list = [request];
  if (copy[request] !== NONE) list.push(copy[request]);
  if (!(flags[request] & (REPLY | SECOND)) && of[request] !== NONE) list.push(of[request]);
  return list;
}

// stepsOf is the events of a call, in order.
function stepsOf(m) {
  const steps = new Set();
  for (const part of callOf(m)) {
    if (run.messages.begin[part] !== NONE) steps.add(run.messages.begin[part]);
    if (run.messages.end[part] !== NONE) steps.add(run.messages.end[part]);
  }
  return [...steps].sort((a, b) => a - b);
}

// select goes to an event.
function select(i, { scroll = true } = {}) {
  if (i === NONE || i < 0 || i >= run.n) return;
  view.selected = i;
  const place = after(shown.list.length, (k) => shown.list[k] >= i);
  const at = shown.list[place] === i ? `event ${(place + 1).toLocaleString("en")} of ${shown.list.length.toLocaleString("en")}` : "hidden by the filter";
  document.getElementById("status").textContent = `${line(i)} (${at})`;
  showPanel(i);
  showTable();
  if (scroll) reveal(i);
  requestDraw();
}

// reveal scrolls until an event is in view, with some of what surrounds it.
function reveal(i, force = false) {
  const y = Y(i);
  if (!force && y > view.height * 0.15 && y < view.height * 0.85) return;
  const from = view.top;
  view.top = view.unit[i] - (view.height * (y > view.height * 0.5 ? 0.6 : 0.4)) / view.zoom;
  clampView();
  const target = view.top;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still || force || Math.abs(target - from) * view.zoom > 2 * view.height) return;
  view.top = from;
  let start = null;
  motion = (now) => {
    start ??= now;
    const share = Math.min((now - start) / 140, 1);
    view.top = from + (target - from) * (1 - (1 - share) ** 3);
    if (share >= 1) motion = null;
    else queueMicrotask(requestDraw);
  };
}

// showPanel fills in the panel.
function showPanel(i) {
  const box = document.getElementById("selected"), m = run.message[i];
  document.getElementById("selected-title").textContent = headline(i);
  box.replaceChildren(element("p", { class: "sentence" }, describe(i)));
  if (i === run.violation && run.texts[run.rule[i]]) box.append(element("p", {}, "breaks ", element("b", {}, run.texts[run.rule[i]])));
  if (run.operation[i] !== NONE) return operationFields(box, run.operations[run.operation[i]], i);
  const rows = [["at", clock(run.at[i], 9) + " s"]];
  if (run.term[i]) rows.push(["term", run.term[i]]);
  if (run.index[i]) rows.push(["index", run.index[i]]);
  if (run.bytes[i]) rows.push(["size", `${run.bytes[i].toLocaleString("en")} B`]);
  if (m !== NONE) rows.push(["call", `#${run.num[i]}${run.inc[i] ? `, incarnation ${run.inc[i]}` : ""}`]);
  box.append(fieldList(rows));
  if (m !== NONE) {
    for (const part of callOf(m)) messageFields(box, part);
    box.append(stepList(stepsOf(m), i));
  }
}

// operationFields shows what a client asked and got, and whom it asked for it.
function operationFields(box, op, now) {
  const at = (i) => (i === NONE ? "" : clock(run.at[i], 6) + " s");
  const rows = [["operation", askedText(op)], ["called", at(op.call) || "before the first event"], ["returned", at(op.end) || "never"]];
  const took = run.at[op.over === NONE ? run.n - 1 : op.over] - run.at[Math.max(op.call, 0)];
  if (op.call !== NONE) rows.push([op.end === NONE ? "open for" : "took", lapse(took)]);
  if (resultText(op)) rows.push(["result", resultText(op)]);
  box.append(fieldList(rows));
  const asked = requestsOf(op), least = Math.max(0, asked.length - MOST_STEPS);
  const steps = new Set([op.call, op.end].filter((i) => i !== NONE));
  for (const m of asked.slice(least)) for (const i of [stepsOf(m)[0], stepsOf(m).at(-1)]) steps.add(i);
  if (asked.length > 0) box.append(element("h3", {}, `${asked.length} ${asked.length === 1 ? "request" : "requests"}${least ? `, the last ${MOST_STEPS}` : ""}`));
  box.append(stepList([...steps].sort((a, b) => a - b), now));
}

const MOST_STEPS = 20; // requests of an operation that are listed

const headline = (i) => {
  const m = run.message[i];
  if (i === run.violation) return "Violation";
  if (run.operation[i] !== NONE) return "Operation of " + S(run.from[i]);
  if (m === NONE) return plainKind(i)[0].toUpperCase() + plainKind(i).slice(1);
  return shortMethod(run.texts[run.messages.method[m]]) + (run.messages.flags[m] & REPLY ? ", reply" : "");
};

// messageFields shows the fields of a message, or what its note says where the
// trace has no fields.
function messageFields(box, m) {
  const { begin, flags } = run.messages;
  if (begin[m] === NONE || flags[m] & SECOND) return;
  const text = run.texts[run.fields[begin[m]]];
  const rows = text ? text.split("\n").map((row) => {
    const at = row.indexOf(": ");
    return at < 0 ? ["", row] : [row.slice(0, at), row.slice(at + 2)];
  }) : [["Term", run.term[begin[m]]], ["", noteOf(begin[m])]].filter(([, v]) => v);
  if (rows.length === 0) return;
  box.append(element("h3", {}, flags[m] & REPLY ? "Reply" : "Request"), fieldList(rows));
}

function fieldList(rows) {
  const list = element("dl", { class: "fields" });
  for (const [name, value] of rows) {
    const part = /^index \d/.test(name) ? { class: "part" } : {}; // an entry, below "Entries"
    list.append(element("dt", part, name), element("dd", {}, String(value)));
  }
  return list;
}

// stepList is what happened to a call, to click through.
function stepList(steps, now) {
  const list = element("ol", { class: "steps" });
  let before = NONE;
  for (const i of steps) {
    const button = element("button", { type: "button" }, element("span", { class: "time" }, clock(run.at[i], 4)), " " + describe(i));
    if (before !== NONE && run.at[i] > run.at[before]) button.append(element("span", { class: "gap" }, ` +${lapse(run.at[i] - run.at[before])}`));
    if (i === now) button.setAttribute("aria-current", "step");
    button.addEventListener("click", () => select(i));
    list.append(element("li", {}, button));
    before = i;
  }
  return list;
}

// follow goes to the next event of the same call, and round.
function follow(back = false) {
  const i = view.selected;
  if (i === NONE || (run.message[i] === NONE && run.operation[i] === NONE)) return;
  const op = run.operations[run.operation[i]];
  const steps = op ? [op.call, op.end].filter((j) => j !== NONE) : stepsOf(run.message[i]), k = steps.indexOf(i);
  select(steps[(k + (back ? steps.length - 1 : 1)) % steps.length]);
}

// stepBy goes to the next or the last shown event, of the same server if that
// is asked for.
function stepBy(by, sameServer = false) {
  const list = shown.list;
  if (list.length === 0) return;
  if (view.selected === NONE) {
    const [lo] = eventsBetween(0, view.height);
    const k = after(list.length, (j) => list[j] >= lo);
    return select(list[Math.min(k, list.length - 1)]);
  }
  const server = placeOf(view.selected);
  let k = by > 0 ? after(list.length, (j) => list[j] > view.selected) : after(list.length, (j) => list[j] >= view.selected) - 1;
  for (; k >= 0 && k < list.length; k += by) {
    if (!sameServer || server === NONE || placeOf(list[k]) === server) return select(list[k]);
  }
}

function toViolation() {
  if (run.violation === NONE) return;
  select(run.violation, { scroll: false });
  reveal(run.violation, true);
  requestDraw();
}
