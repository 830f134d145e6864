"""SVG grids: pictures whose places are months, days or pairs instead of a scale of numbers."""

import calendar as months
import datetime
import textwrap
from html import escape

from report.charts.chart import Row, mark_name, number
from report.charts.svg_parts import Drawing, percent, plot, tag, text

COLUMNS = 13
"""Twelve months, and a last column for dates without a month."""
CELL, LEFT, HEAD = 30, 150, 150
"""Size of the cells of a matrix, and of the labels to the left and above."""


def calendar(drawing: Drawing) -> None:
    """One band a year, one column a month, one square a record, or for so many as it has to hold."""
    chart, each = drawing.chart, drawing.chart.marks.each
    bands: dict[str, dict[int, list[tuple[Row, list[str]]]]] = {}
    for row in chart.rows:
        year, _, month = str(row[chart.marks.category]).partition("-")
        column = bands.setdefault(year, {}).setdefault(int(month or COLUMNS), [])
        records = str(row[chart.marks.units]).split()
        column += [(row, records[i : i + each]) for i in range(0, len(records), each)]
    for year, columns in bands.items():
        _band(drawing, year, columns)


def _band(drawing: Drawing, year: str, columns: dict[int, list[tuple[Row, list[str]]]]) -> None:
    dated = year.isdigit()
    total = sum(len(records) for squares in columns.values() for _, records in squares)
    squares_in_all = sum(map(len, columns.values()))
    rows = max(map(len, columns.values())) if dated else -(-squares_in_all // COLUMNS)
    bottom = drawing.y + 24 + 24 * rows
    drawing.parts += [
        text(f"{year[0].upper()}{year[1:]}", "section", drawing.y + 16),
        text(number(total), "value", drawing.y + 16, x=80),
    ]
    for month, squares in sorted(columns.items()):
        for i, (row, records) in enumerate(squares):
            column, level = (month - 1, i) if dated else (i % COLUMNS, i // COLUMNS)
            drawing.parts.append(_square(drawing, row, records, column, bottom - 24 * (level + 1)))
    if dated:
        drawing.parts.append(tag("line", class_="grid", x2="100%", y1=bottom, y2=bottom))
        names = [*months.month_abbr[1:], "–"]
        drawing.parts += [
            text(name, "tick", bottom + 13, x=percent(i + 0.46, COLUMNS), text_anchor="middle")
            for i, name in enumerate(names)
        ]
    drawing.y = bottom + (24 if dated else 6)


def _square(drawing: Drawing, row: Row, records: list[str], column: int, y: float) -> str:
    chart = drawing.chart
    status = chart.series_of(row)
    data: dict[str, str | int] = {"data-row": drawing.index[id(row)], "data-value": len(records)}
    place: dict[str, str | float] = {"x": percent(column, COLUMNS), "y": y + 1}
    square = tag("rect", class_=f"c{chart.colour(row)}", **data, **place, width="7.1%", height=22)
    letter = text(status[0], "letter", y + 16, x=percent(column + 0.46, COLUMNS))
    alone = len(records) == 1
    who = records[0] if alone else f"{len(records)} {chart.marks.unit[1]}"
    href = f"testimonies/{records[0]}/" if alone else row["href"]
    return drawing.link(href, f"{who}, {row[chart.marks.category]}, {status}", square + letter)


def spans(drawing: Drawing) -> None:
    """One line a person, one bar a step, as long as its date is vague."""
    chart = drawing.chart
    ends = {id(row): [_day(str(end)) for end in chart.ends(row)] for _, row in chart.drawn}
    first = datetime.date.fromordinal(min(low for low, _ in ends.values())).year
    last = datetime.date.fromordinal(max(high for _, high in ends.values())).year
    start = _day(f"{first}-01-01")
    length = _day(f"{last + 1}-01-01") - start
    drawing.y = 20
    for record, rows in drawing.by_category():
        marks = ""
        for row in rows:
            low, high = (percent(day - start, length) for day in ends[id(row)])
            colour = chart.colour(row)
            place: dict[str, str | int] = {
                "x1": low,
                "x2": high,
                "y1": 6 * colour,
                "y2": 6 * colour,
            }
            marks += tag("line", class_=f"span c{colour}", **drawing.data(row), **place)
        steps = "; ".join(f"{chart.series_of(row).lower()} {row['date']}" for row in rows)
        label = text(record, "lane-name", drawing.y + 16)
        inner = drawing.hit(24) + label + plot("span", marks, y=drawing.y, height=24)
        drawing.parts.append(drawing.link(rows[0]["href"], f"{record}: {steps}", inner))
        drawing.y += 24
    places = {y: percent(_day(f"{y}-01-01") - start, length) for y in range(first, last + 1)}
    drawing.parts.insert(0, _years(places, drawing.y))


def _day(text_: str) -> int:
    return datetime.date.fromisoformat(text_).toordinal()


def _years(places: dict[int, str], height: float) -> str:
    marks = ""
    for year, x in places.items():
        marks += tag("line", class_="grid", x1=x, x2=x, y1=18, y2=height)
        marks += text(str(year), "tick", 12, x=x)
    return plot("span", marks, height=height, aria_hidden="true")


def matrix(drawing: Drawing) -> None:
    """Shaded cells with their numbers; wide, so it scrolls sideways on a phone."""
    chart, across = drawing.chart, drawing.chart.across
    drawing.width, drawing.y = str(LEFT + CELL * len(across) + 10), HEAD
    links = {row[chart.marks.across]: row.get("across_href") for row in chart.rows}
    top = max(chart.numbers(row)[1] for row in chart.rows)
    for i, name in enumerate(across):
        words = _upright(name, LEFT + CELL * i)
        hit = drawing.hit(HEAD, x=LEFT + CELL * i, y=0, width=CELL)
        drawing.parts.append(drawing.link(links[name], name, hit + words))
    for category, rows in drawing.by_category():
        found = textwrap.wrap(category, 21)
        y = drawing.y + 19 - 6.5 * (len(found) - 1)
        words = "".join(text(line, "label", y + 13 * j) for j, line in enumerate(found))
        hit = drawing.hit(CELL, width=LEFT)
        drawing.parts.append(drawing.link(rows[0].get("category_href"), category, hit + words))
        for row in rows:
            x = LEFT + CELL * across.index(str(row[chart.marks.across]))
            drawing.parts.append(_cell(drawing, row, x, top))
        drawing.y += CELL


def _upright(name: str, x: float) -> str:
    """The label of a column, turned, in one line or more."""
    found = textwrap.wrap(name, 21)
    left = x + CELL / 2 + 4 - 6.5 * (len(found) - 1)
    marks = ""
    for i, line in enumerate(found):
        turned = f"translate({left + 13 * i:g} {HEAD - 8}) rotate(-90)"
        marks += tag("text", escape(line, quote=False), class_="label", transform=turned)
    return marks


def _cell(drawing: Drawing, row: Row, x: float, top: float) -> str:
    value = drawing.chart.numbers(row)[1]
    shade = min(5, 1 + int(5 * (value - 1) / top))
    size: dict[str, float] = {"x": x + 1, "y": drawing.y + 1, "width": CELL - 2, "height": CELL - 2}
    square = tag("rect", class_=f"q{shade}", **drawing.data(row), **size)
    words = text(number(value), f"number q{shade}-text", drawing.y + 20, x=x + CELL / 2)
    return drawing.link(row["href"], mark_name(drawing.chart, row), square + words)
