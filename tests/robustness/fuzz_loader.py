"""A coverage-guided fuzz run of the loader: no file content makes it raise, whatever it holds.

    python tests/robustness/fuzz_loader.py [--seconds N]

Needs atheris, which is no dependency of the project; without it nothing is run.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    import atheris
except ImportError:
    print("fuzz: atheris is not installed; nothing was run")
    sys.exit(0)

with atheris.instrument_imports(include=["report", "yaml"]):
    from report.data import yamlio
    from report.data.model import Fact, LedgerRow, Series, Source, Testimony
    from report.data.reading import Loader
    from report.problem import RULES

ROOT = Path(__file__).parents[2]
FOLDER = Path(tempfile.mkdtemp())
FILES: tuple[tuple[str, type[Any]], ...] = (
    ("testimonies/T0001.yaml", Testimony),
    ("sources/S0001.yaml", Source),
    ("estimates/S0501.yaml", Series),
    ("facts.yaml", Fact),
    ("ids.csv", LedgerRow),
)


def load(raw: bytes) -> None:
    """Put the bytes into the place of one file, chosen by the first of them, and read it."""
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


def main() -> None:
    """Fuzz for a bounded time, from the real files as seeds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=20)
    seconds = parser.parse_args().seconds
    seeds = FOLDER / "seeds"
    seeds.mkdir()
    for index, (name, _) in enumerate(FILES):
        (FOLDER / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (seeds / str(index)).write_bytes(
            bytes([index]) + (ROOT / "data" / name).read_bytes()[:4000]
        )
    options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096"]
    options += [f"-artifact_prefix={FOLDER}/"]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", "-verbosity=0", str(seeds)], load)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
