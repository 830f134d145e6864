"""Search: an index of the whole site in many small files, of which a browser loads only those it needs.

The index is made beside the pages, from the article of each: `entry.json` names the words at which
each file of words begins; `words/N.json` says in which documents a word stands, and `titles/N.json`
names the documents. Excerpts come from the pages themselves. A page is one
document; in a chapter each section is one. docs/assets/search.js reads all this, and folds words
as `folded` does. The id of a record is found as if it stood in its title.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import sub
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from report.data.words import folded

KINDS = {
    "testimonies": "Testimonies",
    "sources": "Sources",
    "estimates": "Estimates",
    "countries": "Countries",
    "reasons": "Reasons",
    "figures": "Figures",
    "": "Chapters",
}
"""First part of an address -> the group that its pages stand in; the last holds all others."""
FOLDER = "search/index"
"""Where the index lies below the site."""
LEFT_OUT = (
    ".tip, .cite, .headerlink, .notes, .related, .record-foot, .edit, .cite-this, .history, "
    "nav, script, style, noscript, title"
)
"""What stands in an article and is no text of it."""
TITLES = 64
"""So many titles stand in one file."""
LARGE = 40_000
"""Bytes at which a file of words is full."""
OFTEN = 3
"""A word that stands so often in a document says more about it."""

_NO_RESULTS = re.compile(r"404\.html|search/|(testimonies|sources|estimates)/(page/\d+/)?")
_BEGINS, _ENDS = '<article class="md-content__inner md-typeset">', "</article>"
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.sub(rb"[^a-z0-9\x80-\xff]", b" ", bytes(range(256)).lower())
"""What becomes of each byte of a text: no capitals, and blanks for what is in no word; UTF-8 beyond ASCII stays."""


class Document(NamedTuple):
    """What can be found: its address below the root, its title, and its words, blanks between them.

    The words stand in three groups: those of the title, those that stand often, and all others.
    """

    url: str
    title: str
    words: tuple[str, str, str]


class SearchIndex:
    """Takes pages in whatever order they are made, and makes the files of the index of them."""

    def __init__(self) -> None:
        self._documents: dict[str, list[Document]] = {}
        self._added: set[str] = set()

    def add(self, url: str, html: str) -> None:
        """Take a page in, or take its new text."""
        begin = html.find(_BEGINS)
        if begin >= 0 and not _NO_RESULTS.fullmatch(url):
            article = html[begin + len(_BEGINS) : html.rfind(_ENDS)]
            self._documents[url] = list(documents(url, article))
            self._added.add(url)

    def part(self) -> Any:
        """What was added since the last call, to be pickled in one process and taken in another."""
        part = {url: self._documents[url] for url in self._added}
        self._added.clear()
        return part

    def take(self, part: Any) -> None:
        """Take the pages in that another index gave away."""
        self._documents.update(part)

    def known(self, urls: Iterable[str]) -> dict[str, list[Document]]:
        """What was found on the pages at these addresses, as `take` takes it."""
        return {url: self._documents[url] for url in urls if url in self._documents}

    def files(self, urls: Iterable[str]) -> dict[str, str]:
        """The files of the index of the pages at these addresses; all others are forgotten."""
        for gone in self._documents.keys() - set(urls):
            del self._documents[gone]
        self._added.clear()
        kinds = list(KINDS)
        pages = sorted(self._documents, key=lambda url: (kinds.index(_kind(url)), url))
        found = [document for url in pages for document in self._documents[url]]
        counted = Counter(_kind(document.url) for document in found)
        return index_files(found, [counted[kind] for kind in kinds])


def documents(url: str, article: str) -> Iterator[Document]:
    """The documents of a page: one, or one for each section of a chapter."""
    tree = LexborHTMLParser(f"<body>{article}</body>")
    for node in tree.css(LEFT_OUT):
        node.decompose()
    heading = tree.css_first("h1")
    title = " ".join(heading.text().split()) if heading else url
    if _kind(url):
        id_ = heading.id or "" if heading else ""
        yield _document(url, title, tree.text(separator=" ", skip_empty=True), id_)
        return
    for address, section, text in _sections(tree):
        name = f"{title}: {section}" if section else title
        yield _document(f"{url}{address}", name, f"{section} {text}")


def _sections(tree: LexborHTMLParser) -> Iterator[tuple[str, str, str]]:
    """Anchor, heading and text of each section; the first has neither anchor nor heading."""
    anchor, heading, texts = "", "", list[str]()
    nodes = tree.body.iter(include_text=True) if tree.body else ()
    for node in nodes:
        if node.tag == "h2" and node.id:
            yield anchor, heading, " ".join(texts)
            anchor, heading, texts = f"#{node.id}", " ".join(node.text().split()), []
        else:
            texts.append(node.text(separator=" "))
    yield anchor, heading, " ".join(texts)


def _document(url: str, title: str, text: str, id_: str = "") -> Document:
    titled = _counted(f"{title} {id_}")
    often, others = list[bytes](), list[bytes]()
    for word, times in _counted(text).items():
        if word not in titled:
            (often if times >= OFTEN else others).append(word)
    return Document(url, title, (_joined(titled), _joined(often), _joined(others)))


def _counted(text: str) -> Counter[bytes]:
    """Every word of a text in UTF-8, and how often it stands there."""
    counted = Counter(text.encode().translate(_PLAIN).split())
    for piece in [piece for piece in counted if not piece.isascii()]:
        times = counted.pop(piece)
        for word in _words(piece):
            counted[word] += times
    return counted


@cache  # most come again and again
def _words(piece: bytes) -> list[bytes]:
    """The words in a piece of text that stands between blanks."""
    return [word.encode() for word in _WORD.findall(folded(piece.decode()))]


def _joined(words: Iterable[bytes]) -> str:
    return b" ".join(words).decode()


def index_files(found: Sequence[Document], counts: Sequence[int]) -> dict[str, str]:
    """Path below FOLDER -> content; `found` stands in the order of kinds, so many of each kind."""
    titles = [[document.url, document.title] for document in found]
    files = {
        f"titles/{place // TITLES}.json": _json(titles[place : place + TITLES])
        for place in range(0, len(titles), TITLES)
    }
    begins = []
    for number, (first, content) in enumerate(_shards(_postings(found))):
        begins.append(first)
        files[f"words/{number}.json"] = content
    digest = hashlib.sha256("\n".join(files.values()).encode()).hexdigest()[:12]
    entry = {
        "version": digest,
        "kinds": [list(pair) for pair in zip(KINDS.values(), counts, strict=True)],
        "titles": TITLES,
        "words": begins,
    }
    return {"entry.json": _json(entry), **files}


def _postings(found: Sequence[Document]) -> Iterator[tuple[str, list[list[int]]]]:
    """Each word, in order, with the numbers of the documents that have it in their title, often, and at all.

    Numbers are written as the distance from the one before.
    """
    groups = [_standing(document.words[group] for document in found) for group in range(3)]
    for word in sorted(set().union(*groups)):
        places = [group.get(word, ()) for group in groups]
        yield word, [list(map(sub, numbers, (0, *numbers))) for numbers in places]


def _standing(texts: Iterable[str]) -> dict[str, list[int]]:
    """Each word with the numbers of the texts in which it stands."""
    standing = defaultdict[str, list[int]](list)
    for number, text in enumerate(texts):
        for word in text.split():
            standing[word].append(number)
    return standing


def _shards(postings: Iterable[tuple[str, list[list[int]]]]) -> Iterator[tuple[str, str]]:
    """The words in files of a fair size, each with its first word."""
    first, entries, size = "", list[str](), 0
    for word, places in postings:
        entry = f"{_json(word)}:{_json(places)}"
        if entries and size + len(entry) > LARGE:
            yield first, f"{{{','.join(entries)}}}"
            entries, size = [], 0
        first = first if entries else word
        entries.append(entry)
        size += len(entry)
    if entries:
        yield first, f"{{{','.join(entries)}}}"


def _kind(url: str) -> str:
    kind = url.partition("/")[0]
    return kind if kind in KINDS else ""


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
