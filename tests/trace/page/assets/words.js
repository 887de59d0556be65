// What an event and a message are called: one sentence each, for the panel,
// the tip, the table and those who listen to the page.

// The groups that can be filtered, in the order of their buttons. A lost
// message is in "loss", whichever way it went.
const GROUPS = [
  ["request", "Requests"], ["reply", "Replies"], ["loss", "Losses"], ["save", "Saves"], ["apply", "Applies, commits"],
  ["submit", "Commands"], ["operation", "Client calls"], ["log", "Log lines"], ["fault", "Faults"], ["role", "Roles"], ["other", "Other"],
];

const GROUP_OF = {
  save: "save", apply: "apply", install: "apply", snapshot: "apply", submit: "submit", log: "log",
  call: "operation", return: "operation",
  leader: "role", term: "role",
  start: "fault", crash: "fault", pause: "fault", resume: "fault", cut: "fault", join: "fault", isolate: "fault",
  rejoin: "fault", partition: "fault", heal: "fault", faults: "fault", hold: "fault", release: "fault",
};

// groupOf is an event's group. A kind may have words after its name.
function groupOf(i) {
  const m = run.message[i];
  if (m !== NONE) return groupOfMessage(m);
  return GROUP_OF[plainKind(i)] || "other";
}

function groupOfMessage(m) {
  const flags = run.messages.flags[m];
  return flags & LOST ? "loss" : flags & REPLY ? "reply" : "request";
}

const plainKind = (i) => kindOf(i).split(" ", 1)[0];
const S = (node) => (isClient(node) ? "C" + (node - run.servers) : "S" + node);
const serverList = (bits) => {
  const list = [];
  for (let s = 0; s < Math.min(run.servers, 31); s++) if ((bits >> s) & 1) list.push(S(s));
  return list.join(" ");
};

// clock prints an instant: "4.207123 s", with as many decimals as are asked for.
function clock(ns, decimals = 6) {
  return (ns / 1e9).toFixed(decimals);
}

// lapse prints how long something took: "412 ms", "5.08 ms", "38 µs".
function lapse(ns) {
  const digits = (v) => (v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v.toFixed(2)).replace(/\.0+$|(\.\d)0$/, "$1");
  if (ns >= 1e9) return digits(ns / 1e9) + " s";
  if (ns >= 1e6) return digits(ns / 1e6) + " ms";
  return digits(ns / 1e3) + " µs";
}

// describe is an event as a sentence, without its time.
function describe(i) {
  const from = S(run.from[i]), to = S(run.to[i]), note = noteOf(i);
  const method = shortMethod(run.texts[run.method[i]]);
  const term = run.term[i] ? `, term ${run.term[i]}` : "";
  const more = note ? `: ${note}` : "";
  const m = run.message[i];
  const reply = m !== NONE && run.messages.flags[m] & REPLY;
  switch (plainKind(i)) {
    case "sent": return `${from} sends ${method} to ${to}${term}${more}`;
    case "delivered": return `${method} from ${from} reaches ${to}${m !== NONE && run.messages.flags[m] & SECOND ? " a second time" : ""}`;
    case "duplicated": return `a second copy of ${method} from ${from} is on its way to ${to}`;
    case "dropped": return reply ? `the reply of ${from} to ${method} never reaches ${to}${more}` : `${method} from ${from} never reaches ${to}${more}`;
    case "replied": return `${from} answers ${method} of ${to}${term}${more}`;
    case "returned": return `the reply of ${from} to ${method} reaches ${to}`;
    case "save": return `${from} saves ${run.bytes[i].toLocaleString("en")} B`;
    case "apply": return `${from} applies ${note}`;
    case "install": return `${from} installs a ${note}`;
    case "snapshot": return `the service of ${from} takes a snapshot ${note}`;
    case "submit": return `${from} is given ${note}${term}`;
    case "call": return `${from} calls ${note}`;
    case "return": return returned(i);
    case "log": return `${from} logs ${run.texts[run.topic[i]] ? run.texts[run.topic[i]] + ": " : ""}${note}`;
    case "leader": return `${from} says that it leads${term}`;
    case "term": return `${from} says that it is in term ${run.term[i]}`;
    case "start": return `${from} starts${more}`;
    case "crash": return `${from} crashes${more}`;
    case "pause": return `${from} is paused: its messages wait`;
    case "resume": return `${from} goes on`;
    case "cut": return `what ${from} sends to ${to} is lost from now on`;
    case "join": return `what ${from} sends to ${to} arrives again`;
    case "isolate": return `${from} is cut from all others`;
    case "rejoin": return `${from} is joined to all others`;
    case "partition": return `the network is split into ${note.replace(/^\[|\]$/g, "").replace(/\d+/g, "S$&").replaceAll("] [", "] and [")}`;
    case "heal": return "all cuts end";
    case "faults": return `the faults of ${run.from[i] >= 0 ? `the link ${from} to ${to}` : "all links"} are now ${note || kindOf(i).slice(7)}`;
    case "hold": case "release": return `${from}: ${note || kindOf(i)}`;
    case "violation": return note;
  }
  const who = run.from[i] < 0 ? "" : run.to[i] < 0 ? ` ${from}` : ` ${from} to ${to}`;
  return `${kindOf(i)}${who}${method ? " " + method : ""}${term}${more}`;
}

// returned is the end of a client's operation as a sentence.
function returned(i) {
  const op = run.operations[run.operation[i]], result = resultText(op);
  const took = op.call === NONE ? "" : ` after ${lapse(run.at[i] - run.at[op.call])}`;
  return `${askedText(op)} of ${S(op.client)} returns${result ? " " + result : ""}${took}`;
}

// line is describe with the time, for a status line.
const line = (i) => `${clock(run.at[i])} s, ${describe(i)}`;

// arrowTexts are labels for a message, the longest first; the drawing takes
// the first that has room.
function arrowTexts(m) {
  const { begin, flags, method, of } = run.messages;
  const b = begin[m];
  if (b === NONE) return [];
  const term = run.term[b], note = noteOf(b);
  if (flags[m] & REPLY) {
    const asked = of[m] === NONE || begin[of[m]] === NONE ? 0 : run.term[begin[of[m]]];
    return asked && term > asked ? [`${note}, term ${term}`, note] : [note];
  }
  const name = shortMethod(run.texts[method[m]]);
  if (run.messages.cls[m] === CLASSES.indexOf("service")) return [`${name} ${note}`.trimEnd(), name];
  const rest = note.replace(/^(candidate|leader) S\d+ ?/, "");
  const short = { RequestVote: "vote?", RequestPreVote: "pre-vote?", AppendEntries: "append", InstallSnapshot: "snapshot" }[name] || name;
  if (run.messages.cls[m] === CLASSES.indexOf("beat")) {
    const commit = rest.replace(/.*commit/, "commit");
    return [`heartbeat, term ${term} ${commit}`, "heartbeat", "beat"];
  }
  const tight = rest.replace("prev ", "").replace("last ", "").replace("commit ", "c");
  const entries = rest.match(/\+\d+/)?.[0] ?? "";
  return [`${name} term ${term} ${rest}`, `${short} t${term} ${tight}`, `${short} t${term} ${entries}`.trimEnd(), short];
}
