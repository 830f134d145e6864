"""What the tests of citations, downloads, changes and metadata share: the real dataset, ready to cite."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from markupsafe import Markup

from report.charts.chartset import charts
from report.data.corpus import Corpus, load_corpus
from report.takeaway.citation import Citations
from report.takeaway.edition import edition
from report.takeaway.formatted import STYLES, Formatted, Item

ROOT = Path(__file__).parent.parent


@cache
def corpus() -> Corpus:
    return load_corpus(ROOT)[0]


@cache
def citations() -> Citations:
    """The citations of the real dataset; formatted ones come from the cache of the builds."""
    made = replace(edition(ROOT), address="https://example.org/report/")
    return Citations(corpus(), charts(corpus()), made, ROOT / "build" / "cache" / "tests")


def in_words(items: Sequence[Item], store: Path | str) -> dict[str, dict[str, Markup]]:
    """Id -> style -> the citation, as it is kept in the file `store`."""
    formatted = Formatted(Path(store))
    formatted.prepare(items)
    return {item["id"]: {style: formatted.words(style, item) for style in STYLES} for item in items}
