// The events as a table, for those who would rather read, and for screen
// readers: the shown events around the selected one.

const ROWS = 200; // at a time

const listing = { open: false, first: 0 };

function toggleTable() {
  listing.open = !listing.open;
  document.getElementById("show-table").setAttribute("aria-pressed", String(listing.open));
  document.getElementById("listing").hidden = !listing.open;
  document.getElementById("timeline").hidden = listing.open;
  document.getElementById("lanes").hidden = listing.open;
  listing.first = -1;
  showTable();
  if (listing.open) document.querySelector("#listing [aria-selected=true]")?.scrollIntoView({ block: "center" });
  else resize();
}

// showTable shows the rows around the selected event; those that are there
// stay.
function showTable() {
  if (!listing.open) return;
  const at = view.selected === NONE ? 0 : after(shown.list.length, (k) => shown.list[k] >= view.selected);
  if (listing.first < 0 || at < listing.first || at >= listing.first + ROWS || listing.of !== shown.list) {
    listing.first = Math.max(0, at - ROWS / 2);
    listing.of = shown.list;
    fillTable();
  }
  const box = document.getElementById("listing");
  box.querySelector("[aria-selected=true]")?.removeAttribute("aria-selected");
  const row = box.querySelector(`[data-event="${view.selected}"]`);
  row?.setAttribute("aria-selected", "true");
  row?.scrollIntoView({ block: "nearest" });
}

function fillTable() {
  const box = document.getElementById("listing"), { list } = shown;
  const head = element("tr", {}, ...["Time, s", "After", "From", "To", "What", "Term"].map((text) => element("th", { scope: "col" }, text)));
  const body = element("tbody");
  const end = Math.min(listing.first + ROWS, list.length);
  for (let k = listing.first; k < end; k++) {
    const i = list[k];
    const gap = k > 0 ? run.at[i] - run.at[list[k - 1]] : 0;
    const row = element("tr", { "data-event": String(i), class: i === run.violation ? "violation" : "" },
      element("td", { class: "number" }, clock(run.at[i], 6)), element("td", { class: "number" }, gap ? "+" + lapse(gap) : ""),
      element("td", {}, run.from[i] < 0 ? "" : S(run.from[i])), element("td", {}, run.to[i] < 0 ? "" : S(run.to[i])),
      element("td", {}, describe(i)), element("td", { class: "number" }, run.term[i] ? String(run.term[i]) : ""));
    row.addEventListener("click", () => select(i, { scroll: false }));
    body.append(row);
  }
  const caption = element("caption", {}, `Events ${(listing.first + 1).toLocaleString("en")} to ${end.toLocaleString("en")} of ${list.length.toLocaleString("en")} that are shown`);
  const turn = (text, by, able) => {
    const button = element("button", { type: "button" }, text);
    button.disabled = !able;
    button.addEventListener("click", () => {
      listing.first = Math.max(0, listing.first + by);
      fillTable();
      box.scrollTop = 0;
    });
    return button;
  };
  const turns = element("p", {}, turn("earlier", -ROWS, listing.first > 0), " ", turn("later", ROWS, end < list.length));
  box.replaceChildren(turns, element("table", {}, caption, element("thead", {}, head), body));
}
