"""`mkdocs serve`: picks up changes, survives bad data, shows what is wrong until it is mended."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(project: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    log = (project / "serve.log").open("w")
    address = f"http://127.0.0.1:{port}"
    running = subprocess.Popen(
        command, cwd=project, stdout=log, stderr=log, env={**os.environ, "SITE_URL": f"{address}/"}
    )
    try:
        yield address
        assert running.poll() is None, (project / "serve.log").read_text()
    finally:
        running.terminate()
        running.wait(20)


def fetch(address: str, seconds: float = 10) -> str:
    try:
        with urllib.request.urlopen(address, timeout=seconds) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


def wait_for(address: str, condition: Callable[[str], bool], seconds: float = 60) -> str:
    end = time.monotonic() + seconds
    text = ""
    while time.monotonic() < end:
        text = fetch(address)
        if text and condition(text):
            return text
        time.sleep(0.2)
    raise AssertionError(f"{address} never became what it should be: {text[:300]}")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_serve_follows_data_templates_and_chapters_and_survives_bad_data(project: Path) -> None:
    record = project / "data" / "testimonies" / "T0001.yaml"
    with serving(project) as address:
        page, start = f"{address}/testimonies/T0001/", f"{address}/"
        wait_for(page, lambda text: "A young Belgian who went" in text)
        change(record, "A young Belgian who went", "A young man of Belgium who went")
        wait_for(page, lambda text: "A young man of Belgium who went" in text)

        change(record, "gender: male", "gender: mael")
        line = record.read_text(encoding="utf-8").split("gender: mael")[0].count("\n") + 1
        place = f"data/testimonies/T0001.yaml:{line}:"
        for bad in (page, start, f"{address}/sources/S0001/"):
            text = wait_for(bad, lambda text: place in text)
            assert "unknown-code" in text
        assert "A young man of Belgium who went" in fetch(page)
        change(record, "gender: mael", "gender: male")
        wait_for(page, lambda text: "unknown-code" not in text and "A young man of Belgium" in text)

        template = project / "scripts" / "templates" / "pages" / "testimony.md.j2"
        change(template, "## What the sources say", "## What is reported")
        wait_for(page, lambda text: "What is reported" in text)
        change(template, "## What is reported", "## {{ broken")
        text = wait_for(start, lambda text: "TemplateSyntaxError" in text)
        assert "scripts/templates/pages/testimony.md.j2:" in text
        change(template, "## {{ broken", "## What the sources say")
        wait_for(
            page, lambda text: "What the sources say" in text and "TemplateSyntaxError" not in text
        )

        chapter = project / "docs" / "index.md"
        original = chapter.read_text(encoding="utf-8")
        chapter.write_text(original + "\n\nNew words, [[F9999]].\n", encoding="utf-8")
        wait_for(start, lambda text: "marker-unknown" in text)
        chapter.write_text(original + "\n\nNew words.\n", encoding="utf-8")
        wait_for(start, lambda text: "New words." in text and "marker-unknown" not in text)


def test_serve_starts_with_bad_data(project: Path) -> None:
    record = project / "data" / "testimonies" / "T0001.yaml"
    change(record, "gender: male", "gender: mael")
    with serving(project) as address:
        wait_for(f"{address}/", lambda text: "unknown-code" in text)
        wait_for(f"{address}/assets/style.css", lambda text: ".problems" in text)
        change(record, "gender: mael", "gender: male")
        wait_for(f"{address}/testimonies/T0001/", lambda text: "A young Belgian" in text)


def test_an_edit_is_everywhere_at_once(project: Path) -> None:
    record = project / "data" / "testimonies" / "T0001.yaml"
    places = ("countries/NL/", "reasons/corruption_mistreatment/", "reasons/infighting/")
    link = 'testimonies/T0001/"'
    with serving(project) as address:
        page = f"{address}/testimonies/T0001/"
        wait_for(page, lambda text: "countries/BE/" in text)
        before = [fetch(f"{address}/{place}") for place in places]
        listed = fetch(f"{address}/testimonies/browse.json")
        change(record, "origin: BE", "origin: NL")
        change(record, "code: corruption_mistreatment", "code: infighting")
        wait_for(page, lambda text: "reasons/infighting/" in text and "countries/NL/" in text)
        after = [fetch(f"{address}/{place}") for place in places]
        assert fetch(f"{address}/testimonies/browse.json") != listed
    assert [link in text for text in before] == [False, True, False]
    assert [link in text for text in after] == [True, False, True]


def test_what_cannot_be_made_falls_back_to_the_last_good_version(project: Path) -> None:
    template = project / "scripts" / "templates" / "pages" / "source.md.j2"
    with serving(project) as address:
        page, other = f"{address}/sources/S0001/", f"{address}/testimonies/T0001/"
        wait_for(page, lambda text: "What rests on it" in text)
        line = template.read_text("utf-8").split("What rests on it")[0].count("\n") + 1
        change(template, "What rests on it", "{{ record.nothing_of_that_name }}")
        for shown in (page, other):
            text = wait_for(shown, lambda text: 'class="problems"' in text)
            assert "AttributeError" in text
            assert f"scripts/templates/pages/source.md.j2:{line}:" in text
        assert "What rests on it" in fetch(page)
        change(template, "{{ record.nothing_of_that_name }}", "What rests on this")
        wait_for(page, lambda text: "What rests on this" in text and "problems" not in text)
        wait_for(other, lambda text: 'class="problems"' not in text)


def test_pages_come_and_go_while_the_site_is_served(project: Path) -> None:
    chapter = project / "docs" / "further.md"
    with serving(project) as address:
        wait_for(f"{address}/", bool)
        assert not fetch(f"{address}/further/")
        chapter.write_text("# Further\n\nWords.\n", encoding="utf-8")
        wait_for(f"{address}/further/", lambda text: "Words." in text)
        chapter.unlink()
        wait_for(f"{address}/", bool)
        end = time.monotonic() + 60
        while fetch(f"{address}/further/") and time.monotonic() < end:
            time.sleep(0.1)
        assert not fetch(f"{address}/further/")


def test_a_new_chapter_with_a_problem_is_shown_with_it(project: Path) -> None:
    with serving(project) as address:
        wait_for(f"{address}/", bool)
        (project / "docs/further.md").write_text("# Further\n\nThere are 7.\n", encoding="utf-8")
        change(project / "mkdocs.yml", "- index.md", "- index.md\n      - Further: further.md")
        page = f"{address}/further/"
        text = wait_for(page, lambda text: "docs/further.md:3:11: naked-number" in text)
        assert "There are 7." in text
        wait_for(f"{address}/", lambda text: "docs/further.md:3:11: naked-number" in text)
        assert "There are 7." in fetch(page)
    log = (project / "serve.log").read_text()
    assert "ERROR   -  1 problem; the last good version is shown" in log
    assert "Traceback" not in log


def test_serve_warns_of_links_that_lead_nowhere_and_of_no_others(project: Path) -> None:
    chapter = project / "docs" / "further.md"
    chapter.write_text("# Further\n\n[Here](who.md#nothing-of-that-name)\n", encoding="utf-8")
    log = project / "serve.log"
    with serving(project) as address:
        wait_for(f"{address}/", bool)
        end = time.monotonic() + 60
        while "nothing-of-that-name" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.2)
    assert len(re.findall("WARNING .*does not contain an anchor", log.read_text())) == 1


def test_what_was_read_is_kept_for_the_next_time(project: Path) -> None:
    kept, record = project / "build/cache/documents.pickle", project / "data/sources/S0503.yaml"
    with serving(project) as address:
        wait_for(f"{address}/", bool)
        end = time.monotonic() + 60
        while not kept.exists() and time.monotonic() < end:
            time.sleep(0.2)
    change(record, "publisher: ", "publisher: New ")
    written = kept.stat().st_mtime_ns
    with serving(project) as address:
        assert "New " in wait_for(f"{address}/sources/S0503/", bool)
        assert "T0001" in fetch(f"{address}/testimonies/T0001/")
    assert kept.stat().st_mtime_ns == written
