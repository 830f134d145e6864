"""What a build takes over from the one before, and what it leaves for the next.

`unchanged.py` tells what still holds, `given.py` gives the new site the files of records, `kept.py` what
is known of them.
"""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fast.contents import look_begun, programs_in
from fast.documents import Documents
from fast.given import Given, renew_spare, spare
from fast.kept import Kept, what_was_made
from fast.unchanged import Found, Left, is_unchanged, keep, look, records_in, records_left, remember
from report.data.files import State, files_at
from report.data.forked import Shared
from report.pages.search import Document, SearchIndex
from report.pages.site import Site
from report.swap import keep_old, remove_apart

_FEW = 200
"""With so many records outdated, what is known of all is written down anew."""


class Handover:
    """Nothing is handed over before `look` has found that it may be."""

    def __init__(self, root: Path, site: Path) -> None:
        self._root, self._site = root, site
        self._before = Found()
        self._states: Mapping[str, State] = {}
        self._documents = Documents(root, "")
        self._left = Left()
        self._kept = Kept()
        self._given: Given | None = None
        self._noted: Shared[Left] | None = None
        self._there: Collection[str] = ()
        self._frame = ""

    def look(self, settings: str) -> bool:
        """Look at the project and its site; tells whether the site is what a build would make.

        `settings` are those of the command that a site depends on.
        """
        states = files_at(self._root).states()  # before anybody looks into the files
        self._before = look(self._root, self._site, settings)
        if is_unchanged(self._root, self._before):
            return True
        self._states = states
        self._documents = Documents(self._root, programs_in(self._before.contents))
        self._left = records_left(self._root, self._site, spare(self._root), self._before)
        return False

    def begin(self, new: Path) -> None:
        """Have a second process give the new site what was made of records; take up what is known of the data."""
        contents = self._before.contents
        if self._left.written:
            self._given = Given(self._root, self._left.place, new, records_in(contents))
            self._kept = Kept.read(self._left.written, self._left.outdated)
            self._left = self._left._replace(written=b"")
        self._documents.take_up(contents, self._states)

    @property
    def is_giving(self) -> bool:
        """Whether files are being given to the new site."""
        return self._given is not None

    def still(self, site: Site) -> Collection[str]:
        """The records of which all that was made is what it would be now, by name (testimonies/T0001)."""
        if not site.corpus.gone <= set(self._left.withdrawn):
            # of what was withdrawn no cache may keep a word
            self._left, self._kept = Left(), Kept()
        self._there = self._kept.still(site)
        return self._there

    def found(self) -> Mapping[str, list[Document]]:
        """What the search finds on the pages of these records, by address."""
        return self._kept.pages(self._there)

    def leave(self) -> None:
        """When all is given, leave the new site what is of these records, and take the rest away again."""
        if self._given:
            self._given.leave(self._there)

    def pages(self, frame: str) -> Collection[str]:
        """The records whose pages stand; none where the theme puts something else around them than before."""
        self._frame = frame
        if self._given and frame != self._left.frame:
            self._given.leave_no_page()
            return ()
        return self._there

    def note(self, site: Site, index: SearchIndex) -> None:
        """Have a second process write down what later builds may want to know of records, if need be."""
        is_left = self._left.digest and self._documents.hold(site.corpus)
        if self._before.everything and not (is_left and len(self._outdated()) <= _FEW):
            self._noted = Shared([partial(self._written, site, index)], least=1)

    def _written(self, site: Site, index: SearchIndex) -> Left:
        self._documents.keep(site.corpus)
        return keep(self._root, what_was_made(site, index).written())

    def finish(self, site: Site) -> None:
        """When the new site stands in its place, leave all this for the next build."""
        if not self._before.everything:
            return
        if self._left.place == self._site:
            keep_old(self._site, spare(self._root))
        remove_apart(self._site)  # while the second process writes
        renew_spare(self._root, self._site, records_in(self._before.contents))
        left = self._left._replace(outdated=self._outdated())
        left = self._noted.results()[0] if self._noted else left
        left = left._replace(frame=self._frame, withdrawn=sorted(site.corpus.gone))
        remember(self._root, self._site, self._before, left)

    def end(self) -> None:
        """Stop whatever other processes have begun."""
        begun: list[Given | Shared[Any] | None] = [self._given, self._noted]
        for share in begun:
            if share:
                share.end()

    def _outdated(self) -> set[str]:
        """The records of which what was left holds no longer after this build."""
        return {*self._left.outdated, *(self._kept.digests.keys() - set(self._there))}


def documents_to_serve(root: Path) -> Documents:
    """The data files as an earlier process has read them; what is still the same has been taken up."""
    states, looked = look_begun(root)
    contents = looked.results()[0]
    documents = Documents(root, programs_in(contents))
    documents.take_up(contents, states)
    return documents
