"""JSON Schemas of the data files, derived from the models: with them an editor explains."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from report.data.model import (
    COUNTRIES,
    Code,
    Excluded,
    Exemption,
    Fact,
    Merged,
    Series,
    Source,
    Testimony,
    Withdrawn,
)
from report.data.validation import Codebook

SCHEMAS: dict[str, Any] = {
    "testimony": Testimony | Withdrawn | Merged,
    "source": Source | Withdrawn | Merged,
    "estimates": Series,
    "facts": list[Fact],
    "excluded": list[Excluded],
    "exceptions": list[Exemption],
    "codebook": dict[str, list[Code]],
}
"""Name of the schema -> what a file that names it holds."""

FOLDER = "data/schemas"


def schemas(codebook: Codebook) -> dict[str, str]:
    """File name -> text of each schema, with the codes and definitions of the codebook."""
    return {
        f"{name}.json": json.dumps(schema(name, kind, codebook), indent=2, ensure_ascii=False)
        + "\n"
        for name, kind in SCHEMAS.items()
    }


def stale(root: Path, codebook: Codebook) -> Iterator[tuple[Path, str]]:
    """The committed schemas that differ from the models, and the text that they should have."""
    for name, text in schemas(codebook).items():
        path = root / FOLDER / name
        if not path.is_file() or path.read_text("utf-8") != text:
            yield path, text


def schema_line(name: str) -> str:
    """The first line of a record's file: it tells an editor which schema to use."""
    return f"# yaml-language-server: $schema=../schemas/{name}.json\n"


def schema(name: str, kind: Any, codebook: Codebook) -> dict[str, Any]:
    """The JSON Schema of a model, or of a type made of models."""
    used: set[str] = set()
    made = _tidy(TypeAdapter(kind).json_schema(), used)
    definitions = made.pop("$defs", {}) | {word: _words(word, codebook) for word in sorted(used)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A data file: {name}",
        **made,
        "$defs": definitions,
    }


def _tidy(node: Any, used: set[str]) -> Any:
    """The schema as editors need it: codes by reference, nothing about null, no titles of keys."""
    if isinstance(node, list):
        return [_tidy(item, used) for item in node]
    if not isinstance(node, dict):
        return node
    node = dict(node)
    choices = [choice for choice in node.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        node = {**choices[0], **node}
    elif choices:
        node["anyOf"] = choices
    if isinstance(node.get("title"), str):
        del node["title"]
    if node.get("default", "") is None:
        del node["default"]
    if vocabulary := node.pop("x-vocabulary", None):
        used.add(vocabulary)
        node = {"$ref": f"#/$defs/{vocabulary}", **node}
    return {key: _tidy(value, used) for key, value in node.items()}


def _words(vocabulary: str, codebook: Codebook) -> dict[str, Any]:
    """The codes of a vocabulary, each with its definition."""
    if vocabulary == "field":
        fields = Testimony.model_fields.items()
        words = {name: field.description or "" for name, field in fields}
    elif vocabulary == "country":
        words = COUNTRIES
    else:
        words = {
            code: f"{entry.label}. {entry.definition}"
            for code, entry in codebook.get(vocabulary, {}).items()
        }
        words |= COUNTRIES if vocabulary == "area" else {}
    return {"enum": list(words), "enumDescriptions": list(words.values())}
