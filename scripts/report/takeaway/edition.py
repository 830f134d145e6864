"""The edition: what the dataset is called, which version of it this is, of what day, at what address."""

import datetime
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import yaml

HOME = "http://127.0.0.1:8000/"
"""The address of the site where SITE_URL names no other; the same as in mkdocs.yml."""
NAME = "leaving-the-islamic-state"
"""The name of the dataset in file names, keys and packages."""
_LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}


@dataclass(frozen=True)
class Edition:
    """One version of the dataset, as citations, downloads and metadata name it."""

    title: str
    authors: tuple[str, ...]
    version: str
    date: datetime.date
    licence: str
    """SPDX identifier of the licence of text and data."""
    keywords: tuple[str, ...]
    description: str
    address: str
    """Address of the site, with a slash at its end."""

    @property
    def licence_address(self) -> str:
        """Where the text of the licence stands."""
        return _LICENCES[self.licence]

    @property
    def moment(self) -> datetime.datetime:
        """The start of its day, as the time stamp of everything that needs one."""
        return datetime.datetime.combine(self.date, datetime.time(), datetime.UTC)


def edition(root: Path) -> Edition:
    """The edition of the project at `root`, from CITATION.cff, pyproject.toml and the environment.

    Its day is that of SOURCE_DATE_EPOCH (the build sets it to the last commit), else the day of
    release in CITATION.cff.
    """
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Edition(
        title=cited["title"],
        authors=tuple(author["name"] for author in cited["authors"]),
        version=project["version"],
        date=_day(os.environ.get("SOURCE_DATE_EPOCH")) or _released(cited),
        licence=cited["license"],
        keywords=tuple(cited["keywords"]),
        description=project["description"],
        address=(os.environ.get("SITE_URL") or HOME).rstrip("/") + "/",
    )


def citation_file(root: Path, edition: Edition) -> str:
    """CITATION.cff as it is given away: with the version and the day of the edition."""
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    for key, value in (("version", edition.version), ("date-released", edition.date.isoformat())):
        text = re.sub(rf"^{key}: .*$", f'{key}: "{value}"', text, flags=re.MULTILINE)
    return text


def _day(epoch: str | None) -> datetime.date | None:
    return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date() if epoch else None


def _released(cited: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(cited["date-released"])
