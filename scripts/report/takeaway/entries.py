"""Works to cite as files for reference managers: CSL-JSON, BibTeX and RIS."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from report.takeaway.formatted import Item, family_first
from report.takeaway.public import json_bytes

_BIBTEX = {"article-newspaper": "article", "article-magazine": "article", "book": "book",
           "report": "techreport"}  # fmt: skip
_BIBTEX_OUTLET = {"article": "journal", "techreport": "institution", "book": "publisher"}
_RIS = {
    "article-newspaper": "NEWS", "article-magazine": "MGZN", "broadcast": "VIDEO",
    "post-weblog": "BLOG", "book": "BOOK", "dataset": "DATA", "report": "RPRT",
    "graphic": "FIGURE", "webpage": "ELEC",
}  # fmt: skip
_LATEX = {ord(sign): f"\\{sign}" for sign in "&%$#_"} | {
    ord("\\"): r"\textbackslash{}", ord("~"): r"\textasciitilde{}", ord("^"): r"\textasciicircum{}",
    ord("{"): "(", ord("}"): ")",
}  # fmt: skip
_URL_SAFE = {ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C"}


def bibtex(item: Item) -> str:
    """An item as one entry of BibTeX.

    Written here since pybtex escapes signs in addresses, which breaks them. Braces in texts become
    parentheses: BibTeX cannot hold single ones.
    """
    kind = _BIBTEX.get(item["type"], "misc")
    fields = {
        "author": _names(item, "author"),
        "editor": _names(item, "editor"),
        "title": f"{{{item['title'].translate(_LATEX)}}}",
        _BIBTEX_OUTLET.get(kind, "howpublished"): _outlet(item).translate(_LATEX),
        "year": str(_parts(item, "issued")[0]) if "issued" in item else "",
        "date": _iso(item, "issued"),
        "version": item.get("version", ""),
        "url": item.get("URL", "").translate(_URL_SAFE),
        "urldate": _iso(item, "accessed"),
        "langid": item["language"] if item["language"] != "und" else "",
    }
    lines = (f"  {key} = {{{value}}},\n" for key, value in fields.items() if value)
    return f"@{kind}{{{item['id']},\n{''.join(lines)}}}\n"


def ris(item: Item) -> str:
    """An item as one entry of RIS."""
    return "".join(f"{tag}  - {value}\n" for tag, value in _ris_lines(item) if value) + "ER  - \n"


def _ris_lines(item: Item) -> Iterator[tuple[str, str]]:
    yield "TY", _RIS[item["type"]]
    yield "ID", item["id"]
    for tag, role in (("AU", "author"), ("ED", "editor")):
        yield from ((tag, family_first(name)) for name in item.get(role, []))
    yield "TI", item["title"]
    yield ("T2" if "container-title" in item else "PB"), _outlet(item)
    if "issued" in item:
        year, month, day = [*map(str, _parts(item, "issued")), "", ""][:3]
        yield "PY", year
        yield "DA", f"{year}/{month.zfill(2) if month else ''}/{day.zfill(2) if day else ''}/"
    yield "ET", item.get("version", "")
    yield "UR", item.get("URL", "")
    yield "Y2", _iso(item, "accessed").replace("-", "/")
    yield "LA", item["language"] if item["language"] != "und" else ""


def _names(item: Item, role: str) -> str:
    """People for BibTeX, which would take a name in one piece apart were it not for its braces."""
    people = item.get(role, [])
    names = (f"{{{words}}}" if "literal" in name else words
             for name in people for words in [family_first(name).translate(_LATEX)])  # fmt: skip
    return " and ".join(names)


def _parts(item: Item, key: str) -> list[int]:
    parts: list[int] = item[key]["date-parts"][0]
    return parts


def _iso(item: Item, key: str) -> str:
    return "-".join(f"{part:02}" for part in _parts(item, key)) if key in item else ""


def _outlet(item: Item) -> str:
    return str(item.get("container-title") or item.get("publisher") or "")


def _entries(write: Callable[[Item], str], items: Iterable[Item]) -> bytes:
    return "\n".join(map(write, items)).encode()


FORMS: Mapping[str, Callable[[list[Item]], bytes]] = {
    "csl.json": json_bytes,
    "bib": partial(_entries, bibtex),
    "ris": partial(_entries, ris),
}
"""The end of a file of citations -> what makes it of the works to cite."""
