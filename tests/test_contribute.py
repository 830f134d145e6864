"""The page for contributors names every field, command and no other."""

import re
from pathlib import Path

import pytest

from report.cli import main
from report.data import model
from report.data.corpus import Corpus
from report.data.model import Record
from report.pages.chapters import expand
from report.pages.site import Site

PAGE = (Path(__file__).parent.parent / "docs" / "contribute.md").read_text("utf-8")
SECTIONS = {
    "testimony": model.Testimony,
    "source": model.Source,
    "estimates": model.Series,
    "facts": model.Fact,
    "codebook": model.Code,
    "excluded": model.Excluded,
    "exceptions": model.Exemption,
    "tombstones": model.Withdrawn,
    "ledger": model.LedgerRow,
    "population": model.Population,
}
TABLE = re.compile(r"\| Key \| Needed \| Meaning \|\n\| --- \| --- \| --- \|\n((?:\|.*\n)+)")


def tables(text: str) -> list[dict[str, bool]]:
    """Each table of keys: key -> whether it is needed."""
    rows = [re.findall(r"^\| `(\w+)` \| (yes|) \|", table, re.M) for table in TABLE.findall(text)]
    return [{key: needed == "yes" for key, needed in table} for table in rows]


def keys(kind: type[Record]) -> dict[str, bool]:
    fields = kind.model_fields.items()
    return {field.alias or name: field.is_required() for name, field in fields}


@pytest.mark.parametrize(("section", "kind"), SECTIONS.items())
def test_each_file_has_the_table_of_its_fields(section: str, kind: type[Record]) -> None:
    text = PAGE.partition(f"{{ #{section} }}")[2].partition("\n## ")[0]
    first = tables(text)[0]
    assert first == keys(kind)
    assert list(first) == list(keys(kind))


NESTED = [model.Alternative, model.Citation, model.Dispute, model.Merged, model.Observation]


@pytest.mark.parametrize("kind", NESTED)
def test_records_within_records_have_theirs(kind: type[Record]) -> None:
    assert keys(kind) in tables(PAGE)


def test_no_table_is_of_the_past() -> None:
    known = [keys(kind) for kind in models(Record)]
    assert all(table in known for table in tables(PAGE))
    assert all(table in tables(PAGE) for table in known if table)


def models(base: type[Record]) -> list[type[Record]]:
    """The kinds of record that data files hold; what the site makes of them is described elsewhere."""
    below = (kind for kind in base.__subclasses__() if kind.__module__ != "report.takeaway.api")
    return [base, *(kind for nearer in below for kind in models(nearer))]


def test_every_code_of_a_withdrawal_is_named(
    corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["withdraw", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    first, last = "The code is `", "The file is reduced"
    named = re.findall(r"`(\w+)` \(", PAGE[PAGE.index(first) : PAGE.index(last)])
    codes = list(corpus.codebook["withdrawal_reason"])
    assert named == codes
    assert f"{', '.join(codes[:-1])} or {codes[-1]}" in shown


def test_each_example_of_a_marker_is_right(site: Site) -> None:
    text = PAGE.partition("## Write or change a chapter")[2].partition("\n## ")[0]
    examples = re.findall(r"`(\[\[.*?\]\])`", text)
    kinds = {re.split(r"\d|\.|:", example[2:])[0] for example in examples}
    assert kinds == {*"FEST", "count", "share", "figure", "table"}
    assert expand("\n".join(examples), "docs/x.md", site)[1] == []


def test_commands_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^ {4}(\w+) ", capsys.readouterr().out, re.M)
    assert len(commands) == 8
    for command in commands:
        assert f"`report {command}" in PAGE
