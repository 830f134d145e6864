"""The static API: every testimony as one complete JSON document, an index of all, and their schemas."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, Field

from report.data.corpus import Corpus
from report.data.model import Code, Fact, Series, Source, Testimony, Tombstone
from report.takeaway.edition import Edition
from report.takeaway.public import File, json_bytes, plain, public_sources

SCHEMAS = "data/schemas"
"""The folder of the schemas on the site."""


class TestimonyDocument(Testimony):
    """A testimony as the API gives it: the record, its address, and its sources in full."""

    __test__ = False  # no test, whatever its name begins with

    url: str
    """Address of the page of the record."""
    version: str
    """Version of the dataset."""
    updated: str
    """Day of that version."""
    source_records: list[Source]
    """The sources in the order of the record, without addresses that are kept for editors."""


class IndexEntry(BaseModel):
    """One line of the index of all testimonies."""

    id: str = Field(description="Id of the testimony.")
    status: str = Field(description="published, withdrawn or merged.")
    url: str = Field(description="Address of the page.")
    json_url: str | None = Field(description="Address of the document; null where there is none.")
    replaced_by: str | None = Field(description="For a merged record: the id it continues under.")
    reviewed: str | None = Field(description="Day of the last check against the sources.")


class Index(BaseModel):
    """The index of all testimonies, with withdrawn and merged ones."""

    version: str = Field(description="Version of the dataset.")
    updated: str = Field(description="Day of that version.")
    count: int = Field(description="Number of published testimonies.")
    testimonies: list[IndexEntry] = Field(description="All testimonies, in the order of their ids.")


def api_files(corpus: Corpus, edition: Edition, there: Collection[str] = ()) -> Iterator[File]:
    """The documents, the index and the schemas of both.

    Documents of testimonies that are `there` already (testimonies/T0001) are left out.
    """
    sources = public_sources(corpus)
    for testimony in corpus.testimonies.values():
        name = f"testimonies/{testimony.id}"
        if name not in there:
            yield f"{name}.json", json_bytes(_document(testimony, sources, edition))
    yield "testimonies/index.json", json_bytes(_index(corpus, edition))
    for name, schema in schemas(edition).items():
        yield f"{SCHEMAS}/{name}.json", json_bytes(schema)


@cache
def schemas(edition: Edition) -> Mapping[str, Mapping[str, Any]]:
    """Name -> JSON Schema of the documents and of the records of each JSON file.

    They describe what is given away: every key is there, and what is absent is null or empty.
    """
    models: dict[str, type[BaseModel]] = {
        "testimony-document": TestimonyDocument, "testimonies-index": Index,
        "testimony": Testimony, "source": Source, "series": Series, "fact": Fact, "code": Code,
    }  # fmt: skip
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"{edition.address}{SCHEMAS}/{name}.json",
            **model.model_json_schema(mode="serialization"),
        }
        for name, model in models.items()
    }


def _document(
    testimony: Testimony, sources: Mapping[str, Source], edition: Edition
) -> dict[str, Any]:
    return {
        **plain(testimony),
        "url": f"{edition.address}testimonies/{testimony.id}/",
        "version": edition.version,
        "updated": edition.date.isoformat(),
        "source_records": [sources[id_] for id_ in testimony.sources if id_ in sources],
    }


def _index(corpus: Corpus, edition: Edition) -> Index:
    records = {**corpus.testimonies, **corpus.tombstones}
    entries = [
        _entry(records[id_], edition) for id_ in sorted(records, key=_place) if id_[0] == "T"
    ]
    return Index(
        version=edition.version,
        updated=edition.date.isoformat(),
        count=len(corpus.testimonies),
        testimonies=entries,
    )


def _entry(record: Testimony | Tombstone, edition: Edition) -> IndexEntry:
    url = f"{edition.address}testimonies/{record.id}"
    return IndexEntry(
        id=record.id,
        status=record.status,
        url=f"{url}/",
        json_url=f"{url}.json" if isinstance(record, Testimony) else None,
        replaced_by=getattr(record, "replaced_by", None),
        reviewed=record.reviewed if isinstance(record, Testimony) else None,
    )


def _place(id_: str) -> int:
    return int(id_[1:])
