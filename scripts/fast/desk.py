"""The desk: gives out the site that is being served; what is asked for is made then, the rest a little later."""

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from mkdocs.commands.build import _build_theme_template
from mkdocs.livereload import LiveReloadServer
from watchdog.events import (
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
)
from watchdog.observers import Observer

from fast.documents import Documents
from fast.press import Press, in_nav
from report.current import current, problems_of
from report.data.forked import Child, helpers
from report.problem import Problem

log = logging.getLogger("mkdocs.hooks.report")

_DELAY = 0.3
"""Seconds after an edit in which nothing is made but what is asked for."""
_PAUSE = 0.05
"""Seconds after which a child process is asked again whether it is done."""
_STATES = 10
"""After so many states of the site, one for each edit, garbage is looked for even if nobody is idle."""
_Base: Any = Observer


class Watcher(_Base):  # type: ignore[misc]
    """Hears of changes at once, where MkDocs looks for them twice a second, and notes where they were."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: SimpleQueue[Path] = SimpleQueue()

    def schedule(
        self, handler: Any, path: str, recursive: bool = False, event_filter: Any = None
    ) -> Any:
        """Watch a path for what writes to it: reading is no change."""
        told = handler.on_any_event

        def note(event: Any) -> None:
            for name in filter(None, (event.src_path, event.dest_path)):
                self.changed.put(Path(os.fsdecode(name)))
            told(event)

        handler.on_any_event = note
        changes = [FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent]
        return super().schedule(handler, path, recursive=recursive, event_filter=changes)


class Desk:
    """Gives out the site that is being served: what is asked for is made then, the rest a little later."""

    def __init__(
        self,
        server: LiveReloadServer,
        observer: Watcher,
        press: Callable[[], Press],
        whole: Callable[[], None],
        documents: Documents,
    ) -> None:
        self._server, self._observer, self._press, self._whole = server, observer, press, whole
        self._documents = documents
        self._answer = server._serve_request
        self._lock = threading.RLock()
        self._asking: set[int] = set()
        """The threads that want the lock and are not to wait for what nobody asked for."""
        self._whole_due = False
        self._given: set[str] = set()
        """What is up to date; another set for each state of the site."""
        self._uncollected = 0
        """So many states came and went since somebody looked for garbage."""
        self._begin()

    def rebuild(self) -> None:
        """Take up what has changed; a change of configuration, theme or programs takes a whole build."""
        told = self._observer.changed
        changed = {told.get() for _ in range(told.qsize())}
        with self._first():
            single = all(map(_within_reach, changed)) and not self._whole_due
            if not (single and self._take_up(changed)):
                self._whole_due = True  # until it succeeds
                self._whole()
                self._whole_due = False
            self._begin()

    def answer(self, environ: Any, start_response: Any) -> Any:
        """Answer a request; the page or file that it names is brought up to date before."""
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
        name = path.removeprefix(self._server.mount_path)
        with self._server._epoch_cond:
            self._server._epoch_cond.wait_for(self._is_up_to_date)
        with self._first():
            for uri in (name, f"{name}index.html", f"{name}/index.html"):
                self._give(uri)
        return self._answer(environ, start_response)

    def close(self) -> None:
        """Make nothing any more."""
        with self._first():
            self._given = set()
        self._worker.join()

    def _is_up_to_date(self) -> bool:
        return self._server._visible_epoch == self._server._wanted_epoch

    @contextmanager
    def _first(self) -> Iterator[None]:
        """Hold the lock, before anything that nobody waits for."""
        self._asking.add(threading.get_ident())
        with self._lock:
            self._asking.discard(threading.get_ident())
            yield

    def _begin(self) -> None:
        """Begin anew: nothing has been given yet."""
        self._given = set()
        self._uncollected += 1
        if self._uncollected > _STATES:
            self._collect()
        self._worker = threading.Thread(target=self._finish, args=[self._given], daemon=True)
        self._worker.start()

    def _give(self, uri: str) -> None:
        """Have a page or file up to date; where that fails, everything falls back to the last good output."""
        file = self._press().printed.get(uri)
        if uri in self._given or file is None:
            return
        self._given.add(uri)
        title = file.page and file.page.title
        try:
            self._press().make(file)
        except Exception as error:
            log.exception("%s could not be made", uri)
            if not current.problems:
                self._refuse(problems_of(error))
                self._give(uri)
        shown = file.page in self._press().nav.pages  # other pages may show its title
        if shown and file.page and file.page.title != title:
            self._press().shells.clear()
            self._given.intersection_update({uri})

    def _take_up(self, changed: Collection[Path] | None) -> bool:
        """Take up what has changed, or only the output as it is now; False where the navigation is another one."""
        press, problems = self._press(), current.problems
        if changed is not None:
            current.renew(current.root, changed)
        plugins, files = press.config.plugins, press.files
        before = dict(files.src_uris)
        plugins.on_files(files, config=press.config)
        plugins.on_env(press.environment, config=press.config, files=files)
        named = {files.src_uris.get(uri) for uri in in_nav(press.config.nav)} - {None}
        if named != {page.file for page in press.nav.pages}:
            return False
        for uri in before.keys() - files.src_uris.keys():
            press.forget(before[uri])
        press.take(files.src_uris[uri] for uri in files.src_uris if uri not in before)
        if problems != current.problems:
            press.shells.clear()
        return True

    def _refuse(self, problems: list[Problem]) -> None:
        """Fall back to the last good output, and let browsers load it."""
        current.refuse(problems)
        self._take_up(None)
        self._begin()
        with self._server._epoch_cond:
            self._server._visible_epoch += 1
            self._server._wanted_epoch = max(
                self._server._wanted_epoch, self._server._visible_epoch
            )
            self._server._epoch_cond.notify_all()

    def _finish(self, given: set[str]) -> None:
        """Make what nobody has asked for, bit by bit, until it is done or an edit comes."""
        work = self._rest()
        pause: float | None = _DELAY
        while pause is not None:
            time.sleep(pause)
            while self._asking:
                time.sleep(0.001)
            with self._lock:
                pause = self._goes_on(work) if self._given is given else None
        work.close()

    def _goes_on(self, work: Iterator[float]) -> float | None:
        """Do a bit of work; tells when the next is due. Whatever goes wrong becomes a problem to be mended."""
        try:
            return next(work, None)
        except Exception as error:
            log.exception("The site could not be completed")
            if not current.problems:
                self._refuse(problems_of(error))
            return None

    def _rest(self) -> Generator[float]:
        """The chapters are looked through; then pages, downloads and the index of the search follow.

        Tells after each bit how many seconds the next one has time.
        """
        site, press = current.output.site, self._press()
        problems: list[Problem] = []
        for chapter in site.chapters if site and not current.problems else ():
            problems += chapter.problems
            yield 0
        if problems:
            self._refuse(problems)
            return
        named = {page.file.dest_uri for page in press.nav.pages}  # others may show their titles
        while missing := press.printed.keys() - self._given:
            for uri in sorted(missing, key=lambda uri: (uri not in named, uri)):
                self._give(uri)
                yield 0
        press.validate()
        for name in press.config.theme.static_templates:
            _build_theme_template(name, press.environment, press.files, press.config, press.nav)
            yield 0
        yield from self._last()
        self._collect()

    def _last(self) -> Iterator[float]:
        """Downloads and the index take long: a child process writes them, until an edit stops it."""
        folder = Path(self._press().config.site_dir)
        tasks = current.takeaway(folder)
        answers = (yield from self._apart(tasks, folder)) if helpers() else []
        names = set[str]().union(*answers)
        if not answers:
            for task in tasks:
                names.update(task())
                yield 0
            current.write_index(folder)
        current.took(names, folder)

    def _apart(
        self, tasks: Collection[Callable[[], list[str]]], folder: Path
    ) -> Generator[float, None, list[set[str]]]:
        """Have a child process do these tasks, write the index and keep what was read; returns what it answers."""
        site = current.output.site

        def write() -> set[str]:
            self._server.socket.close()  # or nobody else could serve here while the child lives
            names = {name for task in tasks for name in task()}
            current.write_index(folder)
            if site and not self._documents.hold(site.corpus):
                self._documents.keep(site.corpus)
            return names

        child = Child(write)
        try:
            while not child.has_answered():
                yield _PAUSE
            return child.answers()
        finally:
            child.end()

    def _collect(self) -> None:
        """Look for garbage, which takes a while and stops everything else."""
        gc.collect()
        self._uncollected = 0


def _within_reach(path: Path) -> bool:
    """Whether a change there needs no whole build: data, chapters and templates of pages, or nothing at all."""
    if path.name.startswith("."):
        return True
    name = path.as_posix().removeprefix(f"{current.root.as_posix()}/")
    return name.startswith(("data/", "scripts/templates/pages/")) or (
        name.startswith("docs/") and name.endswith(".md")
    )
