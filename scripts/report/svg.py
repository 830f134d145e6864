"""Chart to static SVG: text as text, every mark and label a link, colours left to the style sheet.

Widths are per cent of the page, heights and text are pixels: nothing has to be scaled, so text keeps
its size on a phone. An element with `data-row` is the mark of that row, and `data-value` its numbers.
"""

import datetime
import math
import textwrap
from collections.abc import Iterator
from html import escape

from report.charts import Chart, Row, long_value, mark_name, number, short_value

LINE = 17
"""Height of a line of text."""
WRAP = 46
"""Characters of a line that fit on a phone."""
SIDE = 20
"""Longest label that stands beside its bar instead of above it."""


def draw(chart: Chart, base: str) -> str:
    """The picture of a chart as one block of HTML; `base` leads from the page to the root of the site."""
    drawing = _Drawing(chart, base)
    if chart.kind == "matrix":
        drawing.matrix()
    elif chart.kind in ("bars", "stacked"):
        drawing.bars()
    elif chart.marks.units:
        drawing.calendar()
    elif chart.kind == "timeline":
        drawing.spans()
    else:
        drawing.lanes()
    return drawing.html()


def ticks(top: float) -> list[float]:
    """Round numbers from 0 up to `top`, not more than five."""
    power = 10.0 ** math.floor(math.log10(top))
    step = next(s for s in (power / 5, power / 2, power, power * 2, power * 5) if top / s <= 4)
    return [step * i for i in range(int(top / step + 1e-9) + 1)]


def percent(value: float, top: float) -> str:
    """A share as it stands in an attribute: "73.26%"."""
    return f"{100 * value / top:.2f}".rstrip("0").rstrip(".") + "%" if top else "0%"


def _text(words: str, kind: str, y: float, **attributes: object) -> str:
    return f'<text class="{kind}" y="{y:g}"{_attributes(attributes)}>{escape(words, quote=False)}</text>'


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )


class _Drawing:
    """Collects the elements of one picture from top to bottom."""

    def __init__(self, chart: Chart, base: str) -> None:
        self.chart, self.base = chart, base
        self.parts: list[str] = []
        self.y = 0.0
        self.width = "100%"
        self.top = 0.0
        if chart.kind != "timeline":
            self.top = max(chart.numbers(row)[1] for row in chart.rows)

    def html(self) -> str:
        """The finished block."""
        chart, name = self.chart, f"chart-{self.chart.id}"
        inner = "\n".join(self.parts)
        picture = (
            f'<svg class="chart-svg" xmlns="http://www.w3.org/2000/svg" role="group"'
            f' aria-labelledby="{name}-title {name}-desc" width="{self.width}" height="{self.y:g}">\n'
            f'<title id="{name}-title">{escape(chart.title)}</title>\n'
            f'<desc id="{name}-desc">{escape(chart.description)}</desc>\n{inner}\n</svg>'
        )
        if chart.kind == "matrix":
            label = f"Picture, can be scrolled sideways: {chart.title}"
            picture = f'<div class="chart-scroll" role="region" tabindex="0" aria-label="{escape(label)}">\n{picture}\n</div>'
        return f'<div class="chart chart-{chart.kind}">\n{self._legend()}{picture}\n</div>'

    # parts that several kinds share

    def _legend(self) -> str:
        chart = self.chart
        keys = [
            f'<span><svg class="chart-key" width="14" height="14" aria-hidden="true">{self._key(name)}</svg> {escape(name)}</span>'
            for name in chart.series
            if name
        ]
        bounds = {str(row.get(chart.marks.qualifier)) for row in chart.rows} if chart.marks.qualifier else set()
        signs = (("at_least", "≥ at least"), ("up_to", "≤ at most"), ("about", "~ about"))
        keys += [f"<span>{words}</span>" for code, words in signs if code in bounds]
        if any(self._echo(row) for row in chart.rows):
            keys.append(
                '<span><svg class="chart-key" width="14" height="14" aria-hidden="true">'
                '<circle class="echo" cx="7" cy="7" r="5"/></svg> repeats another source</span>'
            )
        return f'<p class="chart-legend">{" ".join(keys)}</p>\n' if keys else ""

    def _key(self, name: str) -> str:
        colour = (self.chart.marks.order or tuple(self.chart.series)).index(name) + 1
        if self.chart.marks.units:
            return f'<rect class="c{colour}" width="14" height="14"/><text class="letter" x="7" y="11">{name[0]}</text>'
        if self.chart.kind in ("bars", "stacked"):
            return f'<rect class="c{colour}" width="14" height="14"/>'
        return f'<circle class="c{colour}" cx="7" cy="7" r="5"/>'

    def _link(self, href: str, name: str, inner: str) -> str:
        return f'<a href="{escape(self.base + href)}"><title>{escape(name)}</title>{inner}</a>'

    def _row_index(self, row: Row) -> int:
        return next(i for i, other in enumerate(self.chart.rows) if other is row)

    def _data(self, row: Row) -> str:
        low, high = self.chart.ends(row)
        value = f"{low}" if low == high else f"{low} {high}"
        return f' data-row="{self._row_index(row)}" data-value="{value}"'

    def _echo(self, row: Row) -> bool:
        return bool(self.chart.marks.echo and row.get(self.chart.marks.echo))

    def _by_category(self) -> Iterator[tuple[str, list[Row]]]:
        for category in self.chart.categories:
            yield category, [r for r in self.chart.rows if r[self.chart.marks.category] == category]

    def _hit(self, height: float) -> str:
        return f'<rect class="hit" y="{self.y:g}" width="100%" height="{height:g}"/>'

    # bars, one or several parts each

    def bars(self) -> None:
        """Horizontal bars; parts of a stacked bar stand behind each other."""
        side = max(map(len, self.chart.categories)) <= SIDE
        sums = {c: sum(self.chart.numbers(r)[1] for r in rows) for c, rows in self._by_category()}
        self.top = max(sums.values())
        for category, rows in self._by_category():
            bar_y = self.y + (4 if side else LINE + 4)
            place = "side" if side else "full"
            label = _text(category, "label", self.y + (17 if side else 14))
            plot = f'<svg class="plot-{place}" {_plot_place(place)} y="{bar_y:g}" height="18">'
            value = _text(self._beside(rows), "value", 14, x=percent(sums[category], self.top), dx=6)
            height = 26 if side else LINE + 30
            if self.chart.kind == "bars":
                row = rows[0]
                bar = f'<rect class="c1"{self._data(row)} width="{percent(sums[category], self.top)}" height="18"/>'
                inner = f"{self._hit(height)}{label}{plot}{bar}{value}</svg>"
                self.parts.append(self._link(str(row["href"]), mark_name(self.chart, row), inner))
            else:
                self._stack(category, rows, label, plot, value)
            self.y += height

    def _beside(self, rows: list[Row]) -> str:
        """The number beside a bar: its sum, or that of the one part that matters."""
        part = self.chart.marks.beside
        size = sum(self.chart.numbers(r)[1] for r in rows if part in ("", self.chart.series_of(r)))
        return f"{number(size)} {part.lower()}".strip()

    def _stack(self, category: str, rows: list[Row], label: str, plot: str, value: str) -> None:
        href, parts, at = rows[0].get("category_href"), [], 0.0
        total = ", ".join(f"{self.chart.series_of(r)} {number(self.chart.ends(r)[0])}" for r in rows)
        self.parts.append(
            self._link(str(href), f"{category}: {total}", self._hit(LINE + 3) + label) if href else label
        )
        for row in rows:
            size = self.chart.numbers(row)[1]
            bar = (
                f'<rect class="c{self.chart.colour(row)}"{self._data(row)} x="{percent(at, self.top)}"'
                f' width="{percent(size, self.top)}" height="18"/>'
            )
            parts.append(self._link(str(row["href"]), mark_name(self.chart, row), bar))
            at += size
        self.parts.append(f"{plot}{''.join(parts)}{value}</svg>")

    # ranges and dots

    def lanes(self) -> None:
        """Dots and ranges on one scale, one lane a row, grouped by category."""
        place = "lane" if self.chart.marks.lanes else "wide"
        self.y = 20
        grid_at = len(self.parts)
        section = ""
        for category, rows in self._by_category():
            if self.chart.marks.section and rows[0][self.chart.marks.section] != section:
                section = str(rows[0][self.chart.marks.section])
                self.parts.append(_text(section, "section", self.y + 16))
                self.y += 24
            self._heading(category, rows)
            for row in rows:
                self._lane(row, place)
            self.y += 6
        self.parts.insert(grid_at, self._grid(place))

    def _heading(self, category: str, rows: list[Row]) -> None:
        lines = textwrap.wrap(category, WRAP)
        text = "".join(_text(line, "label", self.y + 13 + LINE * i) for i, line in enumerate(lines))
        height = LINE * len(lines)
        if self.chart.marks.detail:
            codes = textwrap.wrap(str(rows[0][self.chart.marks.detail]), WRAP + 8)
            text += "".join(_text(c, "detail", self.y + height + 11 + 15 * i) for i, c in enumerate(codes))
            height += 15 * len(codes)
        if self._echo(rows[0]):
            notes = textwrap.wrap(str(rows[0][self.chart.marks.echo]), WRAP + 8)
            text += "".join(_text(c, "detail", self.y + height + 11 + 15 * i) for i, c in enumerate(notes))
            height += 15 * len(notes)
        href = str(rows[0].get("category_href") or rows[0]["href"])
        name = f"{category}: {'; '.join(_said(self.chart, r) for r in rows)}"
        self.parts.append(self._link(href, name, self._hit(height) + text))
        self.y += height

    def _lane(self, row: Row, place: str) -> None:
        low, high = self.chart.numbers(row)
        start, end = percent(low, self.top), percent(high, self.top)
        kind = "echo" if self._echo(row) else f"c{self.chart.colour(row)}"
        mark = _glyph(str(row.get(self.chart.marks.qualifier)), kind, start, self._data(row))
        if low != high:
            mark = (
                f'<line class="range {kind}"{self._data(row)} x1="{start}" x2="{end}" y1="11" y2="11"/>'
                f'<line class="end {kind}" x1="{start}" x2="{start}" y1="5" y2="17"/>'
                f'<line class="end {kind}" x1="{end}" x2="{end}" y1="5" y2="17"/>'
            )
        value = _text(short_value(self.chart, row), "value", 15, x=end, dx=10)
        name = _text(self.chart.series_of(row), "lane-name", self.y + 15) if place == "lane" else ""
        plot = f'<svg class="plot-{place}" {_plot_place(place)} y="{self.y:g}" height="22">{mark}{value}</svg>'
        self.parts.append(
            self._link(str(row["href"]), mark_name(self.chart, row), f"{self._hit(24)}{name}{plot}")
        )
        self.y += 24

    def _grid(self, place: str) -> str:
        lines = "".join(
            f'<line class="grid" x1="{percent(t, self.top)}" x2="{percent(t, self.top)}" y1="18" y2="{self.y:g}"/>'
            + _text(number(t), "tick", 12, x=percent(t, self.top), text_anchor="middle" if t else "start")
            for t in ticks(self.top)
        )
        return f'<svg class="plot-{place}" {_plot_place(place)} height="{self.y:g}" aria-hidden="true">{lines}</svg>'

    # time

    def calendar(self) -> None:
        """One band a year, one column a month, one square a record."""
        bands: dict[str, dict[int, list[tuple[Row, str]]]] = {}
        for row in self.chart.rows:
            year, _, month = str(row[self.chart.marks.category]).partition("-")
            for record in str(row[self.chart.marks.units]).split():
                bands.setdefault(year, {}).setdefault(int(month or 13), []).append((row, record))
        for year, columns in bands.items():
            self._band(year, columns)

    def _band(self, year: str, columns: dict[int, list[tuple[Row, str]]]) -> None:
        dated = year.isdigit()
        height = 24 * max(map(len, columns.values())) if dated else 24
        total = sum(map(len, columns.values()))
        label = _text(f"{year[0].upper()}{year[1:]}", "section", self.y + 16) + _text(str(total), "value", self.y + 16, x=80)
        self.parts.append(label)
        bottom = self.y + 24 + height
        for month, squares in sorted(columns.items()):
            for i, (row, record) in enumerate(squares):
                column, level = (month - 1, i) if dated else (i % 13, i // 13)
                self.parts.append(self._square(row, record, column, bottom - 24 * (level + 1)))
        if dated:
            self.parts.append(f'<line class="grid" x2="100%" y1="{bottom:g}" y2="{bottom:g}"/>')
            self.parts += [
                _text(name, "tick", bottom + 13, x=percent(i + 0.46, 13), text_anchor="middle")
                for i, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec –".split())
            ]
        self.y = bottom + (24 if dated else 6)

    def _square(self, row: Row, record: str, column: int, y: float) -> str:
        status = self.chart.series_of(row)
        name = f"{record}, {row[self.chart.marks.category]}, {status}"
        inner = (
            f'<rect class="c{self.chart.colour(row)}" data-row="{self._row_index(row)}" data-value="1"'
            f' x="{percent(column, 13)}" y="{y + 1:g}" width="7.1%" height="22"/>'
            + _text(status[0], "letter", y + 16, x=percent(column + 0.46, 13))
        )
        return self._link(f"testimonies/{record}/", name, inner)

    def spans(self) -> None:
        """One line a person, one bar a step, as long as its date is vague."""
        chart = self.chart
        days = [[datetime.date.fromisoformat(str(end)).toordinal() for end in chart.ends(r)] for r in chart.rows]
        first = datetime.date.fromordinal(min(low for low, _ in days)).replace(month=1, day=1)
        last = datetime.date.fromordinal(max(high for _, high in days))
        start = first.toordinal()
        end = datetime.date(last.year + 1, 1, 1).toordinal()
        self.y = 20
        for _, rows in self._by_category():
            marks = ""
            for row in rows:
                low, high = days[self._row_index(row)]
                colour = chart.colour(row)
                y = 6 * colour
                marks += (
                    f'<line class="span c{colour}"{self._data(row)} x1="{percent(low - start, end - start)}"'
                    f' x2="{percent(high + 1 - start, end - start)}" y1="{y}" y2="{y}"/>'
                )
            self._person(rows, marks)
        years = range(first.year, last.year + 1)
        self.parts.insert(0, self._years({y: percent(datetime.date(y, 1, 1).toordinal() - start, end - start) for y in years}))

    def _person(self, rows: list[Row], marks: str) -> None:
        record = str(rows[0][self.chart.marks.category])
        steps = "; ".join(f"{self.chart.series_of(row).lower()} {row['date']}" for row in rows)
        plot = f'<svg class="plot-span" {_plot_place("span")} y="{self.y:g}" height="24">{marks}</svg>'
        inner = f"{self._hit(24)}{_text(record, 'lane-name', self.y + 16)}{plot}"
        self.parts.append(self._link(str(rows[0]["href"]), f"{record}: {steps}", inner))
        self.y += 24

    def _years(self, places: dict[int, str]) -> str:
        lines = "".join(
            f'<line class="grid" x1="{x}" x2="{x}" y1="18" y2="{self.y:g}"/>' + _text(str(year), "tick", 12, x=x)
            for year, x in places.items()
        )
        return f'<svg class="plot-span" {_plot_place("span")} height="{self.y:g}" aria-hidden="true">{lines}</svg>'

    # matrix

    def matrix(self) -> None:
        """Shaded cells with their numbers; wide, so it scrolls sideways on a phone."""
        chart = self.chart
        across = list(dict.fromkeys(str(row[chart.marks.across]) for row in chart.rows))
        left, head, cell = 150, 150, 30
        self.width, self.y = str(left + cell * len(across) + 10), head
        links = {str(row[chart.marks.across]): str(row.get("across_href", "")) for row in chart.rows}
        for i, name in enumerate(across):
            lines = textwrap.wrap(name, 21)
            x = left + cell * i + cell / 2 + 4 - 6.5 * (len(lines) - 1)
            words = "".join(
                f'<text class="label" transform="translate({x + 13 * j:g} {head - 8}) rotate(-90)">{escape(line)}</text>'
                for j, line in enumerate(lines)
            )
            hit = f'<rect class="hit" x="{left + cell * i}" width="{cell}" height="{head}"/>'
            self.parts.append(self._link(links[name], name, hit + words))
        for category, rows in self._by_category():
            lines = textwrap.wrap(category, 21)
            y = self.y + 19 - 6.5 * (len(lines) - 1)
            words = "".join(_text(line, "label", y + 13 * j) for j, line in enumerate(lines))
            hit = f'<rect class="hit" y="{self.y:g}" width="{left}" height="{cell}"/>'
            self.parts.append(self._link(str(rows[0].get("category_href", "")), category, hit + words))
            for row in rows:
                x = left + cell * across.index(str(row[chart.marks.across]))
                self.parts.append(self._cell(row, x, cell))
            self.y += cell

    def _cell(self, row: Row, x: float, cell: int) -> str:
        value = self.chart.numbers(row)[1]
        shade = min(5, 1 + int(5 * (value - 1) / self.top))
        inner = (
            f'<rect class="q{shade}"{self._data(row)} x="{x + 1:g}" y="{self.y + 1:g}" width="{cell - 2}" height="{cell - 2}"/>'
            f'<text class="number q{shade}-text" x="{x + cell / 2:g}" y="{self.y + 20:g}">{number(value)}</text>'
        )
        return self._link(str(row["href"]), mark_name(self.chart, row), inner)


def _said(chart: Chart, row: Row) -> str:
    series = f"{chart.series_of(row)} " if chart.marks.lanes else ""
    return f"{series}{long_value(chart, row)}"


def _plot_place(place: str) -> str:
    """Where a plot stands where the style sheet's exact widths are not understood."""
    x, width = {"side": (138, "52%"), "full": (0, "88%"), "lane": (72, "50%"), "wide": (0, "68%"), "span": (52, "84%")}[place]
    return f'x="{x}" width="{width}" overflow="visible"'


def _glyph(qualifier: str, kind: str, x: str, data: str) -> str:
    """A dot; an arrow to the side on which the true number may lie, where only a bound is given."""
    shapes = {"at_least": "M-5 4V18L8 11Z", "up_to": "M5 4V18L-8 11Z"}
    if qualifier in shapes:
        return f'<svg x="{x}" overflow="visible"{data}><path class="{kind}" d="{shapes[qualifier]}"/></svg>'
    return f'<circle class="{kind}"{data} cx="{x}" cy="11" r="6"/>'
