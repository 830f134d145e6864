"""Templates of new records, made of the models and the codebook: every key with its explanation."""

from textwrap import wrap
from typing import Any

from report.data.fields import DATE_PATTERN
from report.data.model import Source, Testimony
from report.data.schema import schema, schema_line
from report.data.validation import Codebook

_WIDTH = 98


def template(model: type[Testimony] | type[Source], id_: str, mark: str, codebook: Codebook) -> str:
    """The text of a new record's file: required keys to fill in, optional ones commented out.

    `mark` is a random word. It makes the files of two branches differ, so that git shows a
    conflict where both have minted the same id.
    """
    name = model.__name__.lower()
    described = schema(name, model, codebook)
    lines = _comment(
        f"Mark {mark}: leave this line until the record is merged. Two branches that mint the "
        "same id then conflict in git."
    )
    lines += _comment(
        "Fill in the keys below. Take the sign # from the optional keys that you need and delete "
        "the others: a key without a value is an error, an absent one means unknown."
    )
    for key, node in described["properties"].items():
        lines.append("")
        if key == "id":
            lines.append(f"id: {id_}")
        elif key == "status":
            lines.append("status: published")
        else:
            lines += _entry(key, node, key in described["required"], described["$defs"])
    return schema_line(name) + "\n".join(lines) + "\n"


def _entry(key: str, node: Any, required: bool, definitions: Any) -> list[str]:
    lines = _comment(f"{key}: {node['description']}")
    lines += _choices(node, definitions)
    for below, part in _properties(node, definitions).items():
        lines += _comment(f"{below}: {part['description']}", "  ")
        lines += _choices(part, definitions, "  ")
    lines += [line for example in node.get("examples", []) for line in _example(example)]
    skeleton = _skeleton(key, node, definitions)
    return lines + (skeleton if required else [f"# {line}" for line in skeleton])


def _comment(text: str, indent: str = "") -> list[str]:
    return wrap(text, _WIDTH, initial_indent=f"# {indent}", subsequent_indent=f"# {indent}")


def _resolved(node: Any, definitions: Any) -> Any:
    """The node, or the items of a list, without references."""
    while "$ref" in node or "items" in node:
        name = node.get("$ref", "").rpartition("/")[2]
        node = definitions[name] if name else node["items"]
    return node


def _properties(node: Any, definitions: Any) -> dict[str, Any]:
    properties: dict[str, Any] = _resolved(node, definitions).get("properties", {})
    return properties


def _choices(node: Any, definitions: Any, indent: str = "") -> list[str]:
    """What may stand there: the codes, each with its definition, or how a date is written."""
    kind = _resolved(node, definitions)
    if kind.get("pattern") == f"^({DATE_PATTERN})$":
        return _comment('a date in quotes, as precise as known: "2015", "2015-06"', indent + "  ")
    codes = kind.get("enum", [])
    if kind is definitions.get("country"):
        return _comment('an ISO 3166-1 code (DE); Norway in quotes ("NO")', indent + "  ")
    if kind is definitions.get("field"):
        return _comment("names of fields, as in this file", indent + "  ")
    definitions_of_codes = kind.get("enumDescriptions", [""] * len(codes))
    lines = []
    for code, text in zip(codes, definitions_of_codes, strict=True):
        lines += _comment(f"{code}: {text}" if text else str(code), indent + "  ")
    return lines


def _example(mapping: dict[str, Any]) -> list[str]:
    """An example of a mapping of lists, as comments: one line for each of its keys."""
    lines = (f"#     {key}: [{', '.join(values)}]" for key, values in mapping.items())
    return ["#   for example:", *lines]


def _skeleton(key: str, node: Any, definitions: Any) -> list[str]:
    below = [f"{name}:" for name in _properties(node, definitions)]
    if not below:
        return [f"{key}: []" if node.get("type") == "array" else f"{key}:"]
    if node.get("type") != "array":
        return [f"{key}:", *(f"  {line}" for line in below)]
    return [f"{key}:", f"  - {below[0]}", *(f"    {line}" for line in below[1:])]
