"""Synthetic datasets: as many testimonies as asked for, made of the real ones, seeded, with shared sources.

They are for measuring only: names are replaced by neutral Unicode words and nothing in them is a fact.
"""

import random
import re
import shutil
from pathlib import Path

NAMES = ["Ayşe", "Łukasz", "Zoë", "Nguyễn", "Ömer", "Søren", "Čedomir", "Íris", "Ñandú", "Amélie"]
SHARING = 3  # so many sets of testimonies share one set of sources


def make_project(real: Path, out: Path, count: int, seed: int = 2015) -> Path:
    """Copy the project `real` to `out` with `count` testimonies; returns `out`."""
    for name in ("docs", "scripts", "data"):
        shutil.copytree(real / name, out / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "pyproject.toml", "CITATION.cff", "LICENSE"):
        shutil.copy(real / name, out)
    _multiply(out / "data", count, random.Random(seed))
    return out


def _multiply(data: Path, count: int, chance: random.Random) -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in sorted((data / "testimonies").glob("T*.yaml"))
    ]
    sources = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((data / "sources").glob("S0[0-4]*.yaml"))
    }
    rows = []
    for number in range(len(texts) + 1, count + 1):
        block, place = divmod(number - 1, len(texts))
        shift = 10_000 * (1 + (block - 1) // SHARING)
        wanted = sorted(set(re.findall(r"\bS0[0-4]\d\d\b", texts[place])))
        for id_ in wanted:
            path = data / "sources" / f"{_shifted(id_, shift)}.yaml"
            if not path.exists():
                path.write_text(_source(sources[id_], shift), encoding="utf-8")
                rows.append(f"{path.stem},source,2026-11-22,published,,")
        path = data / "testimonies" / f"T{number:04d}.yaml"
        path.write_text(_testimony(texts[place], path.stem, shift, chance), encoding="utf-8")
        rows.append(f"{path.stem},testimony,2026-11-22,published,,")
    _except(data / "exceptions.yaml", len(texts), count)
    with (data / "ids.csv").open("a", encoding="utf-8") as ledger:
        ledger.write("".join(f"{row}\n" for row in rows))


def _except(path: Path, real: int, count: int) -> None:
    """Give each copy of a record the reviewed exceptions of the record that it was made of."""
    text = path.read_text(encoding="utf-8")
    copies = []
    for entry in re.findall(r"(?m)^- rule:.*\n(?:  .*\n)*", text):
        number = int(re.findall(r"record: T(\d+)", entry)[0])
        numbers = range(number + real, count + 1, real)
        copies += [re.sub(r"record: T\d+", f"record: T{n:04d}", entry) for n in numbers]
    path.write_text(text + "".join(copies), encoding="utf-8")


def _shifted(id_: str, shift: int) -> str:
    return f"S{int(id_[1:]) + shift}"


def _testimony(text: str, id_: str, shift: int, chance: random.Random) -> str:
    text = re.sub(r"\bT\d{4}\b", id_, text)
    text = re.sub(r"\bS0[0-4]\d\d\b", lambda match: _shifted(match[0], shift), text)
    kind = re.findall(r"(?m)^name_kind: (\w+)$", text)[0]
    name, other = chance.choice(NAMES), chance.choice(NAMES)
    shown = {"own_name": f"{name} {other}", "initialled": f"{name} {other[0]}."}.get(kind, name)
    return re.sub(r"(?m)^name: .*$", f"name: {shown}", text)


def _source(text: str, shift: int) -> str:
    text = re.sub(r"\bS0[0-4]\d\d\b", lambda match: _shifted(match[0], shift), text)
    return re.sub(r'((?:archive_)?url: )"?(https?://[^\s"]+)"?', rf'\1"\2#{shift}"', text)
