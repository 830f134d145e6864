"""What one process of MkDocs holds: the output that is shown, what is wrong, and what is not written yet."""

import logging
import traceback
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from report.build import Output, Task, build_output, download_tasks, last_output, record_tasks
from report.pages.search import FOLDER, SearchIndex
from report.pages.site import TEMPLATES, Site
from report.problem import BadData, Problem, counted
from report.publish import sweep, write, write_changed

log = logging.getLogger("mkdocs.hooks.report")


class Current:
    """The state that the hooks share."""

    def __init__(self) -> None:
        self.root = Path()
        self.output = Output()
        self.problems: list[Problem] = []
        self.serving = False
        self.on_demand = False
        """Whether pages are made when somebody asks for them, and chapters are looked through later."""
        self.there: Collection[str] = ()
        """The records of which everything stands already, by name (testimonies/T0001)."""
        self.site: Path | None = None
        """What the build is to become; none where the site is served, from a folder of its own."""
        self.finished = False
        """Whether that site stands in its place, made without a warning."""
        self.index = SearchIndex()
        self.is_indexed = False
        """Whether the index of the search has been written."""
        self.when_read: Callable[[Site], None] = lambda site: None
        """Told of the data as soon as they are read, while it takes a while to check them."""
        self._good = Output()
        self._taken: set[str] = set()
        self._complete = False

    def renew(self, root: Path, changed: Collection[Path] | None = None) -> None:
        """Take up what the project says; where something is wrong, the last good output stays.

        `changed` are the files that may say something else than before; without it, all are looked at.

        Raises BadData, and whatever goes wrong in programs and templates, but for a site that is being
        served: a hook that raises makes every request hang.
        """
        self.root = root
        try:
            output = build_output(root, changed, self.when_read)
            if output.site and not self.on_demand:
                # before processes share the work that needs them
                output.site.citations.prepare(self.there)
                output.site.check_chapters()
        except Exception as error:
            if not self.serving:
                raise
            self._complain(problems_of(error))
        else:
            if not self.problems:
                self._good = self.output
            self.output, self.problems, self._complete = output, [], False

    def refuse(self, problems: list[Problem]) -> None:
        """Go back to the output before this one, in which something turned out to be wrong; new chapters stay."""
        if self._good.pages:
            chapters = self.output.site.chapters if self.output.site else []
            new = {chapter.uri for chapter in chapters} - self._good.pages.keys()
            kept = {uri: self.output.pages[uri] for uri in sorted(new)}
            pages = {**self._good.pages, **kept} if kept else self._good.pages
            self.output, self._complete = replace(self._good, pages=pages), False
        self._complain(problems)

    def _complain(self, problems: list[Problem]) -> None:
        """Say what has to be mended; where nothing was shown yet, show what an earlier build has left."""
        self.output = self.output if self.output.pages else last_output(self.root)
        self.problems = problems
        listed = "\n".join(map(str, problems))
        log.error("%s; the last good version is shown\n%s", counted(problems), listed)

    def content(self, uri: str) -> str | bytes:
        """The text of a page, which is kept below build/pages, or what a file holds."""
        if uri not in self.output.pages:
            return self.output.files[uri]()
        markdown = self.output.pages[uri].markdown()
        write(f"{self.root}/build/pages/{uri}", markdown)
        return markdown

    def head(self, uri: str) -> str:
        """The metadata for the head of a page."""
        return self.output.pages[uri].head() if uri in self.output.pages else ""

    def takeaway(self, folder: Path) -> list[Task]:
        """What is to be done until the files to take away stand below `folder`, if they do not yet."""
        site = self.output.site
        if self._complete or site is None:
            return []
        return [*download_tasks(site, folder), *record_tasks(site, folder, self.there)]

    def took(self, names: set[str], folder: Path) -> None:
        """Note that these are the files to take away; those of earlier outputs are deleted."""
        for gone in self._taken - names:
            (folder / gone).unlink(missing_ok=True)
        self._taken, self._complete = names, True

    def write_index(self, folder: Path) -> None:
        """Write the index of the pages that there are, and keep their Markdown and citations, no others."""
        files = self.index.files(_address(uri) for uri in self.output.pages)
        write_changed(folder / FOLDER, files)
        if self.on_demand and self.output.site:  # else they were prepared before
            self.output.site.citations.prepare()
        sweep(self.root / "build" / "pages", self.output.pages)
        self.is_indexed = True


def problems_of(error: Exception) -> list[Problem]:
    """What went wrong in data, programs or templates, as problems to be mended."""
    if isinstance(error, BadData):
        return error.problems
    log.debug("The pages could not be made", exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    places = [(f.filename, f.lineno or 1) for f in frames if f.filename.startswith(TEMPLATES)]
    path, line = places[-1] if places else ("scripts", 1)
    return [Problem(path, line, 1, "build", f"{type(error).__name__}: {error}")]


def _address(uri: str) -> str:
    """Where the page of a Markdown file is served, below the root."""
    path = uri.removesuffix(".md").removesuffix("index")
    return path if not path or path.endswith("/") else f"{path}/"


current = Current()
"""The only one: MkDocs loads each hook for itself, and a module is loaded once."""
