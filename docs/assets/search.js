// Search: leads to the search box with Ctrl K, and shows what is found, grouped by kind.
//
// Ctrl K rather than a single character such as "/": WCAG 2.1.4 allows shortcuts without a modifier
// only where a reader can switch them off, as they get in the way of speech input.
// scripts/report/pages/search.py makes the index and says what stands in which file. Nothing of it
// is loaded before the reader turns to the search, and then only the files of the words asked for.

"use strict";

(() => {
  const FIRST = 5; // results of a kind that are shown at first
  const MORE = 20; // and that each further step adds
  const AROUND = 14; // words before and after the first hit in an excerpt
  const ENDINGS = ["ing", "ied", "ies", "ers", "ed", "es", "er", "or", "s", "y", "e"];
  const FORMS = new Set(["", ...ENDINGS, "ion", "ions", "ors", "ly"]);
  const SHORT = 3; // letters below which a word is only looked for as it stands
  const NEAR = 3; // files of words in which its other forms are looked for
  const WEIGHTS = [6, 2, 1]; // in the title, often, at all
  const BLOCKS = "p, div, section, li, dt, dd, h2, h3, h4, table, caption, tr, th, td, figure, figcaption, summary, pre, blockquote, br, svg, text, tspan";

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
  const kept = new Map();
  let latest = 0;

  /** Something of this site, loaded once. */
  function load(path, read) {
    if (!kept.has(path)) {
      const answer = fetch(new URL(path, root)).then((response) => {
        if (!response.ok) throw new Error(`${path} is not there`);
        return read(response);
      });
      answer.catch(() => kept.delete(path));
      kept.set(path, answer);
    }
    return kept.get(path);
  }

  const entry = () => load("search/index/entry.json", (response) => response.json());
  const part = async (name) => load(`search/index/${name}.json?v=${(await entry()).version}`, (response) => response.json());

  let fold; // from fold.js, before the first word is looked for
  const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

  /** A word without its ending, where enough of it is left. */
  function stem(word) {
    const ending = ENDINGS.find((candidate) => word.endsWith(candidate) && word.length - candidate.length > 3);
    return ending ? word.slice(0, -ending.length) : word;
  }

  /** Whether a word of a text is what was asked for: the word, one that begins with it, or another form. */
  function fits(asked, found) {
    if (asked.length < SHORT || found === asked) return found === asked;
    if (found.startsWith(asked)) return true;
    const start = stem(asked);
    return found.startsWith(start) && FORMS.has(found.slice(start.length));
  }

  /** Document -> how well one word fits it. */
  async function standing(asked) {
    const { words: begins, kinds } = await entry();
    const start = stem(asked);
    const within = (number, first, last) => begins[number] <= last && (begins[number + 1] ?? "\uffff") >= first;
    const all = begins.map((_, number) => number);
    const own = all.filter((number) => within(number, asked, asked));
    const near = asked.length < SHORT ? [] : all.filter((number) => within(number, start, `${start}\uffff`));
    const numbers = new Set([...own, ...near.slice(0, NEAR)]);
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    const scores = new Map();
    for (const shard of await Promise.all([...numbers].map((number) => part(`words/${number}`)))) {
      for (const [word, places] of Object.entries(shard)) {
        if (!fits(asked, word)) continue;
        const common = places.reduce((sum, list) => sum + list.length, 0);
        const worth = Math.log(1 + total / common) * (word === asked ? 2 : 1); // the rarer, the more it says
        places.forEach((list, level) => {
          let document = 0;
          for (const step of list) {
            document += step;
            scores.set(document, Math.max(scores.get(document) ?? 0, worth * WEIGHTS[level]));
          }
        });
      }
    }
    return scores;
  }

  /** The documents that hold every word, the best first. */
  async function find(asked) {
    const [first, ...others] = await Promise.all(asked.map(standing));
    const hits = [...(first ?? [])].filter(([document]) => others.every((scores) => scores.has(document)));
    const score = ([document, own]) => others.reduce((sum, scores) => sum + scores.get(document), own);
    return hits.map((hit) => [hit[0], score(hit)]).sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([document]) => document);
  }

  function make(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  /** The text of a page, or of one section of it. Its scripts do not run: it is parsed, never shown. */
  async function textOf(address) {
    const [path, anchor] = address.split("#");
    const html = await load(path || "./", (response) => response.text());
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
    for (const element of article.querySelectorAll(`h1, .glance, ${results.dataset.leftOut}`)) element.remove();
    for (const block of article.querySelectorAll(BLOCKS)) {
      block.before(" "); // what stands apart on the page would be one word in the text
      block.append(" ");
    }
    if (!anchor) return article.textContent;
    const texts = [];
    for (let node = article.querySelector(`#${CSS.escape(anchor)}`)?.nextElementSibling; node && node.tagName !== "H2"; node = node.nextElementSibling) texts.push(node.textContent);
    return texts.join(" ");
  }

  /** The words around the first hit, each hit marked; the beginning where only the title has them. */
  function excerpt(text, asked) {
    const pieces = text.split(/\s+/).filter(Boolean);
    const hit = (piece) => wordsOf(piece).some((word) => asked.some((one) => fits(one, word)));
    const start = Math.max(0, pieces.findIndex(hit) - AROUND);
    const shown = pieces.slice(start, start + 2 * AROUND + 1);
    const parts = shown.flatMap((piece) => [hit(piece) ? make("mark", "", piece) : piece, " "]);
    return make("p", "excerpt", start ? "… " : "", ...parts, start + shown.length < pieces.length ? "…" : "");
  }

  /** One result; its excerpt follows when its page is there. */
  function draw([address, title], asked) {
    const link = make("a", "", make("bdi", "", title));
    link.href = new URL(address || "./", root).href;
    const item = make("li", "result", make("h3", "", link));
    textOf(address).then((text) => item.append(excerpt(text, asked)), () => {});
    return item;
  }

  async function titled(document) {
    const { titles } = await entry();
    return (await part(`titles/${Math.floor(document / titles)}`))[document % titles];
  }

  /** The results of one kind, with a button while there are more. */
  async function drawKind(kind, found, asked) {
    const list = make("ul", "result-list");
    const button = make("button", "more");
    button.type = "button";
    const add = async (count) => {
      const start = list.children.length;
      const next = await Promise.all(found.slice(start, start + count).map(titled));
      list.append(...next.map((result) => draw(result, asked)));
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
    ({ fold } = await import("./fold.js"));
    const asked = wordsOf(text);
    const found = await find(asked);
    let end = 0;
    const groups = [];
    for (const [kind, count] of (await entry()).kinds) {
      const start = end;
      end += count;
      const own = found.filter((document) => document >= start && document < end);
      if (own.length) groups.push([kind, own]);
    }
    const drawn = await Promise.all(groups.map(([kind, own]) => drawKind(kind, own, asked)));
    if (turn !== latest) return;
    results.replaceChildren(...drawn);
    const listed = groups.map(([kind, own]) => `${kind.toLowerCase()} ${own.length}`).join(", ");
    status.textContent = found.length ? `${found.length} result${found.length === 1 ? "" : "s"}: ${listed}` : "Nothing was found. Try fewer words, or another spelling.";
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
  words.addEventListener("focus", () => entry().catch(() => {}), { once: true });
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
