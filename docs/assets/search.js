// Search: leads to the search box with Ctrl K, and shows what Pagefind finds, grouped by kind.
//
// Ctrl K rather than a single character such as "/": WCAG 2.1.4 allows shortcuts without a modifier
// only where a reader can switch them off, as they get in the way of speech input.
// Nothing of Pagefind is loaded before the reader turns to the search.

"use strict";

(() => {
  const KINDS = ["Testimonies", "Sources", "Estimates", "Countries", "Reasons", "Figures", "Chapters"];
  const FIRST = 5; // results of a kind that are shown at first
  const MORE = 20; // and that each further step adds
  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&amp;": "&", "&nbsp;": " " };

  const words = document.getElementById("search-words");
  const boxes = [words, document.getElementById("find"), document.querySelector(".find-link")];

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const box = boxes.find((candidate) => candidate?.offsetParent);
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select?.();
  });

  if (!words) return;
  const results = document.getElementById("search-results");
  const status = document.getElementById("search-status");
  const root = new URL(results.dataset.base, location.href);
  let engine;
  let latest = 0;

  /** Pagefind, loaded once, the first time that somebody needs it. */
  function load() {
    engine ??= import(new URL("pagefind/pagefind.js", root).href).then(async (pagefind) => {
      await pagefind.options({ baseUrl: root.pathname, excerptLength: 28 });
      await pagefind.init();
      return pagefind;
    });
    return engine;
  }

  function make(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  /** Pagefind's excerpt, which is HTML, as text with marks: nothing of it is parsed as markup. */
  function excerpt(html) {
    const parts = html.split(/(<mark>.*?<\/mark>)/s);
    const plain = (text) => text.replace(/<\/?mark>/g, "").replace(/&[a-z0-9#]+;/gi, (entity) => ENTITIES[entity] ?? entity);
    return make("p", "excerpt", ...parts.map((part) => (part.startsWith("<mark>") ? make("mark", "", plain(part)) : plain(part))));
  }

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

  /** Whether the best result has one of the words, or another form of it. Where Pagefind knows no
      such word it offers shorter ones ("zur" for "Zürich"), which would only mislead. */
  function fits(data, text) {
    const marked = data.excerpt.match(/<mark>.*?<\/mark>/gs) ?? [];
    const hits = wordsOf([data.meta.title, ...marked.map((mark) => mark.slice(6, -7))].join(" "));
    return wordsOf(text).some((word) => {
      const stem = word.slice(0, Math.max(4, word.length - 3));
      return hits.some((hit) => hit.includes(stem));
    });
  }

  function link(address, text) {
    const element = make("a", "", text);
    element.href = address;
    return element;
  }

  /** One result; a chapter shows the sections in which the words stand as well. */
  function drawResult(kind, data) {
    const inside = data.sub_results.filter((section) => section.url !== data.url);
    const sections = kind === "Chapters" ? inside.slice(0, 3) : [];
    const links = sections.map((section) => make("li", "", link(section.url, section.title)));
    const item = make("li", "result", make("h3", "", link(data.url, data.meta.title || data.url)), excerpt(data.excerpt));
    if (links.length) item.append(make("ul", "sections", ...links));
    return item;
  }

  /** The results of one kind, with a button while there are more. */
  async function drawKind(kind, found) {
    const list = make("ul", "result-list");
    const button = make("button", "more");
    button.type = "button";
    const add = async (count) => {
      const start = list.children.length;
      const next = await Promise.all(found.slice(start, start + count).map((result) => result.data()));
      list.append(...next.map((data) => drawResult(kind, data)));
      const left = found.length - list.children.length;
      button.textContent = `Show ${Math.min(left, MORE)} more of ${left}`;
      button.hidden = left === 0;
      return list.children[start];
    };
    button.addEventListener("click", async () => (await add(MORE))?.querySelector("a").focus());
    await add(FIRST);
    const heading = make("h2", "", kind, " ", make("small", "", `${found.length}`));
    return make("section", "result-kind", heading, list, button);
  }

  async function show(text) {
    const turn = ++latest;
    if (!text) {
      results.replaceChildren();
      status.textContent = "";
      return;
    }
    const pagefind = await load();
    const answers = await Promise.all(KINDS.map((kind) => pagefind.search(text, { filters: { [kind.toLowerCase()]: "yes" } })));
    const best = await Promise.all(answers.map(({ results: [first] }) => first?.data()));
    const found = KINDS.map((kind, place) => [kind, answers[place].results, best[place]]);
    const groups = found.filter(([, , first]) => first && fits(first, text));
    const drawn = await Promise.all(groups.map(([kind, found]) => drawKind(kind, found)));
    if (turn !== latest) return;
    results.replaceChildren(...drawn);
    const total = groups.reduce((sum, [, found]) => sum + found.length, 0);
    const listed = groups.map(([kind, found]) => `${kind.toLowerCase()} ${found.length}`).join(", ");
    status.textContent = total ? `${total} result${total === 1 ? "" : "s"}: ${listed}` : "Nothing was found. Try fewer words, or another spelling.";
  }

  function search(text) {
    show(text).catch((error) => { status.textContent = `The search could not be loaded: ${error.message}`; });
  }

  /** Search for what stands in the box, and note it in the address. */
  function ask(step) {
    const text = words.value.trim();
    if (text !== asked()) history[step](null, "", text ? `?${new URLSearchParams({ q: text })}` : location.pathname);
    search(text);
  }

  const asked = () => (new URLSearchParams(location.search).get("q") || "").trim();

  let waiting;
  words.addEventListener("focus", () => load().catch(() => {}), { once: true });
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask("replaceState"), 200);
  });
  words.form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    ask("pushState");
  });
  const restore = () => {
    words.value = asked();
    search(asked());
  };
  addEventListener("popstate", restore);
  restore();
})();
