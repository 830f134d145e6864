// Downloads: the selected records of a list as one file, made in the browser.

import { describe, query } from "./browse-list.js";
import { fold } from "./fold.js";

export const FORMATS = {
  csv: { label: "CSV", type: "text/csv" },
  json: { label: "JSON", type: "application/json" },
  bib: { label: "BibTeX", type: "application/x-bibtex" },
  ris: { label: "RIS", type: "application/x-research-info-systems" },
};

/** One cell of a CSV file, quoted, and harmless where a spreadsheet would take it for a formula. */
function csvCell(value) {
  const text = /^[\s]*[=+\-@＝＋－＠]|^[\t\r]/.test(value) ? `'${value}` : `${value}`;
  return /["',\n\r;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvFile(list, rows, selection) {
  const extra = list.facets.filter(({ key }) => !list.columns.some((column) => column.key === key));
  const dated = list.columns.findIndex(({ key }) => key === "date");
  const header = [
    "id", ...list.columns.map(({ key }) => key), "date_from", ...extra.map(({ key }) => key),
    ...list.facets.map(({ key }) => `${key}_code`), "address", "selection", "version",
  ];
  const lines = rows.map((row) => {
    const values = (facet, part) => row.codes[list.facets.indexOf(facet)].map((place) => facet.values[place][part]).join("; ");
    return [
      row.id, ...row.cells.map((cell) => cell[0]), row.cells[dated][1] || "", ...extra.map((facet) => values(facet, 1)),
      ...list.facets.map((facet) => values(facet, 0)), selection.addressOf(row.id), selection.query, selection.version,
    ];
  });
  return `\ufeff${[header, ...lines].map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} could not be loaded (${answer.status})`);
  return answer;
}

/** The complete records, out of the download of their kind. */
async function recordsOf(list, rows) {
  const all = await (await load(`${list.base}data/${list.kind}.json`)).json();
  const records = new Map(all.map((record) => [record.id ?? record.source, record]));
  return rows.map(({ id }) => records.get(id));
}

/** The citation files of all rows in their order, fetched eight at a time. */
async function citationsOf(list, rows, extension, report) {
  const texts = new Array(rows.length);
  let next = 0;
  const work = async () => {
    while (next < rows.length) {
      const place = next++;
      texts[place] = await (await load(`${list.base}${list.kind}/${rows[place].id}.${extension}`)).text();
      if (place % 50 === 49) report(`Fetching ${place + 1} of ${rows.length} citations …`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return texts;
}

/** The entries of BibTeX or RIS files, each once: several records can rest on one source. */
function entries(texts, pattern, keyOf) {
  const found = texts.flatMap((text) => text.match(pattern) ?? []);
  return [...new Map(found.map((entry) => [keyOf(entry), entry.trim()])).values()];
}

async function fileOf(list, rows, format, selection, report) {
  if (format === "csv") return csvFile(list, rows, selection);
  const { query: words, address, version } = selection;
  if (format === "json") {
    const about = { title: list.title, kind: list.kind, query: words, address, version, count: rows.length };
    return `${JSON.stringify({ selection: about, records: await recordsOf(list, rows) }, null, 1)}\n`;
  }
  const origin = `Selection from ${list.title}, version ${version}: ${words} (${address})`;
  const texts = await citationsOf(list, rows, format, report);
  if (format === "bib") {
    const found = entries(texts, /^@[\s\S]*?^\}/gm, (entry) => entry.slice(entry.indexOf("{"), entry.indexOf(",")));
    return `% ${origin.replaceAll("@", " at ")}\n\n${found.join("\n\n")}\n`;
  }
  const found = entries(texts, /^TY {2}-[\s\S]*?^ER {2}-/gm, (entry) => entry);
  return found.map((entry) => entry.replace(/^ER {2}-$/m, `N1  - ${origin}\nER  - \n`)).join("\n");
}

function fileName(list, view, extension) {
  const plain = fold(decodeURIComponent(query({ ...view, sort: "", page: 1 }).replaceAll("+", " ")));
  const slug = plain.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 100) || "all";
  return `${list.kind}-${slug}-v${list.version}.${extension}`;
}

function save(text, type, name) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Save the rows that a view shows in one format; returns the name of the file. */
export async function takeAway(list, view, rows, format, report) {
  const base = new URL(list.base, location.href);
  const selection = {
    version: list.version,
    query: describe(list, view),
    address: new URL(location.pathname + query({ ...view, page: 1 }), location.href).href,
    addressOf: (id) => new URL(`${list.kind}/${id}/`, base).href,
  };
  const name = fileName(list, view, format);
  save(await fileOf(list, rows, format, selection, report), FORMATS[format].type, name);
  return name;
}
