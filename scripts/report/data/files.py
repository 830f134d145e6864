"""The files of a data folder: each is read once for as long as it stays the same."""

import os
import re
import time
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from os.path import lexists
from pathlib import Path
from typing import Any

from report.data.forked import Shared, called
from report.data.words import in_order
from report.data.yamlio import Document, read_file, read_text

FOLDERS = {"testimonies": "T", "sources": "S", "estimates": "S"}
"""Folder of records -> the letter of the ids that its files are named after."""
TEXTS = ("ids.csv", "population.csv", "world.geojson")
"""Files of the data folder that are no YAML."""
FILES = ("codebook.yaml", "exceptions.yaml", "excluded.yaml", "facts.yaml", *TEXTS)
"""The files that stand in the data folder itself."""
_BESIDE = (*FOLDERS, "schemas")
_IDS = {letter: re.compile(rf"{letter}(?!0000)[0-9]{{4,}}\.yaml") for letter in "TS"}
_FRESH = 100_000_000  # nanoseconds within which two changes may bear one time stamp

State = tuple[int, ...] | None
"""What a file looks like for as long as nobody touches it; None where it may change unseen."""


class Files:
    """The documents of a data folder, as they were when it was last looked at.

    The document of a file stays the same object until the file says something else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.folders: dict[str, dict[str, Document]] = {"": {}}
        """The documents in the data folder ("") and in each folder of records.

        By name: facts.yaml, or for a record its folder and id (sources/S0001). Where nothing in a
        folder has changed, it is the same dictionary as before.
        """
        self.unknown: list[tuple[str, str]] = []
        """Folder and file of what stands there although the format does not know it."""
        self.read: dict[str, Any] = {}
        """What the reader made of each folder of records."""
        self._begun: tuple[dict[str, State], Shared[Document]] | None = None
        self._names: dict[str, list[str]] = {}
        self._states: dict[str, State] = {}

    def resume(self, documents: Mapping[str, Document], states: Mapping[str, State]) -> None:
        """Begin with documents that an earlier process has read; they hold while their files are in these states."""
        self._states = {name: states.get(name) for name in documents}
        for name, document in documents.items():
            self.folders.setdefault(_folder(name), {})[name] = document

    def begin(self) -> None:
        """Have other processes begin to read all files, for whoever takes the first look at them."""
        states = self.states()
        self._begun = states, Shared([partial(self._read, name) for name in states])

    def look(self, changed: Collection[Path] | None = None) -> None:
        """Read what is new: of the files below the project that have `changed`, or else of all."""
        before, self._states = self._states, {}  # where this look fails, the next is at all files
        names = self._known(changed) if changed is not None and before else None
        if names is None:
            states = self.states()
            names = [
                name for name, state in states.items() if not state or state != before.get(name)
            ]
        else:
            states = before
            states |= {name: _state(self._path(name)) for name in names}
        read = self._read_all(names, self._read_early(states))
        fresh: dict[str, dict[str, Document]] = {folder: {} for folder in self._names}
        for name in names:
            fresh[_folder(name)][name] = self._kept(name, read[name])
        self.folders = {folder: self._renewed(folder, fresh[folder]) for folder in fresh}
        self._states = states

    def document(self, name: str) -> Document | None:
        """The document of this name, if there is one."""
        return self.folders.get(_folder(name), {}).get(name)

    def states(self) -> dict[str, State]:
        """The state of every file that the format knows; what stands beside them is noted."""
        states: dict[str, State] = {}
        self.unknown = []
        for folder in ("", *FOLDERS):
            entries = _entries(self.data / folder)
            names = {file: _name(folder, file) for file in entries}
            self._names[folder] = [name for name in names.values() if name]
            self.unknown += [
                (folder, file)
                for file, name in names.items()
                if not name and (folder or file not in _BESIDE)
            ]
            states |= {name: _state(entries[file]) for file, name in names.items() if name}
        return states

    def _renewed(self, folder: str, fresh: dict[str, Document]) -> dict[str, Document]:
        """The documents of a folder in which these are fresh."""
        before, names = self.folders.get(folder, {}), self._names[folder]
        same = all(before.get(name) is document for name, document in fresh.items())
        if same and list(before) == names:
            return before
        documents = before | fresh
        return {name: documents[name] for name in names}

    def _known(self, changed: Collection[Path]) -> list[str] | None:
        """The names of the documents that changed; None where a file came, went or is not ours."""
        names = []
        for path in (self.root / path for path in changed):
            if not path.is_relative_to(self.root):
                return None
            if not path.is_relative_to(self.data) or path.name.startswith("."):
                continue
            name = path.relative_to(self.data).as_posix()
            name = name.removesuffix(".yaml") if "/" in name else name
            if not self.document(name) or not lexists(path) or path != self._path(name):
                return None
            names.append(name)
        return names

    def _path(self, name: str) -> Path:
        return self.data / (f"{name}.yaml" if "/" in name else name)

    def _read_early(self, states: Mapping[str, State]) -> dict[str, Document]:
        """What was read since `begin`, of the files that are still as they were then."""
        if not self._begun:
            return {}
        (then, shared), self._begun = self._begun, None
        read = zip(then.items(), shared.results(), strict=True)
        return {
            name: document
            for (name, state), document in read
            if state and state == states.get(name)
        }

    def _read_all(self, names: Sequence[str], known: Mapping[str, Document]) -> dict[str, Document]:
        """The documents of these files; those that are `known` need not be read again."""
        others = [name for name in names if name not in known]
        read = called([partial(self._read, name) for name in others])
        return {**known, **dict(zip(others, read, strict=True))}

    def _read(self, name: str) -> Document:
        path = self._path(name)
        shown = f"data/{path.relative_to(self.data).as_posix()}"
        if name not in TEXTS:
            return read_file(path, shown)
        text, problems = read_text(path, shown)
        return Document(shown, text, None, problems)

    def _kept(self, name: str, document: Document) -> Document:
        """The document that is there already, if the file says the same as then."""
        before = self.document(name)
        return document if before is None or before != document else before


@lru_cache(maxsize=8)
def files_at(root: Path) -> Files:
    """The files of the project at `root`: one object for as long as the process lives."""
    return Files(root)


def is_id(file: str, letter: str) -> bool:
    """Whether a file is named after an id that starts with `letter`."""
    return _IDS[letter].fullmatch(file) is not None


def _folder(name: str) -> str:
    """The folder in which the document of this name stands."""
    return name.rpartition("/")[0]


def _name(folder: str, file: str) -> str:
    """The name of the document that a file holds, or nothing where the format knows no such file."""
    if not folder:
        return file if file in FILES else ""
    return f"{folder}/{file.removesuffix('.yaml')}" if is_id(file, FOLDERS[folder]) else ""


def _entries(folder: Path) -> dict[str, os.DirEntry[str]]:
    """What stands in a folder, in order; without hidden files, which editors leave while they save."""
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        found = {entry.name: entry for entry in entries if not entry.name.startswith(".")}
    return {name: found[name] for name in sorted(found, key=in_order)}


def _state(file: Path | os.DirEntry[str]) -> State:
    """The state of a file, unless it may change again within the same time stamp."""
    try:
        state = os.lstat(file)
    except OSError:  # gone meanwhile
        return None
    if abs(time.time_ns() - state.st_mtime_ns) < _FRESH:
        return None
    return state.st_mtime_ns, state.st_size, state.st_dev, state.st_ino, state.st_mode
