// Browse: filters, sorting and downloads for the lists of testimonies, sources and series.
//
// Our own script rather than a library. Table libraries (DataTables, Tabulator, List.js) weigh 20 to
// 400 KB, lack facets with counts over several values or leave their keyboard and screen-reader
// behaviour to the page, and most keep no state in the address. This needs no dependency, no inline
// script or style, and filters ten thousand rows in a few milliseconds.

import { count, labelOf, prepare, query, readView, select } from "./browse-list.js";
import { FORMATS, takeAway } from "./browse-take.js";

const STEP = 25; // rows that are drawn at once: more than a screen
const PAUSE = 500; // milliseconds after which the others follow a keystroke: they are not to hold up the next one
const NOUNS = { testimonies: "testimonies", sources: "sources", estimates: "series" };

/** An element with properties and children; strings become text, never markup. */
function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** One facet as a group of labelled boxes; `options` keeps what each change has to update. */
function drawFacet(facet, open) {
  const options = facet.values.map(([code, label]) => {
    const box = make("input", { type: "checkbox", name: facet.key, value: code });
    const count = make("span", { className: "count" });
    return { code, box, count, item: make("li", {}, make("label", {}, box, make("span", {}, label), count)) };
  });
  const chosen = make("span", { className: "chosen" });
  const element = make(
    "details",
    { className: "facet", open },
    make("summary", {}, facet.label, chosen),
    make("fieldset", {}, make("legend", { className: "unseen" }, facet.label), make("ul", {}, ...options.map(({ item }) => item))),
  );
  return { facet, element, chosen, options };
}

function drawFilters(list, view) {
  const words = make("input", { type: "search", id: "browse-words", name: "q", autocomplete: "off", spellcheck: false });
  const facets = list.facets.map((facet, place) => drawFacet(facet, place < 2 || view.chosen.has(facet.key)));
  const form = make(
    "form",
    { className: "filters-form", role: "search", "aria-label": `Filter the ${NOUNS[list.kind]}` },
    make("label", { htmlFor: "browse-words" }, "Filter by words"),
    words,
    ...facets.map(({ element }) => element),
  );
  const wide = matchMedia("(min-width: 60em)");
  const element = make("details", { className: "filters", open: wide.matches }, make("summary", {}, "Filters"), form);
  wide.addEventListener("change", () => { element.open = wide.matches; });
  return { element, form, words, facets };
}

function drawRow(list, row) {
  const name = make("bdi", row.language ? { lang: row.language } : {}, row.cells[0][0]);
  const link = make("a", { href: `${list.base}${list.kind}/${row.id}/` }, name);
  const first = make("td", {}, link, " ", make("small", {}, row.id));
  const others = row.cells.slice(1).map(([text], place) => make("td", { className: list.columns[place + 1].number ? "num" : "" }, text));
  return make("tr", {}, first, ...others);
}

/** Do something after the browser has painted what was drawn before. */
function afterPaint(act) {
  requestAnimationFrame(() => setTimeout(act));
}

/** The list as a live page: keeps the view, draws what changes, and writes the address. */
class Browser {
  constructor(root, list) {
    this.list = list;
    this.view = readView(list);
    this.table = root.querySelector("table");
    this.filters = drawFilters(list, this.view);
    this.status = make("p", { className: "browse-status", role: "status", "aria-live": "polite" });
    this.chips = make("ul", { className: "chips", "aria-label": "Chosen filters" });
    this.buttons = Object.entries(FORMATS).map(([format, { label }]) => make("button", { type: "button", value: format }, label));
    this.take = make("p", { className: "take" }, make("span", {}, "Download this selection:"), ...this.buttons);
    this.parts = make("nav", { className: "parts", "aria-label": "Pages of the list" });
    this.drawHeaders();
    root.querySelector("nav.parts")?.remove();
    const results = make("div", { className: "browse-results" }, this.status, this.chips, this.take, root.querySelector(".scroll"), this.parts);
    root.append(this.filters.element, results);
    root.classList.add("browse-live");
    this.listen();
    this.show(scrollY > 0);
  }

  drawHeaders() {
    this.headers = [...this.table.tHead.rows[0].cells];
    this.headers.forEach((header, place) => {
      header.replaceChildren(make("button", { type: "button", value: this.list.columns[place].key }, this.list.columns[place].label));
    });
  }

  listen() {
    const { form, words } = this.filters;
    form.addEventListener("submit", (event) => event.preventDefault());
    words.addEventListener("input", () => afterPaint(() => words.value !== this.view.q && this.change({}, true)));
    form.addEventListener("change", (event) => event.target !== words && this.choose(event.target.name, event.target.value, event.target.checked));
    this.table.tHead.addEventListener("click", (event) => event.target.value && this.sortBy(event.target.value));
    this.chips.addEventListener("click", (event) => this.drop(event.target.closest("button")));
    this.take.addEventListener("click", (event) => event.target.value && this.download(event.target.value));
    this.parts.addEventListener("click", (event) => this.turn(event));
    addEventListener("popstate", () => {
      this.view = readView(this.list);
      this.typing = false;
      this.show(true);
    });
  }

  /** Take over a change; each is one step of the history, a word that is being typed is one step. */
  change(changed, typing = false) {
    this.view = { ...this.view, page: 1, q: this.filters.words.value, ...changed };
    const address = location.pathname + query(this.view);
    if (typing && this.typing) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.typing = typing;
    this.show();
  }

  choose(key, code, wanted) {
    const codes = new Set(this.view.chosen.get(key));
    if (wanted) codes.add(code);
    else codes.delete(code);
    const inOrder = this.list.facets.map((facet) => [facet.key, facet.key === key ? codes : this.view.chosen.get(facet.key)]);
    this.change({ chosen: new Map(inOrder.filter(([, some]) => some?.size)) });
  }

  drop(button) {
    if (!button) return;
    if (button.dataset.key) this.choose(button.dataset.key, button.value, false);
    else this.change({ q: "", chosen: new Map() });
    (this.chips.querySelector("button") || this.filters.words).focus();
  }

  /** Upwards, downwards, and back to the order of ids. */
  sortBy(key) {
    this.change({ sort: { [key]: `-${key}`, [`-${key}`]: "" }[this.view.sort] ?? key });
  }

  turn(event) {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.change({ page: Number(link.dataset.page) });
    this.status.scrollIntoView();
  }

  /** Show the view, to readers who type its rows first; `whole` where they may be far down, or are led back to a place that is. */
  show(whole = false) {
    if (!this.typing) this.filters.words.value = this.view.q;
    const selection = select(this.list, this.view);
    const { rows } = selection;
    this.rows = rows;
    this.last = Math.max(1, Math.ceil(rows.length / this.list.page));
    const page = Math.min(this.view.page, this.last);
    const start = (page - 1) * this.list.page;
    const shown = rows.slice(start, start + this.list.page);
    this.drawRows(shown, whole ? shown.length : STEP);
    this.showStatus(start, shown.length);
    const showFacets = () => this.rows === rows && this.showFacets(count(this.list, selection));
    if (this.typing) afterPaint(showFacets);
    else showFacets();
    this.showChips();
    this.showSort();
    this.showParts(page);
    this.buttons.forEach((button) => { button.disabled = rows.length === 0; });
  }

  /** Draw the first rows now and the others later, until another view is shown: a keystroke waits for few. */
  drawRows(rows, first) {
    const body = this.table.tBodies[0];
    const draw = (start, end) => rows.slice(start, end).map((row) => (row.element ??= drawRow(this.list, row)));
    const follow = () => {
      if (this.drawn !== rows || body.rows.length >= rows.length) return;
      body.append(...draw(body.rows.length, body.rows.length + STEP));
      afterPaint(follow);
    };
    this.drawn = rows;
    body.replaceChildren(...draw(0, first));
    if (this.typing) setTimeout(follow, PAUSE);
    else afterPaint(follow);
  }

  showStatus(start, count) {
    const part = this.last > 1 ? `, ${start + 1} to ${start + count} shown` : "";
    this.status.textContent = `${this.rows.length.toLocaleString("en")} of ${this.list.rows.length.toLocaleString("en")} ${NOUNS[this.list.kind]}${part}`;
  }

  showFacets(counts) {
    this.filters.facets.forEach(({ facet, element, chosen, options }, place) => {
      const codes = this.view.chosen.get(facet.key) || new Set();
      options.forEach(({ code, box, count, item }, option) => {
        box.checked = codes.has(code);
        count.textContent = counts[place][option];
        item.classList.toggle("empty", counts[place][option] === 0 && !box.checked);
      });
      chosen.textContent = codes.size ? `${codes.size} chosen` : "";
      if (codes.size) element.open = true;
    });
  }

  showChips() {
    const chips = this.list.facets.flatMap((facet) =>
      [...(this.view.chosen.get(facet.key) || [])].map((code) => {
        const label = `${facet.label}: ${labelOf(facet, code)}`;
        return make("button", { type: "button", value: code, "data-key": facet.key, "aria-label": `Remove ${label}` }, label);
      }),
    );
    if (chips.length || this.view.q.trim()) chips.push(make("button", { type: "button", className: "clear" }, "Clear all"));
    this.chips.replaceChildren(...chips.map((chip) => make("li", {}, chip)));
    this.chips.hidden = chips.length === 0;
  }

  showSort() {
    const key = this.view.sort.replace("-", "");
    this.headers.forEach((header, place) => {
      if (this.list.columns[place].key !== key) header.removeAttribute("aria-sort");
      else header.setAttribute("aria-sort", this.view.sort.startsWith("-") ? "descending" : "ascending");
    });
  }

  showParts(page) {
    const links = Array.from({ length: this.last > 1 ? this.last : 0 }, (_, place) => {
      const number = place + 1;
      const href = location.pathname + query({ ...this.view, page: number });
      const link = make("a", { href, "data-page": number }, make("span", { className: "unseen" }, "Page "), `${number}`);
      if (number === page) link.setAttribute("aria-current", "page");
      return make("li", {}, link);
    });
    this.parts.replaceChildren(make("ul", {}, ...links));
    this.parts.hidden = links.length === 0;
  }

  async download(format) {
    const report = (text) => { this.status.textContent = text; };
    try {
      const name = await takeAway(this.list, this.view, this.rows, format, report);
      report(`${this.rows.length.toLocaleString("en")} ${NOUNS[this.list.kind]} saved as ${name}`);
    } catch (error) {
      report(`Nothing was saved: ${error.message}`);
    }
  }
}

async function start(root) {
  const answer = await fetch(root.dataset.list);
  if (!answer.ok) return; // the static table stays
  new Browser(root, await prepare({ ...(await answer.json()), ...root.dataset }));
}

document.querySelectorAll(".browse[data-list]").forEach(start);
