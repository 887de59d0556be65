// Search: the shown events whose sentence, method or fields hold all the words.

const search = { words: [], hits: new Int32Array(0), texts: null };

// searchText is what is searched of an event, in lower case.
function searchText(i) {
  search.texts ??= new Array(run.n);
  return (search.texts[i] ??= `${describe(i)} ${kindOf(i)} ${run.texts[run.method[i]]} ${run.texts[run.fields[i]]}`.toLowerCase());
}

function searchFor(query) {
  search.words = query.toLowerCase().split(/\s+/).filter(Boolean);
  refreshSearch();
  overview.stale = true;
  requestDraw();
}

function refreshSearch() {
  const { words } = search;
  search.hits = words.length === 0 ? new Int32Array(0) : shown.list.filter((i) => words.every((word) => searchText(i).includes(word)));
  showFound();
}

function showFound() {
  const { words, hits } = search;
  const at = after(hits.length, (k) => hits[k] >= view.selected);
  const found = hits[at] === view.selected ? `${(at + 1).toLocaleString("en")} of ${hits.length.toLocaleString("en")}` : `${hits.length.toLocaleString("en")} found`;
  document.getElementById("found").textContent = words.length === 0 ? "" : found;
}

// nextFound goes to the next hit after the selected event, or the one before
// it, and round.
function nextFound(by) {
  const { hits } = search;
  if (hits.length === 0) return;
  const from = view.selected === NONE ? eventsBetween(0, view.height)[0] - 1 : view.selected;
  const k = by > 0 ? after(hits.length, (j) => hits[j] > from) : after(hits.length, (j) => hits[j] >= from) - 1;
  select(hits[(k + hits.length) % hits.length]);
  showFound();
}
