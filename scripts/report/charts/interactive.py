"""Chart to plotly figure: the same definition, drawn by plotly where a reader asks for it."""

import json
import textwrap
from html import escape
from typing import TYPE_CHECKING, Any

from report.charts.chart import Chart, Row, mark_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LIGHTER = 2
"""The part of a stacked bar that is drawn in the colour of the first, but lighter."""
WRAP = 26
"""Characters on a line of a label, so that it leaves room on a phone."""
SYMBOLS = {"at_least": "triangle-right", "up_to": "triangle-left"}
"""Qualifier -> the sign that points to where the number may lie; all others are filled circles."""


def figure(chart: Chart) -> "Figure":
    """The plotly figure of a chart; `meta` of a trace is the number of its colour."""
    from plotly.graph_objects import Figure

    if chart.kind == "matrix":
        traces = [_heatmap(chart)]
    elif chart.kind in ("bars", "stacked") or chart.marks.units:
        traces = [_bars(chart, name) for name in chart.series]
    else:
        traces = [draw(chart, name) for name in chart.series for draw in (_ranges, _dots)]
        traces = [trace for trace in traces if trace["x"]]
    return Figure({"data": traces, "layout": _layout(chart)}, skip_invalid=False)


def figure_json(chart: Chart) -> str:
    """The figure as JSON: keys in order, lists as lists, the same on every run."""
    content = figure(chart).to_plotly_json()
    content["layout"].pop("template", None)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _rows(chart: Chart, series: str) -> list[tuple[int, Row]]:
    return [(i, row) for i, row in chart.drawn if chart.series_of(row) == series]


def _label(chart: Chart, row: Row) -> str:
    """The label of a row on the axis; named series have lines of their own."""
    category = str(row[chart.marks.category])
    return f"{category} · {chart.series_of(row)}" if chart.marks.lanes else category


def _hover(chart: Chart, row: Row) -> str:
    """The name of a mark, harmless to plotly, which reads some HTML in its texts."""
    return "<br>".join(textwrap.wrap(escape(mark_name(chart, row), quote=False), 60))


def _trace(chart: Chart, series: str, kind: str) -> dict[str, Any]:
    colour = chart.colour(_rows(chart, series)[0][1])
    lighter = chart.kind == "stacked" and colour == LIGHTER
    return {
        "type": kind,
        "name": escape(series, quote=False),
        "showlegend": bool(series),
        "meta": 1 if lighter else colour,
        "opacity": 0.4 if lighter else 1,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _bars(chart: Chart, series: str) -> dict[str, Any]:
    rows = _rows(chart, series)
    labels = [_label(chart, row) for _, row in rows]
    numbers = [chart.ends(row)[0] for _, row in rows]
    upright = chart.kind == "timeline"
    return {
        **_trace(chart, series, "bar"),
        "orientation": "v" if upright else "h",
        "x": labels if upright else numbers,
        "y": numbers if upright else labels,
        "customdata": [i for i, _ in rows],
        "text": [_hover(chart, row) for _, row in rows],
        "textposition": "none",
    }


def _dots(chart: Chart, series: str) -> dict[str, Any]:
    """A marker at each end of a number, hollow where it repeats another source."""
    points = [
        (end, _label(chart, row), i, _hover(chart, row), _symbol(chart, row))
        for i, row in _rows(chart, series)
        for end in dict.fromkeys(chart.ends(row))
    ]
    keys = ("x", "y", "customdata", "text")
    return {
        **_trace(chart, series, "scatter"),
        "mode": "markers",
        "legendgroup": series,
        **{key: [point[n] for point in points] for n, key in enumerate(keys)},
        "marker": {"size": 10, "symbol": [point[4] for point in points]},
    }


def _symbol(chart: Chart, row: Row) -> str:
    if chart.marks.echo and row.get(chart.marks.echo):
        return "circle-open"
    return SYMBOLS.get(str(row.get(chart.marks.qualifier)), "circle")


def _ranges(chart: Chart, series: str) -> dict[str, Any]:
    """A line from end to end of each range, not in the legend; a gap after each keeps rows apart."""
    points: list[tuple[Any, str | None, int]] = []
    for i, row in _rows(chart, series):
        low, high = chart.ends(row)
        if low != high:
            label = _label(chart, row)
            points += [(low, label, i), (high, label, i), (None, label, i)]
    keys = ("x", "y", "customdata")
    return {
        **_trace(chart, series, "scatter"),
        "mode": "lines",
        "legendgroup": series,
        "showlegend": False,
        "hoverinfo": "skip",
        **{key: [point[n] for point in points] for n, key in enumerate(keys)},
        "line": {"width": 5},
        "connectgaps": False,
    }


def _heatmap(chart: Chart) -> dict[str, Any]:
    across = chart.across
    found = {
        (str(row[chart.marks.category]), str(row[chart.marks.across])): row for row in chart.rows
    }
    cells = [[found.get((label, name)) for name in across] for label in chart.categories]
    return {
        "type": "heatmap",
        "x": across,
        "y": chart.categories,
        "z": [[row and chart.ends(row)[0] for row in line] for line in cells],
        "text": [[_hover(chart, row) if row else "" for row in line] for line in cells],
        "hovertemplate": "%{text}<extra></extra>",
        "texttemplate": "%{z}",
        "hoverongaps": False,
        "xgap": 2,  # with gaps plotly draws cells; without, a picture that a strict policy blurs
        "ygap": 2,
        "showscale": False,
        "meta": 1,
    }


def _layout(chart: Chart) -> dict[str, Any]:
    upright = bool(chart.marks.units)
    labels = list(dict.fromkeys(_label(chart, row) for _, row in chart.drawn))
    tallest = max(len(textwrap.wrap(label, WRAP)) for label in labels)
    categories = {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": labels,
        "automargin": True,
        "autorange": True if upright else "reversed",
    }
    numbers: dict[str, Any] = {"automargin": True}
    if not upright:
        shown = [escape("\n".join(textwrap.wrap(label, WRAP)), quote=False) for label in labels]
        categories |= {
            "tickvals": labels,
            "ticktext": [label.replace("\n", "<br>") for label in shown],
        }
    if chart.kind == "matrix":
        categories["showgrid"] = numbers["showgrid"] = False
    if chart.kind != "matrix":
        numbers |= (
            {"type": "date"}
            if chart.kind == "timeline" and not upright
            else {"rangemode": "tozero"}
        )
    return {
        "barmode": "stack",
        "height": 420 if upright else 120 + (8 + 16 * tallest) * len(labels),
        "xaxis": categories if upright else numbers,
        "yaxis": numbers if upright else categories,
        "legend": {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        "margin": {"l": 8, "r": 8, "t": 40, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
    }
