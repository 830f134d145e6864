"""The packages that the checks install: pinned, hashed, and within the ranges of the project."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT, Figure

PINS = Path(ROOT, ".ci", "requirements.txt").read_text(encoding="utf-8")
PINNED = dict(re.findall(r"^(\S+)==(\S+) \\$", PINS, re.MULTILINE))


def test_every_dependency_is_pinned_within_its_range(figure: Figure) -> None:
    project = tomllib.loads(Path(ROOT, "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    for requirement in map(Requirement, wanted):
        assert PINNED.get(canonicalize_name(requirement.name), "") in requirement.specifier
    figure("packages pinned with their hashes", len(PINNED))


def test_every_pin_has_a_hash_and_names_no_host() -> None:
    entries = re.split(r"^(?=\S+==)", PINS, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINNED)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in PINS
