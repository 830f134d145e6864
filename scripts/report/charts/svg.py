"""Chart to static SVG: text as text, every mark and label a link, colours left to the style sheet.

Widths are per cent of the page, heights and text are pixels: nothing is scaled, so text keeps its
size on a phone. An element with `data-row` is the mark of that row, `data-value` its numbers.
"""

from report.charts.chart import Chart, Row, Value, long_value, mark_name, number, short_value
from report.charts.svg_grid import calendar, matrix, spans
from report.charts.svg_parts import LINE, WRAP, Drawing, lines, percent, plot, tag, text, ticks

SIDE = 20
"""Longest label that stands beside its bar instead of above it."""


_drawn: dict[tuple[str, str], tuple[Chart, str]] = {}
"""The last picture of each chart for each base; most edits leave most charts as they are."""


def draw(chart: Chart, base: str) -> str:
    """The picture of a chart as one block of HTML; `base` leads from the page to the site."""
    known = _drawn.get((chart.id, base))
    if known is None or known[0] != chart:
        known = _drawn[chart.id, base] = chart, _draw(chart, base)
    return known[1]


def _draw(chart: Chart, base: str) -> str:
    drawing = Drawing(chart, base)
    if chart.kind == "matrix":
        matrix(drawing)
    elif chart.kind in ("bars", "stacked"):
        bars(drawing)
    elif chart.marks.units:
        calendar(drawing)
    elif chart.kind == "timeline":
        spans(drawing)
    else:
        lanes(drawing)
    return drawing.html()


def bars(drawing: Drawing) -> None:
    """Horizontal bars, whole or in parts, with labels beside or above."""
    chart = drawing.chart
    place = "side" if max(map(len, chart.categories)) <= SIDE else "full"
    sums = {c: sum(chart.numbers(r)[1] for r in rows) for c, rows in drawing.by_category()}
    top = max(sums.values())
    for category, rows in drawing.by_category():
        shift, height = (4, 26) if place == "side" else (LINE + 4, LINE + 30)
        label = text(category, "label", drawing.y + (17 if place == "side" else 14))
        value = text(_beside(chart, rows), "value", 14, x=percent(sums[category], top), dx=6)
        parts = _parts(drawing, rows, top)
        if chart.kind == "bars":
            inner = plot(place, parts + value, y=drawing.y + shift, height=18)
            href, name = rows[0]["href"], mark_name(chart, rows[0])
            drawing.parts.append(drawing.link(href, name, drawing.hit(height) + label + inner))
        else:
            drawing.parts += [
                _bar_label(drawing, category, rows, label),
                plot(place, parts + value, y=drawing.y + shift, height=18),
            ]
        drawing.y += height


def _beside(chart: Chart, rows: list[Row]) -> str:
    """The number beside a bar: its sum, or that of the one part that matters."""
    part = chart.marks.beside
    size = sum(chart.numbers(row)[1] for row in rows if part in ("", chart.series_of(row)))
    return f"{number(size)} {part.lower()}".strip()


def _bar_label(drawing: Drawing, category: str, rows: list[Row], label: str) -> str:
    """The label of a stacked bar, a link where a page stands behind the whole bar."""
    if not rows[0].get("category_href"):
        return label
    sizes = [f"{drawing.chart.series_of(r)} {number(drawing.chart.ends(r)[0])}" for r in rows]
    name = f"{category}: {', '.join(sizes)}"
    return drawing.link(rows[0]["category_href"], name, drawing.hit(LINE + 3) + label)


def _parts(drawing: Drawing, rows: list[Row], top: float) -> str:
    """The parts of a bar behind each other, each of several a link of its own."""
    parts, at = "", 0.0
    for row in rows:
        size = drawing.chart.numbers(row)[1]
        place: dict[str, Value] = {"x": percent(at, top), "width": percent(size, top), "height": 18}
        colour = f"c{drawing.chart.colour(row)}"
        bar = tag("rect", class_=colour, **drawing.data(row), **place)
        alone = drawing.chart.kind == "bars"
        parts += bar if alone else drawing.link(row["href"], mark_name(drawing.chart, row), bar)
        at += size
    return parts


def lanes(drawing: Drawing) -> None:
    """Dots and ranges on one scale, one lane a row, grouped by category."""
    chart, section = drawing.chart, ""
    place = "lane" if chart.marks.lanes else "wide"
    top = max(chart.numbers(row)[1] for row in chart.rows)
    drawing.y = 20
    for category, rows in drawing.by_category():
        if chart.marks.section and rows[0][chart.marks.section] != section:
            section = str(rows[0][chart.marks.section])
            drawing.parts.append(text(section, "section", drawing.y + 16))
            drawing.y += 24
        _heading(drawing, category, rows)
        for row in rows:
            _lane(drawing, row, place, top)
        drawing.y += 6
    drawing.parts.insert(0, _grid(drawing, place, top))


def _heading(drawing: Drawing, category: str, rows: list[Row]) -> None:
    """The label of a category, with what it counts and whom it repeats below."""
    chart = drawing.chart
    words, height = lines(category, "label", drawing.y, LINE)
    for key in (chart.marks.detail, chart.marks.echo):
        if key and rows[0].get(key):
            below = lines(str(rows[0][key]), "detail", drawing.y + height - 2, 15, WRAP + 8)
            words, height = words + below[0], height + below[1]
    series = [f"{chart.series_of(row)} " if chart.marks.lanes else "" for row in rows]
    values = [f"{name}{long_value(chart, row)}" for name, row in zip(series, rows, strict=True)]
    href = rows[0].get("category_href") or rows[0]["href"]
    name = f"{category}: {'; '.join(values)}"
    drawing.parts.append(drawing.link(href, name, drawing.hit(height) + words))
    drawing.y += height


def _lane(drawing: Drawing, row: Row, place: str, top: float) -> None:
    chart = drawing.chart
    end = percent(chart.numbers(row)[1], top)
    mark = _mark(drawing, row, top)
    value = text(short_value(chart, row), "value", 15, x=end, dx=13)
    name = ""
    if chart.marks.lanes:
        name = text(chart.series_of(row), "lane-name", drawing.y + 15)
    inner = name + plot(place, mark + value, y=drawing.y, height=22)
    drawing.parts.append(drawing.link(row["href"], mark_name(chart, row), drawing.hit(24) + inner))
    drawing.y += 24


def _mark(drawing: Drawing, row: Row, top: float) -> str:
    """A bar with ends for a range; a dot for a number; an arrow where only a bound is given."""
    chart, data = drawing.chart, drawing.data(row)
    low, high = (percent(value, top) for value in chart.numbers(row))
    kind = "echo" if drawing.echo(row) else f"c{chart.colour(row)}"
    if low != high:
        ends = [tag("line", class_=f"end {kind}", x1=x, x2=x, y1=5, y2=17) for x in (low, high)]
        bar = tag("line", class_=f"range {kind}", **data, x1=low, x2=high, y1=11, y2=11)
        return bar + "".join(ends)
    shapes = {"at_least": "M-5 4V18L8 11Z", "up_to": "M5 4V18L-8 11Z"}
    if shape := shapes.get(str(row.get(chart.marks.qualifier))):
        return tag("svg", tag("path", class_=kind, d=shape), x=low, overflow="visible", **data)
    return tag("circle", class_=kind, **data, cx=low, cy=11, r=6)


def _grid(drawing: Drawing, place: str, top: float) -> str:
    marks = ""
    for tick in ticks(top):
        x = percent(tick, top)
        marks += tag("line", class_="grid", x1=x, x2=x, y1=18, y2=drawing.y)
        marks += text(number(tick), "tick", 12, x=x, text_anchor="middle" if tick else "start")
    return plot(place, marks, height=drawing.y, aria_hidden="true")
