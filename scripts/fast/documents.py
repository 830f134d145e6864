"""The data files as they were read, with all that was derived from each alone, are kept for the next process.

They stand in build/cache/documents.pickle, below a digest of the file and a line that names the programs that
have read them and the ids that were published no more by then. Whoever takes them up reads only those
files again whose content is another one now.
"""

import hashlib
import io
import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path

from fast.contents import documents_at
from report.data.corpus import Corpus
from report.data.files import State, files_at
from report.data.yamlio import Document
from report.publish import write_whole

_CODEBOOK = "codebook.yaml"
_PART = 250
"""So many documents are written at a time: pickle remembers whatever it has written, which takes room."""


class Documents:
    """What is kept of the data files of a project.

    `programs` is a digest of what reads them; where it is empty nothing is taken up or kept.
    """

    def __init__(self, root: Path, programs: str) -> None:
        self._root, self._programs = root, programs

    def take_up(self, contents: Mapping[str, str], states: Mapping[str, State]) -> None:
        """Begin with those whose files still have these contents, given as digests by path, while in these states."""
        files_at(self._root).resume(
            {
                name: document
                for name, document in self._kept()
                if contents.get(document.path) == digest_of(document)
            },
            states,
        )

    def hold(self, corpus: Corpus) -> bool:
        """Whether they may be of use to the next process, and hold nothing that is published no more."""
        try:
            with documents_at(self._root).open("rb") as file:
                _, told = file.readline(), file.readline()
        except OSError:
            return False
        words = told.decode("ascii", "replace").split()
        return words[:1] == [self._programs] and corpus.gone <= set(words[1:])

    def keep(self, corpus: Corpus) -> None:
        """Keep all that a corpus was read from."""
        if not self._programs:
            return
        out = io.BytesIO()
        # in its place, at the end, the digest of all that follows
        out.write(f"{_digest(b'')}\n".encode())
        head = out.tell()
        out.write(f"{' '.join((self._programs, *sorted(corpus.gone)))}\n".encode())
        codebook = corpus.documents[_CODEBOOK]
        pickle.dump(codebook, out, pickle.HIGHEST_PROTOCOL)
        others = [item for item in corpus.documents.items() if item[0] != _CODEBOOK]
        for start in range(0, len(others), _PART):
            _Pickler(out, codebook).dump(others[start : start + _PART])
        digest = _digest(out.getbuffer()[head:])
        out.seek(0)
        out.write(digest.encode())
        write_whole(documents_at(self._root), out.getbuffer())

    def _kept(self) -> Iterator[tuple[str, Document]]:
        """Each document that these programs have kept, by name; none where the file is damaged."""
        try:
            content = documents_at(self._root).read_bytes()
        except OSError:
            return
        file = io.BytesIO(content)
        digest = file.readline().decode("ascii", "replace").strip()
        if digest != _digest(memoryview(content)[file.tell() :]):
            return
        if file.readline().decode().split()[:1] != [self._programs]:
            return
        codebook = pickle.load(file)
        yield _CODEBOOK, codebook
        while file.tell() < len(content):
            yield from _Unpickler(file, codebook).load()


class _Pickler(pickle.Pickler):
    """Writes documents that know the codebook, but not the codebook."""

    def __init__(self, file: io.BytesIO, codebook: Document) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._codebook = codebook

    def persistent_id(self, found: object) -> str | None:
        """What stands for an object that is not to be written."""
        return "codebook" if found is self._codebook else None


class _Unpickler(pickle.Unpickler):
    """Reads them again, and has them know the codebook that was read before."""

    def __init__(self, file: io.BytesIO, codebook: Document) -> None:
        super().__init__(file)
        self._codebook = codebook

    def persistent_load(self, found: str) -> Document:
        """What was not written."""
        return self._codebook


def digest_of(document: Document) -> str:
    """The digest of what a file says."""
    return document.once("digest", None, lambda: _digest(document.text.encode()))


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()
