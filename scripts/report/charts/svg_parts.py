"""SVG parts: the elements and the frame that the pictures of all kinds of chart share."""

import math
import textwrap
from collections.abc import Iterator
from html import escape

from report.charts.chart import Chart, Row, Value

LINE = 17
"""Height of a line of text, in pixels."""
WRAP = 46
"""Characters that fit on a line of a phone."""

PLOTS = {
    "side": ("138", "46%"),
    "full": ("0", "70%"),
    "lane": ("72", "50%"),
    "wide": ("0", "68%"),
    "span": ("52", "80%"),
}
"""Left edge and width of a plot; what is left over holds the number of the longest mark."""


def tag(name: str, content: str = "", /, **attributes: Value) -> str:
    """An element; `content` is markup, attributes are escaped, `x_y` and `class_` as in Python."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def _plain(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def text(words: str, class_: str, y: float | None = None, **attributes: Value) -> str:
    """A line of text at a height."""
    return tag("text", escape(words, quote=False), class_=class_, y=y, **attributes)


def lines(words: str, class_: str, y: float, step: int, wrap: int = WRAP) -> tuple[str, int]:
    """Words broken into lines below `y`, and the height that they take."""
    found = textwrap.wrap(words, wrap)
    marks = [text(line, class_, y + 13 + step * i) for i, line in enumerate(found)]
    return "".join(marks), step * len(found)


def plot(place: str, content: str, **attributes: Value) -> str:
    """A part of the picture in which per cent mean per cent of the scale."""
    x, width = PLOTS[place]
    classes = f"plot-{place}"
    return tag("svg", content, class_=classes, x=x, width=width, overflow="visible", **attributes)


def percent(value: float, top: float) -> str:
    """A share as it stands in an attribute: "73.26%"."""
    return f"{100 * value / top:.2f}".rstrip("0").rstrip(".") + "%" if top else "0%"


def ticks(top: float) -> list[float]:
    """Round numbers from 0 up to `top`, not more than five."""
    if top <= 0:
        return [0]
    power = 10.0 ** math.floor(math.log10(top))
    steps = (power / 5, power / 2, power, power * 2, power * 5)
    step = next(s for s in steps if top / s <= 4)
    return [step * i for i in range(int(top / step + 1e-9) + 1)]


class Drawing:
    """A picture that grows from top to bottom: its parts and the height reached so far."""

    def __init__(self, chart: Chart, base: str) -> None:
        self.chart, self.base = chart, base
        self.parts: list[str] = []
        self.y: float = 0
        self.width = "100%"
        self.index = {id(row): i for i, row in enumerate(chart.rows)}

    def link(self, href: Value, name: str, inner: str) -> str:
        """A link around a mark or a label, with its name."""
        words = tag("title", escape(name, quote=False))
        return tag("a", words + inner, href=f"{self.base}{href or ''}")

    def hit(self, height: float, **place: Value) -> str:
        """What makes a link easy to hit: the whole width of its line."""
        return tag(
            "rect", class_="hit", **{"y": self.y, "width": "100%", "height": height, **place}
        )

    def data(self, row: Row) -> dict[str, Value]:
        """The attributes that say which row a mark draws, and its numbers."""
        low, high = self.chart.ends(row)
        return {
            "data-row": self.index[id(row)],
            "data-value": low if low == high else f"{low} {high}",
        }

    def echo(self, row: Row) -> bool:
        """Whether the number of a row merely repeats another source."""
        return bool(self.chart.marks.echo and row.get(self.chart.marks.echo))

    def by_category(self) -> Iterator[tuple[str, list[Row]]]:
        """Each category with its rows."""
        found: dict[str, list[Row]] = {}
        for _, row in self.chart.drawn:
            found.setdefault(str(row[self.chart.marks.category]), []).append(row)
        yield from found.items()

    def html(self) -> str:
        """The finished block: legend and picture."""
        chart, name = self.chart, f"chart-{self.chart.id}"
        body = [
            tag("title", escape(chart.title, quote=False), id=f"{name}-title"),
            tag("desc", escape(chart.description, quote=False), id=f"{name}-desc"),
            *self.parts,
            "",
        ]
        picture = tag(
            "svg",
            "\n" + "\n".join(body),
            class_="chart-svg",
            xmlns="http://www.w3.org/2000/svg",
            role="group",
            aria_labelledby=f"{name}-title",
            aria_describedby=f"{name}-desc",
            width=self.width,
            height=self.y,
        )
        if chart.kind == "matrix":
            label = f"Picture, can be scrolled sideways: {chart.title}"
            picture = tag(
                "div",
                f"\n{picture}\n",
                class_="chart-scroll",
                role="region",
                tabindex="0",
                aria_label=label,
            )
        return tag("div", f"\n{self._legend()}{picture}\n", class_=f"chart chart-{chart.kind}")

    def _legend(self) -> str:
        chart, qualifier = self.chart, self.chart.marks.qualifier
        keys = [f"{_key(self._sample(name))} {escape(name)}" for name in chart.series if name]
        used = {row.get(qualifier) for row in chart.rows} if qualifier else set()
        signs = {"at_least": "≥ at least", "up_to": "≤ at most", "about": "~ about"}
        keys += [words for code, words in signs.items() if code in used]
        if any(map(self.echo, chart.rows)):
            sample = tag("circle", class_="echo", cx=7, cy=7, r=5)
            keys.append(f"{_key(sample)} repeats another source")
        spans = " ".join(tag("span", key) for key in keys)
        return tag("p", spans, class_="chart-legend") + "\n" if keys else ""

    def _sample(self, name: str) -> str:
        order = self.chart.marks.order or tuple(self.chart.series)
        colour = f"c{order.index(name) + 1}"
        square = tag("rect", class_=colour, width=14, height=14)
        if self.chart.marks.units:
            return square + text(name[0], "letter", 11, x=7)
        if self.chart.kind in ("bars", "stacked"):
            return square
        return tag("circle", class_=colour, cx=7, cy=7, r=5)


def _key(sample: str) -> str:
    return tag("svg", sample, class_="chart-key", width=14, height=14, aria_hidden="true")
