"""The corpus: all records of a data folder, read and validated, and the look-ups between them."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from report import yamlio
from report.model import (
    Code,
    Excluded,
    Fact,
    LedgerRow,
    Merged,
    Observation,
    Population,
    Record,
    Series,
    Source,
    Testimony,
    Tombstone,
    Withdrawn,
)
from report.problem import Problem
from report.yamlio import Document

R = TypeVar("R", bound=Record)
Codebook = dict[str, dict[str, Code]]
"""Vocabulary -> code -> entry, in the order of the file."""

_RULES = {"missing": "missing-key", "extra_forbidden": "unknown-key"}
_BOUNDS = ("greater_than", "less_than", "too_short", "too_long", "literal_error")


@dataclass(frozen=True)
class Corpus:
    """Everything that the data folder holds, by id. Withdrawn and merged records are tombstones."""

    codebook: Codebook
    testimonies: dict[str, Testimony]
    sources: dict[str, Source]
    series: dict[str, Series]
    facts: dict[str, Fact]
    tombstones: dict[str, Tombstone]
    excluded: list[Excluded]
    ledger: list[LedgerRow]
    population: list[Population]
    documents: dict[str, Document] = field(repr=False)
    """Parsed files by record id, or by file name for the tables: where a problem is shown."""

    @cached_property
    def observations(self) -> dict[str, tuple[Series, Observation]]:
        """Every observation with the series that it stands in, by id."""
        return {o.id: (s, o) for s in self.series.values() for o in s.observations}

    @cached_property
    def cited_by(self) -> dict[str, list[str]]:
        """Source id -> ids of the testimonies, series and facts that rest on it, in order."""
        users: dict[str, list[str]] = defaultdict(list)
        for testimony in self.testimonies.values():
            for source in testimony.sources:
                users[source].append(testimony.id)
        for series in self.series.values():
            for source in dict.fromkeys(series_sources(series)):
                if source != series.id:
                    users[source].append(series.id)
        for fact in self.facts.values():
            for source in dict.fromkeys(fact_sources(fact)):
                users[source].append(fact.id)
        return users

    @cached_property
    def populations(self) -> dict[tuple[str, int], Population]:
        """Population rows by country and year."""
        return {(row.iso_alpha2, row.year): row for row in self.population}

    def label(self, vocabulary: str, code: str) -> str:
        """The label of a code."""
        return self.codebook[vocabulary][code].label


def series_sources(series: Series) -> Iterator[str]:
    """Every source that a series mentions, itself first; repeated as often as it is mentioned."""
    yield series.id
    yield from series.derived_from
    for row in series.observations:
        yield from (row.read_in, *row.confirmed_by, *row.derived_from)
        for other in row.alternatives:
            yield from other.sources
            if other.source:
                yield other.source


def fact_sources(fact: Fact) -> Iterator[str]:
    """Every source that a fact mentions, conflicting ones last."""
    yield from (cited.source for cited in fact.sources)
    yield from (conflict.source for conflict in fact.conflicts if conflict.source)


def load_corpus(root: Path) -> tuple[Corpus, list[Problem]]:
    """Read the data folder below `root`. Records that cannot be read are left out and named in the problems."""
    loader = _Loader(root)
    corpus = Corpus(
        codebook=loader.codebook,
        testimonies=loader.folder("testimonies", Testimony),
        sources=loader.folder("sources", Source),
        series=loader.folder("estimates", Series),
        facts={fact.id: fact for fact in loader.listed("facts.yaml", Fact)},
        tombstones=loader.tombstones,
        excluded=loader.listed("excluded.yaml", Excluded),
        ledger=loader.table("ids.csv", LedgerRow),
        population=loader.table("population.csv", Population),
        documents=loader.documents,
    )
    return corpus, loader.problems


class _Loader:
    """Reads files one after the other and collects what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.tombstones: dict[str, Tombstone] = {}
        self.codebook: Codebook = {}
        self._read_codebook()

    def _document(self, name: str) -> Document:
        shown = f"data/{name}"
        if not (self.data / name).exists():
            self.problems.append(Problem(shown, 1, 1, "file-missing", "the file is missing"))
            return Document(shown, "", None)
        document = yamlio.read_file(self.data / name, shown)
        self.problems += document.problems
        return document

    def _read_codebook(self) -> None:
        document = self.documents["codebook.yaml"] = self._document("codebook.yaml")
        if not isinstance(document.data, dict):
            return
        for vocabulary, rows in document.data.items():
            entries = self._validated(document, rows, TypeAdapter(list[Code]), (vocabulary,)) or []
            self.codebook[vocabulary] = {entry.code: entry for entry in entries}
            if len(entries) != len(self.codebook[vocabulary]):
                self.problems.append(
                    document.problem((vocabulary,), "codebook", f"{vocabulary} has a code twice")
                )

    def folder(self, name: str, model: type[R]) -> dict[str, R]:
        """The published records of one folder by id; tombstones are put aside."""
        records: dict[str, R] = {}
        for path in sorted((self.data / name).iterdir()) if (self.data / name).is_dir() else []:
            document = self._document(f"{name}/{path.name}")
            if document.data is None:
                continue
            record = self._record(document, model)
            if record is None:
                continue
            if path.name != f"{record.id}.yaml":  # type: ignore[attr-defined]
                self.problems.append(
                    document.problem(("id",), "file-name", f"the file must be named {record.id}.yaml")  # type: ignore[attr-defined]
                )
                continue
            self.documents[f"{name}/{record.id}"] = document  # type: ignore[attr-defined]
            if isinstance(record, Withdrawn | Merged):
                self.tombstones[record.id] = record
            else:
                records[record.id] = record  # type: ignore[attr-defined]
        return records

    def _record(self, document: Document, model: type[R]) -> R | Tombstone | None:
        status = document.data.get("status") if isinstance(document.data, dict) else None
        kind: type[BaseModel] = {"withdrawn": Withdrawn, "merged": Merged}.get(str(status), model)
        return self._validated(document, document.data, TypeAdapter(kind))  # type: ignore[no-any-return]

    def listed(self, name: str, model: type[R]) -> list[R]:
        """The records of a file that holds a list of them."""
        document = self.documents[name] = self._document(name)
        if document.data is None:
            return []
        if not isinstance(document.data, list):
            self.problems.append(document.problem((), "wrong-type", "must be a list"))
            return []
        adapter = TypeAdapter(model)
        found = (self._validated(document, row, adapter, (i,)) for i, row in enumerate(document.data))
        return [row for row in found if row is not None]

    def table(self, name: str, model: type[R]) -> list[R]:
        """The rows of a CSV file; numbers are read where the model has them."""
        shown = f"data/{name}"
        text, problems = (
            yamlio.read_text(self.data / name, shown)
            if (self.data / name).exists()
            else ("", [Problem(shown, 1, 1, "file-missing", "the file is missing")])
        )
        self.problems += problems
        columns = list(model.model_fields)
        rows = []
        reader = csv.reader(io.StringIO(text, newline=""))
        if not problems and next(reader, None) != columns:
            self.problems.append(Problem(shown, 1, 1, "csv-shape", f"the first line must be {','.join(columns)}"))
            return []
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(columns):
                self.problems.append(
                    Problem(shown, line, 1, "csv-shape", f"{len(cells)} cells where {len(columns)} must be")
                )
                continue
            try:
                rows.append(model.model_validate(dict(zip(columns, cells, strict=True)), strict=False))
            except ValidationError as error:
                for item in error.errors():
                    rule, message, hint = _explain(item, {})
                    column = f"{item['loc'][0]}: " if item["loc"] else ""
                    self.problems.append(Problem(shown, line, 1, rule, column + message, hint))
        return rows

    def _validated(
        self, document: Document, data: Any, adapter: TypeAdapter[Any], at: yamlio.Keys = ()
    ) -> Any:
        try:
            return adapter.validate_python(data, context=self.codebook)
        except ValidationError as error:
            for item in error.errors():
                rule, message, hint = _explain(item, self.codebook)
                keys = (*at, *(part for part in item["loc"]))
                self.problems.append(document.problem(keys, rule, message, hint))
            return None


def _explain(item: Any, codebook: Mapping[str, Mapping[str, Code]]) -> tuple[str, str, str]:
    """Rule, message and hint for one error of pydantic."""
    kind, loc, context = item["type"], item["loc"], item.get("ctx", {})
    key = next((part for part in reversed(loc) if isinstance(part, str)), "")
    if kind == "missing":
        return "missing-key", f"{key} is missing", ""
    if kind == "extra_forbidden":
        return "unknown-key", f"{key} is no key here", near(key, _all_keys())
    if "-" in kind or kind == "codebook":  # a rule of our own, raised by the model
        near_codes = near(context["value"], codebook.get(context["vocabulary"], {})) if "vocabulary" in context else ""
        return kind, f"{key}: {item['msg']}" if key else item["msg"], near_codes
    rule = "bad-value" if any(kind.startswith(b) or kind == b for b in _BOUNDS) else "wrong-type"
    return rule, f"{key}: {item['msg'][0].lower()}{item['msg'][1:]}", ""


def near(word: str, words: Iterable[str]) -> str:
    """A hint for a near miss, or nothing."""
    found = get_close_matches(str(word), list(words), n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else ""


def _all_keys() -> set[str]:
    models = (Testimony, Source, Series, Observation, Fact, Code, Excluded)
    return {key for model in models for key in model.model_fields}
