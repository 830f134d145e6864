"""The archive: a ZIP that grows file by file and has the same bytes for the same files and moment."""

import datetime
import io
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_LEVEL = 4  # half of the time of zlib's default, and a twelfth more to load


class Zip(zipfile.ZipFile):
    """A ZIP that compresses every file that is written to it, and all alike."""

    def writestr(self, entry: zipfile.ZipInfo | str, content: Any, *_: Any) -> None:
        """Write one file, whatever it says of its compression."""
        super().writestr(entry, content, zipfile.ZIP_DEFLATED, _LEVEL)


class Archive:
    """A ZIP in the making: a thread compresses files while further ones are made."""

    def __init__(self, moment: datetime.datetime) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._added: list[Future[None]] = []
        self._moment = max(moment.timetuple()[:6], (1980, 1, 1, 0, 0, 0))  # where its time begins
        self._bytes = io.BytesIO()
        self._zip = Zip(self._bytes, "w")

    def add(self, name: str, content: bytes) -> None:
        """Add one file."""
        entry = zipfile.ZipInfo(name, self._moment)
        entry.external_attr = 0o644 << 16
        self._added.append(self._thread.submit(self._zip.writestr, entry, content))

    def finished(self) -> bytes:
        """The whole; nothing can be added after it."""
        with self._thread:
            for added in self._added:
                added.result()
        self._zip.close()
        return self._bytes.getvalue()
