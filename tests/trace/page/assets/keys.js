// The keys. One table says what they do and makes the help.

const KEYS = [
  ["Step", [
    [["ArrowDown", "j"], "the next event", () => stepBy(1)],
    [["ArrowUp", "k"], "the event before", () => stepBy(-1)],
    [["Shift+ArrowDown", "J"], "the next event of the same server", () => stepBy(1, true)],
    [["Shift+ArrowUp", "K"], "the event before of the same server", () => stepBy(-1, true)],
    [["f", "ArrowRight"], "follow the message: departure, arrival, reply, its arrival", () => follow()],
    [["b", "ArrowLeft"], "the same way back", () => follow(true)],
    [["v"], "the violation", () => toViolation()],
    [["Home", "g"], "the first event", () => select(shown.list[0] ?? NONE)],
    [["End", "G"], "the last event", () => select(shown.list.at(-1) ?? NONE)],
    [["Enter"], "read the selected event's fields", () => openPanel()],
  ]],
  ["Look", [
    [["+", "="], "zoom in; or Ctrl and the wheel", () => zoomAtSelection(1.5)],
    [["-"], "zoom out", () => zoomAtSelection(1 / 1.5)],
    [["0"], "the whole run", () => fitAll()],
    [["PageDown", " "], "a page further; or the wheel, or drag", () => panBy(view.height * 0.85)],
    [["PageUp", "Shift+ "], "a page back", () => panBy(-view.height * 0.85)],
    [["t"], "true time, or silence folded", () => toggleMode()],
    [["l"], "the events as a table", () => toggleTable()],
    [["p"], "the panel", () => togglePanel()],
  ]],
  ["Find", [
    [["/"], "search", () => document.getElementById("query").focus()],
    [["n"], "the next event found", () => nextFound(1)],
    [["N"], "the one before", () => nextFound(-1)],
    [["h"], "hide or show idle heartbeats", () => toggleIdle()],
    [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "hide or show the first, second, ... server", (key) => Number(key) <= run.servers && toggleServer(Number(key) - 1)],
    [["?"], "these keys", () => document.getElementById("help").showModal()],
    [["Escape"], "back to the timeline", () => document.getElementById("timeline").focus()],
  ]],
];

const KEY_NAMES = {
  ArrowDown: "↓", ArrowUp: "↑", ArrowRight: "→", ArrowLeft: "←", "Shift+ArrowDown": "Shift ↓", "Shift+ArrowUp": "Shift ↑",
  " ": "Space", "Shift+ ": "Shift Space", PageDown: "Page down", PageUp: "Page up", Escape: "Esc",
};

function listenToKeys() {
  const actions = new Map();
  for (const [, rows] of KEYS) for (const [keys, , act] of rows) for (const key of keys) actions.set(key, act);
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.getElementById("help").open) return;
    const at = e.target;
    if (at.matches("input") ? e.key !== "Escape" : at.matches("button, a, summary") && (e.key === "Enter" || e.key === " ")) return;
    const act = actions.get(e.shiftKey && e.key.length > 1 || e.key === " " && e.shiftKey ? "Shift+" + e.key : e.key);
    if (!act) return;
    e.preventDefault();
    act(e.key);
  });
}

function zoomAtSelection(factor) {
  const on = view.selected !== NONE && Y(view.selected) >= 0 && Y(view.selected) <= view.height;
  zoomBy(factor, on ? Y(view.selected) : view.height / 2);
}

function toggleMode() {
  setFolded(!view.folded);
  overview.stale = true;
  document.getElementById("mode").setAttribute("aria-pressed", String(!view.folded));
}

function togglePanel() {
  const shut = document.body.classList.toggle("no-panel");
  document.getElementById("show-panel").setAttribute("aria-pressed", String(!shut));
  resize();
}

function openPanel() {
  if (document.body.classList.contains("no-panel")) togglePanel();
  document.getElementById("selected-title").focus();
}

function buildHelp() {
  const box = document.getElementById("keys");
  for (const [title, rows] of KEYS) {
    const list = element("dl", { class: "keys" });
    for (const [keys, text] of rows) {
      const names = keys.length > 4 ? [keys[0], "…", keys.at(-1)] : keys;
      const term = element("dt");
      for (const name of names) term.append(name === "…" ? " … " : element("kbd", {}, KEY_NAMES[name] || name), " ");
      list.append(term, element("dd", {}, text));
    }
    box.append(element("section", {}, element("h3", {}, title), list));
  }
}
