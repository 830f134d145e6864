"""A coverage-guided fuzz run of the loader: no file content makes it raise, whatever it holds.

    python tests/robustness/fuzz_loader.py [--seconds N]

Needs atheris: pip install -e '.[fuzz]'
"""

import argparse
import multiprocessing
import sys
import tempfile
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["report", "yaml"]):
    from report.data import yamlio
    from report.data.model import Fact, LedgerRow, Series, Source, Testimony
    from report.data.reading import Loader
    from report.problem import RULES

ROOT = Path(__file__).parents[2]
FOLDER = Path(tempfile.mkdtemp())
SEEDS = FOLDER / "seeds"
"""The fuzzer adds to these each input that reached new code."""
FORK = multiprocessing.get_context("fork")
RUNS = FORK.Value("L", 0)
FILES: tuple[tuple[str, type[Any]], ...] = (
    ("testimonies/T0001.yaml", Testimony),
    ("sources/S0001.yaml", Source),
    ("estimates/S0501.yaml", Series),
    ("facts.yaml", Fact),
    ("ids.csv", LedgerRow),
)


def load(raw: bytes) -> None:
    """Put the bytes into the place of one file, chosen by the first of them, and read it."""
    RUNS.value += 1
    name, model = FILES[raw[0] % len(FILES)] if raw else FILES[0]
    path = FOLDER / "data" / name
    path.write_bytes(raw[1:])
    loader = Loader(FOLDER)
    if model is LedgerRow:
        loader.table(name, LedgerRow)
    elif model is Fact:
        loader.listed(name, Fact)
    else:
        loader.folder(model)
    path.unlink()
    for problem in loader.problems:
        assert problem.rule in RULES, problem
        assert problem.line >= 1, problem
    document = yamlio.parse(raw[1:].decode("utf-8", "replace"), name)
    document.position(("a", 0))


def fuzz(seconds: int) -> None:
    """Fuzz for a bounded time; the fuzzer ends the process, and names a fault with its input."""
    options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096"]
    options += [f"-artifact_prefix={FOLDER}/", "-verbosity=0", str(SEEDS)]
    atheris.Setup([sys.argv[0], *options], load)
    atheris.Fuzz()


def main() -> int:
    """Fuzz from the real files as seeds, and say what was tried."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=20)
    seconds = parser.parse_args().seconds
    SEEDS.mkdir()
    for index, (name, _) in enumerate(FILES):
        (FOLDER / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (SEEDS / str(index)).write_bytes(
            bytes([index]) + (ROOT / "data" / name).read_bytes()[:4000]
        )
    process = FORK.Process(target=fuzz, args=(seconds,))
    process.start()
    process.join()
    kept = len(list(SEEDS.iterdir())) - len(FILES)
    faults = int(process.exitcode != 0)
    print(
        f"fuzz: {RUNS.value:,} runs in {seconds} s, {kept:,} inputs kept that reached new code, "
        f"{faults} faults"
    )
    return faults


if __name__ == "__main__":
    sys.exit(main())
