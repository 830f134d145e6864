"""Rules for ids: who has them, where they are mentioned, and what refers to something else."""

import re
from collections.abc import Iterator, Set
from itertools import filterfalse
from typing import Any

from report.checks.ledger import LEDGER, Ledger, agreements, apart, ledger_of
from report.checks.spot import ForEach, Problems, Spot
from report.data.again import Each, kept
from report.data.corpus import Corpus
from report.data.model import Series
from report.data.yamlio import Document, Keys, place_at
from report.problem import Problem

_ID = re.compile(r"[TSEF](?<!\w.)[0-9]{4,}\b")  # with \b in front it takes twice as long

Place = tuple[str, Keys]
"""The name of a document, and where an id stands in it as the id of a record."""
Owners = dict[str, Place]


def ids(corpus: Corpus) -> Problems:
    """Rules about which id exists where."""
    ledger = ledger_of(corpus)
    hidden = _hidden(corpus)
    mentions = _mentions_in(corpus.documents, _mentioned)
    owners, others = _owners(_mentions_in.keys, _rows(corpus), _taken_to_be_there(corpus))
    yield from _owned_once(corpus, ledger, owners, others)
    yield from agreements(corpus, ledger, owners, hidden)
    yield from _mentions(corpus, ledger, owners, mentions, hidden)
    yield from _references(corpus, ledger)


@kept
def _owners(
    names: list[str], rows: list[tuple[str, Place]], broken: list[tuple[str, Place]]
) -> tuple[Owners, list[tuple[str, Place]]]:
    """Every id with its place, and the further places of an id that has several.

    Documents of testimonies and sources are named after ids: there are never two of one name.
    """
    named = [name for name in names if name.startswith(("testimonies/", "sources/"))]
    owners: Owners = {name.rpartition("/")[2]: (name, ("id",)) for name in named}
    others = [(id_, place) for id_, place in rows if owners.setdefault(id_, place) is not place]
    for id_, place in broken:
        owners.setdefault(id_, place)
    return owners, others


def _rows(corpus: Corpus) -> list[tuple[str, Place]]:
    """The ids of observations and facts, and where they stand."""
    facts = corpus.documents["facts.yaml"].data
    return _ids_of_observations(corpus, corpus.series) + [
        (str(fact.get("id")), ("facts.yaml", (index, "id")))
        for index, fact in enumerate(facts if isinstance(facts, list) else [])
        if isinstance(fact, dict)
    ]


@ForEach
def _ids_of_observations(spot: Spot, series: Series) -> Iterator[tuple[str, Place]]:
    for index, row in enumerate(series.observations):
        yield row.id, (f"estimates/{series.id}", ("observations", index, "id"))


def _taken_to_be_there(corpus: Corpus) -> list[tuple[str, Place]]:
    """The ids of rows that a broken file mentions."""
    broken = {d.path.removeprefix("data/").removesuffix(".yaml"): d for d in corpus.unread}
    facts = corpus.documents["facts.yaml"]
    if facts.data is None:
        broken["facts.yaml"] = facts
    return [
        (id_, (name, ()))
        for name, document in broken.items()
        for id_ in _ID.findall(document.text)
        if id_[0] in "EF"
    ]


def _owned_once(
    corpus: Corpus, ledger: Ledger, owners: Owners, others: list[tuple[str, Place]]
) -> Problems:
    for id_, (name, keys) in others:
        first = corpus.documents[owners[id_][0]]
        message = f"{id_} stands in {first.path} already"
        yield Spot(corpus.documents[name], keys).bad("duplicate-id", message)
    for id_ in apart(ledger, owners)[1] if ledger.ids else ():
        name, keys = owners[id_]
        hint = "report new mints ids"
        message = f"{id_} is not in {LEDGER}"
        yield Spot(corpus.documents[name], keys).bad("ledger-missing", message, hint=hint)


def _mentions(
    corpus: Corpus,
    ledger: Ledger,
    owners: Owners,
    mentions: list[frozenset[str]],
    hidden: Set[str],
) -> Problems:
    """Ids in any text exist, and each source is cited or at least mentioned somewhere."""
    mentioned, unknown = _looked_up(mentions, owners, ledger)
    for document in _documents_with(unknown, corpus, mentions):
        for found in _ID.finditer(document.text):
            if found[0] in unknown:
                yield _at(document, found.start(), f"{found[0]} does not exist")
    unused = () if hidden else sorted(filterfalse(mentioned.__contains__, corpus.sources))
    for source in unused:
        spot = Spot(corpus.documents[f"sources/{source}"])
        yield spot.bad("unused-source", f"{source} is used by no record", "id")


@kept
def _looked_up(
    mentions: list[frozenset[str]], owners: Owners, ledger: Ledger
) -> tuple[set[str], set[str]]:
    """All ids that are mentioned, and those of them that do not exist."""
    mentioned: set[str] = set().union(*mentions)
    return mentioned, mentioned.difference(owners, ledger.ids)


def _documents_with(
    ids: Set[str], corpus: Corpus, mentions: list[frozenset[str]]
) -> Iterator[Document]:
    """The documents that mention one of these ids."""
    pairs = zip(corpus.documents.values(), mentions, strict=True) if ids else ()
    return (document for document, there in pairs if not ids.isdisjoint(there))


_mentions_in: Each[Document, frozenset[str]] = Each()


def _mentioned(name: str, document: Document) -> frozenset[str]:
    """The ids in a document; that of a record does not mention itself, but its estimates do."""
    return document.once("ids", None, _ids_in, name, document)


def _ids_in(name: str, document: Document) -> frozenset[str]:
    if name.endswith(".csv"):
        return frozenset()
    found = frozenset(_ID.findall(document.text))
    return found if name.startswith("estimates/") else found - {name.rpartition("/")[2]}


def _hidden(corpus: Corpus) -> set[str]:
    """Letters of ids that no longer show, because a file that holds them lost its content.

    Such a file holds dozens of rows: that all of them are missing goes without saying.
    """
    files = [document for document in corpus.unread if document.path.startswith("data/estimates/")]
    hidden = {"E" for document in files if not _ID.search(document.text)}
    return hidden if _ID.search(corpus.documents["facts.yaml"].text) else hidden | {"F"}


def _at(document: Document, offset: int, message: str) -> Problem:
    return Problem(document.path, *place_at(document.text[:offset]), "dead-reference", message)


def _references(corpus: Corpus, ledger: Ledger) -> Problems:
    """What a field refers to has a published record, not only an id."""
    gone = corpus.tombstones.keys() | ledger.gone
    if not gone:
        return
    for document in _documents_with(gone, corpus, _values_in(corpus.documents, _values_of)):
        for keys, value in _values(document):
            if value in gone and keys[-1] not in ("id", "replaced_by"):
                message = f"{value} is no longer published"
                yield document.problem(keys, "dead-reference", message)


_values_in: Each[Document, frozenset[str]] = Each()


def _values_of(name: str, document: Document) -> frozenset[str]:
    """Every id that is the value of a field."""
    return document.once("values", None, _ids_in_fields, document)


def _ids_in_fields(document: Document) -> frozenset[str]:
    return frozenset(value for _, value in _values(document))


def _values(document: Document) -> list[tuple[Keys, str]]:
    """Every value of a document that is an id, and where it stands."""
    return [(keys, text) for keys, text in _texts(document.data) if _ID.fullmatch(text)]


def _texts(data: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Every text in parsed data, and where it stands."""
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(value, (*keys, key))
