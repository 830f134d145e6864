"""What editors do to records: mint new ones, withdraw, merge. Files and ledger change together."""

import datetime
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from report.checks.ledger import KINDS, LEDGER
from report.data.corpus import Corpus, load_corpus
from report.data.model import Source, Testimony
from report.data.schema import schema_line
from report.data.validation import near
from report.data.yamlio import Document, Keys, parse
from report.editing.cut import Refused, without, without_doubles
from report.editing.template import template
from report.project import earlier_ledgers

_FOLDERS = {"T": "testimonies", "S": "sources"}
_MODELS: dict[str, type[Testimony] | type[Source]] = {"T": Testimony, "S": Source}


def new(root: Path, kind: str) -> str:
    """Mint the next id of a kind; a testimony or a source also gets a file to fill in."""
    letter = next(letter for letter, name in KINDS.items() if name == kind)
    corpus, _ = load_corpus(root)
    id_ = _next_id(root, letter)
    row = f"{id_},{kind},{_today()},published,,\n"
    files = {root / LEDGER: _ledger(root).rstrip("\n") + "\n" + row}
    if letter not in _FOLDERS:
        _write(files)
        return f"{id_} is minted; write it as the id of your row"
    path = _path(root, id_)
    text = template(_MODELS[letter], id_, secrets.token_hex(8), corpus.codebook)
    _write({path: text, **files})
    return f"{path.relative_to(root).as_posix()}: fill in, then run report check"


def withdraw(root: Path, id_: str, reason: str) -> str:
    """Reduce a record to id, date and class of the reason; sources of its own go with it."""
    corpus = _readable(root)
    reasons = corpus.codebook.get("withdrawal_reason", {})
    if reason not in reasons:
        hint = near(reason, reasons) or f"one of {', '.join(reasons)}"
        raise Refused(f"{reason} is no code of withdrawal_reason ({hint})")
    if id_[:1] in ("E", "F"):
        rest = _without_row(root, corpus, id_)
        _write({**rest, **_retired(root, [id_], "withdrawn", "", reason)})
        return f"{id_} is withdrawn ({reason})"
    _require_published(corpus, id_)
    own = _own_sources(corpus, id_) if id_ in corpus.testimonies else []
    if id_ in corpus.sources:
        _require_unused(corpus, id_)
    gone = [id_, *own]
    stones = {_path(root, one): _tombstone(one, "withdrawn", f"reason: {reason}") for one in gone}
    rest = _without_exceptions(root, corpus, gone)
    _write({**stones, **rest, **_retired(root, gone, "withdrawn", "", reason)})
    also = f", and with it {', '.join(own)}, which nothing else uses" if own else ""
    return f"{id_} is withdrawn ({reason}){also}. The history in git still holds the text."


def merge(root: Path, id_: str, into: str) -> str:
    """Let one record lead to another one of its kind; of a source also all references."""
    corpus = _readable(root)
    _require_published(corpus, id_)
    _require_published(corpus, into)
    if id_ == into or id_[0] != into[0]:
        raise Refused(f"{id_} and {into} must be two records of one kind")
    files = _references_moved(root, corpus, id_, into) if id_ in corpus.sources else {}
    files |= _without_exceptions(root, corpus, [id_])
    files[_path(root, id_)] = _tombstone(id_, "merged", f"replaced_by: {into}")
    _write({**files, **_retired(root, [id_], "merged", into, "")})
    return f"{id_} leads to {into}; carry over what {into} lacks"


def _readable(root: Path) -> Corpus:
    """The corpus, if no record is hidden in a file that cannot be read: it may use what goes."""
    corpus, _ = load_corpus(root)
    hidden = [document.path for document in corpus.unread]
    for name, read in (("facts.yaml", corpus.facts), ("exceptions.yaml", corpus.exemptions)):
        document = corpus.documents[name]
        if not isinstance(document.data, list) or len(read) < len(document.data):
            hidden.append(document.path)
    if hidden:
        raise Refused(f"cannot read {', '.join(hidden)}: run report check")
    return corpus


def _require_published(corpus: Corpus, id_: str) -> None:
    if id_ in corpus.tombstones:
        raise Refused(f"{id_} is {corpus.tombstones[id_].status} already")
    published = {**corpus.testimonies, **corpus.sources}
    if id_ not in published:
        hint = near(id_, published)
        raise Refused(f"{id_} is no testimony or source that can be read {hint}".strip())


def _require_unused(corpus: Corpus, id_: str) -> None:
    users = [
        *corpus.cited_by.get(id_, []),
        *([f"data/estimates/{id_}.yaml"] * (id_ in corpus.series)),
    ]
    if users:
        raise Refused(f"{id_} is used by {', '.join(users)}: mend those first")


def _own_sources(corpus: Corpus, id_: str) -> list[str]:
    """The sources that only this testimony uses: their titles may say who the person is."""
    return [
        source
        for source in corpus.testimonies[id_].sources
        if corpus.cited_by[source] == [id_]
        and source in corpus.sources.keys() - corpus.series.keys()
    ]


def _without_row(root: Path, corpus: Corpus, id_: str) -> dict[Path, str]:
    """The file of an observation or a fact without its row."""
    at: Keys
    if id_ in corpus.observations:
        users = [fact.id for fact in corpus.facts.values() if id_ in fact.estimates]
        if users:
            raise Refused(f"{id_} is used by {', '.join(users)}: mend those first")
        series, _ = corpus.observations[id_]
        document = corpus.documents[f"estimates/{series.id}"]
        at, rows = ("observations",), document.data["observations"]
    elif id_ in corpus.facts:
        document = corpus.documents["facts.yaml"]
        at, rows = (), document.data
    else:
        raise Refused(f"{id_} is no estimate or fact that can be read{_way_back(corpus, id_)}")
    if len(rows) == 1:
        raise Refused(f"{id_} is the only row of {document.path}")
    index = next(i for i, row in enumerate(rows) if row.get("id") == id_)
    return {root / document.path: without(document, (*at, index)).text}


def _way_back(corpus: Corpus, id_: str) -> str:
    """How an id without a row disappears, if it may."""
    if not any(row.id == id_ and row.status == "published" for row in corpus.ledger):
        return ""
    return (
        f"; if it was minted by mistake and is not published yet, delete its line at the end of "
        f"{LEDGER}"
    )


def _without_exceptions(root: Path, corpus: Corpus, gone: list[str]) -> dict[Path, str]:
    """The file of exceptions without those of records that are gone: their reasons may tell of them."""
    before = document = corpus.documents["exceptions.yaml"]
    for index, row in reversed(list(enumerate(document.data))):
        if row.get("record") in gone:
            document = without(document, (index,))
    return {} if document is before else {root / document.path: document.text}


def _references_moved(root: Path, corpus: Corpus, id_: str, into: str) -> dict[Path, str]:
    """Every data file that refers to a source, referring to another one instead."""
    if id_ in corpus.series:
        raise Refused(f"{id_} has figures in data/estimates/{id_}.yaml: move them first")
    copies = [
        row.id for _, row in corpus.observations.values() if row.read_in == id_ and row.read_copy
    ]
    if copies:
        raise Refused(f"{', '.join(copies)} were read in a copy of {id_}: mend those first")
    word = re.compile(rf"\b{id_}\b")
    others = {"exceptions.yaml", *(f"sources/{stone}" for stone in corpus.tombstones)}
    return {
        root / document.path: _moved(document, word, into)
        for name, document in corpus.documents.items()
        if not name.endswith(".csv") and name not in others and word.search(document.text)
    }


def _moved(document: Document, word: re.Pattern[str], into: str) -> str:
    """The text of a document that names another source; what cited both cites it once."""
    return without_doubles(parse(word.sub(into, document.text), document.path)).text


def _path(root: Path, id_: str) -> Path:
    return root / "data" / _FOLDERS[id_[0]] / f"{id_}.yaml"


def _tombstone(id_: str, status: str, last: str) -> str:
    name = KINDS[id_[0]]
    return f'{schema_line(name)}id: {id_}\nstatus: {status}\ndate: "{_today()}"\n{last}\n'


def _today() -> str:
    return datetime.date.today().isoformat()


def _ledger(root: Path) -> str:
    try:
        return (root / LEDGER).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{LEDGER} cannot be read: {error}") from None


def _next_id(root: Path, letter: str) -> str:
    """The id after the highest one that the ledger has or ever had, or a file name has."""
    found = re.findall(rf"^{letter}(\d{{4,}}),", _ledger(root), re.M)
    _, ever = earlier_ledgers(root)
    found += [id_[1:] for id_ in ever if id_[0] == letter]
    if letter in _FOLDERS:
        names = (path.stem for path in (root / "data" / _FOLDERS[letter]).glob("*.yaml"))
        found += [name[1:] for name in names if re.fullmatch(rf"{letter}\d{{4,}}", name)]
    return f"{letter}{max(map(int, found), default=0) + 1:04d}"


def _retired(root: Path, ids: list[str], status: str, into: str, reason: str) -> dict[Path, str]:
    """The ledger with a new status for the given ids."""
    text = _ledger(root)
    for id_ in ids:
        row = rf"^({id_},[^,\n]*,[^,\n]*),.*$"
        text, number = re.subn(row, rf"\1,{status},{into},{reason}", text, flags=re.M)
        if number != 1:
            raise Refused(f"{id_} must stand once in {LEDGER}")
    return {root / LEDGER: text}


def _write(files: Mapping[Path, str]) -> None:
    """Put all files in place; each is first written beside its place, so none is half there."""
    parts = {path.with_name(f".{path.name}.part"): path for path in files}
    try:
        for part, path in parts.items():
            part.write_text(files[path], "utf-8", newline="\n")
    except OSError:
        for part in parts:
            part.unlink(missing_ok=True)
        raise
    for part, path in parts.items():
        os.replace(part, path)
