"""Properties that hold for any input: strict YAML, dates, text on pages, numbers, tables."""

import csv
import datetime
import html
import io
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import markdown
from pydantic import TypeAdapter, ValidationError

from report.data import yamlio
from report.data.fields import Number, PartialDate, Text, date_span, date_words
from report.data.model import LedgerRow
from report.data.reading import Loader
from report.pages.wording import number, text
from report.problem import RULES

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
ANY = st.text(max_size=80)
YAML_SIGNS = st.text(alphabet=" \n\t:-?[]{},&*!|>'\"%@`#~ab01<=.\\\r\ufeff\u2028", max_size=60)
SCALARS = st.one_of(WORDS, st.booleans(), st.integers(-(10**17), 10**17))
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(st.one_of(ANY, YAML_SIGNS))
def test_any_text_parses_or_is_a_named_problem(written: str) -> None:
    document = yamlio.parse(written, "x.yaml")
    lines = written.count("\n") + 1
    for problem in document.problems:
        assert problem.rule in RULES
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert "\n" not in str(problem)
    assert document.position(("a", 0, "b")) >= (1, 1)
    assert document.key_at((1, 1)) in {
        None,
        "",  # in the place of a key that is no word
        *(document.data if type(document.data) is dict else ()),
    }


@given(YAML_SIGNS)
def test_what_parses_without_a_problem_reads_as_yaml_reads_it(written: str) -> None:
    document = yamlio.parse(written, "x.yaml")
    if not document.problems:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        assert document.data == yaml.load(written, Loader=loader)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_named_problem(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.yaml")
        path.write_bytes(raw)
        document = yamlio.read_file(path, "x.yaml")
    assert document.problems or document.text.encode() == raw


@given(DATA)
def test_data_survive_being_written_and_read(data: Any) -> None:
    document = yamlio.parse(json.dumps(data), "x.yaml")
    if not document.problems:
        assert document.data == data
    else:
        assert {problem.rule for problem in document.problems} <= {"yaml-syntax", "yaml-depth"}


@given(st.one_of(ANY, st.from_regex(r"\d{2,5}[-/.]?\d{0,2}[-/.]?\d{0,2}[~?%]?", fullmatch=True)))
def test_a_date_is_accepted_exactly_if_it_has_a_span(written: str) -> None:
    try:
        TypeAdapter(PartialDate).validate_python(written)
    except ValidationError:
        return
    first, last = date_span(written)
    assert datetime.date(1990, 1, 1) <= first <= last <= datetime.date(2101, 2, 28)
    assert written[:4] in date_words(written)


@given(ANY)
def test_any_value_is_shown_as_the_text_that_it_is(value: str) -> None:
    escaped = str(text(value))
    assert not re.search(r"[<>\"'`*{}\[\]|\\]", escaped)
    plain = " ".join(re.split(r"\s+", value)).strip()
    assert html.unescape(escaped).strip() == html.unescape(html.escape(plain))


@given(WORDS.filter(lambda value: value.strip()))
def test_markdown_finds_nothing_in_a_text(value: str) -> None:
    shown = markdown(f"x{text(value)}x", extensions=["attr_list", "md_in_html", "tables"])
    assert html.unescape(re.sub(r"\s+", " ", shown)) == re.sub(r"\s+", " ", f"<p>x{value}x</p>")


@given(st.one_of(st.integers(), st.floats()))
def test_a_number_is_accepted_only_if_it_can_be_counted(value: float) -> None:
    try:
        TypeAdapter(Number).validate_python(value, strict=True)
    except ValidationError:
        assert not 0 <= value <= 10**10
        return
    assert abs(float(number(value).replace(",", "")) - value) <= 0.051


@given(ANY)
def test_a_text_is_kept_or_refused(value: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(Text)
    try:
        kept = adapter.validate_python(value)
    except ValidationError:
        return
    assert kept
    assert kept.split() == value.split()
    assert adapter.validate_python(kept) == kept


@settings(max_examples=50)
@given(st.lists(st.lists(ANY, max_size=7), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_any_table_is_read_or_a_named_problem(rows: list[list[str]], ending: str) -> None:
    written = io.StringIO()
    columns = list(LedgerRow.model_fields)
    csv.writer(written, lineterminator=ending).writerows([columns, *rows])
    with TemporaryDirectory() as folder:
        data = Path(folder, "data")
        data.mkdir()
        raw = written.getvalue().encode("utf-8", "surrogatepass")
        (data / "ids.csv").write_bytes(raw)
        loader = Loader(Path(folder))
        read = loader.table("ids.csv", LedgerRow)
    problems = [problem for problem in loader.problems if problem.path == "data/ids.csv"]
    assert problems or len(read) == len(rows)
    assert all(1 <= problem.line <= raw.count(b"\n") + raw.count(b"\r") + 1 for problem in problems)
