"""Metadata in the head of a page: for reference managers, search engines and previews of links."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from markupsafe import Markup, escape

from report.charts.chart import Chart
from report.data.corpus import Corpus
from report.data.model import COUNTRIES, Series, Source, Testimony
from report.takeaway.citation import WHOLE, Citations
from report.takeaway.downloads import ARCHIVE, FOLDER, JSON_FILES, WORKBOOK
from report.takeaway.edition import Edition
from report.takeaway.formatted import Item, family_first

_SCHEMA = "https://schema.org"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LISTED = 100  # how many entries of a list are named; their number is always given
_LISTS = {"testimonies/index.md", "sources/index.md", "estimates/index.md", "figures/index.md"}
_TOLD = {
    "name": re.compile(r"^# (.+?)(?: \{.*\})?$", re.MULTILINE),
    "description": re.compile(r"\A---\n(?:.+\n)*?description: (.+)\n"),
}
"""What stands in a chapter -> where: its heading, and the front matter."""
_WHOLE = {"index.md", "data/index.md", "about.md"}
_encoded = json.JSONEncoder(ensure_ascii=False).encode


def head_tags(citations: Citations, uri: str) -> Markup:
    """The tags for the head of the page at `uri` (testimonies/T0001.md); empty for other pages.

    Whatever stands in the data, it comes out as text: it can neither end a tag nor a script.
    """
    pages = _Pages(citations)
    data = pages.linked_data(uri)
    if data is None:
        return Markup()
    found = [f'<script type="application/ld+json">{_json(data)}</script>']
    key = WHOLE if uri in _WHOLE else uri.removesuffix(".md")
    if works := citations.get(key):
        found += [_tag("name", name, text) for name, text in _highwire(works[-1])]
    return Markup("\n".join([*found, *_open_graph(data, citations.edition)]))


def chapter_tags(citations: Citations, uri: str, source: str) -> Markup:
    """The tags for the head of a chapter, whose text says what it is called and what it is about."""
    if uri in _WHOLE:
        return head_tags(citations, uri)
    edition = citations.edition
    said = {key: found[1] for key, told in _TOLD.items() if (found := told.search(source))}
    url = f"{edition.address}{uri.removesuffix('.md')}/"
    data = {"@type": "Article", "name": edition.title, "description": edition.description}
    return Markup("\n".join(_open_graph(data | said | {"url": url}, edition)))


class _Pages:
    """What each page is about, in the words of schema.org."""

    def __init__(self, citations: Citations) -> None:
        self.citations = citations
        self.corpus: Corpus = citations.corpus
        self.edition: Edition = citations.edition

    def linked_data(self, uri: str) -> dict[str, Any] | None:
        """The JSON-LD of a page, or None where it has none."""
        folder, _, id_ = uri.removesuffix(".md").partition("/")
        if uri in _WHOLE:
            return self._dataset()
        if uri in _LISTS:
            return self._list(folder)
        if folder == "testimonies" and id_ in self.corpus.testimonies:
            return self._testimony(self.corpus.testimonies[id_])
        if folder == "sources" and id_ in self.corpus.sources:
            return self._source(self.corpus.sources[id_])
        if folder == "estimates" and id_ in self.corpus.series:
            return self._series(self.corpus.series[id_])
        if folder == "figures" and id_ in self.citations.charts:
            return self._figure(self.citations.charts[id_])
        return None

    def _address(self, path: str) -> str:
        return f"{self.edition.address}{path}"

    def _own(self, kind: str, path: str, name: str, description: str) -> dict[str, Any]:
        """What everything of this dataset has in common."""
        return {
            "@context": _SCHEMA,
            "@type": kind,
            "@id": self._address(path),
            "url": self._address(path),
            "name": name,
            "description": description,
            "version": self.edition.version,
            "dateModified": self.edition.date.isoformat(),
            "license": self.edition.licence_address,
            "inLanguage": "en",
            "creator": [
                {"@type": "Organization", "name": author} for author in self.edition.authors
            ],
        }

    def _part(self, kind: str, path: str, name: str, description: str) -> dict[str, Any]:
        whole = {"@type": "Dataset", "@id": self.edition.address, "name": self.edition.title}
        return self._own(kind, path, name, description) | {"isPartOf": whole}

    def _dataset(self) -> dict[str, Any]:
        edition = self.edition
        files = [(name, "application/json") for name in ("datapackage.json", *JSON_FILES)]
        files += [(ARCHIVE, "application/zip"), (WORKBOOK, _EXCEL)]
        return {
            **self._own("Dataset", "", edition.title, edition.description),
            "keywords": list(edition.keywords),
            "isAccessibleForFree": True,
            "distribution": [
                {"@type": "DataDownload", "contentUrl": self._address(FOLDER + name),
                 "encodingFormat": form}
                for name, form in files
            ],
        }  # fmt: skip

    def _list(self, folder: str) -> dict[str, Any]:
        kinds: dict[str, Collection[str]] = {
            "testimonies": self.corpus.testimonies, "sources": self.corpus.sources,
            "estimates": self.corpus.series, "figures": self.citations.charts,
        }  # fmt: skip
        ids = kinds[folder]
        entries = [
            {"@type": "ListItem", "position": place, "url": self._address(f"{folder}/{id_}/")}
            for place, id_ in enumerate(list(ids)[:_LISTED], 1)
        ]
        name = folder.capitalize()
        return {"@context": _SCHEMA, "@type": "ItemList", "@id": self._address(f"{folder}/"),
                "url": self._address(f"{folder}/"), "name": name, "description":
                f"{name} of {self.edition.title}", "numberOfItems": len(ids),
                "itemListElement": entries}  # fmt: skip

    def _testimony(self, record: Testimony) -> dict[str, Any]:
        where = f" from {COUNTRIES[record.origin]}" if record.origin else ""
        title = f"Testimony {record.id}"
        text = f"Public testimony of somebody{where} who left the Islamic State."
        based = [self._work(id_) for id_ in record.sources if id_ in self.corpus.sources]
        document = {"@type": "MediaObject", "encodingFormat": "application/json",
                    "contentUrl": self._address(f"testimonies/{record.id}.json")}  # fmt: skip
        article = self._part("Article", f"testimonies/{record.id}/", title, text)
        return article | {"headline": title, "isBasedOn": based, "encoding": document}

    def _work(self, id_: str) -> dict[str, Any]:
        """A source as the work that it is, with its address if that may be linked."""
        item = self.citations[f"sources/{id_}"][0]
        work = {"@type": "CreativeWork", "name": item["title"],
                "publisher": {"@type": "Organization", "name": self.corpus.sources[id_].publisher}}  # fmt: skip
        return work | ({"url": item["URL"]} if "URL" in item else {})

    def _source(self, record: Source) -> dict[str, Any]:
        text = f"Source {record.id}: bibliographic record, reliability, and what rests on it."
        title = f"Source {record.id}: {record.title}"
        article = self._part("Article", f"sources/{record.id}/", title, text)
        return article | {"headline": title, "about": self._work(record.id)}

    def _series(self, record: Series) -> dict[str, Any]:
        part = self._part("Dataset", f"estimates/{record.id}/", record.series, record.definition)
        based = [self._work(record.id)] if record.id in self.corpus.sources else []
        return part | {"isBasedOn": based}

    def _figure(self, chart: Chart) -> dict[str, Any]:
        path = f"figures/{chart.id}"
        files = [("csv", "text/csv"), ("json", "application/json")]
        return self._part("Dataset", f"{path}/", chart.title, chart.description) | {
            "distribution": [
                {"@type": "DataDownload", "contentUrl": self._address(f"{path}.{ending}"),
                 "encodingFormat": form}
                for ending, form in files
            ]
        }  # fmt: skip


def _highwire(item: Item) -> Iterator[tuple[str, str]]:
    """The tags that reference managers read from a page."""
    yield "citation_title", item["title"]
    for role in ("author", "editor"):
        yield from ((f"citation_{role}", family_first(name)) for name in item.get(role, []))
    outlet = item.get("container-title") or item.get("publisher")
    if outlet:
        yield "citation_journal_title", outlet
    if "issued" in item:
        parts = item["issued"]["date-parts"][0]
        yield "citation_publication_date", "/".join(f"{part:02}" for part in parts)
    if "URL" in item:
        yield "citation_public_url", item["URL"]
    if item["language"] != "und":
        yield "citation_language", item["language"]


def _open_graph(data: dict[str, Any], edition: Edition) -> Iterator[str]:
    """The tags that previews of links are made of."""
    yield _tag("property", "og:type", "article" if data["@type"] == "Article" else "website")
    yield _tag("property", "og:site_name", edition.title)
    for name, key in (("title", "name"), ("description", "description"), ("url", "url")):
        yield _tag("property", f"og:{name}", data[key])


def _json(data: dict[str, Any]) -> str:
    """The data as JSON in which nothing can end the script that it stands in."""
    text = _encoded(data)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _tag(attribute: str, name: str, text: str) -> str:
    return f'<meta {attribute}="{name}" content="{escape(" ".join(text.split()))}">'
