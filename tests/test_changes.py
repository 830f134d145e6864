"""Changes: two versions of the data compared, the feed, and the history from git."""

import datetime
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest

from conftest import commit, git
from report.data.corpus import Corpus, load_corpus
from report.data.model import Merged, Withdrawn
from report.problem import BadData
from report.project import earlier_ledgers
from report.takeaway.changes import Change, FieldChange, counts, diff, report
from report.takeaway.edition import Edition
from report.takeaway.history import Edit, history
from report.takeaway.releases import Release, address_of, atom, compare, release_files, releases
from takeaway import ROOT, citations, corpus

EDITION: Edition = citations().edition


def test_nothing_changed_is_nothing_said() -> None:
    assert diff(corpus(), corpus()) == []


def test_a_changed_field_is_shown_with_both_values_to_the_editor_only() -> None:
    record = corpus().testimonies["T0001"].model_copy(update={"name": "Somebody", "notes": None})
    [change] = diff(corpus(), _with(record=record))
    old = corpus().testimonies["T0001"]
    assert [field.field for field in change.fields] == ["name", "notes"]
    assert change.fields[0] == FieldChange("name", str(old.name), "Somebody")
    assert f"name: {old.name} -> Somebody" in report([change])
    assert str(old.name) not in json.dumps(change.published(), ensure_ascii=False)


def _with(record: Any) -> Corpus:
    return replace(corpus(), testimonies=corpus().testimonies | {"T0001": record})


@pytest.mark.parametrize(
    ("tombstone", "into"),
    [
        (Withdrawn(id="T0002", status="withdrawn", date="2026-11-25", reason="safety"), ""),
        (Merged(id="T0002", status="merged", date="2026-11-25", replaced_by="T0001"), "T0001"),
    ],
)
def test_of_a_withdrawn_or_merged_record_nothing_else_is_said(
    tombstone: Withdrawn | Merged, into: str
) -> None:
    left = {id_: t for id_, t in corpus().testimonies.items() if id_ != "T0002"}
    now = replace(corpus(), testimonies=left, tombstones={"T0002": tombstone})
    assert diff(corpus(), now) == [Change("testimony", "T0002", tombstone.status, (), into)]
    assert diff(now, corpus()) == [Change("testimony", "T0002", "added")]


def test_an_estimate_is_a_record_of_its_own() -> None:
    id_, series = next(iter(corpus().series.items()))
    fewer = series.model_copy(update={"observations": series.observations[1:]})
    now = replace(corpus(), series=corpus().series | {id_: fewer})
    gone = series.observations[0].id
    assert diff(corpus(), now) == [Change("estimate", gone, "removed")]
    assert counts(diff(corpus(), now)) == {"estimate removed": 1}
    assert address_of(now, "estimate", gone) is None
    assert address_of(corpus(), "estimate", gone) == f"estimates/{id_}/#{gone}"


def test_addresses_for_editors_are_not_compared() -> None:
    id_, source = next((i, s) for i, s in corpus().sources.items() if s.url and not s.link)
    moved = source.model_copy(update={"url": "https://example.org/moved"})
    assert diff(corpus(), replace(corpus(), sources=corpus().sources | {id_: moved})) == []


def test_feedparser_reads_the_feed() -> None:
    change = Change("testimony", "T0001", "changed", (FieldChange("name", "A <b>", "B"),))
    first = Release("1.0.0", EDITION.date, (), first=True)
    found = feedparser.parse(atom([Release("1.1.0", EDITION.date, (change,)), first], EDITION))
    assert not found.bozo
    assert [entry.summary for entry in found.entries] == ["testimony changed: 1.", "First version."]
    assert len({entry.id for entry in found.entries}) == 2
    assert found.feed.id.startswith(EDITION.address)


def test_an_entry_of_the_feed_stays_the_same_from_day_to_day() -> None:
    days = [EDITION.date, EDITION.date + datetime.timedelta(days=1)]
    ids = [
        feedparser.parse(atom([Release("1.1.0", day, ())], EDITION)).entries[0].id for day in days
    ]
    assert ids == [f"{EDITION.address}data/changes/#v1.1.0"] * 2


def test_what_came_after_the_tag_of_its_version_is_an_entry_of_its_own(project: Path) -> None:
    found = releases(project, corpus(), replace(EDITION, version="1.1.0"))
    assert [release.anchor for release in found] == ["v1.1.0-later", "v1.1.0", "v1.0.0"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two tagged versions of the data."""
    for name in ("CITATION.cff", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("testimonies/T0001.yaml", "testimonies/T0002.yaml", "sources/S0001.yaml",
                 "codebook.yaml", "ids.csv"):  # fmt: skip
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / name, tmp_path / "data" / name)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "v1.0.0")
    path = tmp_path / "data/testimonies/T0001.yaml"
    text = path.read_text(encoding="utf-8").replace("origin: BE", "origin: NL")
    path.write_text(text.replace("He described a bad", "He told of a bad"), encoding="utf-8")
    commit(tmp_path, "v1.1.0")
    return tmp_path


def test_releases_are_made_of_tags_and_of_what_came_after(project: Path) -> None:
    record = project / "data/testimonies/T0002.yaml"
    record.write_text(record.read_text(encoding="utf-8").replace("gender: male", "gender: female"))
    now = load_corpus(project)[0]
    for _ in range(2):  # the second time from the cache
        newest, second, first = releases(project, now, replace(EDITION, version="1.2.0"))
        assert first.first
        assert [field.field for field in second.changes[0].fields] == ["origin", "reasons_joining"]
        assert (newest.version, newest.changes[0].id) == ("1.2.0", "T0002")
    published = dict(release_files([newest, second, first], EDITION))
    [change] = json.loads(published["data/changes.json"])[1]["changes"]
    assert change["fields"] == ["origin", "reasons_joining"]
    assert b"BE" not in published["data/changes.json"]


def test_a_version_that_cannot_be_read_is_not_compared(project: Path) -> None:
    """Its records would look as if they had not been there."""
    record = project / "data/testimonies/T0001.yaml"
    text = record.read_text(encoding="utf-8")
    record.write_text(text + "of_another_format: 1\n", encoding="utf-8")
    commit(project, "v1.2.0")
    record.write_text(text, encoding="utf-8")
    edition = replace(EDITION, version="1.3.0")
    found = releases(project, load_corpus(project)[0], edition)
    assert [release.compared for release in found] == [False, False, True, True]
    assert found[0].summary.startswith("Not compared")
    with pytest.raises(BadData, match="of_another_format"):
        compare(project, "v1.2.0", str(project))


def test_of_earlier_versions_no_value_is_kept(project: Path) -> None:
    releases(project, load_corpus(project)[0], EDITION)
    caches = project / "build/cache/changes"
    (caches / "of-another-time.json").write_text("{}")
    releases(project, load_corpus(project)[0], EDITION)
    kept = [path.read_text(encoding="utf-8") for path in caches.iterdir()]
    assert len(kept) == 2
    assert all("T0001" in text and "Bontinck" not in text for text in kept)


def test_without_tags_there_is_a_first_version() -> None:
    [only] = releases(Path("/nowhere"), corpus(), EDITION)
    assert only.summary == "First version."


def test_versions_are_compared_by_revision_or_folder(project: Path) -> None:
    [change] = compare(project, "v1.0.0", str(project))
    assert (change.id, change.what) == ("T0001", "changed")
    with pytest.raises(ValueError, match="neither a folder"):
        compare(project, "v9", "v1.0.0")
    with pytest.raises(ValueError, match="neither a folder"):
        compare(project, "--output=x", "v1.0.0")


def test_history_names_fields_and_days_but_neither_values_nor_messages(project: Path) -> None:
    found = history(project)
    changed, added = found["data/testimonies/T0001.yaml"]
    assert changed.fields == ("origin", "reasons_joining")
    assert found["data/testimonies/T0002.yaml"] == [added] == [Edit(added.date)]


def test_without_git_there_is_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert history(tmp_path) == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert history(ROOT) == {}
    assert earlier_ledgers(ROOT) == ([], frozenset())
