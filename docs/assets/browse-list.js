// A list that readers filter: its rows and facets, the view of it, and the address of that view.

import { fold } from "./fold.js";

const BATCH = 1000; // rows that are prepared in one go
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function prepareRow([id, cells, codes, words, language]) {
  const shown = cells.map((cell) => (Array.isArray(cell) ? cell : [cell, cell]));
  const folded = fold([id, ...shown.map((cell) => cell[0]), words].join(" · "));
  return { id, cells: shown, codes, folded, language };
}

/** The list as loaded, with what every keystroke would otherwise have to work out again; readers can scroll meanwhile. */
export async function prepare(loaded) {
  const rows = [];
  for (let start = 0; start < loaded.rows.length; start += BATCH) {
    rows.push(...loaded.rows.slice(start, start + BATCH).map(prepareRow));
    await new Promise((resolve) => setTimeout(resolve));
  }
  const columns = loaded.columns.map(([key, label, number]) => ({ key, label, number }));
  const facets = loaded.facets.map(([key, label, values]) => ({ key, label, values }));
  return { ...loaded, rows, columns, facets, orders: new Map([["", rows]]) };
}

/** All rows in the order of a column ("date", "-date"); what says nothing comes last either way. */
function ordered(list, sort) {
  if (!list.orders.has(sort)) {
    const column = list.columns.findIndex(({ key }) => key === sort.replace("-", ""));
    const sign = sort.startsWith("-") ? -1 : 1;
    const compare = (one, other) => {
      const [a, b] = [one.cells[column][1], other.cells[column][1]];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
    };
    list.orders.set(sort, column < 0 ? list.rows : [...list.rows].sort(compare));
  }
  return list.orders.get(sort);
}

/** The rows that have all words of a view, in its order; a word that grows is looked for where its beginning was found. */
function withWords(list, view) {
  const { sort } = view;
  const q = fold(view.q);
  const { known } = list;
  const among = known?.sort === sort && q.startsWith(known.q) ? known.rows : ordered(list, sort);
  const words = q.split(/\s+/).filter(Boolean);
  const rows = among.filter(({ folded }) => words.every((word) => folded.includes(word)));
  list.known = { q, sort, rows };
  return rows;
}

/** The rows that a view shows, and for each facet those that it alone leaves out. */
export function select(list, view) {
  const wanted = list.facets.map(({ key, values }) => {
    const codes = view.chosen.get(key);
    return codes && values.map(([code]) => codes.has(code));
  });
  const chosen = [...wanted.keys()].filter((facet) => wanted[facet]);
  const rows = [];
  const leftOut = wanted.map(() => []);
  for (const row of withWords(list, view)) {
    const missed = chosen.filter((facet) => !row.codes[facet].some((place) => wanted[facet][place]));
    if (missed.length === 0) rows.push(row);
    if (missed.length === 1) leftOut[missed[0]].push(row);
  }
  return { rows, leftOut };
}

/** For each value of each facet how many rows it shows, or would show if it were chosen too. */
export function count(list, { rows, leftOut }) {
  const counts = list.facets.map(({ values }) => new Array(values.length).fill(0));
  const add = (places, facet) => { for (const place of places) counts[facet][place]++; };
  for (const row of rows) row.codes.forEach(add);
  leftOut.forEach((some, facet) => some.forEach((row) => add(row.codes[facet], facet)));
  return counts;
}

export function readView(list) {
  const given = new URLSearchParams(location.search);
  const chosen = new Map();
  for (const { key } of list.facets) {
    const codes = given.getAll(key).map((code) => code || "none");
    if (codes.length) chosen.set(key, new Set(codes));
  }
  const page = Math.max(1, parseInt(given.get("page"), 10) || 1);
  return { q: given.get("q") || "", sort: given.get("sort") || "", page, chosen };
}

/** The part of an address that leads to a view; empty for the whole list. */
export function query(view) {
  const parts = new URLSearchParams();
  if (view.q.trim()) parts.append("q", view.q.trim());
  for (const [key, codes] of view.chosen) codes.forEach((code) => parts.append(key, code));
  if (view.sort) parts.append("sort", view.sort);
  if (view.page > 1) parts.append("page", view.page);
  return parts.size ? `?${parts}` : "";
}

/** A view in words: "Setting: In custody or In court; words: Raqqa". */
export function describe(list, view) {
  const parts = list.facets
    .filter(({ key }) => view.chosen.has(key))
    .map((facet) => `${facet.label}: ${[...view.chosen.get(facet.key)].map((code) => labelOf(facet, code)).join(" or ")}`);
  if (view.q.trim()) parts.push(`words: ${view.q.trim()}`);
  return parts.join("; ") || "all";
}

export function labelOf(facet, code) {
  const known = facet.values.find(([c]) => c === code);
  return known ? known[1] : code;
}
