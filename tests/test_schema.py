"""The JSON Schemas: committed as generated, named by every data file, and obeyed by all of them."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from report.data import yamlio
from report.data.corpus import load_corpus
from report.data.model import COUNTRIES
from report.data.schema import FOLDER, SCHEMAS, schemas

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "data").rglob("*.yaml"))
CODEBOOK = load_corpus(ROOT)[0].codebook


def committed(name: str) -> Any:
    return json.loads((ROOT / FOLDER / name).read_text("utf-8"))


def test_committed_schemas_are_those_of_the_models() -> None:
    generated = schemas(CODEBOOK)
    found = {path.name: path.read_text("utf-8") for path in (ROOT / FOLDER).iterdir()}
    assert found == generated, "run: report schema --write"


def test_each_file_names_its_schema_and_obeys_it() -> None:
    validators = {}
    for name in SCHEMAS:
        jsonschema.Draft202012Validator.check_schema(committed(f"{name}.json"))
        validators[name] = jsonschema.Draft202012Validator(committed(f"{name}.json"))
    for path in FILES:
        first = path.read_text("utf-8").partition("\n")[0]
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert named, path
        target = (path.parent / named[1]).resolve()
        assert target.parent == (ROOT / FOLDER).resolve(), path
        assert target.stem in (path.stem, path.parent.name, kind(path)), path
        data = yamlio.read_file(path, path.name).data
        errors = [error.message for error in validators[target.stem].iter_errors(data)]
        assert not errors, (path, errors)


def kind(path: Path) -> str:
    return {"testimonies": "testimony", "sources": "source"}.get(path.parent.name, "")


@pytest.mark.parametrize(("field", "value"), [("gender", "mail"), ("joined", "June"), ("x", 1)])
def test_schema_rejects_what_the_checks_reject(field: str, value: object) -> None:
    record = yamlio.read_file(ROOT / "data/testimonies/T0001.yaml", "T0001.yaml").data
    validator = jsonschema.Draft202012Validator(committed("testimony.json"))
    assert validator.is_valid(record)
    assert not validator.is_valid({**record, field: value})


def test_codes_come_with_their_definitions() -> None:
    definitions = committed("testimony.json")["$defs"]
    for vocabulary in ("role", "reason_leaving", "withdrawal_reason"):
        entries = CODEBOOK[vocabulary]
        assert definitions[vocabulary]["enum"] == list(entries)
        for text, entry in zip(
            definitions[vocabulary]["enumDescriptions"], entries.values(), strict=True
        ):
            assert entry.definition in text
    assert definitions["country"]["enum"] == list(COUNTRIES)


def test_every_key_is_explained() -> None:
    for name in SCHEMAS:
        for model, definition in committed(f"{name}.json")["$defs"].items():
            for key, node in definition.get("properties", {}).items():
                assert node.get("description"), f"{model}.{key}"
