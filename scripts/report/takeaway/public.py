"""What may leave the house, and in which form: sources without the addresses kept for editors only."""

from typing import Any

from pydantic_core import to_json

from report.data.corpus import Corpus
from report.data.model import Record, Source

File = tuple[str, bytes]
"""A file to take away: its address on the site, and its content."""


def public_source(source: Source) -> Source:
    """The source as it is given away: addresses that are not to be linked are taken out."""
    if source.link and all(copy.link for copy in source.copies):
        return source
    copies = [
        copy if copy.link else copy.model_copy(update={"url": None}) for copy in source.copies
    ]
    hidden = {} if source.link else {"url": None, "archive_url": None}
    return source.model_copy(update={"copies": copies, **hidden})


def public_sources(corpus: Corpus) -> dict[str, Source]:
    """Every source by id, as it is given away."""
    return {id_: public_source(source) for id_, source in corpus.sources.items()}


def plain(record: Record, fields: set[str] | None = None) -> dict[str, Any]:
    """A record as plain data under its written keys; every key is there, unknown ones are None.

    Where `fields` are given there are only these; the work for all others is saved.
    """
    return record.model_dump(mode="json", by_alias=True, include=fields)


def json_bytes(content: Any) -> bytes:
    """Content as JSON that reads well in a diff; records in it are given as `plain` gives them.

    Written by pydantic: the encoder of Python is ten times slower once it indents.
    """
    return to_json(content, indent=1, by_alias=True) + b"\n"
