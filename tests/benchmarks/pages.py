"""Weighs in a browser what pages, search and lists load and how long they take; a table in Markdown.

Usage: python tests/benchmarks/pages.py [COUNT] [--rounds 3]

COUNT is the number of testimonies (10000); the pages are weighed in the real dataset too. Needs a
Chromium, and for the rows of Lighthouse its command (npm package `lighthouse`) in the PATH; without
it those rows are left out.
"""

import argparse
import contextlib
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from measuring import finished, print_head, print_row, progress
from reference import OURS
from synthetic import make_project

from conftest import QUIET

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
TEXT_PAGES = ("methods/", "testimonies/T0044/", "sources/S0503/", "reasons/brutality_general/")
CHARTS = ("foreign-fighters/", "who/", "getting-out/")
LIST = "testimonies/?setting=court"
WORD = "raqqa"
PHONE = 4
"""So many times slower is the processor of Lighthouse's phone."""
FIRST_RESULT = """async (word) => {
  const box = document.querySelector("input[type=search]#search-words");
  const start = performance.now();
  box.focus();
  box.value = word;
  box.form.requestSubmit();
  while (!document.querySelector(".result h3")) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
WATCH_KEYS = """
window.painted = [];
window.found = [];
let pressed = 0;
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.painted.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16 });
addEventListener("DOMContentLoaded", () => {
  let last = 0; // the rows that follow later belong to the same keystroke
  new MutationObserver(() => {
    const since = pressed;
    if (since === last) return;
    last = since;
    requestAnimationFrame(() => setTimeout(() => window.found.push(performance.now() - since)));
  }).observe(document.querySelector(".browse tbody"), { childList: true });
});
"""


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves a built site compressed, as static hosts do, and keeps count of what it sends."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *request: Any, sent: list[int], directory: str) -> None:
        self.sent = sent
        super().__init__(*request, directory=directory)

    def do_GET(self) -> None:
        """Answer with a file, or the index of a folder, in the smaller of its two forms."""
        path = Path(self.translate_path(self.path))
        file = path / "index.html" if path.is_dir() else path
        whole = file.read_bytes() if file.is_file() else b""
        packed = gzip.compress(whole)
        body = min(whole, packed, key=len)
        self.sent.append(len(body))
        self.send_response(200 if file.is_file() else 404)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Length", str(len(body)))
        if body is packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of a browser that has closed its page meanwhile."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Served:
    """A built site that is being served, and the bytes that it has sent since the last question."""

    def __init__(self, address: str, sent: list[int]) -> None:
        self.address, self._sent = address, sent

    def bytes(self) -> int:
        """What was sent since the last time that somebody asked."""
        total = sum(self._sent)
        self._sent.clear()
        return total


@contextlib.contextmanager
def serving(site: Path) -> Iterator[Served]:
    """Serve a built site compressed."""
    sent: list[int] = []
    handler = partial(Compressing, sent=sent, directory=str(site))
    with Server(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield Served(f"http://127.0.0.1:{running.server_port}", sent)
        running.shutdown()


def weight(browser: Browser, served: Served, uri: str) -> int:
    """Bytes of a page that somebody opens first of all and does not touch."""
    page = browser.new_page()
    served.bytes()
    page.goto(f"{served.address}/{uri}", wait_until="networkidle")
    page.close()
    return served.bytes()


def first_result(browser: Browser, served: Served) -> tuple[int, float]:
    """Bytes and milliseconds from the first touch of the search to its first result."""
    page = browser.new_page()
    page.goto(f"{served.address}/search/", wait_until="networkidle")
    served.bytes()
    taken = float(page.evaluate(FIRST_RESULT, WORD))
    page.wait_for_load_state("networkidle")
    page.close()
    return served.bytes(), taken


def keystroke(browser: Browser, served: Served, slower: int) -> tuple[float, float]:
    """Milliseconds of the slowest keystroke in a filtered list.

    To the paint that follows it, and to that of the rows that it finds. Browsers tell of events of
    16 ms and more, so that this is the least that can be found of the first.
    """
    page = browser.new_page()
    page.add_init_script(WATCH_KEYS)
    page.goto(f"{served.address}/{LIST}", wait_until="networkidle")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.locator("#browse-words").press_sequentially(WORD, delay=300)
    page.wait_for_timeout(500)
    painted, found = page.evaluate("[window.painted, window.found]")
    page.close()
    return max([16.0, *painted]), max(found)


def lighthouse(command: str, address: str) -> dict[str, float]:
    """What Lighthouse finds with the phone and the line that it assumes."""
    flags = " ".join(["--headless", *QUIET])
    options = ["--quiet", "--only-categories=performance", "--output=json"]
    done = subprocess.run(
        [command, address, *options, f"--chrome-flags={flags}"],
        env={**os.environ, "CHROME_PATH": CHROMIUM},
        capture_output=True,
        check=True,
        timeout=180,
    )
    found = json.loads(done.stdout)
    audits = found["audits"]
    return {
        "score": 100 * found["categories"]["performance"]["score"],
        "blocking": audits["total-blocking-time"]["numericValue"],
        "paint": audits["first-contentful-paint"]["numericValue"],
    }


def weigh_pages(browser: Browser, real: Served, many: Served, count: int) -> None:
    """The rows of what pages load."""
    for uri, goal in [*((uri, 70) for uri in TEXT_PAGES), *((uri, 90) for uri in CHARTS)]:
        small, large = (weight(browser, served, uri) / 1000 for served in (real, many))
        print_row(
            f"bytes that {uri} loads, compressed",
            f"{goal} KB, the same at any size",
            f"{small:.1f} KB in the real dataset, {large:.1f} KB at {count:,} testimonies",
        )


def time_search_and_list(browser: Browser, many: Served, count: int, rounds: int) -> None:
    """The rows of search and filtered list."""
    found = [first_result(browser, many) for _ in range(rounds)]
    print_row(
        f"search, {count:,} testimonies",
        "250 KB and 300 ms to the first result",
        f"{max(size for size, _ in found) / 1000:.1f} KB, "
        f"{statistics.median(taken for _, taken in found):.0f} ms",
    )
    for slower, where in ((1, ""), (PHONE, f", a processor {PHONE} times slower")):
        measured = [keystroke(browser, many, slower) for _ in range(rounds)]
        painted, rows = (sorted(times) for times in zip(*measured, strict=True))
        print_row(
            f"slowest keystroke in a filtered list, {count:,} testimonies{where}",
            "50 ms",
            f"{statistics.median(painted):.0f} ms ({painted[0]:.0f} to {painted[-1]:.0f}), "
            f"its rows after {statistics.median(rows):.0f} ms ({rows[0]:.0f} to {rows[-1]:.0f})",
        )


def ask_lighthouse(real: Served, many: Served, count: int, rounds: int) -> None:
    """The rows of Lighthouse, where it is installed."""
    command = shutil.which("lighthouse")
    if command is None:
        progress("Lighthouse is not in the PATH: its rows are left out")
        return
    for name, goal, address in (
        (f"Lighthouse, phone: {CHARTS[0]}", "100, blocked 50 ms", f"{real.address}/{CHARTS[0]}"),
        (f"the same: filtered list of {count:,}", "first paint 1 s", f"{many.address}/{LIST}"),
    ):
        runs = [lighthouse(command, address) for _ in range(rounds)]
        median = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        shown = "performance {score:.0f}, blocked {blocking:.0f} ms, first paint {paint:.0f} ms"
        print_row(name, goal, shown.format(**median))


def main() -> None:
    """Build the real and the large dataset, serve both, and weigh them."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("count", nargs="?", type=int, default=10_000, metavar="COUNT")
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        served = []
        for count in (0, asked.count):
            progress(f"building {count or 'the real'} testimonies")
            project = make_project(ROOT, Path(folder, f"{count}"), count)
            finished(OURS, project)
            served.append(stack.enter_context(serving(project / "site")))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        print_head()
        real, many = served
        weigh_pages(browser, real, many, asked.count)
        time_search_and_list(browser, many, asked.count, asked.rounds)
        browser.close()
        ask_lighthouse(real, many, asked.count, asked.rounds)


if __name__ == "__main__":
    main()
