"""Random edits of a site that is being served: after each it is what a clean build would make."""

import os
import random
import re
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from conftest import build_site
from report.editing.records import withdraw
from test_serve import serving, wait_for

STEPS = int(os.environ.get("REPORT_EDITS", "4"))
PLAIN = 10
"""One clean build of so many takes no shortcut."""
SEED = int(os.environ.get("REPORT_SEED", "2015"))


POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy".*?no-referrer">')


def contents(folder: Path) -> dict[str, bytes]:
    """Every file; pages without their policy.

    While the site is served MkDocs adds a script of its own, so that pages have no policy then.
    """
    return {
        path.relative_to(folder).as_posix(): POLICY.sub(b"", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def replaced(path: Path, pattern: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(pattern, new, text, count=1), encoding="utf-8")


class Editor:
    """Somebody who changes files of a project in ways that a seed decides."""

    def __init__(self, project: Path, chance: random.Random) -> None:
        self.project, self.chance, self.count = project, chance, 0
        self.added: list[str] = []

    def a_file(self, folder: str) -> Path:
        return self.chance.choice(sorted((self.project / "data" / folder).glob("*.yaml")))

    def reword_testimony(self) -> None:
        path = self.a_file("testimonies")
        replaced(path, r"(?m)^role_text: .*$", f"role_text: words of edit {self.count}")

    def retitle_source(self) -> None:
        replaced(self.a_file("sources"), r"(?m)^publisher: .*$", f"publisher: House {self.count}")

    def other_gender(self) -> None:
        path = self.a_file("testimonies")
        new = "male" if "\ngender: female" in path.read_text(encoding="utf-8") else "female"
        replaced(path, r"(?m)^gender: \w+$", f"gender: {new}")

    def reword_fact(self) -> None:
        """Say of a fact the same with more words."""
        beginning = r"(?m)^(  statement: (?:>-\n    )?)(?=[A-Z])"
        self.change_somewhere("facts.yaml", beginning, r"\1It is said that ")

    def edit_the_rest(self) -> None:
        """Change something of the data that no page of a record shows."""
        changes = [
            ("excluded.yaml", r"(?m)^(  description: (?:>-\n    )?)(?=[A-Z])", r"\1Once more, "),
            ("population.csv", r"(?m)^([A-Z]{2},.*,\d+)\d(?=,\")", r"\g<1>5"),
            ("world.geojson", r'("name": ?")', r"\1The "),
        ]
        self.change_somewhere(*self.chance.choice(changes))

    def change_somewhere(self, name: str, pattern: str, new: str) -> None:
        """Change one of the places in a file of the data that look so."""
        path = self.project / "data" / name
        text = path.read_text(encoding="utf-8")
        place = self.chance.choice(list(re.finditer(pattern, text)))
        path.write_text(text[: place.start()] + place.expand(new) + text[place.end() :], "utf-8")

    def write_chapter(self) -> None:
        path = self.chance.choice(sorted((self.project / "docs").glob("*.md")))
        with path.open("a", encoding="utf-8") as out:
            out.write(f"\n\nMore words{'!' * self.count}\n")

    def change_template(self) -> None:
        path = self.project / "scripts" / "templates" / "pages" / "source.md.j2"
        new = f"## What rests on {self.chance.choice(['it', 'this'])}"
        replaced(path, r"## What rests on (it|this)", new)

    def add_testimony(self) -> None:
        """A record of its own, told as another one is; what stands in it matters to nobody."""
        reviewed = (self.project / "data" / "exceptions.yaml").read_text(encoding="utf-8")
        like = self.a_file("testimonies")
        while like.stem in reviewed or "name_kind: own_name" not in like.read_text(
            encoding="utf-8"
        ):
            like = self.a_file("testimonies")
        id_ = f"T{1000 + self.count}"
        text = like.read_text(encoding="utf-8").replace(like.stem, id_)
        text = re.sub(r"(?m)^name: .*$", f"name: Somebody {self.count}", text)
        with (self.project / "data" / "ids.csv").open("a", encoding="utf-8") as ledger:
            ledger.write(f"{id_},testimony,2026-11-22,published,,\n")
        like.with_name(f"{id_}.yaml").write_text(text, encoding="utf-8")
        self.added.append(id_)

    def withdraw_testimony(self) -> None:
        if self.added:
            withdraw(self.project, self.added.pop(), "request")

    def delete_chapter_or_write_one(self) -> None:
        path = self.project / "docs" / "further.md"
        if path.exists():
            path.unlink()
        else:
            path.write_text("# Further words\n\n[Who they are](who.md)\n", encoding="utf-8")

    def break_and_mend(self, address: str) -> None:
        path = self.a_file("testimonies")
        while b"\ngender: " not in path.read_bytes():  # what is withdrawn holds little to break
            path = self.a_file("testimonies")
        text = path.read_bytes()
        kind = self.chance.randrange(3)
        if kind == 0:
            replaced(path, r"(?m)^gender: \w+$", "gender: mael")
        elif kind == 1:
            path.unlink()
        else:
            path.rename(path.with_name("T9999.yaml"))
        wait_for(f"{address}/", lambda text: 'class="problems"' in text)
        path.with_name("T9999.yaml").unlink(missing_ok=True)
        path.write_bytes(text)


@pytest.mark.skipif(STEPS == 0, reason="switched off")
def test_after_every_edit_the_served_site_is_that_of_a_clean_build(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is served twice, and edited in between: then it begins with what others have read before."""
    chance = random.Random(SEED)
    editor = Editor(project, chance)
    edits: list[Callable[[], None]] = [
        editor.reword_testimony, editor.retitle_source, editor.other_gender,
        editor.write_chapter, editor.change_template, editor.add_testimony,
        editor.withdraw_testimony, editor.delete_chapter_or_write_one, editor.reword_fact,
        editor.edit_the_rest,
    ]  # fmt: skip
    half = (STEPS + 1) // 2
    for part, steps in enumerate([range(1, half + 1), range(half + 1, STEPS + 1)]):
        place = tmp_path / f"served{part}"
        place.mkdir()
        monkeypatch.setenv("TMPDIR", str(place))
        editor.count = 10_000 + part
        chance.choice(edits)()
        with serving(project) as address:
            wait_for(f"{address}/testimonies/T0001/", bool)
            (served,) = place.glob("mkdocs_*")
            for editor.count in steps:
                breaks: Callable[[], None] = partial(editor.break_and_mend, address)
                action = chance.choice([*edits, breaks])
                action()
                clean = tmp_path / f"clean{editor.count}"
                plain = "1" if editor.count % PLAIN == 1 else ""
                done = build_site(project, clean, SITE_URL=f"{address}/", REPORT_PLAIN=plain)
                assert done.returncode == 0, done.stdout + done.stderr
                wanted, end = contents(clean), time.monotonic() + 60
                while contents(served) != wanted and time.monotonic() < end:
                    time.sleep(0.2)
                found = contents(served)
                names = wanted.keys() | found.keys()
                differing = [name for name in names if wanted.get(name) != found.get(name)]
                assert not differing, (editor.count, action, differing)
                shutil.rmtree(clean)
