"""The archive: a ZIP that grows file by file and has the same bytes for the same files and moment."""

import datetime
import io
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor

LEVEL = 4
"""Half of the time of zlib's default, and a twelfth more to load."""


class Archive:
    """A ZIP in the making: a thread compresses files while further ones are made."""

    def __init__(self, moment: datetime.datetime) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._added: list[Future[None]] = []
        self._moment = moment.timetuple()[:6]
        self._bytes = io.BytesIO()
        self._zip = zipfile.ZipFile(self._bytes, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    def add(self, name: str, content: bytes) -> None:
        """Add one file."""
        entry = zipfile.ZipInfo(name, self._moment)
        entry.external_attr = 0o644 << 16
        write = self._zip.writestr
        self._added.append(self._thread.submit(write, entry, content, zipfile.ZIP_DEFLATED, LEVEL))

    def finished(self) -> bytes:
        """The whole; nothing can be added after it."""
        with self._thread:
            for added in self._added:
                added.result()
        self._zip.close()
        return self._bytes.getvalue()
