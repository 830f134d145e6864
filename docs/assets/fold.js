// Folding: text without accents and capitals, as the search and the filters of the lists compare it.

const LETTERS = { ø: "o", ł: "l", ı: "i", đ: "d", ß: "ss", æ: "ae", œ: "oe" }; // which Unicode does not decompose

/** As `folded` does in scripts/report/data/words.py, which makes the index of the search. */
export function fold(text) {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[øłıđßæœ]/g, (letter) => LETTERS[letter]);
}
